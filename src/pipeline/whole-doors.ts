/** How a provider is asked the kinds of one whole answer: its grammar of each, its address and oddities there. */
import type { ProviderSettings } from '../config/settings.ts';
import type { WholeKind } from '../core/exchange-kind.ts';
import { embeddingsDialects } from '../dialects/embeddings/index.ts';
import type { HostQuirks } from '../dialects/host.ts';
import { moderationDialects } from '../dialects/moderation/index.ts';
import { rerankDialects } from '../dialects/rerank/index.ts';
import type { WholeDialect } from '../dialects/whole.ts';
import { addressOf } from '../providers/base-url.ts';
import type { ProviderDefinition, WholeAccess } from '../providers/provider.ts';
import { usualWhole } from '../providers/undescribed-host.ts';
import type { LiveProvider } from './target.ts';

export interface WholeDoor<Kind extends WholeKind> {
  readonly dialect: WholeDialect<Kind>;
  /** The provider as it is asked this kind. */
  readonly provider: LiveProvider;
}

/** A kind that the provider is not asked is absent. */
export type WholeDoors = { readonly [Kind in WholeKind]?: WholeDoor<Kind> };

/**
 * @param usual the provider in the grammar of its conversations
 * @throws RangeError where a provider file names a grammar that does not exist
 */
export function wholeDoorsOf(
  usual: LiveProvider,
  settings: ProviderSettings,
  definition: ProviderDefinition | undefined,
): WholeDoors {
  // In another dialect than its own a host is as good as undescribed: what its file says is about the other.
  const described = definition?.dialect === usual.dialect.id ? definition : undefined;
  const open = <Kind extends WholeKind>(kind: Kind, dialects: readonly WholeDialect<Kind>[]) => {
    const access = accessTo(kind, usual.dialect.id, described);
    if (!access) return undefined;
    const dialect = dialects.find(({ id }) => id === access.dialect);
    if (!dialect) throw new RangeError(`there is no ${kind} grammar "${access.dialect}"`);
    return { dialect, provider: asAsked(usual, access, settings, described) };
  };
  const embeddings = open('embeddings', embeddingsDialects);
  const rerank = open('rerank', rerankDialects);
  const moderation = open('moderation', moderationDialects);
  return { ...(embeddings && { embeddings }), ...(rerank && { rerank }), ...(moderation && { moderation }) };
}

function accessTo(
  kind: WholeKind,
  dialectId: string,
  described: ProviderDefinition | undefined,
): WholeAccess | undefined {
  const said = described?.kinds?.[kind];
  if (said === false) return undefined;
  if (typeof said === 'object') return said;
  const dialect = said ?? usualWhole(kind, dialectId, described !== undefined);
  return dialect === undefined ? undefined : { dialect };
}

function asAsked(
  usual: LiveProvider,
  { baseUrl, quirks }: WholeAccess,
  settings: ProviderSettings,
  described: ProviderDefinition | undefined,
): LiveProvider {
  return {
    ...usual,
    ...(baseUrl !== undefined &&
      described && { baseUrl: addressOf({ ...described, baseUrl }, { ...settings, dialect: null }) }),
    host: { ...usual.host, quirks: { ...ofTheHost(usual.host.quirks), ...quirks } },
  };
}

/** Oddities of the host itself, whatever it is asked; the others are about the fields of a conversation. */
function ofTheHost({ gatewayFields, modelPathPrefix, refusesUnknownFields }: HostQuirks): HostQuirks {
  return {
    ...(gatewayFields && { gatewayFields }),
    ...(modelPathPrefix !== undefined && { modelPathPrefix }),
    ...(refusesUnknownFields !== undefined && { refusesUnknownFields }),
  };
}
