/** `kill -9` loses nothing that was acknowledged, counts nothing twice, and leaves nothing open (B2 D01). */
import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_FILE, openSqliteStore } from './open-sqlite-store.ts';

const RUNS = 6;

/** @returns the ids whose settlement was acknowledged before the kill */
async function settleUntilKilled(dataDirectory: string, run: number): Promise<string[]> {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'settle-in-a-loop.fixture.ts'), dataDirectory, String(run)],
    {
      stdout: 'pipe',
      stderr: 'inherit',
    },
  );
  const decoder = new TextDecoder();
  let printed = '';
  let killing = false;
  for await (const bytes of child.stdout) {
    printed += decoder.decode(bytes, { stream: true });
    if (killing) continue;
    killing = true;
    // Counted from the first acknowledgement, at another moment each run.
    setTimeout(() => child.kill('SIGKILL'), run * 47 + Math.random() * 47);
  }
  await child.exited;
  expect(child.signalCode).toBe('SIGKILL');
  return printed.split('\n').slice(0, -1);
}

test(`${RUNS} kills at random moments`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-kill-'));
  const acknowledged: string[] = [];
  for (let run = 0; run < RUNS; run++) acknowledged.push(...(await settleUntilKilled(directory, run)));
  expect(acknowledged.length).toBeGreaterThan(RUNS);

  const store = await openSqliteStore({ dataDirectory: directory, clock: Date });
  const [spend] = await store.queries.spendByKeyAndDay();
  await store.close();
  const database = new Database(join(directory, DATABASE_FILE), { safeIntegers: true });
  const rows = database.query<{ id: string; outcome: string }, []>('SELECT id, outcome FROM generations').all();
  const complete = new Set(rows.filter((row) => row.outcome === 'complete').map((row) => row.id));
  expect(acknowledged.filter((id) => !complete.has(id))).toEqual([]);
  // Ids are unique by the primary key; the money says the same.
  expect(spend?.costNanoUsd).toBe(BigInt(complete.size) * 3n);
  expect(database.query('SELECT * FROM intents').all()).toEqual([]);
  expect(database.query('PRAGMA integrity_check').values()).toEqual([['ok']]);
  database.close();
  rmSync(directory, { recursive: true });
});
