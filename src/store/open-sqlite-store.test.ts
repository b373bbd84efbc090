import { Database } from 'bun:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyRecord } from '../core/caller.ts';
import { sampleSettlement } from '../ledger/sample-settlement.ts';
import { DATABASE_FILE, openSqliteStore, type SqliteStore } from './open-sqlite-store.ts';

let dataDirectory: string;
let store: SqliteStore | undefined;
const warnings: string[] = [];

async function open(): Promise<SqliteStore> {
  store = await openSqliteStore({
    dataDirectory,
    clock: { now: () => 1_800_000_000_000 },
    warn: (text) => warnings.push(text),
  });
  return store;
}

beforeEach(() => {
  dataDirectory = join(mkdtempSync(join(tmpdir(), 'signalbox-store-')), 'data');
  warnings.length = 0;
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(join(dataDirectory, '..'), { recursive: true });
});

/** Looks into the file beside the store, as an operator with sqlite3 would. */
function inFile<T>(look: (database: Database) => T): T {
  const database = new Database(join(dataDirectory, DATABASE_FILE), { safeIntegers: true });
  try {
    return look(database);
  } finally {
    database.close();
  }
}

describe('a settled generation', () => {
  test('is read back with every field as it was, after a restart too', async () => {
    const settlement = sampleSettlement('gen-1');
    const first = await open();
    await first.ledger.settle(settlement);
    expect(first.ledger.pending('gen-1')).toBeUndefined();
    expect(await first.queries.generation('gen-1')).toEqual(settlement);
    await first.close();
    expect(await (await open()).queries.generation('gen-1')).toEqual(settlement);
  });

  test('may have nothing but nulls', async () => {
    const settlement = sampleSettlement('gen-1', {
      outcome: 'failed',
      errorCode: 'provider.unreachable',
      endpointId: null,
      providerId: null,
      providerName: null,
      upstreamId: null,
      finishReason: null,
      nativeFinishReason: null,
      usage: { counts: {}, estimated: true },
      latencyMs: null,
      attempts: [],
      notes: [],
      sessionId: null,
      user: null,
      httpReferer: null,
      appTitle: null,
      userAgent: null,
      serviceTier: null,
    });
    const { ledger, queries } = await open();
    await ledger.settle(settlement);
    expect(await queries.generation('gen-1')).toEqual(settlement);
    expect(await queries.generation('gen-2')).toBeUndefined();
  });

  test('counts in the spend of its key and day exactly once', async () => {
    const { ledger, queries } = await open();
    const one = sampleSettlement('gen-1', { keyHash: 'k', costNanoUsd: 5n });
    await Promise.all([
      ledger.settle(one),
      ledger.settle(sampleSettlement('gen-2', { keyHash: 'k', costNanoUsd: 10n ** 17n })),
    ]);
    await ledger.settle(one);
    expect(await queries.spendByKeyAndDay()).toEqual([
      { keyHash: 'k', utcDay: '2026-11-25', costNanoUsd: 10n ** 17n + 5n },
    ]);
    const summed = inFile((file) =>
      file.query<{ total: bigint }, []>('SELECT sum(cost_nano_usd) AS total FROM generations').get(),
    );
    expect(summed?.total).toBe(10n ** 17n + 5n);
  });
});

