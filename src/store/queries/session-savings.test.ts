import { Database } from 'bun:sqlite';
import { describe, expect, test } from 'bun:test';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { sampleSettlement } from '../../ledger/sample-settlement.ts';
import type { Settlement } from '../../ledger/store.ts';
import type { SessionScope } from '../../server/management/queries.ts';
import { firstTables } from '../migrations/20261121-first-tables.ts';
import { SQLITE_ENGINE } from '../migrations/migration.ts';
import { toSettlementRow } from '../settlement-row.ts';
import { createKysely } from '../sqlite/kysely.ts';
import type { SqlValue } from '../sqlite/messages.ts';
import { migrate } from '../sqlite/migrate.ts';
import { GENERATION_COLUMNS } from '../tables/generations.ts';
import { latestIdsQuery, latestSessions, RECENT_REQUESTS, savingsQuery, sessionSavings } from './session-savings.ts';

const KEY: SessionScope = { workspaceId: 'w', keyHash: 'k' };
const WORKSPACE: SessionScope = { workspaceId: 'w', keyHash: null };
const MINUTE_MS = 60_000;

let made = 0;
/** A request of session `s` by key `k` of workspace `w` that used no cache, unless it says otherwise. */
function request(about: Partial<Settlement> & { readonly counts?: Settlement['usage']['counts'] } = {}): Settlement {
  const { counts = { promptTokens: 100 }, ...rest } = about;
  return sampleSettlement(`gen-${++made}`, {
    sessionId: 's',
    keyHash: 'k',
    workspaceId: 'w',
    endpointId: 'A|m',
    modelId: 'm',
    requestedModel: 'm',
    costNanoUsd: 10n,
    upstreamCostNanoUsd: 10n,
    cacheDiscountNanoUsd: 0n,
    startedAtMs: made * MINUTE_MS,
    usage: { counts, estimated: false },
    ...rest,
  });
}

async function openWith(...settlements: readonly Settlement[]) {
  const database = new Database(':memory:', { safeIntegers: true });
  await migrate(database);
  const marks = GENERATION_COLUMNS.map(() => '?').join(', ');
  const insert = database.prepare<unknown, SqlValue[]>(
    `INSERT INTO generations (${GENERATION_COLUMNS.join(', ')}) VALUES (${marks})`,
  );
  for (const settlement of settlements) insert.run(...toSettlementRow(settlement));
  return { database, db: createKysely(database) };
}

