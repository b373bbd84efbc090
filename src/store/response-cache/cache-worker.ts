/** The worker that owns the response cache's file. */
import { rmSync } from 'node:fs';
import { type AnswersTable, openAnswersTable } from './answers-table.ts';
import type { FromCacheWorker, ToCacheWorker } from './messages.ts';

declare const self: Worker;

const SWEEP_MS = 60_000;

let table: AnswersTable | undefined;
let sweeping: Timer | undefined;

self.onmessage = (event: MessageEvent<ToCacheWorker>) => {
  try {
    take(event.data);
  } catch (error) {
    // Whoever mirrors half of a cache serves what was cleared: it is given up whole.
    table = undefined;
    clearInterval(sweeping);
    tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
};

function take(message: ToCacheWorker): void {
  switch (message.kind) {
    case 'open':
      table = open(message);
      sweeping = setInterval(() => table?.removeExpired(Date.now()), SWEEP_MS);
      tell({ kind: 'opened' });
      return;
    case 'put':
      table?.put(message.key, message.answer);
      tell({ kind: 'put', bytes: message.answer.body.byteLength });
      return;
    case 'remove':
      table?.remove(message.key);
      return;
    case 'close':
      clearInterval(sweeping);
      table?.close();
      table = undefined;
      tell({ kind: 'closed' });
      return;
  }
}

function open({ file, maxBytes, nowMs }: Extract<ToCacheWorker, { kind: 'open' }>): AnswersTable {
  const load = (): AnswersTable => {
    const opened = openAnswersTable(file);
    opened.load(nowMs, maxBytes, (answers) => tell({ kind: 'stored', answers }));
    return opened;
  };
  try {
    return load();
  } catch {
    // A broken cache is worth nothing: the next one begins empty. What stands in the way of that is an error.
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return load();
  }
}

function tell(message: FromCacheWorker): void {
  self.postMessage(message);
}