describe('recovery at boot', () => {
  test('finishes what a stopped server left open as a failed exchange that costs nothing', async () => {
    const first = await open();
    first.ledger.open({ id: 'gen-open', startedAtMs: 1_700_000_000_000, keyHash: 'k', modelId: 'maker/model' });
    await first.ledger.flush();
    await first.close();
    const { queries } = await open();
    expect(warnings).toEqual([expect.stringContaining('1 exchanges were open')]);
    expect(await queries.generation('gen-open')).toMatchObject({
      outcome: 'failed',
      errorCode: 'gateway.unavailable',
      keyHash: 'k',
      modelId: 'maker/model',
      costNanoUsd: 0n,
      usage: { counts: {}, estimated: true },
      startedAtMs: 1_700_000_000_000,
      settledAtMs: 1_800_000_000_000,
      notes: [{ code: 'exchange.recovered' }],
    });
    expect(inFile((file) => file.query('SELECT * FROM intents').all())).toEqual([]);
  });

  test('leaves a settled exchange alone, though its intent was never closed', async () => {
    const first = await open();
    const settlement = sampleSettlement('gen-1');
    await first.ledger.settle(settlement);
    await first.close();
    inFile((file) => file.run("INSERT INTO intents VALUES ('gen-1', 1, 'k', 'm')"));
    const { queries } = await open();
    expect(await queries.generation('gen-1')).toEqual(settlement);
    expect(inFile((file) => file.query('SELECT * FROM intents').all())).toEqual([]);
  });

  test('finds nothing open after an exchange that was long enough for an intent and settled', async () => {
    const { ledger } = await open();
    ledger.open({ id: 'gen-1', startedAtMs: 1, keyHash: 'k', modelId: 'm' });
    await ledger.flush();
    expect(inFile((file) => file.query('SELECT id FROM intents').all())).toEqual([{ id: 'gen-1' }]);
    await ledger.settle(sampleSettlement('gen-1'));
    expect(inFile((file) => file.query('SELECT id FROM intents').all())).toEqual([]);
  });
});

describe('keys', () => {
  const key: KeyRecord = {
    hash: 'h1',
    kind: 'inference',
    name: 'Robert"); DROP TABLE api_keys;--',
    label: 'sk-or-v1-abc...123',
    disabled: false,
    limitNanoUsd: 2n ** 62n,
    limitReset: 'weekly',
    includeByokInLimit: true,
    createdAtMs: 1_790_000_000_001,
    updatedAtMs: null,
    expiresAtMs: 1_900_000_000_000,
    creatorUserId: null,
    workspaceId: 'w',
    externalUser: 'u',
    source: 'database',
  };

  test('are put, replaced by hash, listed newest first and removed', async () => {
    const { keys } = await open();
    await keys.put(key);
    const second = {
      ...key,
      hash: 'h2',
      createdAtMs: key.createdAtMs + 1,
      limitNanoUsd: null,
      limitReset: null,
      expiresAtMs: null,
    } as const;
    await keys.put(second);
    await keys.put({ ...key, disabled: true, updatedAtMs: 5 });
    expect(await keys.list()).toEqual([second, { ...key, disabled: true, updatedAtMs: 5 }]);
    expect(await keys.remove('h1')).toBe(true);
    expect(await keys.remove('h1')).toBe(false);
    expect(await keys.list()).toEqual([second]);
  });
});

test('the database is readable by its owner alone', async () => {
  await open();
  expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
  for (const file of [DATABASE_FILE, `${DATABASE_FILE}-wal`])
    expect(statSync(join(dataDirectory, file)).mode & 0o077).toBe(0);
});

test('a closed store is one file, let go of: it may be copied or removed', async () => {
  const { ledger, queries, close } = await open();
  await ledger.settle(sampleSettlement('gen-1'));
  await queries.generation('gen-1');
  await close();
  store = undefined;
  expect(readdirSync(dataDirectory)).toEqual([DATABASE_FILE]);
});

test('a database of a newer version is refused, not touched', async () => {
  await (await open()).close();
  store = undefined;
  inFile((file) => file.run("INSERT INTO kysely_migration VALUES ('29991231-not-yet', '2999-12-31')"));
  await expect(open()).rejects.toThrow('29991231-not-yet');
});

test('a file that is no database is refused by name', async () => {
  await (await open()).close();
  store = undefined;
  await Bun.write(
    join(dataDirectory, DATABASE_FILE),
    'this is a text file, long enough to be read as a header of something else '.repeat(20),
  );
  await expect(open()).rejects.toThrow(DATABASE_FILE);
});

test('while another process holds the write lock, a settlement waits for it', async () => {
  const { ledger, queries } = await open();
  const other = new Database(join(dataDirectory, DATABASE_FILE));
  other.run('BEGIN IMMEDIATE');
  const settled = ledger.settle(sampleSettlement('gen-1'));
  await Bun.sleep(50);
  expect(ledger.pending('gen-1')).toBeDefined();
  other.run('COMMIT');
  other.close();
  await settled;
  expect(await queries.generation('gen-1')).toBeDefined();
});
