/** Presets as the API shows them (OpenRouter's API Preset, PresetWithDesignatedVersion, PresetDesignatedVersion). */
import type { JsonObject } from '../../core/json.ts';
import type { PresetRecord, PresetVersion } from '../../presets/store.ts';
import { isoTime } from './key-view.ts';

export function encodePreset(preset: PresetRecord): JsonObject {
  return {
    id: preset.id,
    slug: preset.slug,
    name: preset.name,
    description: preset.description,
    status: preset.status,
    designated_version_id: preset.designated.id,
    creator_user_id: preset.creatorUserId,
    workspace_id: preset.workspaceId,
    created_at: isoTime(preset.createdAtMs),
    updated_at: isoTime(preset.updatedAtMs),
    status_updated_at: preset.statusUpdatedAtMs === null ? null : isoTime(preset.statusUpdatedAtMs),
  };
}

export function encodePresetWithVersion(preset: PresetRecord): JsonObject {
  return { ...encodePreset(preset), designated_version: encodePresetVersion(preset.designated) };
}

export function encodePresetVersion(version: PresetVersion): JsonObject {
  return {
    id: version.id,
    preset_id: version.presetId,
    version: version.version,
    system_prompt: version.systemPrompt,
    config: version.config,
    creator_id: version.creatorId,
    created_at: isoTime(version.createdAtMs),
    updated_at: isoTime(version.updatedAtMs),
  };
}
