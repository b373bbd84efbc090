import { type Database, SQLiteError } from 'bun:sqlite';
import { GENERATION_COLUMNS } from '../tables/generations.ts';
import { KEY_COLUMNS } from '../tables/keys.ts';
import type { BatchResult, Change, RefusedSettlement, SqlRow, SqlValue, WriteBatch } from './messages.ts';
import { createPresetWriter } from './preset-writer.ts';

const COLUMN = {
  id: GENERATION_COLUMNS.indexOf('id'),
  keyHash: GENERATION_COLUMNS.indexOf('key_hash'),
  startedAtMs: GENERATION_COLUMNS.indexOf('started_at_ms'),
  outcome: GENERATION_COLUMNS.indexOf('outcome'),
  cost: GENERATION_COLUMNS.indexOf('cost_nano_usd'),
} as const;
const DAY_MS = 86_400_000;

export interface BatchApplier {
  /** @throws Error where nothing of the batch was applied, and the same batch may be tried again */
  apply(batch: WriteBatch): BatchResult;
  /** Lets go of the statements, so that the database can close. */
  close(): void;
}

/**
 * Applies batches on the write connection, one transaction each: the generations, the spend they post and the intents
 * they close become durable together or not at all. Statements are prepared once: this is the writer's hot path.
 */
export function createBatchApplier(database: Database): BatchApplier {
  const statements = prepareStatements(database);
  return {
    apply(batch) {
      try {
        return inTransaction(statements, () => apply(statements, batch));
      } catch (error) {
        if (!isOwnFault(error)) throw error;
        // One record is impossible, not the database: find it, keep it aside, and let the others through.
        return inTransaction(statements, () => applyOneByOne(statements, batch));
      }
    },
    close() {
      const { presets, ...prepared } = statements;
      presets.close();
      for (const statement of Object.values(prepared)) statement.finalize();
    },
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: Database) {
  const prepare = (sql: string) => database.prepare<unknown, SqlValue[]>(sql);
  const marks = (columns: readonly string[]) => columns.map(() => '?').join(', ');
  const keyUpdates = KEY_COLUMNS.filter((name) => name !== 'hash').map((name) => `${name} = excluded.${name}`);
  return {
    // IMMEDIATE: take the write lock now, so that a busy database is met before any work is done.
    begin: prepare('BEGIN IMMEDIATE'),
    commit: prepare('COMMIT'),
    rollback: prepare('ROLLBACK'),
    savepoint: prepare('SAVEPOINT one_record'),
    release: prepare('RELEASE one_record'),
    rollbackTo: prepare('ROLLBACK TO one_record'),
    intent: prepare(
      'INSERT INTO intents (id, started_at_ms, key_hash, model_id) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    closeIntent: prepare('DELETE FROM intents WHERE id = ?'),
    settlement: prepare(
      `INSERT INTO generations (${GENERATION_COLUMNS.join(', ')}) VALUES (${marks(GENERATION_COLUMNS)}) ON CONFLICT (id) DO NOTHING`,
    ),
    sameSettlement: prepare(
      'SELECT 1 FROM generations WHERE id = ? AND key_hash = ? AND outcome = ? AND cost_nano_usd = ?',
    ),
    spend: prepare(
      `INSERT INTO key_spend (key_hash, utc_day, cost_nano_usd, generations) VALUES (?, ?, ?, ?) ON CONFLICT (key_hash, utc_day)
       DO UPDATE SET cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd, generations = generations + excluded.generations`,
    ),
    refuse: prepare(
      'INSERT INTO refused_settlements (id, refused_at_ms, reason, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    putKey: prepare(
      `INSERT INTO api_keys (${KEY_COLUMNS.join(', ')}) VALUES (${marks(KEY_COLUMNS)})
       ON CONFLICT (hash) DO UPDATE SET ${keyUpdates.join(', ')}`,
    ),
    removeKey: prepare('DELETE FROM api_keys WHERE hash = ?'),
    presets: createPresetWriter(database),
  };
}

function inTransaction<T>(statements: Statements, work: () => T): T {
  statements.begin.run();
  try {
    const result = work();
    statements.commit.run();
    return result;
  } catch (error) {
    try {
      statements.rollback.run();
    } catch {
      // SQLite has rolled back by itself (disk full, I/O error); the first error is the one that tells.
    }
    throw error;
  }
}

function apply(statements: Statements, batch: WriteBatch): BatchResult {
  const spend = new Map<string, SpendPosting>();
  const conflicts: string[] = [];
  for (const intent of batch.intents) statements.intent.run(...intent);
  for (const row of batch.settlements) post(statements, row, spend, conflicts);
  return finish(statements, batch, { spend, conflicts, refused: [] });
}

function applyOneByOne(statements: Statements, batch: WriteBatch): BatchResult {
  const spend = new Map<string, SpendPosting>();
  const conflicts: string[] = [];
  const refused: RefusedSettlement[] = [];
  for (const intent of batch.intents) statements.intent.run(...intent);
  for (const row of batch.settlements) {
    statements.savepoint.run();
    try {
      post(statements, row, spend, conflicts);
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      statements.rollbackTo.run();
      const refusal = { id: String(row[COLUMN.id]), reason: error instanceof Error ? error.message : String(error) };
      const record = JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));
      statements.refuse.run(refusal.id, Date.now(), refusal.reason, record);
      refused.push(refusal);
    }
    statements.release.run();
  }
  return finish(statements, batch, { spend, conflicts, refused });
}

