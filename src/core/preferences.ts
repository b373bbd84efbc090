/** OpenRouter's `provider` object, parsed: the same in every client grammar, in the configuration and in presets. */
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from './json.ts';
import { parsePicoUsdCap } from './money.ts';

/** What somebody said; absent fields were not said. */
export interface ProviderPreferences {
  readonly order?: readonly string[];
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly allowFallbacks?: boolean;
  readonly requireParameters?: boolean;
  readonly dataCollection?: 'allow' | 'deny';
  readonly zdr?: boolean;
  readonly enforceDistillableText?: boolean;
  readonly quantizations?: readonly string[];
  readonly sort?: SortBy;
  /** `none`: endpoints of all requested models are sorted together. Default `model`. */
  readonly partition?: 'model' | 'none';
  readonly maxPrice?: PriceCaps;
  /** Tokens per second. */
  readonly minThroughput?: PercentileBounds;
  /** Seconds to the first token. */
  readonly maxLatency?: PercentileBounds;
}

export type SortBy = 'price' | 'throughput' | 'latency' | 'exacto';

/** Picodollars per unit. */
export interface PriceCaps {
  readonly prompt?: bigint;
  readonly completion?: bigint;
  readonly request?: bigint;
  readonly image?: bigint;
  readonly audio?: bigint;
}

/** A plain number on the wire is p50. */
export interface PercentileBounds {
  readonly p50?: number;
  readonly p75?: number;
  readonly p90?: number;
  readonly p99?: number;
}

/** Wire name → ours, of every wish. `sort` also says the partition. */
export const PREFERENCE_BY_WIRE_NAME = {
  order: 'order',
  only: 'only',
  ignore: 'ignore',
  allow_fallbacks: 'allowFallbacks',
  require_parameters: 'requireParameters',
  data_collection: 'dataCollection',
  zdr: 'zdr',
  enforce_distillable_text: 'enforceDistillableText',
  quantizations: 'quantizations',
  sort: 'sort',
  max_price: 'maxPrice',
  preferred_min_throughput: 'minThroughput',
  preferred_max_latency: 'maxLatency',
} as const satisfies Record<string, keyof ProviderPreferences>;

/** In this order they are checked and told. */
export const PRICE_CAP_AXES = [
  'prompt',
  'completion',
  'request',
  'image',
  'audio',
] as const satisfies readonly (keyof PriceCaps)[];

export const NO_PREFERENCES: ProviderPreferences = {};

/** The object is checked before: what is not of the contract's type was refused at the door, or counts as not said. */
export function decodePreferences(provider: JsonObject): ProviderPreferences {
  const sort = provider['sort'];
  const by = isJsonObject(sort) ? sort['by'] : sort;
  const partition = isJsonObject(sort) ? sort['partition'] : undefined;
  const collection = provider['data_collection'];
  const caps = objectAt(provider, 'max_price');
  return {
    ...said('order', stringsAt(provider, 'order')),
    ...said('only', stringsAt(provider, 'only')),
    ...said('ignore', stringsAt(provider, 'ignore')),
    ...said('allowFallbacks', flagAt(provider, 'allow_fallbacks')),
    ...said('requireParameters', flagAt(provider, 'require_parameters')),
    ...said('dataCollection', collection === 'deny' || collection === 'allow' ? collection : undefined),
    ...said('zdr', flagAt(provider, 'zdr')),
    ...said('enforceDistillableText', flagAt(provider, 'enforce_distillable_text')),
    ...said('quantizations', stringsAt(provider, 'quantizations')),
    ...said('sort', isSortBy(by) ? by : undefined),
    ...said('partition', partition === 'none' || partition === 'model' ? partition : undefined),
    ...said('maxPrice', caps && decodeCaps(caps)),
    ...said('minThroughput', boundsAt(provider, 'preferred_min_throughput')),
    ...said('maxLatency', boundsAt(provider, 'preferred_max_latency')),
  };
}

function said<K extends keyof ProviderPreferences>(key: K, value: ProviderPreferences[K]): ProviderPreferences {
  return value === undefined ? NO_PREFERENCES : { [key]: value };
}

function isSortBy(value: Json | undefined): value is SortBy {
  return value === 'price' || value === 'throughput' || value === 'latency' || value === 'exacto';
}

function flagAt(object: JsonObject, key: string): boolean | undefined {
  const value = object[key];
  return typeof value === 'boolean' ? value : undefined;
}

function stringsAt(object: JsonObject, key: string): readonly string[] | undefined {
  return arrayAt(object, key)?.filter((item): item is string => typeof item === 'string');
}

function boundsAt(object: JsonObject, key: string): PercentileBounds | undefined {
  const value = object[key];
  if (typeof value === 'number') return { p50: value };
  if (!isJsonObject(value)) return undefined;
  const bounds: { -readonly [P in keyof PercentileBounds]: PercentileBounds[P] } = {};
  for (const name of ['p50', 'p75', 'p90', 'p99'] as const) {
    const bound = value[name];
    if (typeof bound === 'number') bounds[name] = bound;
  }
  return bounds;
}

/** Tokens are capped per million on the wire, requests and images each. */
function decodeCaps(caps: JsonObject): PriceCaps {
  return {
    ...perMillion(caps, 'prompt'),
    ...perMillion(caps, 'completion'),
    ...perUnit(caps, 'request'),
    ...perUnit(caps, 'image'),
    ...perMillion(caps, 'audio'),
  };
}

/** USD per million tokens → picodollars per token. */
function perMillion(caps: JsonObject, axis: 'prompt' | 'completion' | 'audio'): PriceCaps {
  const pico = capAt(caps, axis);
  return pico === undefined ? {} : { [axis]: pico / 1_000_000n };
}

function perUnit(caps: JsonObject, axis: 'request' | 'image'): PriceCaps {
  const pico = capAt(caps, axis);
  return pico === undefined ? {} : { [axis]: pico };
}

function capAt(caps: JsonObject, axis: string): bigint | undefined {
  const value = caps[axis];
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  return parsePicoUsdCap(String(value));
}
