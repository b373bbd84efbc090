import type { Kysely } from 'kysely';
import type { Page, PresetRecord, PresetVersion, VersionPage } from '../../presets/store.ts';
import { fromPresetRow, fromPresetVersionRow } from '../preset-row.ts';
import type { StoreDatabase } from '../tables/database.ts';

/** Every preset with its designated version, oldest first. */
export async function listPresets(db: Kysely<StoreDatabase>): Promise<PresetRecord[]> {
  const presets = await db.selectFrom('presets').selectAll().orderBy('created_at_ms').orderBy('id').execute();
  const designated = await db
    .selectFrom('preset_versions')
    .innerJoin('presets', (join) =>
      join
        .onRef('presets.id', '=', 'preset_versions.preset_id')
        .onRef('presets.designated_version', '=', 'preset_versions.version'),
    )
    .selectAll('preset_versions')
    .execute();
  const latest = await db
    .selectFrom('preset_versions')
    .select((select) => ['preset_id', select.fn.max('version').as('version')])
    .groupBy('preset_id')
    .execute();
  const designatedOf = new Map(designated.map((row) => [row.preset_id, row]));
  const latestOf = new Map(latest.map((row) => [row.preset_id, row.version]));
  return presets.map((row) => {
    const version = designatedOf.get(row.id);
    if (version === undefined) throw new Error(`preset ${row.slug}: version ${row.designated_version} is missing`);
    return fromPresetRow(row, version, latestOf.get(row.id) ?? version.version);
  });
}

/** Oldest first. */
export async function listPresetVersions(
  db: Kysely<StoreDatabase>,
  presetId: string,
  { offset, limit }: Page,
): Promise<VersionPage> {
  const ofPreset = db.selectFrom('preset_versions').where('preset_id', '=', presetId);
  const rows = await ofPreset.selectAll().orderBy('version').limit(limit).offset(offset).execute();
  const counted = await ofPreset.select((select) => select.fn.countAll().as('total')).executeTakeFirst();
  return { versions: rows.map(fromPresetVersionRow), total: Number(counted?.total ?? 0) };
}

export async function findPresetVersion(
  db: Kysely<StoreDatabase>,
  presetId: string,
  version: number,
): Promise<PresetVersion | undefined> {
  const row = await db
    .selectFrom('preset_versions')
    .selectAll()
    .where('preset_id', '=', presetId)
    .where('version', '=', BigInt(version))
    .executeTakeFirst();
  return row === undefined ? undefined : fromPresetVersionRow(row);
}
