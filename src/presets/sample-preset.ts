/** A whole preset for tests. */
import type { PresetRecord, PresetVersion } from './store.ts';

export function samplePreset(
  slug: string,
  about: Partial<PresetRecord> = {},
  version: Partial<PresetVersion> = {},
): PresetRecord {
  const id = about.id ?? `id-of-${slug}`;
  return {
    id,
    workspaceId: 'workspace',
    slug,
    name: slug,
    description: null,
    status: 'active',
    creatorUserId: null,
    createdAtMs: 1_795_000_000_000,
    updatedAtMs: 1_795_000_000_000,
    statusUpdatedAtMs: null,
    latestVersion: version.version ?? 1,
    ...about,
    designated: {
      id: `${id}-version-${version.version ?? 1}`,
      presetId: id,
      version: 1,
      creatorId: 'creator',
      createdAtMs: 1_795_000_000_000,
      updatedAtMs: 1_795_000_000_000,
      systemPrompt: null,
      config: {},
      ...version,
    },
  };
}