describe('a session', () => {
  test('sums tokens, cost, and what its cache saved and lost, each request on its own', async () => {
    const first = request({
      counts: { promptTokens: 1000, cacheWriteTokens: 900 },
      costNanoUsd: 2000n,
      cacheDiscountNanoUsd: -225n,
    });
    const second = request({
      counts: { promptTokens: 1200, cachedTokens: 900, cacheWriteTokens: 200 },
      costNanoUsd: 700n,
      cacheDiscountNanoUsd: 2n ** 55n,
    });
    const { db } = await openWith(first, second);
    expect(await sessionSavings(db, KEY, 's')).toEqual({
      sessionId: 's',
      requests: 2,
      promptTokens: 2200,
      cachedTokens: 900,
      cacheWriteTokens: 1100,
      costNanoUsd: 2700n,
      savedNanoUsd: 2n ** 55n,
      lostNanoUsd: 225n,
      moves: 0,
      endpoints: [{ endpointId: 'A|m', modelId: 'm', requests: 2, cachedTokens: 900 }],
      firstAtMs: first.startedAtMs,
      lastAtMs: second.startedAtMs,
    });
  });

  test('counts a move for each answer of another endpoint than the one before', async () => {
    const path = ['A|m', 'A|m', 'B|m', 'B|m', 'A|m', 'C|m'];
    // Ids say nothing of the order in which they were asked.
    const { db } = await openWith(
      ...[0, 2, 4, 1, 3, 5].map((turn) => request({ endpointId: path[turn] ?? null, startedAtMs: turn * MINUTE_MS })),
    );
    const session = await sessionSavings(db, KEY, 's');
    expect(session?.moves).toBe(3);
    expect(session?.endpoints.map(({ endpointId, requests }) => [endpointId, requests])).toEqual([
      ['A|m', 3],
      ['B|m', 2],
      ['C|m', 1],
    ]);
  });

  test('does not move where two models are asked in turn, nor by a failure or a refusal in between', async () => {
    const other = { requestedModel: 'small', modelId: 'small', endpointId: 'B|small' } as const;
    const failed = { outcome: 'failed', endpointId: 'C|m', costNanoUsd: 0n } as const;
    const refused = { outcome: 'failed', endpointId: null, costNanoUsd: 0n, upstreamCostNanoUsd: 0n } as const;
    const { db } = await openWith(
      request(),
      request(other),
      request(failed),
      request(),
      request(refused),
      request(other),
      request({ outcome: 'cancelled' }),
    );
    expect(await sessionSavings(db, KEY, 's')).toMatchObject({
      requests: 7,
      moves: 0,
      endpoints: [
        { endpointId: 'A|m', requests: 3 },
        { endpointId: 'B|small', requests: 2 },
      ],
    });
  });

  test('saves nothing where the charge was waived, and does where everything was free', async () => {
    const waived = request({ outcome: 'failed', costNanoUsd: 0n, cacheDiscountNanoUsd: 500n });
    const written = request({ finishReason: 'error', costNanoUsd: 0n, cacheDiscountNanoUsd: -500n });
    const free = request({ costNanoUsd: 0n, upstreamCostNanoUsd: 0n, cacheDiscountNanoUsd: 7n });
    const { db } = await openWith(waived, written, free);
    expect(await sessionSavings(db, KEY, 's')).toMatchObject({ savedNanoUsd: 7n, lostNanoUsd: 0n });
  });

  test('is what the scope may see of it: one key, or a whole workspace', async () => {
    const { db } = await openWith(
      request(),
      request({ keyHash: 'l', endpointId: 'B|m' }),
      request({ workspaceId: 'v', keyHash: 'x' }),
    );
    const requestsOf = async (scope: SessionScope) => (await sessionSavings(db, scope, 's'))?.requests;
    expect(await requestsOf(KEY)).toBe(1);
    expect(await requestsOf(WORKSPACE)).toBe(2);
    expect(await requestsOf({ workspaceId: 'v', keyHash: null })).toBe(1);
    expect(await requestsOf({ workspaceId: 'w', keyHash: 'x2' })).toBeUndefined();
    expect((await sessionSavings(db, WORKSPACE, 's'))?.moves).toBe(1);
    expect(await sessionSavings(db, KEY, 'S')).toBeUndefined();
  });

  test("a provider's odd count does not make it unreadable", async () => {
    const { db } = await openWith(request({ counts: { promptTokens: 1.5, cachedTokens: Number.NaN } }));
    expect(await sessionSavings(db, KEY, 's')).toMatchObject({ promptTokens: 1, cachedTokens: 0 });
  });
});

describe('the latest sessions', () => {
  test('come newest first, whole, and no more than asked for', async () => {
    const { db } = await openWith(
      request({ sessionId: 'old' }),
      request({ sessionId: 'middle' }),
      request({ sessionId: null }),
      request({ sessionId: 'new' }),
      request({ sessionId: 'old' }),
      request({ sessionId: 'other', keyHash: 'l' }),
      request({ sessionId: 'foreign', keyHash: 'x', workspaceId: 'v' }),
    );
    const latest = async (scope: SessionScope, limit: number) =>
      (await latestSessions(db, scope, limit)).map(({ sessionId, requests }) => [sessionId, requests]);
    expect(await latest(KEY, 2)).toEqual([
      ['old', 2],
      ['new', 1],
    ]);
    expect(await latest(KEY, 100)).toHaveLength(3);
    expect(await latest(WORKSPACE, 2)).toEqual([
      ['other', 1],
      ['old', 2],
    ]);
    expect(await latest({ workspaceId: 'w', keyHash: 'nobody' }, 5)).toEqual([]);
  });
});

