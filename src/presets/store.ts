/** The presets' port: implemented in store/, read at boot, written by the management routes. */
export interface PresetStore {
  /** Every preset with its designated version. */
  list(): Promise<readonly PresetRecord[]>;
  versions(presetId: string): Promise<readonly PresetVersion[]>;
  /** Writes a preset and its version together. Resolves once durable. */
  put(preset: PresetRecord): Promise<void>;
}

export interface PresetRecord {
  readonly id: string;
  readonly workspaceId: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: 'active' | 'disabled' | 'archived';
  readonly creatorUserId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly statusUpdatedAtMs: number | null;
  readonly designated: PresetVersion;
}

export interface PresetVersion {
  readonly id: string;
  readonly presetId: string;
  readonly version: number;
  readonly creatorId: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly systemPrompt: string | null;
  /** JSON text of the configuration: request fields as they were sent, `cache_enabled`, `cache_ttl_seconds`. */
  readonly config: string;
}
