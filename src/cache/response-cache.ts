/**
 * Answers by key, in memory: least recently used ones leave first, and what is stored and what is being recorded together
 * never pass the bound. Knows no clock: times are arguments.
 */
import { type CachedAnswer, type CacheStore, expiryOf, type KeyedAnswer } from './store.ts';

export interface ResponseCacheOptions {
  /** For keys, bodies and bookkeeping together. */
  readonly maxBytes: number;
  readonly store?: Pick<CacheStore, 'put' | 'remove'>;
}

export interface ResponseCache {
  /** A fresh answer, which counts as used now. */
  find(key: string, nowMs: number): CachedAnswer | undefined;
  /** Collects an answer under way. */
  record(): Recording;
  /** Replaces what the key had. Nothing is kept where the answer is too large. */
  keep(key: string, answer: CachedAnswer): void;
  remove(key: string): void;
  /** Takes over what an earlier process kept, oldest first. */
  adopt(answers: readonly KeyedAnswer[], nowMs: number): void;
  usage(): { readonly answers: number; readonly bytes: number };
}

/** An answer as it leaves. Gives up by itself where it becomes too large or too much is being recorded at once. */
export interface Recording {
  push(text: string): void;
  /** Everything pushed, as UTF-8, or undefined where it was given up. Ends the recording. */
  take(): Uint8Array | undefined;
  discard(): void;
}

/** One answer may take this part of the cache, so that it does not push out all others. */
const LARGEST_PART = 16;
/** All recordings together. */
const RECORDING_PART = 4;
/** The map's entry, the key, the objects and the buffer around one answer: measured 0.9 KB. */
const BOOKKEEPING_BYTES = 1024;
/** A character in memory. */
const CHARACTER_BYTES = 2;
const SWEEP_MS = 60_000;

interface Entry {
  readonly answer: CachedAnswer;
  readonly bytes: number;
}

const utf8 = new TextEncoder();

export function createResponseCache({ maxBytes, store }: ResponseCacheOptions): ResponseCache {
  /** In order of use: the first is the one to leave. */
  const entries = new Map<string, Entry>();
  const maxAnswerBytes = Math.floor(maxBytes / LARGEST_PART);
  let storedBytes = 0;
  let recordingBytes = 0;
  let sweptAtMs = 0;

  function forget(key: string, entry: Entry): void {
    entries.delete(key);
    storedBytes -= entry.bytes;
  }

  function drop(key: string, entry: Entry): void {
    forget(key, entry);
    store?.remove(key);
  }

  function makeRoom(): void {
    for (const [key, entry] of entries) {
      if (storedBytes + recordingBytes <= maxBytes) return;
      drop(key, entry);
    }
  }

  /** Expired answers nobody asks for would stay until they are the least recent ones. */
  function sweep(nowMs: number): void {
    if (nowMs - sweptAtMs < SWEEP_MS) return;
    sweptAtMs = nowMs;
    for (const [key, entry] of entries) if (expiryOf(entry.answer) <= nowMs) drop(key, entry);
  }

  function insert(key: string, answer: CachedAnswer, bytes: number): void {
    const known = entries.get(key);
    if (known) forget(key, known);
    entries.set(key, { answer, bytes });
    storedBytes += bytes;
    makeRoom();
  }

  function remove(key: string): void {
    const entry = entries.get(key);
    if (entry) drop(key, entry);
  }

  function record(): Recording {
    let pieces: string[] | null = [];
    let bytes = 0;
    const discard = (): void => {
      recordingBytes -= bytes;
      bytes = 0;
      pieces = null;
    };
    return {
      push(text) {
        if (pieces === null) return;
        const more = text.length * CHARACTER_BYTES;
        const isTooLarge = bytes + more > maxAnswerBytes * CHARACTER_BYTES;
        if (isTooLarge || recordingBytes + more > maxBytes / RECORDING_PART) return discard();
        pieces.push(text);
        bytes += more;
        recordingBytes += more;
        makeRoom();
      },
      take() {
        const body = pieces === null ? undefined : utf8.encode(pieces.join(''));
        discard();
        return body;
      },
      discard,
    };
  }

  return {
    find(key, nowMs) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (expiryOf(entry.answer) <= nowMs) {
        drop(key, entry);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.answer;
    },
    record,
    keep(key, answer) {
      sweep(answer.storedAtMs);
      const bytes = bytesOf(key, answer);
      if (bytes > maxAnswerBytes) return remove(key);
      insert(key, answer, bytes);
      store?.put(key, answer);
    },
    remove,
    adopt(answers, nowMs) {
      for (const { key, answer } of answers) {
        const bytes = bytesOf(key, answer);
        // What this process has heard itself is newer.
        if (entries.has(key)) continue;
        if (bytes <= maxAnswerBytes && expiryOf(answer) > nowMs) insert(key, answer, bytes);
        else store?.remove(key);
      }
    },
    usage: () => ({ answers: entries.size, bytes: storedBytes + recordingBytes }),
  };
}

function bytesOf(key: string, { body }: CachedAnswer): number {
  return body.byteLength + key.length * CHARACTER_BYTES + BOOKKEEPING_BYTES;
}
