import { describe, expect, test } from 'bun:test';
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import { createPresetTable } from '../../presets/preset-table.ts';
import { samplePreset } from '../../presets/sample-preset.ts';
import type { PresetRecord, PresetVersion } from '../../presets/store.ts';
import { createPresetAdmin } from './preset-admin.ts';

const callerIn = (workspaceId: string, creatorUserId: string | null = null): KeyRecord => ({
  hash: 'c'.repeat(64),
  kind: 'inference',
  name: 'caller',
  label: 'sk-or-v1-abc...123',
  disabled: false,
  limitNanoUsd: null,
  limitReset: null,
  includeByokInLimit: false,
  createdAtMs: 0,
  updatedAtMs: null,
  expiresAtMs: null,
  creatorUserId,
  workspaceId,
  externalUser: null,
  source: 'database',
});
const caller = callerIn('workspace');
const captured = (model: string) => ({ config: { model }, systemPrompt: null });

/** An admin over a store in memory: `stored` is what a restart would find. */
function createWorld(records: readonly PresetRecord[] = []) {
  const stored = new Map(records.map((record) => [record.id, record]));
  const versions = new Map<string, PresetVersion>();
  const table = createPresetTable(records);
  const world = { stored, table, nowMs: 1000, fails: false, slips: false };
  let made = 0;
  const keyOf = ({ presetId, version }: Pick<PresetVersion, 'presetId' | 'version'>) => `${presetId} ${version}`;
  const admin = createPresetAdmin({
    presetTable: table,
    clock: { now: () => world.nowMs },
    uuid: () => `uuid-${++made}`,
    presetStore: {
      list: async () => [...stored.values()],
      versions: async () => ({ versions: [], total: 0 }),
      version: async (presetId, version) => versions.get(keyOf({ presetId, version })),
      async put(preset) {
        await Bun.sleep(1);
        if (world.fails && !world.slips) throw new GatewayError('gateway.unavailable', 'The store is away.');
        const holder = versions.get(keyOf(preset.designated));
        if (holder !== undefined && holder.id !== preset.designated.id) return 'conflict';
        stored.set(preset.id, preset);
        versions.set(keyOf(preset.designated), preset.designated);
        if (world.fails) throw new GatewayError('gateway.unavailable', 'The store is away.');
        return 'written';
      },
    },
  });
  return Object.assign(world, { admin });
}

const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => 'done',
    (error: unknown) => (error instanceof GatewayError ? error.code : error),
  );

describe('a change takes effect when its write is acknowledged', () => {
  test('not before', async () => {
    const { admin, table } = createWorld();
    const making = admin.capture(caller, 'mine', captured('a/b'));
    await Promise.resolve();
    expect(table.find('workspace', 'mine')).toBeUndefined();
    const record = await making;
    expect(table.find('workspace', 'mine')).toEqual(record);
  });

  test('and not where it failed', async () => {
    const world = createWorld([samplePreset('mine')]);
    world.fails = true;
    expect(await codeOf(world.admin.capture(caller, 'mine', captured('a/b')))).toBe('gateway.unavailable');
    expect(await codeOf(world.admin.change('workspace', 'mine', { status: 'disabled' }))).toBe('gateway.unavailable');
    expect(world.admin.get('workspace', 'mine')).toEqual(samplePreset('mine'));
    world.fails = false;
    expect((await world.admin.capture(caller, 'mine', captured('a/b'))).designated.version).toBe(2);
  });

  test('one that was given up and written all the same is met as a conflict once, and then known', async () => {
    const world = createWorld([samplePreset('mine')]);
    Object.assign(world, { fails: true, slips: true });
    await codeOf(world.admin.capture(caller, 'mine', captured('first/try')));
    Object.assign(world, { fails: false, slips: false });
    expect(await codeOf(world.admin.capture(caller, 'mine', captured('second/try')))).toBe('client.conflict');
    expect(world.admin.get('workspace', 'mine').designated).toMatchObject({
      version: 2,
      config: { model: 'first/try' },
    });
    expect((await world.admin.capture(caller, 'mine', captured('third/try'))).designated.version).toBe(3);
  });
});

describe('workspaces', () => {
  test("another one's presets are as unknown as none at all", async () => {
    const { admin } = createWorld();
    const made = await admin.capture(caller, 'mine', captured('a/b'));
    expect(() => admin.get('other', 'mine')).toThrow('There is no preset "mine"');
    expect(admin.list('other')).toEqual([]);
    expect(await codeOf(admin.change('other', 'mine', { name: 'x' }))).toBe('client.not_found');
    const other = await admin.capture(callerIn('other'), 'mine', captured('c/d'));
    expect(other).toMatchObject({ workspaceId: 'other', designated: { version: 1 } });
    expect(other.id).not.toBe(made.id);
    expect(admin.get('workspace', 'mine')).toEqual(made);
  });

  test('have room for 1000 presets, and for any number of versions', async () => {
    const { admin } = createWorld(Array.from({ length: 1000 }, (_, at) => samplePreset(`preset-${at}`)));
    expect(await codeOf(admin.capture(caller, 'one-more', captured('a/b')))).toBe('client.conflict');
    expect(await codeOf(admin.capture(caller, 'preset-7', captured('a/b')))).toBe('done');
    expect(await codeOf(admin.capture(callerIn('other'), 'one-more', captured('a/b')))).toBe('done');
  });
});

test('a version tells who made it: the user of the key, else the key', async () => {
  const { admin } = createWorld();
  const byKey = await admin.capture(caller, 'by-key', captured('a/b'));
  expect([byKey.creatorUserId, byKey.designated.creatorId]).toEqual([null, caller.hash]);
  const byUser = await admin.capture(callerIn('workspace', 'user_1'), 'by-user', captured('a/b'));
  expect([byUser.creatorUserId, byUser.designated.creatorId]).toEqual(['user_1', 'user_1']);
});

test('the one updated last is listed first', async () => {
  const world = createWorld();
  for (const slug of ['a', 'b', 'c']) {
    world.nowMs += 1;
    await world.admin.capture(caller, slug, captured('a/b'));
  }
  world.nowMs += 1;
  await world.admin.change('workspace', 'a', { name: 'x' });
  expect(world.admin.list('workspace').map(({ slug }) => slug)).toEqual(['a', 'c', 'b']);
});
