import type { Database } from 'bun:sqlite';
import { PRESET_COLUMNS, PRESET_VERSION_COLUMNS } from '../tables/presets.ts';
import type { PresetWrite, SqlRow, SqlValue } from './messages.ts';

const AT = {
  id: PRESET_COLUMNS.indexOf('id'),
  workspaceId: PRESET_COLUMNS.indexOf('workspace_id'),
  slug: PRESET_COLUMNS.indexOf('slug'),
  versionPresetId: PRESET_VERSION_COLUMNS.indexOf('preset_id'),
  version: PRESET_VERSION_COLUMNS.indexOf('version'),
  versionId: PRESET_VERSION_COLUMNS.indexOf('id'),
} as const;

export interface PresetWriter {
  /**
   * Within the caller's transaction. False where the slug is another preset's or the version's number another version's:
   * then nothing is written.
   */
  put(write: PresetWrite): boolean;
  /** Lets go of the statements, so that the database can close. */
  close(): void;
}

export function createPresetWriter(database: Database): PresetWriter {
  const prepare = (sql: string) => database.prepare<{ id: string }, SqlValue[]>(sql);
  const marks = (columns: readonly string[]) => columns.map(() => '?').join(', ');
  const updates = PRESET_COLUMNS.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`);
  const statements = {
    ownerOfSlug: prepare('SELECT id FROM presets WHERE workspace_id = ? AND slug = ?'),
    versionAt: prepare('SELECT id FROM preset_versions WHERE preset_id = ? AND version = ?'),
    putPreset: prepare(
      `INSERT INTO presets (${PRESET_COLUMNS.join(', ')}) VALUES (${marks(PRESET_COLUMNS)})
       ON CONFLICT (id) DO UPDATE SET ${updates.join(', ')}`,
    ),
    addVersion: prepare(
      `INSERT INTO preset_versions (${PRESET_VERSION_COLUMNS.join(', ')}) VALUES (${marks(PRESET_VERSION_COLUMNS)})
       ON CONFLICT (preset_id, version) DO NOTHING`,
    ),
  };
  const value = (row: SqlRow, at: number): SqlValue => row[at] ?? null;
  return {
    put({ preset, version }) {
      const owner = statements.ownerOfSlug.get(value(preset, AT.workspaceId), value(preset, AT.slug));
      const holder = statements.versionAt.get(value(version, AT.versionPresetId), value(version, AT.version));
      if (owner !== null && owner.id !== value(preset, AT.id)) return false;
      if (holder !== null && holder.id !== value(version, AT.versionId)) return false;
      statements.addVersion.run(...version);
      statements.putPreset.run(...preset);
      return true;
    },
    close() {
      for (const statement of Object.values(statements)) statement.finalize();
    },
  };
}
