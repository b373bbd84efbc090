/** `kill -9` during traffic: every answer that a client saw completed is in the books afterwards, once (D01). */
import { Database } from 'bun:sqlite';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { dirname, join } from 'node:path';
import { DATABASE_FILE } from '../../src/store/open-sqlite-store.ts';
import { chat, wholeOf } from '../kit/ask.ts';
import { generationOf, nanoUsd, spendOf } from '../kit/generation.ts';
import { askRaw } from '../kit/raw-socket.ts';
import { readStream } from '../kit/read-stream.ts';
import { createServeFolder, type ServeChild, type ServeFolder } from '../kit/serve-child.ts';

const KILLS = 3;
const CLIENTS = 40;

let folder: ServeFolder;
beforeAll(() => {
  folder = createServeFolder('providers:\n  sim: {}\n');
});
afterAll(() => folder.remove());

/** Cost in USD by id, of what clients saw completed. */
type Seen = Map<string, number>;

/** Asks again and again until its connection breaks. */
async function askUntilKilled(gateway: ServeChild, seen: Seen, client: number): Promise<void> {
  for (let n = 0; ; n++) {
    const isStream = (client + n) % 2 === 0;
    const body = chat(`sim/echo${client % 4 < 2 ? '' : '?token_ms=3'}`, `client ${client} asks ${n}`, {
      stream: isStream,
    });
    try {
      const response = await askRaw(gateway, body);
      const answer = isStream ? await readStream(response) : await wholeOf(response);
      // A stream is only complete with its [DONE].
      if ('isDone' in answer && !answer.isDone) continue;
      expect(seen.has(answer.id)).toBe(false);
      seen.set(answer.id, answer.usage?.cost ?? -1);
    } catch {
      return; // refused or cut off: the server is dead
    }
  }
}

test(`${KILLS} kills at random moments`, async () => {
  const seen: Seen = new Map();
  for (let kill = 0; kill < KILLS; kill++) {
    const gateway = await folder.start();
    const before = seen.size;
    const clients = Array.from({ length: CLIENTS }, (_, client) => askUntilKilled(gateway, seen, client));
    while (seen.size < before + 20) await Bun.sleep(5);
    await Bun.sleep(Math.random() * 200);
    gateway.kill('SIGKILL');
    await gateway.exited;
    await Promise.all(clients);
  }
  expect(seen.size).toBeGreaterThan(KILLS * 20);

  const gateway = await folder.start();
  for (const [id, cost] of seen) {
    const record = await generationOf(gateway, id);
    expect([record.total_cost, record.cancelled, record.finish_reason]).toEqual([cost, false, 'stop']);
  }
  const spent = nanoUsd(await spendOf(gateway));
  gateway.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);

  const database = new Database(join(dirname(folder.configFile), 'data', DATABASE_FILE), { safeIntegers: true });
  const rows = database
    .query<{ id: string; cost: bigint }, []>('SELECT id, cost_nano_usd AS cost FROM generations')
    .all();
  expect(database.query('PRAGMA integrity_check').values()).toEqual([['ok']]);
  database.close();
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(spent).toBe(rows.reduce((sum, { cost }) => sum + cost, 0n));
}, 20_000);
