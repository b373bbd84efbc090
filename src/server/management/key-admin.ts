/** Changing keys, for the API and the command line alike: the table changes only after the write is acknowledged. */
import type { KeyStore } from '../../config/key-store.ts';
import type { KeyTable } from '../../config/key-table.ts';
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Clock } from '../../core/ids.ts';
import { createKeyText, type KeySources } from '../../core/keys.ts';
import { createTurns } from './in-turn.ts';

export interface KeyAdminDeps extends KeySources {
  readonly keyStore: KeyStore;
  readonly keyTable: KeyTable;
  readonly clock: Clock;
}

export type NewKey = Pick<
  KeyRecord,
  | 'kind'
  | 'name'
  | 'limitNanoUsd'
  | 'limitReset'
  | 'includeByokInLimit'
  | 'expiresAtMs'
  | 'creatorUserId'
  | 'workspaceId'
  | 'externalUser'
>;
export type KeyChange = Partial<
  Pick<KeyRecord, 'name' | 'disabled' | 'limitNanoUsd' | 'limitReset' | 'includeByokInLimit'>
>;

export interface KeyAdmin {
  /** The key's text is in the answer and nowhere else. */
  create(key: NewKey): Promise<{ readonly text: string; readonly record: KeyRecord }>;
  change(hash: string, change: KeyChange): Promise<KeyRecord>;
  remove(hash: string): Promise<void>;
  /** @throws GatewayError `client.not_found` */
  get(hash: string): KeyRecord;
  /** Newest first. */
  list(): readonly KeyRecord[];
}

export function createKeyAdmin(deps: KeyAdminDeps): KeyAdmin {
  const { keyStore, keyTable, clock } = deps;
  const inTurn = createTurns();

  function get(hash: string): KeyRecord {
    const key = keyTable.get(hash);
    if (key === undefined) throw new GatewayError('client.not_found', 'There is no API key with this hash.');
    return key;
  }

  function assertOneManagementKeyRemains(without: KeyRecord): void {
    if (without.kind !== 'management' || !isUsable(without, clock)) return;
    for (const key of keyTable.list()) {
      if (key.hash !== without.hash && key.kind === 'management' && isUsable(key, clock)) return;
    }
    throw new GatewayError('client.conflict', 'This is the last usable management key. Create another one first.');
  }

  return {
    async create(key) {
      const { text, hash, label } = createKeyText(deps);
      const createdAtMs = clock.now();
      const record: KeyRecord = {
        ...key,
        hash,
        label,
        disabled: false,
        createdAtMs,
        updatedAtMs: null,
        source: 'database',
      };
      await keyStore.put(record);
      keyTable.put(record);
      return { text, record };
    },
    change: (hash, change) =>
      inTurn(async () => {
        const before = get(hash);
        assertChangeable(before);
        if (change.disabled === true) assertOneManagementKeyRemains(before);
        const record: KeyRecord = { ...before, ...change, updatedAtMs: clock.now() };
        await keyStore.put(record);
        keyTable.put(record);
        return record;
      }),
    remove: (hash) =>
      inTurn(async () => {
        const before = get(hash);
        assertChangeable(before);
        assertOneManagementKeyRemains(before);
        await keyStore.remove(hash);
        keyTable.remove(hash);
      }),
    get,
    list: () => [...keyTable.list()].sort((a, b) => b.createdAtMs - a.createdAtMs || (a.hash < b.hash ? -1 : 1)),
  };
}

/** A key from the environment would come back at the next start as it was. */
function assertChangeable(key: KeyRecord): void {
  if (key.source !== 'environment') return;
  const variable = key.kind === 'management' ? 'SIGNALBOX_MANAGEMENT_KEY' : 'SIGNALBOX_API_KEY';
  const message = `This key is set by the environment (${variable}) and is read-only here. Change it where the server is started.`;
  throw new GatewayError('client.conflict', message);
}

function isUsable(key: KeyRecord, clock: Clock): boolean {
  return !key.disabled && (key.expiresAtMs === null || key.expiresAtMs > clock.now());
}
