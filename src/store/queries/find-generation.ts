import type { Kysely } from 'kysely';
import type { Settlement } from '../../ledger/store.ts';
import { fromSettlementRow } from '../settlement-row.ts';
import type { StoreDatabase } from '../tables/database.ts';

export async function findGeneration(db: Kysely<StoreDatabase>, id: string): Promise<Settlement | undefined> {
  const row = await db.selectFrom('generations').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : fromSettlementRow(row);
}
