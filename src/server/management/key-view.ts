/** A key as the API shows it (OpenRouter's API ListData): every required field present, null where nothing applies. */
import type { KeyRecord } from '../../core/caller.ts';
import type { JsonObject } from '../../core/json.ts';
import { nanoUsdToNumber } from '../../core/money.ts';
import type { Balances } from '../../ledger/balances.ts';

export type SpendView = Pick<Balances, 'spendOf' | 'remainingOf'>;

export function encodeKey(key: KeyRecord, balances: SpendView): JsonObject {
  return {
    hash: key.hash,
    name: key.name,
    label: key.label,
    disabled: key.disabled,
    ...encodeLimit(key, balances),
    ...encodeUsage(key, balances),
    created_at: isoTime(key.createdAtMs),
    updated_at: key.updatedAtMs === null ? null : isoTime(key.updatedAtMs),
    expires_at: key.expiresAtMs === null ? null : isoTime(key.expiresAtMs),
    creator_user_id: key.creatorUserId,
    workspace_id: key.workspaceId,
    external_user: key.externalUser,
  };
}

export function encodeLimit(key: KeyRecord, balances: SpendView): JsonObject {
  const remaining = balances.remainingOf(key);
  return {
    limit: key.limitNanoUsd === null ? null : nanoUsdToNumber(key.limitNanoUsd),
    limit_remaining: remaining === null ? null : nanoUsdToNumber(remaining),
    limit_reset: key.limitReset,
    include_byok_in_limit: key.includeByokInLimit,
  };
}

/** Usage through a customer's own provider keys is nothing yet: an operator's keys count as the server's. */
export function encodeUsage(key: KeyRecord, balances: SpendView): JsonObject {
  const spend = balances.spendOf(key.hash);
  return {
    usage: nanoUsdToNumber(spend.totalNanoUsd),
    usage_daily: nanoUsdToNumber(spend.dailyNanoUsd),
    usage_weekly: nanoUsdToNumber(spend.weeklyNanoUsd),
    usage_monthly: nanoUsdToNumber(spend.monthlyNanoUsd),
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
  };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
