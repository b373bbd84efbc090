/** `/keys`: a management key makes, lists, changes and removes inference keys (OpenRouter's API). */
import { z } from 'zod';
import type { KeyRecord } from '../../core/caller.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { Clock } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import { type NanoUsd, nanoUsdFromNumber } from '../../core/money.ts';
import type { KeyAdmin, KeyChange, NewKey } from './key-admin.ts';
import { encodeKey, type SpendView } from './key-view.ts';
import { assertManagementKey, type ManagementResult } from './management-result.ts';
import { parseBody } from './parse-body.ts';

export interface KeyRoutesDeps {
  readonly keyAdmin: KeyAdmin;
  readonly balances: SpendView;
  readonly clock: Clock;
}

const PAGE_SIZE = 100;
/** Nanodollars fit a signed 64-bit integer up to about 9.2 billion USD. */
const MAX_LIMIT_USD = 1_000_000_000;

const name = z.string().trim().min(1, 'must not be empty').max(255, 'must have at most 255 characters');
const limit = z.number().min(0, 'must not be negative').max(MAX_LIMIT_USD).nullable();
const limitReset = z.enum(['daily', 'weekly', 'monthly']).nullable();
const expiresAt = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with seconds and zone, such as 2027-01-31T00:00:00Z' })
  .nullable();

export const createKeyFields = z.strictObject({
  name,
  limit: limit.optional(),
  limit_reset: limitReset.optional(),
  include_byok_in_limit: z.boolean().optional(),
  expires_at: expiresAt.optional(),
  creator_user_id: z.string().min(1).max(255).nullable().optional(),
  workspace_id: z.string().min(1).optional(),
  external: z.strictObject({ user: z.string().min(1).max(255) }).optional(),
});

export const updateKeyFields = z.strictObject({
  name: name.optional(),
  disabled: z.boolean().optional(),
  limit: limit.optional(),
  limit_reset: limitReset.optional(),
  include_byok_in_limit: z.boolean().optional(),
});

const listQuery = z.object({
  offset: z.coerce.number().int().min(0).optional(),
  include_disabled: z.enum(['true', 'false'], 'must be true or false').optional(),
  workspace_id: z.string().optional(),
});

/** What the body asks for, as the fields of a record. Shared with the command line. */
export function parseNewKey(
  body: Json,
  defaults: { readonly workspaceId: string; readonly nowMs: number },
): Omit<NewKey, 'kind'> {
  const asked = parseBody(createKeyFields, body);
  const expiresAtMs = asked.expires_at == null ? null : Date.parse(asked.expires_at);
  if (expiresAtMs !== null && expiresAtMs <= defaults.nowMs)
    throw invalidRequest('expires_at', 'must lie in the future');
  if (asked.workspace_id !== undefined && asked.workspace_id !== defaults.workspaceId) {
    throw invalidRequest('workspace_id', 'there is no such workspace; leave it out for the default one');
  }
  return {
    name: asked.name,
    limitNanoUsd: toLimit(asked.limit),
    limitReset: asked.limit_reset ?? null,
    includeByokInLimit: asked.include_byok_in_limit ?? false,
    expiresAtMs,
    creatorUserId: asked.creator_user_id ?? null,
    workspaceId: defaults.workspaceId,
    externalUser: asked.external?.user ?? null,
  };
}

export function createKeyRoutes({ keyAdmin, balances, clock }: KeyRoutesDeps) {
  return {
    /** `GET /keys`: inference keys, newest first, 100 a page. */
    list(caller: KeyRecord, query: Readonly<Record<string, string>>): ManagementResult {
      assertManagementKey(caller);
      const { offset = 0, include_disabled, workspace_id } = parseBody(listQuery, query);
      const wanted = (key: KeyRecord) =>
        key.kind === 'inference' &&
        (include_disabled === 'true' || !key.disabled) &&
        key.workspaceId === (workspace_id ?? caller.workspaceId);
      const page = keyAdmin
        .list()
        .filter(wanted)
        .slice(offset, offset + PAGE_SIZE);
      return { status: 200, body: { data: page.map((key) => encodeKey(key, balances)) } };
    },

    /** `POST /keys`: the only answer that ever shows the key. */
    async create(caller: KeyRecord, body: Json): Promise<ManagementResult> {
      assertManagementKey(caller);
      const asked = parseNewKey(body, { workspaceId: caller.workspaceId, nowMs: clock.now() });
      const { text, record } = await keyAdmin.create({ ...asked, kind: 'inference' });
      return { status: 201, body: { data: encodeKey(record, balances), key: text } };
    },

    /** `GET /keys/{hash}` */
    get(caller: KeyRecord, hash: string): ManagementResult {
      assertManagementKey(caller);
      return { status: 200, body: { data: encodeKey(keyAdmin.get(hash), balances) } };
    },

    /** `PATCH /keys/{hash}` */
    async update(caller: KeyRecord, hash: string, body: Json): Promise<ManagementResult> {
      assertManagementKey(caller);
      const record = await keyAdmin.change(hash, parseChange(body));
      return { status: 200, body: { data: encodeKey(record, balances) } };
    },

    /** `DELETE /keys/{hash}`: what the key spent stays on record. */
    async remove(caller: KeyRecord, hash: string): Promise<ManagementResult> {
      assertManagementKey(caller);
      await keyAdmin.remove(hash);
      return { status: 200, body: { deleted: true } };
    },
  };
}

function parseChange(body: Json): KeyChange {
  const asked = parseBody(updateKeyFields, body);
  return {
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.disabled === undefined ? {} : { disabled: asked.disabled }),
    ...(asked.limit === undefined ? {} : { limitNanoUsd: toLimit(asked.limit) }),
    ...(asked.limit_reset === undefined ? {} : { limitReset: asked.limit_reset }),
    ...(asked.include_byok_in_limit === undefined ? {} : { includeByokInLimit: asked.include_byok_in_limit }),
  };
}

function toLimit(usd: number | null | undefined): NanoUsd | null {
  return usd == null ? null : nanoUsdFromNumber(usd);
}
