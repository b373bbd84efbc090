/** A provider's definition and the operator's settings made ready to call: address, credentials, host profile. */
import type { ProviderSettings } from '../config/settings.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';
import type { HostProfile } from '../dialects/host.ts';
import { addressOf } from '../providers/base-url.ts';
import { type AuthScheme, type Door, type ProviderDefinition, promptCacheOf } from '../providers/provider.ts';
import { authorizationOfDialect, DEFAULT_DIALECT, usageOfDialect } from '../providers/undescribed-host.ts';
import type { Credential, LiveProvider } from './target.ts';

/** What is assumed of a host that nobody described, besides what its grammar says: the careful policy. */
const UNKNOWN_HOST = {
  // Whether it stops billing is unknown: the answer is read to its end, so that the bill is the host's own.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: true, retentionDays: null },
} as const;

/** Names the gateways of this kind that a request came through. */
export const VIA_HEADER = 'x-signalbox-via';

export interface LiveProviderSources {
  readonly dialects: ReadonlyMap<string, UpstreamDialect>;
  /** Told to addresses that the operator wrote. */
  readonly instanceId?: string;
}

/**
 * @throws RangeError where the address cannot be built or the dialect is not built; the message says why
 */
export function toLiveProvider(
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
  sources: LiveProviderSources,
): LiveProvider {
  const dialectId = settings.dialect ?? definition?.dialect ?? DEFAULT_DIALECT;
  // Another dialect than the host's own: its quirks are about another grammar.
  const own = definition?.dialect === dialectId ? definition : doorTo(definition, dialectId);
  const usual = throughDoor(
    settings,
    definition,
    { ...own, dialect: dialectId, baseUrl: definition?.baseUrl },
    sources,
  );
  const doors = doorsOf(settings, definition, dialectId)
    .filter(({ dialect }) => sources.dialects.has(dialect))
    .map((door) => [door.dialect, throughDoor(settings, definition, door, sources)] as const);
  return { ...usual, doors: new Map(doors) };
}

/** A grammar of the host and where it is spoken; without an address it is spoken where the host's own is. */
type DoorHere = Omit<Door, 'baseUrl'> & { readonly baseUrl?: string | undefined };

function doorTo(definition: ProviderDefinition | undefined, dialect: string): DoorHere | undefined {
  return definition?.doors?.find((door) => door.dialect === dialect);
}

/** The host's own doors at its own address; at the operator's, those that he lists. */
function doorsOf(
  { baseUrl, otherDialects }: ProviderSettings,
  definition: ProviderDefinition | undefined,
  usual: string,
): readonly DoorHere[] {
  const known = definition?.doors ?? [];
  if (baseUrl === null) return otherDialects ? known.filter(({ dialect }) => otherDialects.includes(dialect)) : known;
  return (otherDialects ?? [])
    .filter((dialect) => dialect !== usual)
    .map((dialect) => ({ ...doorTo(definition, dialect), dialect, baseUrl: undefined }));
}

function throughDoor(
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
  door: DoorHere,
  { dialects, instanceId }: LiveProviderSources,
): LiveProvider {
  const dialect = dialects.get(door.dialect);
  if (!dialect) throw new RangeError(`the dialect ${door.dialect} is not built into this release`);
  const name = settings.name ?? definition?.name ?? settings.id;
  const host: HostProfile = {
    providerId: settings.id,
    providerName: name,
    usage: door.usage ?? usageOfDialect(door.dialect),
    quirks: door.quirks ?? UNKNOWN_HOST.quirks,
  };
  const promptCache = promptCacheOf(definition);
  const policy = settings.dataPolicy ?? definition?.policy ?? UNKNOWN_HOST.policy;
  return {
    id: settings.id,
    name,
    baseUrl: addressThrough(door, settings, definition),
    dialect,
    kinds: door.dialect === DEFAULT_DIALECT ? ['chat', 'embeddings'] : ['chat'],
    doors: NO_DOORS,
    credentials: credentialsOf(settings, door, settings.baseUrl === null ? undefined : instanceId),
    host,
    timeouts: settings.timeouts,
    onDisconnect: {
      stream: settings.onDisconnect ?? definition?.onDisconnect ?? UNKNOWN_HOST.onDisconnect,
      whole: settings.onDisconnect ?? 'drain',
    },
    takesAnyModel: definition?.takesAnyModel ?? false,
    takesModelQuery: definition?.takesModelQuery ?? false,
    weight: settings.weight,
    training: policy.training,
    retentionDays: policy.retentionDays,
    // It is a gateway itself and is sent the caller's policy.
    enforcesPolicy: host.quirks.gatewayFields?.includes('provider') ?? false,
    writesCache: promptCache.writes === 'automatic',
    cacheLifeMs: promptCache.lifeMs,
  };
}

const NO_DOORS: LiveProvider['doors'] = new Map();

function addressThrough(
  door: DoorHere,
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
): string {
  const base = definition && { ...definition, baseUrl: door.baseUrl ?? definition.baseUrl };
  const isOther = door.dialect !== definition?.dialect;
  return addressOf(base ?? null, { ...settings, dialect: definition && !isOther ? null : door.dialect });
}

function credentialsOf(
  settings: ProviderSettings,
  door: DoorHere,
  via: string | undefined,
): LiveProvider['credentials'] {
  const credential = (apiKey: string | null, at: number): Credential => ({
    id: at === 0 ? settings.id : `${settings.id}#${at + 1}`,
    headers: { ...headersOf(settings, apiKey, door), ...(via && { [VIA_HEADER]: via }) },
  });
  return [credential(settings.apiKey, 0), ...settings.moreApiKeys.map((key, i) => credential(key, i + 1))];
}

function headersOf(
  settings: ProviderSettings,
  apiKey: string | null,
  door: DoorHere,
): Readonly<Record<string, string>> {
  const scheme = settings.authorization ?? door.authorize ?? authorizationOfDialect(door.dialect);
  return {
    'content-type': 'application/json',
    // Streams are not worth decompressing, and a bomb cannot be sent.
    'accept-encoding': 'identity',
    ...door.headers,
    ...authorizationHeader(scheme, apiKey),
    ...settings.headers,
  };
}

function authorizationHeader(scheme: AuthScheme, apiKey: string | null): Record<string, string> {
  if (apiKey === null) return {};
  switch (scheme.kind) {
    case 'bearer':
      return { authorization: `Bearer ${apiKey}` };
    case 'header':
      return { [scheme.name]: apiKey };
    case 'none':
      return {};
  }
}
