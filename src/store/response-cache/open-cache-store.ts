import { chmodSync, closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheStore, KeyedAnswer } from '../../cache/store.ts';
import type { Clock } from '../../core/ids.ts';
import { within } from '../sqlite/within.ts';
import type { FromCacheWorker, ToCacheWorker } from './messages.ts';

export const CACHE_FILE = 'response-cache.db';

export interface CacheStoreOptions {
  /** Exists already, readable by its owner alone. */
  readonly dataDirectory: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Something an operator should read. */
  warn(message: string): void;
}

export interface OpenCacheStore extends CacheStore {
  /** Writes what is queued and closes the file. */
  close(): Promise<void>;
}

/** Bodies on their way to the disk: what comes faster than it takes them is not mirrored. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const CLOSE_TIMEOUT_MS = 2000;

/**
 * The response cache's file in the data folder, written and read by a worker of its own. Trouble with it is said once,
 * and the cache goes on in memory.
 */
export function openCacheStore({ dataDirectory, maxBytes, clock, warn }: CacheStoreOptions): OpenCacheStore {
  const file = join(dataDirectory, CACHE_FILE);
  const loaded: KeyedAnswer[] = [];
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let queuedBytes = 0;
  let worker: Worker | null = null;

  function post(message: ToCacheWorker): void {
    worker?.postMessage(message);
  }

  function fail(reason: string): void {
    worker?.terminate();
    worker = null;
    // What was loaded may have been cleared or replaced by what could not be written.
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    warn(`the response cache is no longer kept on disk (${file}): ${reason}`);
    opened.resolve();
    closed.resolve();
  }

  function take(message: FromCacheWorker): void {
    switch (message.kind) {
      case 'stored':
        for (const answer of message.answers) loaded.push(answer);
        return;
      case 'opened':
        opened.resolve();
        return;
      case 'put':
        queuedBytes -= message.bytes;
        return;
      case 'failed':
        fail(message.reason);
        return;
      case 'closed':
        closed.resolve();
        return;
    }
  }

  function start(): void {
    // It holds what callers were answered: nobody else's to read. SQLite gives its side files the same mode.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    worker = new Worker(new URL('./cache-worker.ts', import.meta.url).href, { smol: true });
    worker.onmessage = (event: MessageEvent<FromCacheWorker>) => take(event.data);
    worker.onerror = (event) => fail(event.message);
    post({ kind: 'open', file, maxBytes, nowMs: clock.now() });
  }

  start();
  return {
    async load() {
      await opened.promise;
      return loaded.splice(0).reverse();
    },
    put(key, answer) {
      const bytes = answer.body.byteLength;
      // The one before it under this key must not come back after a restart.
      if (queuedBytes + bytes > MAX_QUEUED_BYTES) return post({ kind: 'remove', key });
      queuedBytes += bytes;
      post({ kind: 'put', key, answer });
    },
    remove: (key) => post({ kind: 'remove', key }),
    async close() {
      post({ kind: 'close' });
      if (worker !== null) await within(closed.promise, CLOSE_TIMEOUT_MS);
      worker?.terminate();
      worker = null;
    },
  };
}

/** Removes what an earlier configuration kept. */
export function discardCacheFile(dataDirectory: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDirectory, CACHE_FILE) + suffix, { force: true });
}
