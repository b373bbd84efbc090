import type { KeyRecord } from '../../core/caller.ts';
import { encodeLimit, encodeUsage, isoTime, type SpendView } from './key-view.ts';
import type { ManagementResult } from './management-result.ts';

/**
 * `GET /key`: what a key may know of itself (OpenRouter's API lists what clients insist on). There is no free tier
 * and no data region to choose on one's own server: the fields say so in the forms clients accept.
 */
export function getCurrentKey(caller: KeyRecord, balances: SpendView): ManagementResult {
  const isManagementKey = caller.kind === 'management';
  return {
    status: 200,
    body: {
      data: {
        label: caller.label,
        ...encodeLimit(caller, balances),
        ...encodeUsage(caller, balances),
        is_free_tier: false,
        is_management_key: isManagementKey,
        is_provisioning_key: isManagementKey,
        creator_user_id: caller.creatorUserId,
        organization_id: null,
        workspace_id: caller.workspaceId,
        expires_at: caller.expiresAtMs === null ? null : isoTime(caller.expiresAtMs),
        allowed_data_regions: ['global'],
        // No quota on free models: zero would read as "used up".
        free_model_daily_requests: { limit: UNLIMITED, used: 0, remaining: UNLIMITED },
        rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
      },
    },
  };
}

const UNLIMITED = Number.MAX_SAFE_INTEGER;
