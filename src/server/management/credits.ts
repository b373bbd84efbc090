import type { KeyRecord } from '../../core/caller.ts';
import { nanoUsdToNumber } from '../../core/money.ts';
import type { Balances } from '../../ledger/balances.ts';
import { assertManagementKey, type ManagementResult } from './management-result.ts';

/**
 * `GET /credits`. `total_usage` is the settled spend of all keys, removed ones included. `total_credits` is what was paid
 * in beforehand: nothing, since this server sells no credits and needs none to serve. The operator's own provider accounts
 * pay; limits are set per key.
 */
export function getCredits(caller: KeyRecord, balances: Pick<Balances, 'totalNanoUsd'>): ManagementResult {
  assertManagementKey(caller);
  return { status: 200, body: { data: { total_credits: 0, total_usage: nanoUsdToNumber(balances.totalNanoUsd()) } } };
}
