import type { Kysely } from 'kysely';
import type { StoreDatabase } from '../tables/database.ts';

export interface KeyDaySpend {
  readonly keyHash: string;
  readonly utcDay: string;
  readonly costNanoUsd: bigint;
}

export async function spendByKeyAndDay(db: Kysely<StoreDatabase>): Promise<KeyDaySpend[]> {
  const rows = await db.selectFrom('key_spend').select(['key_hash', 'utc_day', 'cost_nano_usd']).execute();
  return rows.map((row) => ({ keyHash: row.key_hash, utcDay: row.utc_day, costNanoUsd: row.cost_nano_usd }));
}