interface SpendPosting {
  readonly keyHash: string;
  readonly utcDay: string;
  costNanoUsd: bigint;
  generations: number;
}

function post(statements: Statements, row: SqlRow, spend: Map<string, SpendPosting>, conflicts: string[]): void {
  const keyHash = String(row[COLUMN.keyHash]);
  const costNanoUsd = BigInt(row[COLUMN.cost] ?? 0);
  if (statements.settlement.run(...row).changes === 0) {
    // Delivered twice: posted once. Another content under the same id is worth an alarm.
    const id = String(row[COLUMN.id]);
    if (!statements.sameSettlement.get(id, keyHash, row[COLUMN.outcome] ?? null, costNanoUsd)) conflicts.push(id);
    return;
  }
  const utcDay = utcDayOf(Number(row[COLUMN.startedAtMs]));
  const slot = `${utcDay}${keyHash}`;
  const posting = spend.get(slot);
  if (posting === undefined) spend.set(slot, { keyHash, utcDay, costNanoUsd, generations: 1 });
  else {
    posting.costNanoUsd += costNanoUsd;
    posting.generations += 1;
  }
}

function finish(
  statements: Statements,
  batch: WriteBatch,
  posted: {
    readonly spend: Map<string, SpendPosting>;
    readonly conflicts: string[];
    readonly refused: RefusedSettlement[];
  },
): BatchResult {
  for (const { keyHash, utcDay, costNanoUsd, generations } of posted.spend.values()) {
    statements.spend.run(keyHash, utcDay, costNanoUsd, generations);
  }
  for (const id of batch.closedIntents) statements.closeIntent.run(id);
  const changed = batch.changes.map((change) => make(statements, change));
  return { refused: posted.refused, conflicts: posted.conflicts, changed };
}

function make(statements: Statements, change: Change): boolean {
  switch (change.kind) {
    case 'put-key':
      return statements.putKey.run(...change.row).changes > 0;
    case 'remove-key':
      return statements.removeKey.run(change.hash).changes > 0;
    case 'put-preset':
      return statements.presets.put(change);
  }
}

let lastDay = { number: Number.NaN, text: '' };

function utcDayOf(ms: number): string {
  const number = Math.floor(ms / DAY_MS);
  if (number !== lastDay.number) lastDay = { number, text: new Date(number * DAY_MS).toISOString().slice(0, 10) };
  return lastDay.text;
}

/** Whether the record itself is impossible (a broken constraint, an amount beyond 64 bits), so that trying again is vain. */
function isOwnFault(error: unknown): boolean {
  if (error instanceof SQLiteError) return /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(error.code ?? '');
  return error instanceof RangeError || error instanceof TypeError;
}
