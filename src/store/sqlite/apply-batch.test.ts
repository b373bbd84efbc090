import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { sampleSettlement } from '../../ledger/sample-settlement.ts';
import type { Settlement } from '../../ledger/store.ts';
import { toSettlementRow } from '../settlement-row.ts';
import { createBatchApplier } from './apply-batch.ts';
import type { WriteBatch } from './messages.ts';
import { migrate } from './migrate.ts';

async function openLedger() {
  const database = new Database(':memory:', { safeIntegers: true });
  await migrate(database);
  const applier = createBatchApplier(database);
  return {
    database,
    apply: (batch: Partial<WriteBatch>) =>
      applier.apply({ sequence: 1, intents: [], settlements: [], closedIntents: [], changes: [], ...batch }),
    settle: (...settlements: Settlement[]) =>
      applier.apply({
        sequence: 1,
        intents: [],
        settlements: settlements.map(toSettlementRow),
        closedIntents: [],
        changes: [],
      }),
    spend: () =>
      database.query('SELECT key_hash, utc_day, cost_nano_usd, generations FROM key_spend ORDER BY 1, 2').all(),
    ids: () =>
      database
        .query<{ id: string }, []>('SELECT id FROM generations ORDER BY id')
        .all()
        .map((row) => row.id),
  };
}

test('a settlement delivered many times, in many batches, is posted once', async () => {
  const { settle, spend, ids } = await openLedger();
  const settlement = sampleSettlement('a', { costNanoUsd: 7n, keyHash: 'k' });
  for (let time = 0; time < 5; time++) expect(settle(settlement, settlement).conflicts).toEqual([]);
  expect(ids()).toEqual(['a']);
  expect(spend()).toEqual([{ key_hash: 'k', utc_day: '2026-11-25', cost_nano_usd: 7n, generations: 1n }]);
});

test('another content under a settled id is reported, and the first stands', async () => {
  const { settle, spend } = await openLedger();
  settle(sampleSettlement('a', { costNanoUsd: 7n, keyHash: 'k' }));
  expect(settle(sampleSettlement('a', { costNanoUsd: 9n, keyHash: 'k' })).conflicts).toEqual(['a']);
  expect(spend()).toMatchObject([{ cost_nano_usd: 7n }]);
});

test('spend is kept by key and by the UTC day of admission', async () => {
  const { settle, spend } = await openLedger();
  const before = Date.parse('2026-11-25T23:59:59.999Z');
  settle(
    sampleSettlement('a', { keyHash: 'k', costNanoUsd: 1n, startedAtMs: before, settledAtMs: before + 60_000 }),
    sampleSettlement('b', { keyHash: 'k', costNanoUsd: 20n, startedAtMs: before + 1 }),
    sampleSettlement('c', { keyHash: 'l', costNanoUsd: 300n, startedAtMs: before }),
  );
  settle(sampleSettlement('d', { keyHash: 'k', costNanoUsd: 2n ** 60n, startedAtMs: before }));
  expect(spend()).toEqual([
    { key_hash: 'k', utc_day: '2026-11-25', cost_nano_usd: 2n ** 60n + 1n, generations: 2n },
    { key_hash: 'k', utc_day: '2026-11-26', cost_nano_usd: 20n, generations: 1n },
    { key_hash: 'l', utc_day: '2026-11-25', cost_nano_usd: 300n, generations: 1n },
  ]);
});

test('an impossible record is kept aside whole and the others of its batch are posted', async () => {
  const { database, settle, ids, spend } = await openLedger();
  const { refused } = settle(
    sampleSettlement('a', { costNanoUsd: 1n, keyHash: 'k' }),
    sampleSettlement('bad', { costNanoUsd: 2n ** 63n, keyHash: 'k' }),
    sampleSettlement('c', { costNanoUsd: 3n, keyHash: 'k' }),
  );
  expect(refused).toEqual([{ id: 'bad', reason: expect.stringContaining('out of range') }]);
  expect(ids()).toEqual(['a', 'c']);
  expect(spend()).toMatchObject([{ cost_nano_usd: 4n, generations: 2n }]);
  const kept = database.query<{ record: string }, []>('SELECT record FROM refused_settlements').get();
  expect(kept?.record).toContain(String(2n ** 63n));
});

test('a batch that cannot be applied leaves nothing behind', async () => {
  const { database, apply, ids, spend } = await openLedger();
  database.run('DROP TABLE api_keys');
  const batch = {
    settlements: [toSettlementRow(sampleSettlement('a'))],
    changes: [{ kind: 'remove-key', hash: 'h' } as const],
  };
  expect(() => apply(batch)).toThrow('api_keys');
  expect(ids()).toEqual([]);
  expect(spend()).toEqual([]);
});

test('odd counts of a provider do not make a record unstorable', async () => {
  const { settle, ids } = await openLedger();
  const counts = { promptTokens: 1.5, completionTokens: Number.NaN, cachedTokens: -3 };
  expect(
    settle(sampleSettlement('a', { usage: { counts, estimated: false }, generationTimeMs: Number.POSITIVE_INFINITY }))
      .refused,
  ).toEqual([]);
  expect(ids()).toEqual(['a']);
});
