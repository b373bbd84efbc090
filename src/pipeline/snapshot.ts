/**
 * The state an exchange pins at admission: providers, models and endpoints in force, with their prices. Immutable, rebuilt off
 * the request path, swapped by one assignment. Counters live elsewhere, by stable id, and survive every swap.
 */
import { customModel } from '../catalog/custom-model.ts';
import { inServiceTier } from '../catalog/from-rows.ts';
import type { Endpoint, Model } from '../catalog/model.ts';
import { type AliasTable, indexModels, type Resolved, resolveModelId } from '../catalog/resolve-model.ts';
import { traitsOf } from '../catalog/traits.ts';
import type { ModelSettings, PluginSettings, ProviderSettings, RoutingSettings, Settings } from '../config/settings.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';
import type { Signers } from '../providers/auth/signers.ts';
import type { ProviderDefinition } from '../providers/provider.ts';
import { type AutoPool, autoPoolOf } from '../routing/auto/pool.ts';
import { type ProviderFaces, toProviderFaces } from './live-provider.ts';
import type { LiveEndpoint, LiveProvider } from './target.ts';

export interface Snapshot {
  readonly publicCatalogue: boolean;
  readonly commitAfterMs: number;
  readonly clientStallMs: number;
  readonly maxBodyBytes: number;
  readonly routing: RoutingSettings;
  readonly plugins: PluginSettings;
  /** What the routers `auto` and `free` choose among; built when the first one asks. */
  autoPool(): AutoPool;
  /** Models that the configured providers can serve. */
  readonly models: ReadonlyMap<string, Model>;
  /** Whether this very id is a model, served or not. */
  isModel(id: string): boolean;
  resolve(requested: string): Resolved;
  endpointsOf(modelId: string): readonly LiveEndpoint[];
  provider(id: string): LiveProvider | undefined;
  readonly providers: readonly LiveProvider[];
  /** What the operator should know, one sentence each. */
  readonly notices: readonly string[];
}

/** What the snapshot is built from besides the settings. */
export interface SnapshotSources {
  readonly models: ReadonlyMap<string, Model>;
  readonly endpoints: readonly Endpoint[];
  readonly aliases: AliasTable;
  readonly definitions: ReadonlyMap<string, ProviderDefinition>;
  readonly dialects: ReadonlyMap<string, UpstreamDialect>;
  /** Sign requests for providers that want it. Absent where nothing is sent. */
  readonly signers?: Signers;
  /** This gateway's own id, told to addresses that the operator wrote: how a loop is noticed. Absent where nothing is sent. */
  readonly instanceId?: string;
  /** YYYY-MM-DD: the date of what the operator defines. */
  readonly today: string;
}

/** @throws RangeError where a provider cannot be built; its message names the provider and the cause */
export function buildSnapshot(settings: Settings, sources: SnapshotSources): Snapshot {
  const notices: string[] = [];
  const faces: ProviderFaces[] = [];
  const models = new Map<string, Model>();
  const byModel = new Map<string, LiveEndpoint[]>();
  for (const entry of settings.providers) {
    const provider = facesOf(entry, sources);
    faces.push(provider);
    for (const live of withTierPrices(endpointsOfProvider(entry, provider, sources, notices))) {
      models.set(live.model.id, live.model);
      const siblings = byModel.get(live.model.id);
      if (siblings) siblings.push(live);
      else byModel.set(live.model.id, [live]);
    }
  }
  const providers = faces.map(({ usual }) => usual);
  const all = new Map([...sources.models, ...models]);
  const providerById = new Map(providers.map((provider) => [provider.id, provider]));
  const served = [...byModel.values()].flat();
  const vendorNames = [...sources.endpoints, ...served.map(({ endpoint }) => endpoint)];
  const index = indexModels([...all.values()], vendorNames, sources.aliases, settings.aliases, {
    today: sources.today,
    isServed: (id) => byModel.has(id),
  });
  let pool: AutoPool | undefined;
  const lookup = createLookup(faces, byModel, sources, (name) => resolveModelId(index, name));
  return {
    publicCatalogue: settings.publicCatalogue,
    commitAfterMs: settings.commitAfterMs,
    clientStallMs: settings.clientStallMs,
    maxBodyBytes: settings.maxBodyBytes,
    routing: settings.routing,
    plugins: settings.plugins,
    models,
    autoPool() {
      pool ??= autoPoolOf(
        [...models.values()].map((model) => ({
          model,
          endpoints: lookup.endpointsOf(model.id).map(({ endpoint }) => endpoint),
        })),
      );
      return pool;
    },
    isModel: (id) => all.has(id),
    ...lookup,
    provider: (id) => providerById.get(id),
    providers,
    notices,
  };
}

