/** A made-up world for tests of routing: hosts of one model or several, asked in the words of the wire. What a test does not name is ordinary. */
import type { Endpoint, Model } from '../catalog/model.ts';
import type { Demand } from '../core/demand.ts';
import { type EndpointHealth, type Percentiles, UNMEASURED } from '../core/health.ts';
import type { Random } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { decodePreferences, type ProviderPreferences } from '../core/preferences.ts';
import type { PriceAxes, PriceOverride } from '../core/pricing.ts';
import { sampleDemand } from '../core/sample-demand.ts';
import type { ServiceTier } from '../core/service-tier.ts';
import type { Candidate, ModelGroup, RouteQuestion, RoutingProvider } from './candidate.ts';
import { type Plan, planRoute } from './plan.ts';
import { mergePreferences } from './preferences.ts';

/** A Saturday, noon UTC. */
export const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const A_DAY_MS = 86_400_000;
const SOURCE = { name: 'test', date: '2026-11-21' };

/** An endpoint of the model at a provider of this name. */
export interface Host {
  /** The provider's slug, and its display name in lower case. */
  readonly name: string;
  /** USD per million tokens, prompt and completion alike. */
  readonly usd?: number;
  /** More prices or others, USD per million tokens (per request and image: per million of them). */
  readonly prices?: { readonly [axis in keyof PriceAxes]?: number };
  readonly overrides?: readonly PriceOverride[];
  readonly discount?: number;
  /** After the slug: `turbo` gives the tag `name/turbo`. */
  readonly variant?: string;
  readonly tier?: ServiceTier;
  readonly weight?: number;
  readonly endpoint?: Partial<Endpoint>;
  readonly provider?: Partial<RoutingProvider>;
  readonly health?: Partial<EndpointHealth>;
  readonly state?: 'ready' | 'outage' | 'resting' | 'key rests';
  readonly unsayable?: readonly string[];
}

export interface LabCandidate extends Candidate {
  readonly host: Host;
}

export interface Ask {
  /** Of one model, */
  readonly hosts?: readonly Host[];
  /** or of several in the caller's order. */
  readonly models?: Readonly<Record<string, readonly Host[]>>;
  readonly model?: Partial<Model>;
  /** Of the variant on each model's name. */
  readonly variant?: Pick<ModelGroup, 'sort' | 'admits'>;
  /** The request's `provider` object. */
  readonly provider?: JsonObject;
  /** The account's and the key's defaults. */
  readonly defaults?: readonly JsonObject[];
  readonly demand?: Partial<Demand>;
  /** What every draw gives, in [0, 1): at 0 the cheapest is drawn. */
  readonly point?: number;
  readonly random?: Random;
  readonly nowMs?: number;
  readonly sticky?: { readonly name: string; readonly cachedTokens?: number; readonly isNamed?: boolean };
  readonly readsFiles?: boolean;
  readonly fitsContextUpTo?: number;
}

export function questionOf(ask: Ask): RouteQuestion<LabCandidate> {
  const models = ask.models ?? { 'lab/model': ask.hosts ?? [] };
  const groups = Object.entries(models).map(([modelId, hosts]) => ({
    modelId,
    candidates: hosts.map((host) => candidateOf(host, modelId, ask.model)),
    ...ask.variant,
  }));
  const all = groups.flatMap(({ candidates }) => candidates);
  const healthById = new Map(all.map(({ endpoint, host }) => [endpoint.id, healthOf(host)]));
  const layers: ProviderPreferences[] = [...(ask.defaults ?? []), ask.provider ?? {}].map(decodePreferences);
  const { sticky } = ask;
  const held = sticky && all.find(({ host }) => host.name === sticky.name);
  return {
    groups,
    demand: {
      ...sampleDemand(),
      models: Object.keys(models),
      preferences: decodePreferences(ask.provider ?? {}),
      ...ask.demand,
    },
    preferences: mergePreferences(layers),
    random: ask.random ?? { next: () => ask.point ?? 0 },
    nowMs: ask.nowMs ?? NOW_MS,
    healthOf: (endpointId) => healthById.get(endpointId) ?? UNMEASURED,
    keyRestsUntilMs: ({ host }) => (host.state === 'key rests' ? NOW_MS + A_DAY_MS : 0),
    unsayable: ({ host }) => host.unsayable ?? [],
    ...(sticky &&
      held && {
        sticky: {
          endpointId: held.endpoint.id,
          cachedTokens: sticky.cachedTokens ?? 0,
          isNamed: sticky.isNamed ?? false,
        },
      }),
    readsFiles: ask.readsFiles ?? false,
    fitsContextUpTo: ask.fitsContextUpTo ?? 0,
  };
}

