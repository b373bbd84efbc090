/** The presets' port: implemented in store/, read at boot, written by the management routes. */
import type { JsonObject } from '../core/json.ts';

export interface PresetStore {
  /** Every preset with its designated version. */
  list(): Promise<readonly PresetRecord[]>;
  /** Oldest first. */
  versions(presetId: string, page: Page): Promise<VersionPage>;
  version(presetId: string, version: number): Promise<PresetVersion | undefined>;
  /**
   * Writes a preset and its designated version together; resolves once durable. `conflict`: somebody else has taken the
   * slug or that version's number meanwhile, and nothing was written.
   */
  put(preset: PresetRecord): Promise<'written' | 'conflict'>;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface VersionPage {
  readonly versions: readonly PresetVersion[];
  readonly total: number;
}

export type PresetStatus = 'active' | 'disabled' | 'archived';

export interface PresetRecord {
  readonly id: string;
  readonly workspaceId: string;
  /** Unique within the workspace. */
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: PresetStatus;
  readonly creatorUserId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly statusUpdatedAtMs: number | null;
  /** The version in force: the last one written, unless somebody went back. */
  readonly designated: PresetVersion;
  /** The highest number given so far. */
  readonly latestVersion: number;
}

export interface PresetVersion {
  readonly id: string;
  readonly presetId: string;
  /** Counted from 1. */
  readonly version: number;
  readonly creatorId: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly systemPrompt: string | null;
  /** Request fields in the words of the chat grammar, and `cache_enabled`, `cache_ttl_seconds`. */
  readonly config: JsonObject;
}
