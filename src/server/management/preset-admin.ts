/** Changing presets: the table changes only after the write is acknowledged. */
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError, invalidRequest } from '../../core/errors.ts';
import type { Clock } from '../../core/ids.ts';
import type { Captured } from '../../presets/capture.ts';
import type { PresetTable } from '../../presets/preset-table.ts';
import type { Page, PresetRecord, PresetStore, PresetVersion, VersionPage } from '../../presets/store.ts';
import { createTurns } from './in-turn.ts';

export interface PresetAdminDeps {
  readonly presetStore: PresetStore;
  readonly presetTable: PresetTable;
  readonly clock: Clock;
  readonly uuid: () => string;
}

export interface PresetChange extends Partial<Pick<PresetRecord, 'name' | 'description' | 'status'>> {
  /** The number of the version to put in force. */
  readonly designatedVersion?: number;
}

export interface PresetAdmin {
  /** Most recently updated first. */
  list(workspaceId: string): readonly PresetRecord[];
  /** @throws GatewayError `client.not_found`, or `client.invalid_request` where this is no slug */
  get(workspaceId: string, slug: string): PresetRecord;
  /** Makes the preset, or a new version of it, which is in force from then on. */
  capture(caller: KeyRecord, slug: string, captured: Pick<Captured, 'config' | 'systemPrompt'>): Promise<PresetRecord>;
  change(workspaceId: string, slug: string, change: PresetChange): Promise<PresetRecord>;
  versions(preset: PresetRecord, page: Page): Promise<VersionPage>;
  /** @throws GatewayError `client.not_found` */
  version(preset: PresetRecord, version: number): Promise<PresetVersion>;
}

const SLUG = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** Presets lie in memory, and inference keys may make them: both are bounded. */
const MAX_PRESETS = 1000;
const MAX_CHARACTERS = 256 * 1024;

export function createPresetAdmin(deps: PresetAdminDeps): PresetAdmin {
  const { presetStore, presetTable, clock, uuid } = deps;
  const inTurn = createTurns();

  async function write(record: PresetRecord): Promise<PresetRecord> {
    if ((await presetStore.put(record)) === 'written') {
      presetTable.put(record);
      return record;
    }
    // Somebody else has written, or a write of ours that was given up took place after all: theirs is what stands.
    for (const stored of await presetStore.list()) presetTable.put(stored);
    const message = `The preset "${record.slug}" was changed meanwhile. Read it again, and send the change once more.`;
    throw new GatewayError('client.conflict', message);
  }

  function get(workspaceId: string, slug: string): PresetRecord {
    assertSlug(slug);
    const preset = presetTable.find(workspaceId, slug);
    if (preset === undefined) {
      throw new GatewayError('client.not_found', `There is no preset "${slug}" in this workspace.`);
    }
    return preset;
  }

  return {
    list: (workspaceId) =>
      [...presetTable.list(workspaceId)].sort((a, b) => b.updatedAtMs - a.updatedAtMs || (a.slug < b.slug ? -1 : 1)),
    get,
    capture: async (caller, slug, captured) => {
      assertSlug(slug);
      assertSize(captured);
      return inTurn(() => {
        const before = presetTable.find(caller.workspaceId, slug);
        if (before === undefined) assertRoom(presetTable.list(caller.workspaceId).length);
        const nowMs = clock.now();
        const preset = before ?? newPreset({ id: uuid(), slug, caller, nowMs });
        const version = preset.latestVersion + 1;
        const designated: PresetVersion = {
          ...{ id: uuid(), presetId: preset.id, version, createdAtMs: nowMs, updatedAtMs: nowMs },
          creatorId: caller.creatorUserId ?? caller.hash,
          systemPrompt: captured.systemPrompt,
          config: captured.config,
        };
        return write({ ...preset, updatedAtMs: nowMs, designated, latestVersion: version });
      });
    },
    change: (workspaceId, slug, change) =>
      inTurn(async () => {
        const before = get(workspaceId, slug);
        const { designatedVersion = before.designated.version, ...fields } = change;
        const designated =
          designatedVersion === before.designated.version
            ? before.designated
            : await presetStore.version(before.id, designatedVersion);
        if (designated === undefined) {
          const message = `there is no version ${designatedVersion}; the last one is ${before.latestVersion}`;
          throw invalidRequest('designated_version', message);
        }
        const nowMs = clock.now();
        const statusChanged = fields.status !== undefined && fields.status !== before.status;
        return write({
          ...before,
          ...fields,
          designated,
          updatedAtMs: nowMs,
          ...(statusChanged && { statusUpdatedAtMs: nowMs }),
        });
      }),
    versions: (preset, page) => presetStore.versions(preset.id, page),
    async version(preset, version) {
      const found =
        preset.designated.version === version ? preset.designated : await presetStore.version(preset.id, version);
      if (found !== undefined) return found;
      const message = `The preset "${preset.slug}" has no version ${version}; the last one is ${preset.latestVersion}.`;
      throw new GatewayError('client.not_found', message);
    },
  };
}

interface NewPreset {
  readonly id: string;
  readonly slug: string;
  readonly caller: KeyRecord;
  readonly nowMs: number;
}

function newPreset({ id, slug, caller, nowMs }: NewPreset): Omit<PresetRecord, 'designated' | 'updatedAtMs'> {
  return {
    id,
    workspaceId: caller.workspaceId,
    slug,
    name: slug,
    description: null,
    status: 'active',
    creatorUserId: caller.creatorUserId,
    createdAtMs: nowMs,
    statusUpdatedAtMs: null,
    latestVersion: 0,
  };
}

function assertSlug(slug: string): void {
  if (SLUG.test(slug)) return;
  throw invalidRequest('slug', 'must be 1 to 64 of the characters a-z 0-9 _ -, the first a letter or digit');
}

function assertSize({ config, systemPrompt }: Pick<Captured, 'config' | 'systemPrompt'>): void {
  const characters = JSON.stringify(config).length + (systemPrompt?.length ?? 0);
  if (characters <= MAX_CHARACTERS) return;
  throw invalidRequest('body', `a preset holds at most ${MAX_CHARACTERS} characters; this one has ${characters}`);
}

function assertRoom(presets: number): void {
  if (presets < MAX_PRESETS) return;
  const message = `This workspace has ${MAX_PRESETS} presets, which is the most it may have. Give one of them a new version.`;
  throw new GatewayError('client.conflict', message);
}
