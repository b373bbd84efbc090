import { Database } from 'bun:sqlite';

/** Bounded waiting for a lock that another process holds; after it the batch is refused and tried again. */
const BUSY_TIMEOUT_MS = 2000;
/** What the write-ahead log is cut back to after a checkpoint. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * The one write connection: WAL, and `synchronous=FULL` because an acknowledged settlement survives a power cut.
 * Checkpoints happen here alone, since every other connection is read-only.
 */
export function openForWriting(file: string): Database {
  const database = new Database(file, { create: true, readwrite: true, safeIntegers: true });
  database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.run('PRAGMA journal_mode = WAL');
  database.run('PRAGMA synchronous = FULL');
  database.run(`PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`);
  database.run('PRAGMA trusted_schema = OFF');
  return database;
}

/** A read-only connection. It never checkpoints, and in WAL mode it never waits for the writer. */
export function openForReading(file: string): Database {
  const database = new Database(file, { readonly: true, safeIntegers: true });
  database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.run('PRAGMA query_only = ON');
  return database;
}
