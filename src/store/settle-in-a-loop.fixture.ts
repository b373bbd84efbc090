/** The child of kill.test.ts: settles as fast as it may and prints each id once its settlement is acknowledged. */
import { writeSync } from 'node:fs';
import { sampleSettlement } from '../ledger/sample-settlement.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const [dataDirectory = '', run = ''] = process.argv.slice(2);
const store = await openSqliteStore({ dataDirectory, clock: Date });
let count = 0;

async function settleForEver(): Promise<never> {
  for (;;) {
    const id = `gen-${run}-${count++}`;
    store.ledger.open({ id, startedAtMs: Date.now(), keyHash: 'k', modelId: 'm' });
    await store.ledger.settle(sampleSettlement(id, { keyHash: 'k', costNanoUsd: 3n, startedAtMs: Date.now() }));
    // Unbuffered: what was printed before the kill was acknowledged before it.
    writeSync(1, `${id}\n`);
  }
}

// One exchange that never ends, for recovery to finish.
store.ledger.open({ id: `gen-${run}-open`, startedAtMs: Date.now(), keyHash: 'k', modelId: 'm' });
await Promise.all(Array.from({ length: 20 }, settleForEver));
