import type { Kysely } from 'kysely';
import type { KeyRecord } from '../../core/caller.ts';
import { fromKeyRow } from '../key-row.ts';
import type { StoreDatabase } from '../tables/database.ts';

/** Every key, newest first: the order in which the API lists them. */
export async function listKeys(db: Kysely<StoreDatabase>): Promise<KeyRecord[]> {
  const rows = await db.selectFrom('api_keys').selectAll().orderBy('created_at_ms', 'desc').orderBy('hash').execute();
  return rows.map(fromKeyRow);
}
