/**
 * The keys in memory: digest → frozen record. An exchange reads it without a database; a single entry is
 * replaced after its write is acknowledged, so that no reader ever sees half a change.
 */
import type { KeyRecord } from '../core/caller.ts';

export interface KeyTable {
  /** By SHA-256 of the whole key, lower-case hex. */
  get(hash: string): KeyRecord | undefined;
  /** Inserts or replaces one entry. */
  put(record: KeyRecord): void;
  /** True where the key was there. */
  remove(hash: string): boolean;
  /** In order of first insertion. */
  list(): readonly KeyRecord[];
}

export function createKeyTable(records: Iterable<KeyRecord>): KeyTable {
  const byHash = new Map<string, KeyRecord>();
  // A copy: freezing the caller's own object would be a surprise, sharing it a hole.
  const put = (record: KeyRecord): void => {
    byHash.set(record.hash, Object.freeze({ ...record }));
  };
  for (const record of records) put(record);
  return {
    get: (hash) => byHash.get(hash),
    put,
    remove: (hash) => byHash.delete(hash),
    list: () => [...byHash.values()],
  };
}
