export interface PresetsTable {
  readonly id: string;
  readonly workspace_id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: string;
  readonly creator_user_id: string | null;
  readonly created_at_ms: bigint;
  readonly updated_at_ms: bigint;
  readonly status_updated_at_ms: bigint | null;
  readonly designated_version: bigint;
}

/** Every version of every preset; one is never changed once it is written. */
export interface PresetVersionsTable {
  readonly preset_id: string;
  readonly version: bigint;
  readonly id: string;
  readonly creator_id: string;
  readonly created_at_ms: bigint;
  readonly updated_at_ms: bigint;
  readonly system_prompt: string | null;
  /** JSON object. */
  readonly config: string;
}

export const PRESET_COLUMNS = [
  'id',
  'workspace_id',
  'slug',
  'name',
  'description',
  'status',
  'creator_user_id',
  'created_at_ms',
  'updated_at_ms',
  'status_updated_at_ms',
  'designated_version',
] as const satisfies readonly (keyof PresetsTable)[];

export const PRESET_VERSION_COLUMNS = [
  'preset_id',
  'version',
  'id',
  'creator_id',
  'created_at_ms',
  'updated_at_ms',
  'system_prompt',
  'config',
] as const satisfies readonly (keyof PresetVersionsTable)[];
