import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyStore } from '../config/key-store.ts';
import type { Clock } from '../core/ids.ts';
import type { LedgerStore } from '../ledger/store.ts';
import type { PresetStore } from '../presets/store.ts';
import type { ManagementQueries } from '../server/management/queries.ts';
import { createReader } from './sqlite/reader.ts';
import { openWriter } from './sqlite/writer.ts';

export interface SqliteStoreOptions {
  /** Made where it does not exist, readable by its owner alone. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Something an operator should read: recovered exchanges, refused records, a database in trouble. */
  warn?(message: string): void;
}

export interface SqliteStore {
  readonly ledger: LedgerStore;
  readonly keys: KeyStore;
  readonly presets: PresetStore;
  readonly queries: ManagementQueries;
  /** For readiness and metrics: settlements not yet durable, and the database's last refusal while it lasts. */
  health(): { readonly unacknowledged: number; readonly lastFailure: string | null };
  close(): Promise<void>;
}

export const DATABASE_FILE = 'signalbox.db';

/**
 * Opens the store of a data folder: migrates it, finishes what a stopped server left open, and answers the ports over a
 * writer's and a reader's worker. The caller holds the folder's lock (lock.ts).
 * @throws Error where the folder or the database cannot be opened
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const file = join(options.dataDirectory, DATABASE_FILE);
  prepareFile(options.dataDirectory, file);
  const reader = createReader({ file });
  const writer = await reader
    .migrate()
    .then(() => openWriter({ file, clock: options.clock, warn: (message) => options.warn?.(message) }))
    .catch(async (error: unknown) => {
      await reader.close();
      throw error;
    });
  return {
    ledger: { open: writer.open, settle: writer.settle, pending: writer.pending, flush: writer.flush },
    keys: { list: reader.keys, put: writer.putKey, remove: writer.removeKey },
    presets: { ...reader.presets, put: writer.putPreset },
    queries: {
      generation: reader.generation,
      spendByKeyAndDay: reader.spendByKeyAndDay,
      session: reader.session,
      latestSessions: reader.latestSessions,
    },
    health: writer.health,
    async close() {
      await reader.close();
      await writer.close();
    },
  };
}

/** The database holds prompts' metadata and key digests: nobody else's to read. SQLite gives its side files the same mode. */
function prepareFile(directory: string, file: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
