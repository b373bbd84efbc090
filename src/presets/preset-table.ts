/**
 * The presets in memory: workspace and slug → frozen record. A request reads it without a database; a single entry is
 * replaced after its write is acknowledged, so that no reader ever sees half a change.
 */
import type { PresetRecord } from './store.ts';

export interface PresetTable {
  find(workspaceId: string, slug: string): PresetRecord | undefined;
  /** Inserts or replaces one entry. */
  put(record: PresetRecord): void;
  /** Those of a workspace, in order of first insertion. */
  list(workspaceId: string): readonly PresetRecord[];
}

export function createPresetTable(records: Iterable<PresetRecord>): PresetTable {
  const byWorkspace = new Map<string, Map<string, PresetRecord>>();
  const put = (record: PresetRecord): void => {
    const bySlug = byWorkspace.get(record.workspaceId) ?? new Map<string, PresetRecord>();
    byWorkspace.set(record.workspaceId, bySlug);
    // A copy: freezing the caller's own objects would be a surprise, sharing them a hole. Expanded requests share its values.
    bySlug.set(record.slug, freezeWhole(structuredClone(record)));
  };
  for (const record of records) put(record);
  return {
    find: (workspaceId, slug) => byWorkspace.get(workspaceId)?.get(slug),
    put,
    list: (workspaceId) => [...(byWorkspace.get(workspaceId)?.values() ?? [])],
  };
}

function freezeWhole<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freezeWhole(member);
  }
  return value;
}
