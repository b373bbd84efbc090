import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from './migrate.ts';
import { createReader } from './reader.ts';

test('a question that outlives its deadline is refused, and the next one is answered by a new worker', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-reader-'));
  const file = join(directory, 'a.db');
  const database = new Database(file, { create: true, safeIntegers: true });
  await migrate(database);
  // A view that never ends stands for a query that is too heavy.
  database.run('ALTER TABLE key_spend RENAME TO kept');
  database.run(
    `CREATE VIEW key_spend AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000)
     SELECT 'k' AS key_hash, 'd' AS utc_day, sum(i) AS cost_nano_usd FROM n`,
  );
  const reader = createReader({ file, deadlineMs: 300 });
  await reader.keys();
  await expect(reader.spendByKeyAndDay()).rejects.toMatchObject({ code: 'gateway.unavailable' });
  expect(await reader.keys()).toEqual([]);
  await reader.close();
  database.close();
  rmSync(directory, { recursive: true });
});

test('a question about a database that is not there is refused, not left open', async () => {
  const reader = createReader({ file: join(tmpdir(), 'signalbox-no-such-folder', 'a.db') });
  await expect(reader.generation('gen-1')).rejects.toMatchObject({ code: 'gateway.unavailable' });
  await reader.close();
});
