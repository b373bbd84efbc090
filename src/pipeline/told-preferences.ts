/** The preferences in force in the words of a request's `provider` object, and who said each. Pure. */
import type { JsonObject } from '../core/json.ts';
import { type PercentileBounds, PREFERENCE_BY_WIRE_NAME, type ProviderPreferences } from '../core/preferences.ts';
import type { EffectivePreferences } from '../routing/preferences.ts';
import { capsOf } from './gateway-upstream.ts';

/** Who says what: least specific first, as they are merged. */
export interface PreferenceLayer {
  /** `account`: the configuration's defaults; `key`: its entry for the key; `header`: X-OpenRouter-No-Prompt-Training. */
  readonly from: 'account' | 'key' | 'request' | 'header';
  readonly said: ProviderPreferences;
}

export type PreferenceName = keyof typeof PREFERENCE_BY_WIRE_NAME;

/** What is not as if nobody had said it. Of `only` and `quantizations` every list must name the endpoint: several are told apart. */
export function toldPreferences(preferences: EffectivePreferences): JsonObject {
  const { order, ignore, only, quantizations, sort, partition, minThroughput, maxLatency } = preferences;
  const caps = capsOf(preferences, undefined);
  return {
    ...(order.length > 0 && { order }),
    ...(only.length > 0 && { only: oneOrAll(only) }),
    ...(ignore.length > 0 && { ignore: [...new Set(ignore)] }),
    ...(!preferences.allowFallbacks && { allow_fallbacks: false }),
    ...(preferences.requireParameters && { require_parameters: true }),
    ...(preferences.dataCollection === 'deny' && { data_collection: 'deny' }),
    ...(preferences.zdr && { zdr: true }),
    ...(preferences.enforceDistillableText && { enforce_distillable_text: true }),
    ...(quantizations.length > 0 && { quantizations: oneOrAll(quantizations) }),
    ...(partition === 'none' ? { sort: { ...(sort && { by: sort }), partition } } : sort && { sort }),
    ...(caps && { max_price: caps }),
    ...(minThroughput && { preferred_min_throughput: boundsOf(minThroughput) }),
    ...(maxLatency && { preferred_max_latency: boundsOf(maxLatency) }),
  };
}

function oneOrAll(lists: readonly (readonly string[])[]): readonly string[] | readonly (readonly string[])[] {
  const [first, ...others] = lists;
  return first && others.length === 0 ? first : lists;
}

function boundsOf({ p50, p75, p90, p99 }: PercentileBounds): JsonObject {
  return {
    ...(p50 !== undefined && { p50 }),
    ...(p75 !== undefined && { p75 }),
    ...(p90 !== undefined && { p90 }),
    ...(p99 !== undefined && { p99 }),
  };
}

function isPreferenceName(name: string): name is PreferenceName {
  return Object.hasOwn(PREFERENCE_BY_WIRE_NAME, name);
}

export const PREFERENCE_NAMES: readonly PreferenceName[] =
  Object.keys(PREFERENCE_BY_WIRE_NAME).filter(isPreferenceName);

export type PreferenceSources = { readonly [name in PreferenceName]?: readonly PreferenceLayer['from'][] };

/** For each preference in force: the layers whose word counts. */
export function preferenceSources(told: JsonObject, layers: readonly PreferenceLayer[]): PreferenceSources {
  const inForce = PREFERENCE_NAMES.filter((name) => told[name] !== undefined);
  return Object.fromEntries(inForce.map((name) => [name, [...new Set(sourcesOf(name, layers))]]));
}

function sourcesOf(name: PreferenceName, layers: readonly PreferenceLayer[]): readonly PreferenceLayer['from'][] {
  const speaking = layers.filter(({ said }) => hasSaid(said, name));
  switch (name) {
    case 'order':
    case 'sort':
    case 'allow_fallbacks':
    case 'preferred_min_throughput':
    case 'preferred_max_latency':
      // Taste: the last one's who says it.
      return speaking.slice(-1).map(({ from }) => from);
    default:
      return speaking.map(({ from }) => from);
  }
}

/** Whether it makes anything stricter, or says a taste. */
function hasSaid(said: ProviderPreferences, name: PreferenceName): boolean {
  switch (name) {
    case 'data_collection':
      return said.dataCollection === 'deny';
    case 'zdr':
    case 'require_parameters':
    case 'enforce_distillable_text':
      return said[PREFERENCE_BY_WIRE_NAME[name]] === true;
    case 'sort':
      return said.sort !== undefined || said.partition !== undefined;
    default:
      return said[PREFERENCE_BY_WIRE_NAME[name]] !== undefined;
  }
}