function facesOf(entry: ProviderSettings, sources: SnapshotSources): ProviderFaces {
  try {
    return toProviderFaces(entry, sources.definitions.get(entry.id), sources);
  } catch (error) {
    if (error instanceof RangeError)
      throw new RangeError(`${entry.declaredAt ?? 'environment'}: providers.${entry.id}: ${error.message}`);
    throw error;
  }
}

function endpointsOfProvider(
  entry: ProviderSettings,
  provider: ProviderFaces,
  sources: SnapshotSources,
  notices: string[],
): LiveEndpoint[] {
  const own = sources.endpoints.filter(({ providerId }) => providerId === entry.id);
  if (entry.models === null) {
    return own.flatMap((endpoint) => {
      const model = sources.models.get(endpoint.modelId);
      return model ? (toLive(withProviderSettings(endpoint, entry), model, provider) ?? []) : [];
    });
  }
  return entry.models.flatMap((settings) => {
    const known = knownEndpoint(own, settings);
    const { model, endpoint } = listedEndpoint(settings, known, entry, provider.usual, sources, notices);
    const live = toLive(withProviderSettings(endpoint, entry), model, provider);
    if (!live) notices.push(unspoken(entry, settings, endpoint));
    return live ?? [];
  });
}

/** The catalogue's endpoint of this name; in a tier that the catalogue lacks it is the standard one's, but for its price. */
function knownEndpoint(own: readonly Endpoint[], { id, serviceTier }: ModelSettings): Endpoint | undefined {
  const named = own.filter(({ modelId, upstreamModel, upstreamAliases }) =>
    [modelId, upstreamModel, ...(upstreamAliases ?? [])].includes(id),
  );
  const standard = named.find((endpoint) => endpoint.serviceTier === undefined);
  if (serviceTier === null) return standard;
  return (
    named.find((endpoint) => endpoint.serviceTier === serviceTier) ?? (standard && inServiceTier(standard, serviceTier))
  );
}

/** An endpoint the operator lists: the catalogue's with his numbers over it, or one of his own. */
function listedEndpoint(
  settings: ModelSettings,
  known: Endpoint | undefined,
  entry: ProviderSettings,
  provider: LiveProvider,
  sources: SnapshotSources,
  notices: string[],
): { readonly model: Model; readonly endpoint: Endpoint } {
  const model = sources.models.get(known?.modelId ?? settings.id);
  const custom = ownModel(settings, provider, sources);
  const base = known ?? custom.endpoint;
  const priced = settings.pricing ? { ...base.pricing, ...settings.pricing.axes } : base.pricing;
  if (!known && !settings.pricing && provider.host.usage.reportsCost !== 'authoritative') {
    notices.push(`${entry.id}: no price is known for ${settings.id}; it is billed at zero. Set its pricing.`);
  }
  return {
    model: withDistillable(model ?? custom.model, settings.distillable),
    endpoint: {
      ...base,
      ...(settings.dialect !== undefined && { dialect: settings.dialect }),
      upstreamModel: settings.upstream ?? base.upstreamModel,
      contextLength: settings.contextLength ?? base.contextLength,
      maxOutputTokens: settings.maxOutputTokens ?? base.maxOutputTokens,
      quantization: settings.quantization ?? base.quantization,
      supportedParameters: settings.supportedParameters ?? base.supportedParameters,
      ...(settings.inputModalities && { inputModalities: custom.endpoint.inputModalities }),
      ...(settings.outputModalities && { outputModalities: custom.endpoint.outputModalities }),
      pricing: settings.pricing
        ? {
            ...priced,
            ...(settings.pricing.discount !== null && { discount: settings.pricing.discount }),
            overrides: settings.pricing.overrides ?? base.pricing.overrides,
          }
        : priced,
    },
  };
}

function withDistillable(model: Model, distillable: boolean | null): Model {
  return distillable === null ? model : { ...model, distillable };
}

/** Content kinds an endpoint is taken to carry where nobody said: the provider is asked, not guessed. */
const ASK_THE_PROVIDER = {
  inputModalities: ['text', 'image', 'file', 'audio', 'video'],
  outputModalities: ['text', 'image', 'audio'],
} as const;

