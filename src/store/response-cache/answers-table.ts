import { Database } from 'bun:sqlite';
import type { AnswerOrigin, CachedAnswer, KeyedAnswer } from '../../cache/store.ts';
import { expiryOf } from '../../cache/store.ts';
import { isJsonObject, type Json, type JsonObject, stringAt } from '../../core/json.ts';

/** Another layout of the table: what is stored in an older one is thrown away, as a cache may be. */
const LAYOUT = 1;
const SLICE_BYTES = 4 * 1024 * 1024;

interface Row {
  readonly key: string;
  readonly stored_at_ms: number;
  readonly ttl_seconds: number;
  readonly form: string;
  readonly source_id: string;
  readonly origin: string;
  readonly body: Uint8Array;
}

/** The one table of the response cache's own file: beside the ledger's, so that a large answer never delays a settlement. */
export interface AnswersTable {
  put(key: string, answer: CachedAnswer): void;
  remove(key: string): void;
  /** What is fresh, newest first and in slices, up to `maxBytes` of bodies; the rest is removed. */
  load(nowMs: number, maxBytes: number, take: (slice: readonly KeyedAnswer[]) => void): void;
  removeExpired(nowMs: number): void;
  close(): void;
}

/** @throws Error where the file is no database or cannot be written */
export function openAnswersTable(file: string): AnswersTable {
  const database = new Database(file, { create: true, readwrite: true });
  database.run('PRAGMA journal_mode = WAL');
  // What a power cut takes from a cache is only asked for again.
  database.run('PRAGMA synchronous = OFF');
  database.run('PRAGMA journal_size_limit = 16777216');
  // What has expired is gone from the disk too.
  database.run('PRAGMA secure_delete = ON');
  createTable(database);
  const put = database.prepare(
    'INSERT OR REPLACE INTO answers (key, expires_at_ms, stored_at_ms, ttl_seconds, form, source_id, origin, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM answers WHERE key = ?');
  const removeExpired = database.prepare('DELETE FROM answers WHERE expires_at_ms <= ?');
  const newestFirst = database.prepare<{ key: string; bytes: number }, []>(
    'SELECT key, length(body) AS bytes FROM answers ORDER BY stored_at_ms DESC, key',
  );
  const find = database.prepare<Row, [string]>('SELECT * FROM answers WHERE key = ?');
  return {
    put(key, answer) {
      const { storedAtMs, ttlSeconds, form, sourceId, origin, body } = answer;
      put.run(key, expiryOf(answer), storedAtMs, ttlSeconds, form, sourceId, JSON.stringify(origin), body);
    },
    remove: (key) => void remove.run(key),
    removeExpired: (nowMs) => void removeExpired.run(nowMs),
    load(nowMs, maxBytes, take) {
      removeExpired.run(nowMs);
      let slice: KeyedAnswer[] = [];
      let bytes = 0;
      let takenBytes = 0;
      for (const { key, bytes: more } of newestFirst.all()) {
        bytes += more;
        const row = bytes > maxBytes ? null : find.get(key);
        const answer = row && fromRow(row);
        if (answer) slice.push({ key, answer });
        else remove.run(key);
        if (bytes - takenBytes < SLICE_BYTES) continue;
        take(slice);
        slice = [];
        takenBytes = bytes;
      }
      take(slice);
    },
    close() {
      for (const statement of [put, remove, removeExpired, newestFirst, find]) statement.finalize();
      database.run('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

function createTable(database: Database): void {
  const layout = database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version;
  if (layout === LAYOUT) return;
  database.run('DROP TABLE IF EXISTS answers');
  database.run(
    `CREATE TABLE answers (key TEXT NOT NULL PRIMARY KEY, expires_at_ms INTEGER NOT NULL, stored_at_ms INTEGER NOT NULL,
     ttl_seconds INTEGER NOT NULL, form TEXT NOT NULL, source_id TEXT NOT NULL, origin TEXT NOT NULL, body BLOB NOT NULL) STRICT`,
  );
  database.run('CREATE INDEX answers_by_expiry ON answers (expires_at_ms)');
  database.run(`PRAGMA user_version = ${LAYOUT}`);
}

/** Undefined where the row is none of ours. */
function fromRow(row: Row): CachedAnswer | undefined {
  const { stored_at_ms: storedAtMs, ttl_seconds: ttlSeconds, form, source_id: sourceId, body } = row;
  const origin: Json = JSON.parse(row.origin);
  if ((form !== 'whole' && form !== 'stream') || !isJsonObject(origin)) return undefined;
  return { sourceId, form, body, storedAtMs, ttlSeconds, origin: originOf(origin) };
}

function originOf(origin: JsonObject): AnswerOrigin {
  const text = (name: string) => stringAt(origin, name) ?? null;
  return {
    modelId: stringAt(origin, 'modelId') ?? '',
    providerId: text('providerId'),
    providerName: text('providerName'),
    finishReason: text('finishReason'),
    nativeFinishReason: text('nativeFinishReason'),
    serviceTier: text('serviceTier'),
    router: text('router'),
    isByok: origin['isByok'] === true,
  };
}
