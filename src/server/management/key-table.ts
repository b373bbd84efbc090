import type { KeyRecord } from '../../core/caller.ts';

/** What management needs of the in-memory key table (DESIGN §7.6): single entries replaced after the write is acknowledged. */
export interface KeyTablePort {
  get(hash: string): KeyRecord | undefined;
  put(key: KeyRecord): void;
  remove(hash: string): void;
  list(): Iterable<KeyRecord>;
}
