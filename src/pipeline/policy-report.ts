/** What restricts a request, whoever said it, and how many endpoints it costs. Pure. */
import type { KeyRecord } from '../core/caller.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { formatNanoUsd } from '../core/money.ts';
import type { Exclusion } from '../routing/filter.ts';
import type { PolicyReport } from './route-report.ts';
import { PREFERENCE_NAMES, type PreferenceName, type PreferenceSources } from './told-preferences.ts';

interface Restriction {
  readonly excludedBy: string;
  say(value: Json): string;
}

/** Preferences that say who may not serve; the others are about the order. */
const RESTRICTIONS: { readonly [name in PreferenceName]?: Restriction } = {
  only: { excludedBy: 'allowed_providers', say: (value) => `only ${listed(value)} may serve` },
  ignore: { excludedBy: 'ignored_providers', say: (value) => `${listed(value)} may not serve` },
  data_collection: {
    excludedBy: 'data_policy:training',
    say: () => 'providers that may train on prompts, or do not say, may not serve',
  },
  zdr: { excludedBy: 'data_policy:zdr', say: () => 'providers that keep prompts, or do not say, may not serve' },
  enforce_distillable_text: {
    excludedBy: 'distillable',
    say: () => 'only models whose output may train other models may serve',
  },
  quantizations: { excludedBy: 'quantization', say: (value) => `only endpoints at ${listed(value)} may serve` },
  max_price: { excludedBy: 'max_price', say: (value) => `at most ${prices(value)}` },
  require_parameters: {
    excludedBy: 'require_parameters',
    say: () => 'endpoints that lack a parameter of the request may not serve',
  },
  allow_fallbacks: { excludedBy: 'allow_fallbacks', say: () => 'nobody else is tried after the first' },
};

export interface PolicyFacts {
  /** As `toldPreferences` says them. */
  readonly told: JsonObject;
  readonly sources: PreferenceSources;
  readonly excluded: readonly Exclusion[];
  readonly key: KeyRecord;
}

export function policiesOf({ told, sources, excluded, key }: PolicyFacts): readonly PolicyReport[] {
  const restrictions = PREFERENCE_NAMES.flatMap((policy) => {
    const restriction = RESTRICTIONS[policy];
    const value = told[policy];
    if (!restriction || value === undefined) return [];
    const count = excluded.filter(({ excludedBy }) => excludedBy === restriction.excludedBy).length;
    return [{ policy, summary: restriction.say(value), from: sources[policy] ?? [], excluded: count }];
  });
  const { limitNanoUsd, limitReset } = key;
  if (limitNanoUsd === null) return restrictions;
  const every = limitReset === null ? 'in all' : limitReset;
  return [
    ...restrictions,
    { policy: 'key_limit', summary: `the key may spend $${formatNanoUsd(limitNanoUsd)} ${every}` },
  ];
}

function listed(value: Json): string {
  if (!isJsonArray(value)) return String(value);
  // Several lists: every one must name the endpoint.
  if (value.some(isJsonArray)) return value.map(listed).join(' and among them ');
  return value.length === 0 ? 'nobody' : value.join(', ');
}

const PER_MILLION: readonly string[] = ['prompt', 'completion', 'audio'];

function prices(value: Json): string {
  if (!isJsonObject(value)) return '';
  const caps = Object.entries(value).map(([axis, usd]) =>
    PER_MILLION.includes(axis) ? `$${String(usd)} a million ${axis} tokens` : `$${String(usd)} a ${axis}`,
  );
  return caps.join(', ');
}
