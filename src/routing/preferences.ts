/** The caller's `provider` object with the account's and the key's defaults: the stricter wins (OpenRouter's API). */
import {
  type PercentileBounds,
  PRICE_CAP_AXES,
  type PriceCaps,
  type ProviderPreferences,
  type SortBy,
} from '../core/preferences.ts';

export interface EffectivePreferences {
  readonly order: readonly string[];
  /** Every list must name the endpoint: the account's list is the ceiling of the request's. */
  readonly only: readonly (readonly string[])[];
  readonly ignore: readonly string[];
  readonly allowFallbacks: boolean;
  readonly requireParameters: boolean;
  readonly dataCollection: 'allow' | 'deny';
  readonly zdr: boolean;
  readonly enforceDistillableText: boolean;
  /** Every list must name the endpoint's quantization. */
  readonly quantizations: readonly (readonly string[])[];
  readonly sort: SortBy | null;
  readonly partition: 'model' | 'none';
  readonly maxPrice: PriceCaps;
  readonly minThroughput: PercentileBounds | null;
  readonly maxLatency: PercentileBounds | null;
}

export const NO_EFFECTIVE_PREFERENCES: EffectivePreferences = {
  order: [],
  only: [],
  ignore: [],
  allowFallbacks: true,
  requireParameters: false,
  dataCollection: 'allow',
  zdr: false,
  enforceDistillableText: false,
  quantizations: [],
  sort: null,
  partition: 'model',
  maxPrice: {},
  minThroughput: null,
  maxLatency: null,
};

/**
 * Policies only get stricter: `only` and `quantizations` intersect, `ignore` unites, `zdr`, `require_parameters` and
 * `enforce_distillable_text` are true where anybody says so, `data_collection: deny` and the lowest cap win. Taste is the
 * last one's who says it: order, sort, partition, fallbacks and the preferred speeds.
 * @param layers least specific first: account, key, request
 */
export function mergePreferences(layers: readonly ProviderPreferences[]): EffectivePreferences {
  let merged = NO_EFFECTIVE_PREFERENCES;
  for (const layer of layers) if (!isEmpty(layer)) merged = withLayer(merged, layer);
  return merged;
}

function isEmpty(layer: ProviderPreferences): boolean {
  for (const _ in layer) return false;
  return true;
}

function withLayer(below: EffectivePreferences, layer: ProviderPreferences): EffectivePreferences {
  // Who names an order of his own does not want a sort from below, and the other way round.
  const setsOrder = layer.order !== undefined || layer.sort !== undefined;
  return {
    order: layer.order ?? (setsOrder ? [] : below.order),
    only: layer.only ? [...below.only, layer.only] : below.only,
    ignore: layer.ignore ? [...below.ignore, ...layer.ignore] : below.ignore,
    allowFallbacks: layer.allowFallbacks ?? below.allowFallbacks,
    requireParameters: below.requireParameters || layer.requireParameters === true,
    dataCollection: layer.dataCollection === 'deny' ? 'deny' : below.dataCollection,
    zdr: below.zdr || layer.zdr === true,
    enforceDistillableText: below.enforceDistillableText || layer.enforceDistillableText === true,
    quantizations: layer.quantizations ? [...below.quantizations, layer.quantizations] : below.quantizations,
    sort: layer.sort ?? (setsOrder ? null : below.sort),
    partition: layer.partition ?? (setsOrder ? 'model' : below.partition),
    maxPrice: layer.maxPrice ? lowerCaps(below.maxPrice, layer.maxPrice) : below.maxPrice,
    minThroughput: layer.minThroughput ?? below.minThroughput,
    maxLatency: layer.maxLatency ?? below.maxLatency,
  };
}

function lowerCaps(a: PriceCaps, b: PriceCaps): PriceCaps {
  const caps: { -readonly [axis in keyof PriceCaps]: PriceCaps[axis] } = { ...a };
  for (const axis of PRICE_CAP_AXES) {
    const cap = b[axis];
    if (cap !== undefined) caps[axis] = min(caps[axis], cap);
  }
  return caps;
}

function min(a: bigint | undefined, b: bigint): bigint {
  return a !== undefined && a < b ? a : b;
}
