/** Rows → models and endpoints. */
import { parsePicoUsd } from '../core/money.ts';
import type { PriceOverride, Pricing } from '../core/pricing.ts';
import type { ServiceTier } from '../core/service-tier.ts';
import { describeModel } from './describe.ts';
import { permitsDistillation } from './distillable.ts';
import { HOST_BY_SLUG } from './import/hosts.ts';
import { servesKind } from './kinds.ts';
import type { Endpoint, Model } from './model.ts';
import { supportedParametersFor } from './parameters.ts';
import { axesFromWire } from './price-axes.ts';
import type { Capability, CatalogRows, EndpointRow, ModelRow } from './rows.ts';

type Source = CatalogRows['source'];

/** @param endpoints the rows of this model: its description and context come from them */
export function modelFromRow(row: ModelRow, endpoints: readonly EndpointRow[], source: Source): Model {
  const can = new Set<Capability>(endpoints.flatMap((each) => each.can));
  const context = endpoints.reduce((most, each) => Math.max(most, each.context), 0);
  const { reasoning } = row;
  return {
    id: row.id,
    canonicalSlug: canonicalSlug(row.id, row.released),
    name: row.name,
    createdSeconds: Date.parse(`${row.released}T00:00:00Z`) / 1000,
    description: describeModel(row, can, context),
    inputModalities: row.in,
    outputModalities: row.out,
    tokenizer: row.tokenizer,
    knowledgeCutoff: row.cutoff ?? null,
    expirationDate: row.expires ?? null,
    openWeights: row.open ?? false,
    limits: row.limits ?? {},
    source: row.source ?? source,
    ...(row.router ? { router: true } : {}),
    ...(permitsDistillation(row.id) ? { distillable: true } : {}),
    ...(reasoning
      ? {
          reasoning: {
            mandatory: reasoning.mandatory,
            defaultEnabled: reasoning.default,
            efforts: reasoning.efforts ?? null,
            budget: reasoning.budget,
            ...(reasoning.adaptive ? { adaptive: true } : {}),
          },
        }
      : {}),
  };
}

/** `author/slug-YYYYMMDD`; a slug that already ends in a date is its own. A variant shares its model's. */
export function canonicalSlug(id: string, released: string): string {
  const base = id.replace(/:.*$/, '');
  if (/\d{4}-?\d{2}-?\d{2}$/.test(base)) return base;
  return `${base}-${released.replaceAll('-', '')}`;
}

export function endpointFromRow(row: EndpointRow, model: ModelRow, source: Source): Endpoint {
  const output = row.out ?? model.out;
  return {
    id: endpointId(row),
    modelId: row.model,
    providerId: row.provider,
    upstreamModel: row.upstream,
    tag: endpointTag(row),
    ...(row.tier ? { serviceTier: row.tier } : {}),
    contextLength: row.context,
    maxOutputTokens: row.output ?? null,
    maxPromptTokens: row.input ?? null,
    quantization: row.quant ?? null,
    supportedParameters: parametersOf(row, model),
    inputModalities: row.in ?? model.in,
    outputModalities: output,
    pricing: pricingFromRow(row),
    // Claude caches only what is marked; elsewhere a price for cached reads means the host caches by itself.
    supportsImplicitCaching: row.price.input_cache_read !== undefined && !row.model.startsWith('anthropic/'),
    source: row.source ?? source,
    ...(row.dialect ? { dialect: row.dialect } : {}),
    ...(row.aka ? { upstreamAliases: row.aka } : {}),
    ...(row.deprecated ? { deprecated: true } : {}),
  };
}

/** A few hundred combinations serve all rows: working each out once halves the time to load. */
const parametersByKind = new Map<string, readonly string[]>();

function parametersOf(row: EndpointRow, model: ModelRow): readonly string[] {
  const host = HOST_BY_SLUG.get(row.provider);
  const dialect = row.dialect ?? host?.dialect ?? 'openai-chat';
  const isWhole = !servesKind({ outputModalities: row.out ?? model.out }, 'chat');
  const sampling = model.limits?.sampling ?? true;
  // Families with parameters of their own are OpenAI's.
  const modelId = row.model.startsWith('openai/') ? row.model : '';
  const kind = [row.provider, dialect, row.can, isWhole, sampling, modelId].join(' ');
  const known = parametersByKind.get(kind);
  if (known) return known;
  const parameters = supportedParametersFor(dialect, {
    can: row.can,
    modelId,
    sampling,
    isWhole,
    ...(host ? { host } : {}),
  });
  parametersByKind.set(kind, parameters);
  return parameters;
}

type Place = Pick<EndpointRow, 'provider' | 'variant' | 'tier'>;

/** `provider[/variant][/tier]|model`. */
export function endpointId(row: Place & Pick<EndpointRow, 'model'>): string {
  return `${endpointTag(row)}|${row.model}`;
}

/** `provider[/variant][/tier]`: `openai`, `deepinfra/turbo`, `openai/priority` (OpenRouter's API). */
export function endpointTag({ provider, variant, tier }: Place): string {
  return [provider, variant, tier].filter((each) => each !== undefined).join('/');
}

/** The same model at the same provider in a service tier, as an operator defines it: its price is for him to say. */
export function inServiceTier(endpoint: Endpoint, tier: ServiceTier): Endpoint {
  if (endpoint.serviceTier === tier) return endpoint;
  const { serviceTier: other, ...rest } = endpoint;
  const tag = `${other ? endpoint.tag.slice(0, -other.length - 1) : endpoint.tag}/${tier}`;
  return { ...rest, id: `${tag}|${endpoint.modelId}`, tag, serviceTier: tier };
}

function pricingFromRow(row: EndpointRow): Pricing {
  const { prompt, completion, ...optional } = row.price;
  return {
    prompt: parsePicoUsd(prompt),
    completion: parsePicoUsd(completion),
    ...axesFromWire(optional, parsePicoUsd),
    overrides: (row.overrides ?? []).map(
      ({ price, ...condition }): PriceOverride => ({ ...condition, axes: axesFromWire(price, parsePicoUsd) }),
    ),
  };
}
