/** Models, endpoints and providers as OpenRouter's JSON (OpenRouter's API). Pure. */
import type { Endpoint, Model } from '../../catalog/model.ts';
import { axesToWire } from '../../catalog/price-axes.ts';
import type { EndpointStats, Percentiles } from '../../core/health.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import { formatPicoUsd } from '../../core/money.ts';
import type { PriceOverride, Pricing } from '../../core/pricing.ts';

/** What a provider row needs: a subset of a provider's definition. */
export interface ListedProvider {
  readonly id: string;
  readonly name: string;
  readonly policy: {
    readonly training: boolean;
    readonly retentionDays: number | null;
    readonly headquarters: string | null;
  };
  readonly links?: {
    readonly privacyPolicy?: string;
    readonly termsOfService?: string;
    readonly statusPage?: string;
  };
}

const NO_STATS: EndpointStats = {
  uptimeLast5m: null,
  uptimeLast30m: null,
  uptimeLast1d: null,
  latencyLast30m: null,
  throughputLast30m: null,
  status: 0,
};

export function modelRow(model: Model, endpoints: readonly Endpoint[]): JsonObject {
  const leading = leadingEndpoint(endpoints);
  return {
    id: model.id,
    canonical_slug: model.canonicalSlug,
    hugging_face_id: null,
    name: model.name,
    created: model.createdSeconds,
    description: model.description,
    context_length: contextLength(endpoints),
    architecture: architecture(model),
    pricing: modelPricing(model, endpoints),
    top_provider: {
      context_length: leading?.contextLength ?? null,
      max_completion_tokens: leading?.maxOutputTokens ?? null,
      // OpenRouter's own moderation step in front of some hosts; this gateway has none.
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: supportedParameters(endpoints),
    default_parameters: null,
    supported_voices: null,
    knowledge_cutoff: model.knowledgeCutoff,
    expiration_date: model.expirationDate,
    links: { details: `/api/v1/models/${model.id}/endpoints` },
    ...(model.reasoning && { reasoning: reasoning(model.reasoning) }),
  };
}

/** What OpenAI's clients read of a model, beside `id` and `created` (https://platform.openai.com/docs/api-reference/models/object). */
export function openAiMembers({ id }: Pick<Model, 'id'>): JsonObject {
  return { object: 'model', owned_by: id.split('/', 1)[0] ?? '' };
}

/** The answer of `/models/{author}/{slug}/endpoints`, inside `data`. */
export function modelEndpointsRow(
  model: Model,
  endpoints: readonly Endpoint[],
  nameOf: (providerId: string) => string,
  statsOf?: (endpointId: string) => EndpointStats | undefined,
): JsonObject {
  return {
    id: model.id,
    name: model.name,
    created: model.createdSeconds,
    description: model.description,
    architecture: architecture(model),
    endpoints: endpoints.map((each) => endpointRow(model, each, nameOf(each.providerId), statsOf?.(each.id))),
  };
}

export function endpointRow(
  model: Model,
  endpoint: Endpoint,
  providerName: string,
  stats: EndpointStats = NO_STATS,
): JsonObject {
  const tools = endpoint.supportedParameters.includes('tools');
  const forced = tools && model.limits.forcedToolUse !== false;
  return {
    name: `${providerName} | ${model.canonicalSlug}`,
    model_id: model.id,
    model_name: model.name,
    context_length: endpoint.contextLength,
    pricing: model.router ? ROUTER_PRICING : pricing(endpoint.pricing),
    provider_name: providerName,
    tag: endpoint.tag,
    quantization: endpoint.quantization ?? 'unknown',
    max_completion_tokens: endpoint.maxOutputTokens,
    max_prompt_tokens: endpoint.maxPromptTokens,
    supported_parameters: [...endpoint.supportedParameters],
    supports_implicit_caching: endpoint.supportsImplicitCaching,
    supports_tool_choice: { auto: tools, none: tools, required: forced, function: forced },
    supports_voice_cloning: false,
    status: stats.status,
    uptime_last_5m: stats.uptimeLast5m,
    uptime_last_30m: stats.uptimeLast30m,
    uptime_last_1d: stats.uptimeLast1d,
    latency_last_30m: percentiles(stats.latencyLast30m),
    throughput_last_30m: percentiles(stats.throughputLast30m),
  };
}

export function providerRow(provider: ListedProvider): JsonObject {
  return {
    name: provider.name,
    slug: provider.id,
    headquarters: provider.policy.headquarters,
    datacenters: null,
    privacy_policy_url: provider.links?.privacyPolicy ?? null,
    terms_of_service_url: provider.links?.termsOfService ?? null,
    status_page_url: provider.links?.statusPage ?? null,
  };
}

/** The endpoint whose price and limits stand for the model: the cheapest at three input tokens to one of output. */
export function leadingEndpoint(endpoints: readonly Endpoint[]): Endpoint | undefined {
  let leading: Endpoint | undefined;
  for (const each of endpoints) {
    if (!each.serviceTier && (!leading || mixedPrice(each) < mixedPrice(leading))) leading = each;
  }
  return leading;
}

function mixedPrice({ pricing: { prompt, completion } }: Endpoint): bigint {
  return prompt * 3n + completion;
}

/** The longest any endpoint takes; a length nobody said counts only where there is no other. */
export function contextLength(endpoints: readonly Endpoint[]): number | null {
  const told = endpoints.filter((each) => !each.contextIsAssumed);
  const lengths = (told.length ? told : endpoints).map((each) => each.contextLength);
  return lengths.length ? Math.max(...lengths) : null;
}

/** The longest answer that any endpoint gives. */
export function outputLimit(endpoints: readonly Endpoint[]): number | null {
  const told = endpoints.flatMap(({ maxOutputTokens }) => maxOutputTokens ?? []);
  return told.length > 0 ? Math.max(...told) : null;
}

export function supportedParameters(endpoints: readonly Endpoint[]): string[] {
  return [...new Set(endpoints.flatMap((each) => each.supportedParameters))].sort();
}

/** OpenRouter's sign for "depends on the model that is chosen". */
const ROUTER_PRICING: JsonObject = { prompt: '-1', completion: '-1' };

function modelPricing(model: Model, endpoints: readonly Endpoint[]): JsonObject {
  const leading = leadingEndpoint(endpoints);
  if (model.router) return ROUTER_PRICING;
  return leading ? pricing(leading.pricing) : { prompt: '0', completion: '0' };
}

function pricing(price: Pricing): JsonObject {
  const { discount, overrides, ...axes } = price;
  return {
    ...axesToWire(axes, formatPicoUsd),
    ...(discount ? { discount } : {}),
    ...(overrides.length ? { overrides: overrides.map(overrideRow) } : {}),
  };
}

function overrideRow(override: PriceOverride): JsonObject {
  const row: MutableJsonObject = { ...axesToWire(override.axes, formatPicoUsd) };
  if (override.minPromptTokens !== undefined) row.min_prompt_tokens = override.minPromptTokens;
  if (override.utcStart !== undefined) row.utc_start = override.utcStart;
  if (override.utcEnd !== undefined) row.utc_end = override.utcEnd;
  if (override.utcDays) row.utc_days = override.utcDays;
  return row;
}

function architecture(model: Model): JsonObject {
  return {
    modality: `${model.inputModalities.join('+')}->${model.outputModalities.join('+')}`,
    input_modalities: [...model.inputModalities],
    output_modalities: [...model.outputModalities],
    tokenizer: model.tokenizer,
    instruct_type: null,
  };
}

function reasoning(facts: NonNullable<Model['reasoning']>): JsonObject {
  return {
    mandatory: facts.mandatory,
    default_enabled: facts.defaultEnabled,
    supported_efforts: facts.efforts ? [...facts.efforts] : null,
    supports_max_tokens: facts.budget,
  };
}

function percentiles(stats: Percentiles | null): JsonObject | null {
  return stats && { p50: stats.p50, p75: stats.p75, p90: stats.p90, p99: stats.p99 };
}
