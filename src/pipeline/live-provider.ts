/** A provider's definition and the operator's settings made ready to call: address, credentials, host profile. */
import type { ProviderSettings } from '../config/settings.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';
import type { HostProfile } from '../dialects/host.ts';
import type { CredentialUse } from '../providers/auth/scheme.ts';
import type { Signers } from '../providers/auth/signers.ts';
import { addressOf, fillPlaceholders } from '../providers/base-url.ts';
import { type AuthScheme, type Door, type ProviderDefinition, promptCacheOf } from '../providers/provider.ts';
import type { Signer } from '../providers/signer.ts';
import {
  authorizationOfDialect,
  DEFAULT_DIALECT,
  quirksOfDialect,
  usageOfDialect,
} from '../providers/undescribed-host.ts';
import type { Credential, LiveProvider } from './target.ts';
import { wholeDoorsOf } from './whole-doors.ts';

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
  readonly signers?: Signers;
  /** Told to addresses that the operator wrote. */
  readonly instanceId?: string;
}

/** One configured provider in all grammars that it is called in. */
export interface ProviderFaces {
  /** In its usual grammar, with the doors that serve every model. */
  readonly usual: LiveProvider;
  /**
   * The provider as this model is called there, with the doors that serve the model.
   * @param dialect the grammar that alone serves the model; undefined = the usual one does
   * @returns undefined where the provider is not called in that grammar
   */
  forModel(id: string, dialect: string | undefined): LiveProvider | undefined;
}

/** @throws RangeError where the address cannot be built or the dialect is not built; the message says why */
export function toProviderFaces(
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
  sources: LiveProviderSources,
): ProviderFaces {
  const dialectId = settings.dialect ?? definition?.dialect ?? DEFAULT_DIALECT;
  // Another dialect than the host's own: its quirks are about another grammar.
  const own = definition?.dialect === dialectId ? definition : doorTo(definition, dialectId);
  const alone = throughDoor(settings, definition, { ...(own ?? undescribed(dialectId)), dialect: dialectId }, sources);
  // Whatever grammar serves a model's conversations: what is asked and answered at once has its own.
  const whole = wholeDoorsOf(alone, settings, definition);
  const doors = doorsOf(settings, definition, dialectId)
    .filter(({ dialect }) => sources.dialects.has(dialect))
    .map((door) => ({ door, live: { ...throughDoor(settings, definition, door, sources), whole } }));
  return facesOf({ ...alone, whole }, doors);
}

interface OpenDoor {
  readonly door: DoorHere;
  readonly live: LiveProvider;
}

function facesOf(alone: LiveProvider, doors: readonly OpenDoor[]): ProviderFaces {
  const serves = ({ models }: DoorHere, id: string): boolean => models?.some((start) => id.startsWith(start)) ?? true;
  const faces = new Map<string, LiveProvider>();
  /** One object for all models that the same doors serve: there are thousands of endpoints. */
  const through = (open: readonly OpenDoor[]): LiveProvider => {
    const key = open.map(({ door }) => doors.findIndex((each) => each.door === door)).join();
    const face = faces.get(key) ?? { ...alone, doors: new Map([...open].reverse().map(byDialect)) };
    faces.set(key, face);
    return face;
  };
  return {
    usual: through(doors.filter(({ door }) => door.models === undefined)),
    forModel(id, dialect) {
      if (dialect === undefined || dialect === alone.dialect.id)
        return through(doors.filter(({ door }) => serves(door, id)));
      const speaking = doors.filter(({ door }) => door.dialect === dialect);
      return (speaking.find(({ door }) => door.models && serves(door, id)) ?? speaking.at(-1))?.live;
    },
  };
}

const byDialect = ({ door, live }: OpenDoor) => [door.dialect, live] as const;

/** A grammar of the host and where it is spoken; without an address it is spoken where the host's own is. */
type DoorHere = Omit<Door, 'baseUrl' | 'models'> & {
  readonly baseUrl?: string | undefined;
  readonly models?: readonly string[] | undefined;
};

function undescribed(dialect: string): DoorHere {
  return { dialect, quirks: quirksOfDialect(dialect) };
}

function doorTo(definition: ProviderDefinition | undefined, dialect: string): DoorHere | undefined {
  return definition?.doors?.find((door) => door.dialect === dialect);
}

/** The host's own doors at its own address; at the operator's, those that he lists. */
function doorsOf(
  { baseUrl, otherDialects, credentials }: ProviderSettings,
  definition: ProviderDefinition | undefined,
  usual: string,
): readonly DoorHere[] {
  const known = (definition?.doors ?? []).filter(
    (door) => door.dialect !== usual && (credentials || !door.needsCredentials),
  );
  if (otherDialects === null) return baseUrl === null ? known : [];
  return otherDialects
    .filter((dialect) => dialect !== usual)
    .flatMap((dialect): readonly DoorHere[] => {
      if (dialect === definition?.dialect) return [definition];
      const described = known.filter((door) => door.dialect === dialect);
      return described.length > 0 ? described : [undescribed(dialect)];
    });
}

function throughDoor(
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
  door: DoorHere,
  sources: LiveProviderSources,
): LiveProvider {
  const dialect = sources.dialects.get(door.dialect);
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
    chats: definition?.kinds?.chat !== false,
    whole: NO_WHOLE,
    doors: NO_DOORS,
    credentials: credentialsOf(settings, door, {
      sign: signerOf(settings, definition, door, sources),
      via: settings.baseUrl === null ? undefined : sources.instanceId,
    }),
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
const NO_WHOLE: LiveProvider['whole'] = {};

function addressThrough(
  door: DoorHere,
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
): string {
  const own = definition && {
    ...definition,
    baseUrl: (settings.credentials && definition.credentials?.baseUrl) ?? definition.baseUrl,
  };
  const dialect = definition && door.dialect === definition.dialect ? null : door.dialect;
  const doorUrl = dialect === null ? undefined : door.baseUrl;
  return addressOf(own ?? null, { ...settings, dialect, ...(doorUrl !== undefined && { doorUrl }) });
}

function signerOf(
  { credentials, settings }: ProviderSettings,
  definition: ProviderDefinition | undefined,
  door: DoorHere,
  { signers }: LiveProviderSources,
): Signer | undefined {
  const use: CredentialUse | undefined = door.use ?? definition?.credentials?.use;
  return credentials && use && signers?.of(use, credentials, settings ?? {});
}

function credentialsOf(
  settings: ProviderSettings,
  door: DoorHere,
  { sign, via }: { readonly sign: Signer | undefined; readonly via: string | undefined },
): LiveProvider['credentials'] {
  const credential = (apiKey: string | null, at: number): Credential => ({
    id: at === 0 ? settings.id : `${settings.id}#${at + 1}`,
    headers: { ...headersOf(settings, apiKey, door), ...(via && { [VIA_HEADER]: via }) },
    ...(sign && { sign }),
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
    ...withSettings(door.headers, settings),
    ...authorizationHeader(scheme, apiKey),
    ...settings.headers,
  };
}

function withSettings(headers: DoorHere['headers'], { settings }: ProviderSettings): Readonly<Record<string, string>> {
  const filled = Object.entries(headers ?? {}).map(([name, value]) => [name, fillPlaceholders(value, settings ?? {})]);
  return Object.fromEntries(filled);
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
