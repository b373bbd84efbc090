/** A provider's definition and the operator's settings made ready to call: address, credentials, host profile. */
import type { ProviderSettings } from '../config/settings.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';
import type { HostProfile } from '../dialects/host.ts';
import { addressOf } from '../providers/base-url.ts';
import { type AuthScheme, type ProviderDefinition, promptCacheOf } from '../providers/provider.ts';
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
  { dialects, instanceId }: LiveProviderSources,
): LiveProvider {
  const dialectId = settings.dialect ?? definition?.dialect ?? DEFAULT_DIALECT;
  const dialect = dialects.get(dialectId);
  if (!dialect) throw new RangeError(`the dialect ${dialectId} is not built into this release`);
  // Another dialect than the host's own: its quirks are about another grammar.
  const isOwnDialect = definition?.dialect === dialectId;
  const name = settings.name ?? definition?.name ?? settings.id;
  const host: HostProfile = {
    providerId: settings.id,
    providerName: name,
    usage: (isOwnDialect ? definition.usage : undefined) ?? usageOfDialect(dialectId),
    quirks: (isOwnDialect ? definition.quirks : undefined) ?? UNKNOWN_HOST.quirks,
  };
  const promptCache = promptCacheOf(definition);
  const policy = settings.dataPolicy ?? definition?.policy ?? UNKNOWN_HOST.policy;
  return {
    id: settings.id,
    name,
    baseUrl: addressOf(definition ?? null, { ...settings, dialect: definition ? settings.dialect : dialectId }),
    dialect,
    credentials: credentialsOf(settings, definition, dialectId, settings.baseUrl === null ? undefined : instanceId),
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

function credentialsOf(
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
  dialectId: string,
  via: string | undefined,
): LiveProvider['credentials'] {
  const credential = (apiKey: string | null, at: number): Credential => ({
    id: at === 0 ? settings.id : `${settings.id}#${at + 1}`,
    headers: { ...headersOf(settings, apiKey, definition, dialectId), ...(via && { [VIA_HEADER]: via }) },
  });
  return [credential(settings.apiKey, 0), ...settings.moreApiKeys.map((key, i) => credential(key, i + 1))];
}

function headersOf(
  settings: ProviderSettings,
  apiKey: string | null,
  definition: ProviderDefinition | undefined,
  dialectId: string,
): Readonly<Record<string, string>> {
  const ownScheme = definition?.dialect === dialectId ? definition.authorize : undefined;
  const scheme = settings.authorization ?? ownScheme ?? authorizationOfDialect(dialectId);
  return {
    'content-type': 'application/json',
    // Streams are not worth decompressing, and a bomb cannot be sent.
    'accept-encoding': 'identity',
    ...definition?.headers,
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
