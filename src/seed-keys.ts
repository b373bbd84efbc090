/** The first keys: from the environment, upserted at every start, or made at the very first one. */
import type { KeyStore } from './config/key-store.ts';
import type { KeyRecord } from './core/caller.ts';
import type { Clock } from './core/ids.ts';
import { createKeyText, DEFAULT_WORKSPACE_ID, type KeySources, labelOf, parseKey } from './core/keys.ts';

export interface SeedEnvironment {
  readonly managementKey: string | undefined;
  readonly apiKey: string | undefined;
}

export interface SeededKeys {
  readonly records: readonly KeyRecord[];
  /** Shown once, on standard output, never in the log. Null after the first start. */
  readonly firstRun: { readonly managementKey: string; readonly apiKey: string } | null;
}

export interface SeedPorts extends KeySources {
  readonly store: KeyStore;
  readonly clock: Clock;
}

/** @throws RangeError naming the variable whose value is no key; the value itself is not repeated */
export async function seedKeys(environment: SeedEnvironment, ports: SeedPorts): Promise<SeededKeys> {
  const stored = new Map((await ports.store.list()).map((key) => [key.hash, key]));
  const seeds = [
    { kind: 'management', variable: 'SIGNALBOX_MANAGEMENT_KEY', text: environment.managementKey },
    { kind: 'inference', variable: 'SIGNALBOX_API_KEY', text: environment.apiKey },
  ] as const;
  for (const { kind, variable, text } of seeds) {
    if (text === undefined || text === '') continue;
    const parsed = parseKey(text);
    if (parsed.kind !== 'key') throw new RangeError(`${variable} is no key: it must be sk-or-v1- and 64 hex digits.`);
    const hash = ports.digest(parsed.text);
    const before = stored.get(hash);
    if (before?.source === 'environment' && before.kind === kind) continue;
    const record = newKey(kind, variable, hash, labelOf(parsed.text), 'environment', ports.clock);
    await ports.store.put(record);
    stored.set(hash, record);
  }
  if (stored.size > 0) return { records: [...stored.values()], firstRun: null };
  const management = createKeyText(ports);
  const inference = createKeyText(ports);
  const records = [
    newKey('management', 'First management key', management.hash, management.label, 'first-run', ports.clock),
    newKey('inference', 'First key', inference.hash, inference.label, 'first-run', ports.clock),
  ];
  for (const record of records) await ports.store.put(record);
  return { records, firstRun: { managementKey: management.text, apiKey: inference.text } };
}

function newKey(
  kind: KeyRecord['kind'],
  name: string,
  hash: string,
  label: string,
  source: KeyRecord['source'],
  clock: Clock,
): KeyRecord {
  return {
    hash,
    kind,
    name,
    label,
    disabled: false,
    limitNanoUsd: null,
    limitReset: null,
    includeByokInLimit: false,
    createdAtMs: clock.now(),
    updatedAtMs: null,
    expiresAtMs: null,
    creatorUserId: null,
    workspaceId: DEFAULT_WORKSPACE_ID,
    externalUser: null,
    source,
  };
}
