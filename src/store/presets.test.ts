import { Database } from 'bun:sqlite';
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samplePreset } from '../presets/sample-preset.ts';
import type { PresetRecord } from '../presets/store.ts';
import { DATABASE_FILE, openSqliteStore, type SqliteStore } from './open-sqlite-store.ts';

let dataDirectory: string;
let store: SqliteStore;

const open = () => openSqliteStore({ dataDirectory, clock: { now: () => 1_800_000_000_000 } });

beforeEach(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'signalbox-presets-'));
  store = await open();
});
afterEach(async () => {
  await store.close();
  rmSync(dataDirectory, { recursive: true });
});

const full: PresetRecord = samplePreset(
  'email-copywriter',
  {
    name: `Robert'); DROP TABLE presets;--`,
    description: 'Für Märkte 📈',
    status: 'disabled',
    creatorUserId: 'user_1',
    updatedAtMs: 1_795_000_000_001,
    statusUpdatedAtMs: 1_795_000_000_002,
  },
  {
    systemPrompt: 'Be brief.\n',
    config: JSON.parse('{"temperature":0.1,"model":"a/b","tools":[{"type":"web_search"}],"__proto__":{"x":null}}'),
  },
);
const again = (preset: PresetRecord, version: number): PresetRecord => ({
  ...preset,
  latestVersion: version,
  designated: { ...preset.designated, id: `version-${version}`, version, systemPrompt: null, config: { version } },
});

test('a preset is read back with every field as it was, after a restart too', async () => {
  const bare = samplePreset('bare', { createdAtMs: 1_795_000_000_009 });
  expect(await store.presets.put(full)).toBe('written');
  expect(await store.presets.put(bare)).toBe('written');
  expect(await store.presets.list()).toStrictEqual([full, bare]);
  await store.close();
  store = await open();
  const [first] = await store.presets.list();
  expect(first).toStrictEqual(full);
  expect(JSON.stringify(first?.designated.config)).toBe(JSON.stringify(full.designated.config));
});

test('every version is kept, in order, and any of them may be the one in force', async () => {
  for (const preset of [full, again(full, 2), again(full, 3)]) await store.presets.put(preset);
  const { id } = full;
  const all = await store.presets.versions(id, { offset: 0, limit: 10 });
  expect(all).toEqual({
    versions: [full.designated, again(full, 2).designated, again(full, 3).designated],
    total: 3,
  });
  expect(await store.presets.versions(id, { offset: 1, limit: 1 })).toEqual({
    versions: [again(full, 2).designated],
    total: 3,
  });
  expect(await store.presets.version(id, 1)).toEqual(full.designated);
  expect(await store.presets.version(id, 4)).toBeUndefined();
  expect(await store.presets.versions('another', { offset: 0, limit: 10 })).toEqual({ versions: [], total: 0 });

  const back: PresetRecord = { ...full, latestVersion: 3, status: 'active' };
  expect(await store.presets.put(back)).toBe('written');
  expect(await store.presets.list()).toEqual([back]);
});

test('a version number or slug that somebody else has taken is a conflict, and nothing is written', async () => {
  await store.presets.put(full);
  await store.presets.put(again(full, 2));
  const before = await store.presets.list();
  const late = { ...again(full, 2), name: 'late' };
  expect(await store.presets.put({ ...late, designated: { ...late.designated, id: 'other' } })).toBe('conflict');
  expect(await store.presets.put(samplePreset(full.slug, { id: 'other' }))).toBe('conflict');
  expect(await store.presets.list()).toEqual(before);
  expect(await store.presets.version('other', 1)).toBeUndefined();
  // The same slug in another workspace is another preset.
  expect(await store.presets.put(samplePreset(full.slug, { id: 'other', workspaceId: 'w2' }))).toBe('written');
});

test('a preset whose version in force is gone is said by name, not served half', async () => {
  await store.presets.put(full);
  const file = new Database(join(dataDirectory, DATABASE_FILE));
  file.run('DELETE FROM preset_versions');
  file.close();
  const failed = await store.presets.list().catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'gateway.unavailable', cause: { message: expect.stringContaining(full.slug) } });
});
