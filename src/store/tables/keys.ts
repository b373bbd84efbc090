/** API keys by digest; the key itself is never stored. */
export interface KeysTable {
  readonly hash: string;
  readonly kind: string;
  readonly name: string;
  readonly label: string;
  readonly disabled: bigint;
  readonly limit_nano_usd: bigint | null;
  readonly limit_reset: string | null;
  readonly include_byok_in_limit: bigint;
  readonly created_at_ms: bigint;
  readonly updated_at_ms: bigint | null;
  readonly expires_at_ms: bigint | null;
  readonly creator_user_id: string | null;
  readonly workspace_id: string;
  readonly external_user: string | null;
  readonly source: string;
}

export const KEY_COLUMNS = [
  'hash',
  'kind',
  'name',
  'label',
  'disabled',
  'limit_nano_usd',
  'limit_reset',
  'include_byok_in_limit',
  'created_at_ms',
  'updated_at_ms',
  'expires_at_ms',
  'creator_user_id',
  'workspace_id',
  'external_user',
  'source',
] as const satisfies readonly (keyof KeysTable)[];
