/** The one place where a key record becomes a row and a row a key record. */
import type { KeyRecord } from '../core/caller.ts';
import type { SqlRow } from './sqlite/messages.ts';
import type { KeysTable } from './tables/keys.ts';

/** In the order of KEY_COLUMNS. */
export function toKeyRow(key: KeyRecord): SqlRow {
  return [
    key.hash,
    key.kind,
    key.name,
    key.label,
    key.disabled ? 1 : 0,
    key.limitNanoUsd,
    key.limitReset,
    key.includeByokInLimit ? 1 : 0,
    key.createdAtMs,
    key.updatedAtMs,
    key.expiresAtMs,
    key.creatorUserId,
    key.workspaceId,
    key.externalUser,
    key.source,
  ];
}

/** @throws Error where the row was not written by {@link toKeyRow} */
export function fromKeyRow(row: KeysTable): KeyRecord {
  return {
    hash: row.hash,
    kind: oneOf(row, 'kind', row.kind, ['inference', 'management']),
    name: row.name,
    label: row.label,
    disabled: row.disabled === 1n,
    limitNanoUsd: row.limit_nano_usd,
    limitReset:
      row.limit_reset === null ? null : oneOf(row, 'limit_reset', row.limit_reset, ['daily', 'weekly', 'monthly']),
    includeByokInLimit: row.include_byok_in_limit === 1n,
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: row.updated_at_ms === null ? null : Number(row.updated_at_ms),
    expiresAtMs: row.expires_at_ms === null ? null : Number(row.expires_at_ms),
    creatorUserId: row.creator_user_id,
    workspaceId: row.workspace_id,
    externalUser: row.external_user,
    source: oneOf(row, 'source', row.source, ['database', 'environment', 'first-run']),
  };
}

function oneOf<const T extends string>(row: KeysTable, column: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw new Error(`key ${row.label}: ${column} "${value}" is not one of ${allowed.join(', ')}`);
  return found;
}