test('the latest sessions are looked for among a bounded number of requests, the newest', async () => {
  const { database, db } = await openWith(
    request({ sessionId: 'oldest', startedAtMs: 0 }),
    request({ sessionId: 'newest', startedAtMs: RECENT_REQUESTS + 1 }),
  );
  const copied = GENERATION_COLUMNS.map((name) =>
    name === 'id' ? "'n-' || i" : name === 'started_at_ms' ? 'i' : name === 'session_id' ? "'noise'" : name,
  );
  const fill = (from: number, to: number) =>
    database.run(
      `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})
       INSERT INTO generations (${GENERATION_COLUMNS.join(', ')})
       SELECT ${copied.join(', ')} FROM n, generations WHERE session_id = 'newest'`,
    );
  const latest = async () => (await latestSessions(db, KEY, 5)).map(({ sessionId }) => sessionId);
  fill(1, RECENT_REQUESTS - 2);
  expect(await latest()).toEqual(['newest', 'noise', 'oldest']);
  fill(RECENT_REQUESTS - 1, RECENT_REQUESTS - 1);
  expect(await latest()).toEqual(['newest', 'noise']);
});

describe('the plans of the queries touch the sessions asked for, not the table', () => {
  const cases: readonly [string, SessionScope, string][] = [
    ['one key', KEY, 'generations_session (session_id=? AND key_hash=?)'],
    ['a workspace', WORKSPACE, 'generations_session (session_id=?)'],
  ];
  async function planOf(query: { compile(): { readonly sql: string; readonly parameters: readonly unknown[] } }) {
    const { database } = await openWith();
    const bindings = query.compile().parameters.map((value) => (typeof value === 'number' ? value : String(value)));
    return database
      .query<{ detail: string }, (string | number)[]>(`EXPLAIN QUERY PLAN ${query.compile().sql}`)
      .all(...bindings)
      .map(({ detail }) => detail)
      .filter((detail) => detail.includes('generations'));
  }

  test.each(cases)('the sums, of %s', async (_, scope, index) => {
    const { db } = await openWith();
    for (const ids of [['a'], ['a', 'b', 'c']]) {
      expect(await planOf(savingsQuery(db, scope, ids))).toEqual([`SEARCH generations USING INDEX ${index}`]);
    }
  });

  test('the latest, from an index alone and in its order', async () => {
    const { db } = await openWith();
    const search = 'SEARCH generations USING COVERING INDEX generations_session_by';
    expect(await planOf(latestIdsQuery(db, KEY, 5))).toEqual([`${search}_key (key_hash=?)`]);
    expect(await planOf(latestIdsQuery(db, WORKSPACE, 5))).toEqual([`${search}_workspace (workspace_id=?)`]);
  });

  test('and what belongs to no session stands in no index', async () => {
    const { database } = await openWith(request({ sessionId: null }), request());
    const entries = database
      .query<{ name: string; sql: string }, []>(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND name LIKE 'generations_session%'",
      )
      .all();
    expect(entries).toHaveLength(3);
    for (const { sql } of entries) expect(sql).toEndWith('where session_id is not null');
  });
});

test('generations of before the migration keep their session and their cached tokens', async () => {
  const database = new Database(':memory:', { safeIntegers: true });
  const db = createKysely(database);
  const first = { up: (connection: Kysely<unknown>) => firstTables.up(connection, SQLITE_ENGINE) };
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => ({ '20261121-first-tables': first }) },
  }).migrateToLatest();
  expect(error).toBeUndefined();
  const insert = (id: string, detail: string) =>
    database.run(
      `INSERT INTO generations VALUES (?, 'chat', 'k', 'w', 5, 6, 'complete', NULL, 200, 'm', 'm', 'A|m', 'a', 0, 0, 0, 9, 1, 3, 3,
       2, NULL, 1.0, ?)`,
      [id, detail],
    );
  insert('a', '{"counts":{"promptTokens":9,"cachedTokens":4.5,"cacheWriteTokens":null},"sessionId":"s \\"1\\""}');
  insert('b', '{"counts":{"cacheWriteTokens":3}}');
  insert('c', '{"counts":{},"user":"sessionId"}');
  await migrate(database);
  expect(
    database.query('SELECT id, session_id, cached_tokens, cache_write_tokens FROM generations ORDER BY id').values(),
  ).toEqual([
    ['a', 's "1"', 4n, 0n],
    ['b', null, 0n, 3n],
    ['c', null, 0n, 0n],
  ]);
  expect(await sessionSavings(db, KEY, 's "1"')).toMatchObject({ requests: 1, cachedTokens: 4, savedNanoUsd: 2n });
});
