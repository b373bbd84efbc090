/** The one place where presets and their versions become rows, and rows presets. */
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { PresetRecord, PresetStatus, PresetVersion } from '../presets/store.ts';
import type { SqlRow } from './sqlite/messages.ts';
import type { PresetsTable, PresetVersionsTable } from './tables/presets.ts';

const STATUSES: readonly PresetStatus[] = ['active', 'disabled', 'archived'];

/** In the order of PRESET_COLUMNS. */
export function toPresetRow(preset: PresetRecord): SqlRow {
  return [
    preset.id,
    preset.workspaceId,
    preset.slug,
    preset.name,
    preset.description,
    preset.status,
    preset.creatorUserId,
    preset.createdAtMs,
    preset.updatedAtMs,
    preset.statusUpdatedAtMs,
    preset.designated.version,
  ];
}

/** In the order of PRESET_VERSION_COLUMNS. */
export function toPresetVersionRow(version: PresetVersion): SqlRow {
  return [
    version.presetId,
    version.version,
    version.id,
    version.creatorId,
    version.createdAtMs,
    version.updatedAtMs,
    version.systemPrompt,
    JSON.stringify(version.config),
  ];
}

/** @throws Error where a row was not written by {@link toPresetRow} */
export function fromPresetRow(row: PresetsTable, designated: PresetVersionsTable, latestVersion: bigint): PresetRecord {
  const status = STATUSES.find((known) => known === row.status);
  if (status === undefined) throw new Error(`preset ${row.slug}: status "${row.status}" is not one of ${STATUSES}`);
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    status,
    creatorUserId: row.creator_user_id,
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: Number(row.updated_at_ms),
    statusUpdatedAtMs: row.status_updated_at_ms === null ? null : Number(row.status_updated_at_ms),
    designated: fromPresetVersionRow(designated),
    latestVersion: Number(latestVersion),
  };
}

/** @throws Error where the row was not written by {@link toPresetVersionRow} */
export function fromPresetVersionRow(row: PresetVersionsTable): PresetVersion {
  return {
    id: row.id,
    presetId: row.preset_id,
    version: Number(row.version),
    creatorId: row.creator_id,
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: Number(row.updated_at_ms),
    systemPrompt: row.system_prompt,
    config: configOf(row),
  };
}

function configOf(row: PresetVersionsTable): JsonObject {
  const config: unknown = JSON.parse(row.config);
  if (!isJsonObject(config)) throw new Error(`version ${row.version} of preset ${row.preset_id}: config is no object`);
  return config;
}
