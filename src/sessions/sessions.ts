/** Which endpoint holds the warm prompt cache of a conversation: in memory, by tenant, bounded, sliding. */
import { createRecencyList, type Linked } from './recency-list.ts';
import { afterAnswer, COLD, expectedTokens, type WarmCache } from './warm-cache.ts';

export interface Sessions {
  /** The endpoint this conversation should stay at, or undefined. */
  find(session: SessionRef, nowMs: number): StickyEndpoint | undefined;
  /** An exchange of this conversation was answered and settled. */
  answered(session: SessionRef, answer: SessionAnswer): void;
  /** The endpoint failed this conversation: it is free to move. */
  failed(session: SessionRef, endpointId: string): void;
}

/** Account, requested model and conversation. */
export interface SessionRef {
  readonly key: string;
  /** The caller named the session: it sticks from the first success; otherwise from the first cache hit or write. */
  readonly isNamed: boolean;
}

export interface StickyEndpoint {
  readonly endpointId: string;
  /** Prompt tokens that its cache is expected to hold. */
  readonly cachedTokens: number;
}

export interface SessionAnswer {
  readonly endpointId: string;
  /** When the endpoint had read the prompt (its first content): from there its cache lives on. */
  readonly atMs: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  /** Life of the provider's cache after its last use, in ms; 0 where it has none worth waiting for. */
  readonly cacheLifeMs: number;
}

export interface SessionsOptions {
  /** The least recently used goes first. */
  readonly maxSessions?: number;
  /** Of keys and entries together: keys are of the callers' making, so a count alone bounds nothing. */
  readonly maxBytes?: number;
}

/** How long a conversation stays where no cache says how long (OpenRouter's API: ten minutes, sliding). */
const WINDOW_MS = 10 * 60_000;
/** An entry, its links, its place in the map and its numbers, as measured; rounded up. */
const ENTRY_BYTES = 300;
const BYTES_PER_CHARACTER = 2;

interface Entry extends Linked<Entry> {
  readonly key: string;
  endpointId: string;
  answeredAtMs: number;
  expiresAtMs: number;
  cache: WarmCache;
}

/** Reads no clock: an entry ends by the times it is given. */
export function createSessions({ maxSessions = 100_000, maxBytes = 64 * 1024 * 1024 }: SessionsOptions = {}): Sessions {
  const entries = new Map<string, Entry>();
  const recency = createRecencyList<Entry>();
  let bytes = 0;

  function liveAt(key: string, atMs: number): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || atMs < entry.expiresAtMs) return entry;
    remove(entry);
    return undefined;
  }

  function remove(entry: Entry): void {
    entries.delete(entry.key);
    recency.remove(entry);
    bytes -= bytesOf(entry.key);
  }

  function add(key: string, answer: SessionAnswer): void {
    const { endpointId, atMs } = answer;
    const expiresAtMs = atMs + windowOf(answer);
    const cache = afterAnswer(COLD, answer, expiresAtMs);
    const entry: Entry = { key, endpointId, answeredAtMs: atMs, expiresAtMs, cache, older: null, newer: null };
    entries.set(key, entry);
    recency.add(entry);
    bytes += bytesOf(key);
    while (entries.size > maxSessions || bytes > maxBytes) {
      const oldest = recency.oldest();
      if (oldest === null) return;
      remove(oldest);
    }
  }

  return {
    find({ key }, nowMs) {
      const entry = liveAt(key, nowMs);
      if (entry === undefined) return undefined;
      recency.touch(entry);
      return { endpointId: entry.endpointId, cachedTokens: expectedTokens(entry.cache, nowMs) };
    },
    answered({ key, isNamed }, answer) {
      const entry = liveAt(key, answer.atMs);
      const showsCache = answer.cachedTokens > 0 || answer.cacheWriteTokens > 0;
      if (entry === undefined) {
        if (isNamed || showsCache) add(key, answer);
        return;
      }
      // Overtaken by a later one of the same conversation: what that one saw stands.
      if (answer.atMs < entry.answeredAtMs) return;
      const moves = answer.endpointId !== entry.endpointId;
      // Elsewhere and without a cache: the warm one is still where it was.
      if (moves && !isNamed && !showsCache) return;
      entry.endpointId = answer.endpointId;
      entry.answeredAtMs = answer.atMs;
      entry.expiresAtMs = answer.atMs + windowOf(answer);
      entry.cache = afterAnswer(moves ? COLD : entry.cache, answer, entry.expiresAtMs);
      recency.touch(entry);
    },
    failed({ key }, endpointId) {
      const entry = entries.get(key);
      if (entry?.endpointId === endpointId) remove(entry);
    },
  };
}

function windowOf({ cacheLifeMs }: SessionAnswer): number {
  return cacheLifeMs > 0 ? cacheLifeMs : WINDOW_MS;
}

function bytesOf(key: string): number {
  return ENTRY_BYTES + key.length * BYTES_PER_CHARACTER;
}
