import { Database } from 'bun:sqlite';
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleAnswer } from '../../cache/sample-answer.ts';
import { CACHE_FILE, discardCacheFile, type OpenCacheStore, openCacheStore } from './open-cache-store.ts';

const NOW_MS = 1_764_072_000_000;
let dataDirectory: string;
let store: OpenCacheStore | undefined;
const warnings: string[] = [];

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'signalbox-cache-'));
  warnings.length = 0;
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(dataDirectory, { recursive: true });
});

async function reopen(nowMs = NOW_MS, maxBytes = 1024 * 1024) {
  await store?.close();
  store = openCacheStore({ dataDirectory, maxBytes, clock: { now: () => nowMs }, warn: (text) => warnings.push(text) });
  return { store, loaded: await store.load() };
}

const keysOf = ({ loaded }: Awaited<ReturnType<typeof reopen>>) => loaded.map(({ key }) => key);

test('what was put is there after a restart, every field of it, oldest first', async () => {
  const { store, loaded } = await reopen();
  expect(loaded).toEqual([]);
  const first = sampleAnswer('data: señor\n\n', { form: 'stream', storedAtMs: NOW_MS, ttlSeconds: 60 });
  const bare = {
    ...first.origin,
    providerId: null,
    providerName: null,
    finishReason: null,
    isByok: true,
    router: 'auto',
  };
  const second = sampleAnswer('', { storedAtMs: NOW_MS + 1, origin: bare });
  store.put('second', second);
  store.put('first', first);
  const again = await reopen();
  expect(again.loaded).toEqual([
    { key: 'first', answer: first },
    { key: 'second', answer: second },
  ]);
});

test('what was replaced, removed or has expired does not come back', async () => {
  const { store } = await reopen();
  const answer = (text: string, ttlSeconds = 300) => sampleAnswer(text, { storedAtMs: NOW_MS, ttlSeconds });
  store.put('replaced', answer('old'));
  store.put('replaced', answer('new'));
  store.put('removed', answer('a'));
  store.remove('removed');
  store.put('expired', answer('b', 10));
  const again = await reopen(NOW_MS + 10_000);
  expect(again.loaded).toEqual([{ key: 'replaced', answer: answer('new') }]);
  expect(keysOf(await reopen(NOW_MS))).toEqual(['replaced']);
});

test('no more is loaded than memory may hold: the oldest are removed', async () => {
  const { store } = await reopen();
  for (let i = 0; i < 10; i++) store.put(`k${i}`, sampleAnswer('x'.repeat(100), { storedAtMs: NOW_MS + i }));
  expect(keysOf(await reopen(NOW_MS, 350))).toEqual(['k7', 'k8', 'k9']);
  expect(keysOf(await reopen())).toEqual(['k7', 'k8', 'k9']);
});

test('answers that come faster than the disk takes them are not kept, nor is what they replace', async () => {
  const { store } = await reopen();
  store.put('k', sampleAnswer('old', { storedAtMs: NOW_MS }));
  const large = sampleAnswer('', { body: new Uint8Array(9 * 1024 * 1024), storedAtMs: NOW_MS });
  // All in one turn: no acknowledgement can arrive in between.
  store.put('other', large);
  store.put('k', large);
  expect(keysOf(await reopen(NOW_MS, 64 * 1024 * 1024))).toEqual(['other']);
});

test('the file is its owner’s alone, and a removed answer’s text is gone from it', async () => {
  const { store } = await reopen();
  store.put('k', sampleAnswer('a very private answer', { storedAtMs: NOW_MS }));
  await store.close();
  const bytes = () => readFileSync(join(dataDirectory, CACHE_FILE)).toString('latin1');
  expect(bytes()).toContain('a very private answer');
  expect(statSync(join(dataDirectory, CACHE_FILE)).mode & 0o777).toBe(0o600);
  const again = await reopen();
  again.store.remove('k');
  await again.store.close();
  expect(bytes()).not.toContain('a very private answer');
  expect(readdirSync(dataDirectory)).toEqual([CACHE_FILE]);
});

test('a broken file, or one of another layout, is a cache that begins empty', async () => {
  writeFileSync(join(dataDirectory, CACHE_FILE), 'no database at all, but long enough to be taken for one '.repeat(20));
  const { store } = await reopen();
  store.put('k', sampleAnswer('a', { storedAtMs: NOW_MS }));
  expect(keysOf(await reopen())).toEqual(['k']);
  await store.close();
  const database = new Database(join(dataDirectory, CACHE_FILE));
  database.run('PRAGMA user_version = 7');
  database.close();
  expect(keysOf(await reopen())).toEqual([]);
  expect(warnings).toEqual([]);
});

test('a disk that fails is said once, and nothing half-written is left to be given again', async () => {
  const { store: broken } = await reopen();
  broken.put('k', sampleAnswer('a', { storedAtMs: NOW_MS }));
  const database = new Database(join(dataDirectory, CACHE_FILE));
  database.run('PRAGMA busy_timeout = 1000');
  database.run('DROP TABLE answers');
  database.close();
  broken.put('k', sampleAnswer('b', { storedAtMs: NOW_MS }));
  for (let i = 0; i < 100 && warnings.length === 0; i++) await Bun.sleep(5);
  broken.put('l', sampleAnswer('c', { storedAtMs: NOW_MS }));
  await broken.close();
  expect(warnings).toEqual([expect.stringContaining('no longer kept on disk')]);
  expect(readdirSync(dataDirectory)).toEqual([]);
});

test('what an earlier configuration kept can be discarded', async () => {
  const { store } = await reopen();
  store.put('k', sampleAnswer('a', { storedAtMs: NOW_MS }));
  await store.close();
  discardCacheFile(dataDirectory);
  expect(readdirSync(dataDirectory)).toEqual([]);
});
