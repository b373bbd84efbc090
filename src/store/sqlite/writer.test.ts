import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleSettlement } from '../../ledger/sample-settlement.ts';
import { migrate } from './migrate.ts';
import { openForWriting } from './open-database.ts';
import { openWriter, startWorker } from './writer.ts';

test('a writer whose worker dies goes on with a new one, and what is running is not taken for left over', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-writer-'));
  const file = join(directory, 'a.db');
  const empty = openForWriting(file);
  await migrate(empty);
  empty.close();
  const workers: Worker[] = [];
  const warnings: string[] = [];
  const writer = await openWriter({
    file,
    clock: Date,
    warn: (message) => warnings.push(message),
    startWorker() {
      const worker = startWorker();
      workers.push(worker);
      return worker;
    },
  });
  writer.open({ id: 'gen-running', startedAtMs: 1, keyHash: 'k', modelId: 'm' });
  await writer.flush();

  workers[0]?.terminate();
  while (warnings.length === 0) await Bun.sleep(5);
  expect(warnings).toEqual([expect.stringContaining('started again')]);

  // Settled while there is no worker: waits for the new one.
  await writer.settle(sampleSettlement('gen-running', { costNanoUsd: 7n }));
  expect(workers).toHaveLength(2);
  await writer.close();

  const database = new Database(file, { safeIntegers: true });
  expect(database.query('SELECT id, outcome, cost_nano_usd FROM generations').all()).toEqual([
    { id: 'gen-running', outcome: 'complete', cost_nano_usd: 7n },
  ]);
  expect(database.query('SELECT id FROM intents').all()).toEqual([]);
  database.close();
  rmSync(directory, { recursive: true });
});