function ownModel(
  settings: Pick<ModelSettings, 'id'> & Partial<ModelSettings>,
  provider: LiveProvider,
  sources: SnapshotSources,
): { readonly model: Model; readonly endpoint: Endpoint } {
  const { name, dialect, contextLength, inputModalities, outputModalities, serviceTier } = settings;
  const { model, endpoint } = customModel({
    id: settings.id,
    providerId: provider.id,
    dialectId: dialect ?? provider.dialect.id,
    source: { name: 'the configuration', date: sources.today },
    ...(name != null && { name }),
    ...(serviceTier && { serviceTier }),
    ...(contextLength != null && { contextLength }),
    ...(inputModalities && { inputModalities }),
    ...(outputModalities && { outputModalities }),
  });
  return {
    model,
    endpoint: {
      ...endpoint,
      ...(!inputModalities && { inputModalities: ASK_THE_PROVIDER.inputModalities }),
      ...(!outputModalities && { outputModalities: ASK_THE_PROVIDER.outputModalities, outputIsAssumed: true }),
      ...(contextLength == null && { contextIsAssumed: true }),
    },
  };
}

function withProviderSettings(endpoint: Endpoint, entry: ProviderSettings): Endpoint {
  return entry.quantization === null
    ? endpoint
    : { ...endpoint, quantization: endpoint.quantization ?? entry.quantization };
}

/** A model that the operator lists and that cannot be called. */
function unspoken({ id }: ProviderSettings, model: ModelSettings, { dialect }: Endpoint): string {
  return `${id}: ${model.id} is served in ${dialect} only, in which ${id} is not called; it is off. Add ${dialect} to dialects.`;
}

/** Undefined where the endpoint speaks a grammar that its provider is not called in. */
function toLive(endpoint: Endpoint, model: Model, { forModel }: ProviderFaces): LiveEndpoint | undefined {
  const provider = forModel(model.id, endpoint.dialect);
  if (!provider) return undefined;
  const { serviceTier } = endpoint;
  return {
    endpoint,
    model,
    provider,
    context: {
      upstreamModel: endpoint.upstreamModel,
      traits: traitsOf(model, endpoint),
      host: provider.host,
      ...(serviceTier && { serviceTier }),
    },
    pricingByTier: new Map([[serviceTier ?? 'default', endpoint.pricing]]),
  };
}

/** The endpoints of one model at one provider share what their tiers cost: the tier that served is billed. */
function withTierPrices(endpoints: readonly LiveEndpoint[]): readonly LiveEndpoint[] {
  if (!endpoints.some(({ endpoint }) => endpoint.serviceTier)) return endpoints;
  return endpoints.map((live) => {
    const siblings = endpoints.filter(({ model }) => model.id === live.model.id);
    return { ...live, pricingByTier: new Map(siblings.flatMap(({ pricingByTier }) => [...pricingByTier])) };
  });
}

/**
 * Lookup with the two liberties a provider may allow: a query after the model's name that goes upstream with it, and any
 * unknown `author/slug`.
 */
function createLookup(
  providers: readonly ProviderFaces[],
  byModel: ReadonlyMap<string, readonly LiveEndpoint[]>,
  sources: SnapshotSources,
  resolve: (name: string) => Resolved,
): Pick<Snapshot, 'resolve' | 'endpointsOf'> {
  const open = providers.find(({ usual }) => usual.takesAnyModel);
  const split = (name: string): { readonly base: string; readonly query: string } => {
    const at = name.indexOf('?');
    return at < 0 ? { base: name, query: '' } : { base: name.slice(0, at), query: name.slice(at) };
  };
  return {
    resolve(requested) {
      const { base, query } = split(requested);
      const resolved = resolve(base);
      if (resolved.kind === 'unknown' && open && /^[^/\s]+\/\S+$/.test(requested))
        return { kind: 'found', id: requested };
      if (resolved.kind !== 'found' || query === '') return resolved;
      const takesQuery = byModel.get(resolved.id)?.some(({ provider }) => provider.takesModelQuery);
      return takesQuery ? { ...resolved, id: resolved.id + query } : { kind: 'unknown', near: [resolved.id] };
    },
    endpointsOf(id) {
      const known = byModel.get(id);
      if (known) return known;
      const { base, query } = split(id);
      if (query !== '') {
        const live = byModel.get(base)?.filter(({ provider }) => provider.takesModelQuery) ?? [];
        return live.map((each) => withQuery(each, query));
      }
      if (!open || sources.models.has(id)) return [];
      const custom = ownModel({ id }, open.usual, sources);
      const live = toLive(custom.endpoint, custom.model, open);
      return live ? [live] : [];
    },
  };
}

function withQuery(live: LiveEndpoint, query: string): LiveEndpoint {
  const upstreamModel = live.endpoint.upstreamModel + query;
  // An id of its own: what a fault does to one name must not rest the others.
  const endpoint = { ...live.endpoint, id: live.endpoint.id + query, upstreamModel };
  return { ...live, endpoint, context: { ...live.context, upstreamModel } };
}
