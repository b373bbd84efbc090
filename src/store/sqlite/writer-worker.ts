/**
 * The worker that owns the write connection. It applies one batch after another; the main thread keeps one
 * in flight and gathers the rest meanwhile, which is the group commit.
 */
import type { Database } from 'bun:sqlite';
import { type BatchApplier, createBatchApplier } from './apply-batch.ts';
import type { FromWriter, ToWriter } from './messages.ts';
import { openForWriting } from './open-database.ts';
import { recoverOpenExchanges } from './recover.ts';

declare const self: Worker;

let database: Database | undefined;
let applier: BatchApplier | undefined;

self.onmessage = (event: MessageEvent<ToWriter>) => {
  const message = event.data;
  switch (message.kind) {
    case 'open':
      open(message);
      return;
    case 'batch':
      answer(write(message.batch));
      return;
    case 'close':
      close();
      return;
  }
};

function open({ file, nowMs, recover }: Extract<ToWriter, { kind: 'open' }>): void {
  try {
    database = openForWriting(file);
    applier = createBatchApplier(database);
    answer({ kind: 'opened', recovered: recover ? recoverOpenExchanges(database, applier, nowMs) : 0 });
  } catch (error) {
    answer({ kind: 'open-failed', reason: reasonOf(error) });
  }
}

function write(batch: Extract<ToWriter, { kind: 'batch' }>['batch']): FromWriter {
  const { sequence } = batch;
  try {
    if (applier === undefined) return { kind: 'failed', sequence, reason: 'the database is not open' };
    return { kind: 'written', sequence, result: applier.apply(batch) };
  } catch (error) {
    return { kind: 'failed', sequence, reason: reasonOf(error) };
  }
}

function close(): void {
  try {
    applier?.close();
    // The last checkpoint leaves one file behind.
    database?.run('PRAGMA wal_checkpoint(TRUNCATE)');
    database?.close();
  } catch {
    // A reader in the way, or the folder is gone: what is committed is safe in the log, the next start folds it in.
  }
  database = undefined;
  applier = undefined;
  answer({ kind: 'closed' });
}

function answer(message: FromWriter): void {
  self.postMessage(message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