export function planOf(ask: Ask): Plan<LabCandidate> {
  return planRoute(questionOf(ask));
}

/** Names of the hosts in the order they will be tried; with several models `model name`. */
export function targetsOf(ask: Ask): readonly string[] {
  return planOf(ask).targets.map(({ candidate: { host, model } }) =>
    ask.models ? `${model.id} ${nameOf(host)}` : nameOf(host),
  );
}

/** What keeps each host out, by its name. */
export function exclusionsOf(ask: Ask): Readonly<Record<string, string>> {
  const question = questionOf(ask);
  const hosts = question.groups.flatMap(({ candidates }) => candidates);
  return Object.fromEntries(
    planRoute(question).excluded.map(({ endpointId, excludedBy }) => {
      const found = hosts.find(({ endpoint }) => endpoint.id === endpointId);
      return [found ? nameOf(found.host) : endpointId, excludedBy];
    }),
  );
}

function nameOf({ name, variant, tier }: Host): string {
  return [name, variant, tier].filter((part) => part !== undefined).join('/');
}

export function candidateOf(host: Host, modelId = 'lab/model', model: Partial<Model> = {}): LabCandidate {
  const tag = nameOf(host);
  const prices = { prompt: host.usd ?? 1, completion: host.usd ?? 1, ...host.prices };
  return {
    host,
    model: { ...ORDINARY_MODEL, id: modelId, canonicalSlug: modelId, name: modelId, ...model },
    provider: {
      id: host.name,
      name: host.name[0]?.toUpperCase() + host.name.slice(1),
      weight: host.weight ?? 1,
      training: false,
      retentionDays: 0,
      enforcesPolicy: false,
      writesCache: false,
      ...host.provider,
    },
    endpoint: {
      id: `${tag}|${modelId}`,
      modelId,
      providerId: host.name,
      upstreamModel: modelId,
      tag,
      ...(host.tier && { serviceTier: host.tier }),
      contextLength: 128_000,
      maxOutputTokens: null,
      maxPromptTokens: null,
      quantization: null,
      supportedParameters: ['max_tokens', 'temperature', 'tools', 'tool_choice', 'response_format'],
      inputModalities: ['text', 'image', 'file'],
      outputModalities: ['text'],
      supportsImplicitCaching: false,
      source: SOURCE,
      ...host.endpoint,
      pricing: {
        ...pricesOf(prices),
        ...(host.discount !== undefined && { discount: host.discount }),
        overrides: host.overrides ?? [],
      },
    },
  };
}

/** USD per million → picodollars each: what the catalogue keeps. */
export function pico(usdPerMillion: number): bigint {
  return BigInt(Math.round(usdPerMillion * 1_000_000));
}

function pricesOf(prices: { readonly [axis in keyof PriceAxes]?: number }): PriceAxes {
  const axes: { -readonly [axis in keyof PriceAxes]: PriceAxes[axis] } = { prompt: 0n, completion: 0n };
  for (const axis of PRICE_AXES) {
    const usd = prices[axis];
    if (usd !== undefined) axes[axis] = pico(usd);
  }
  return axes;
}

export const PRICE_AXES = [
  'prompt',
  'completion',
  'request',
  'image',
  'imageOutput',
  'audio',
  'audioOutput',
  'inputAudioCache',
  'webSearch',
  'internalReasoning',
  'inputCacheRead',
  'inputCacheWrite',
  'inputCacheWrite1h',
] as const satisfies readonly (keyof PriceAxes)[];

/** Every percentile the same. */
export function steady(value: number): Percentiles {
  return { p50: value, p75: value, p90: value, p99: value };
}

function healthOf({ state, health }: Host): EndpointHealth {
  return {
    ...UNMEASURED,
    ...(state === 'outage' && { recentAttempts: 10, recentFailures: 3 }),
    ...(state === 'resting' && { restsUntilMs: NOW_MS + A_DAY_MS }),
    ...health,
  };
}

const ORDINARY_MODEL: Model = {
  id: '',
  canonicalSlug: '',
  name: '',
  createdSeconds: 0,
  description: '',
  inputModalities: ['text', 'image', 'file'],
  outputModalities: ['text'],
  tokenizer: 'Other',
  knowledgeCutoff: null,
  expirationDate: null,
  openWeights: false,
  limits: {},
  source: SOURCE,
};
