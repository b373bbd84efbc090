/**
 * Candidates to an ordered plan with reasons: pure, so that the same inputs give the same plan and a plan can be replayed. Hard
 * filters first, then preferences among what is left, then the order.
 */
import type { PriceAxes } from '../core/pricing.ts';
import type { Candidate, Entry, RouteQuestion } from './candidate.ts';
import { expectedCostPico } from './expected-cost.ts';
import { type Exclusion, exclusionOf, type Filter } from './filter.ts';
import { contextLength, halfContext, modality, outputLength } from './filters/capability.ts';
import { distillable, retention, training } from './filters/data-policy.ts';
import { preferParameters, requireParameters } from './filters/parameters.ts';
import { priceCap } from './filters/price-cap.ts';
import { ignore, only, orderOnly } from './filters/provider-lists.ts';
import { quantization } from './filters/quantization.ts';
import { flexOnly, tierAdmission } from './filters/service-tier.ts';
import { orderGroup } from './ordering/order-group.ts';
import { meetsPreferredSpeed } from './ordering/preferred-speed.ts';
import { standingOf } from './ordering/standing.ts';

/** In this order: a later one sees what the earlier ones left. */
const FILTERS: readonly Filter[] = [
  tierAdmission,
  only,
  ignore,
  training,
  retention,
  distillable,
  quantization,
  priceCap,
  modality,
  contextLength,
  requireParameters,
  halfContext,
  outputLength,
  preferParameters,
  flexOnly,
  orderOnly,
];

export interface Plan<C extends Candidate = Candidate> {
  /** In the order they will be tried; never the same endpoint twice. */
  readonly targets: readonly Entry<C>[];
  readonly excluded: readonly Exclusion[];
  /** What ordered them, by rule. */
  readonly reasons: readonly Reason[];
}

export interface Reason {
  readonly rule: string;
  readonly because: string;
}

/** The ordered targets of a request; none where every endpoint is excluded. */
export function planRoute<C extends Candidate>(question: RouteQuestion<C>): Plan<C> {
  const excluded: Exclusion[] = [];
  const reasons: Reason[] = [];
  const say = (rule: string, because: string): void => {
    if (!reasons.some((reason) => reason.because === because)) reasons.push({ rule, because });
  };
  let entries = entriesOf(question);
  for (const filter of FILTERS) {
    if (entries.length > 0 && filter.applies(question)) entries = passing(entries, filter, question, excluded);
  }
  const targets = arrange(entries, question, say);
  return { targets: withoutFallbacks(targets, question, excluded), excluded, reasons };
}

function entriesOf<C extends Candidate>(question: RouteQuestion<C>): Entry<C>[] {
  const { groups, healthOf, keyRestsUntilMs, nowMs, demand } = question;
  const entries: Entry<C>[] = [];
  for (let group = 0; group < groups.length; group++) {
    for (const candidate of groups[group]?.candidates ?? []) {
      const price: PriceAxes = question.priceAt(candidate, demand.promptTokensEstimate, nowMs);
      const health = healthOf(candidate.endpoint.id);
      entries.push({
        candidate,
        group,
        price,
        costPico: expectedCostPico(candidate, price, question),
        health,
        standing: standingOf(health, keyRestsUntilMs(candidate), nowMs),
        share: 0,
        quality: 0,
      });
    }
  }
  return entries;
}

function passing<C extends Candidate>(
  entries: Entry<C>[],
  filter: Filter,
  question: RouteQuestion<C>,
  excluded: Exclusion[],
): Entry<C>[] {
  let objections: (ReturnType<Filter['against']> | undefined)[] | undefined;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    const objection = entry && filter.against(entry, question);
    if (!objection) continue;
    objections ??= [];
    objections[i] = objection;
  }
  // The usual case allocates nothing.
  if (!objections) return entries;
  const found = objections;
  // A soft filter never takes a model's last endpoint.
  const spared = filter.kind === 'hard' ? undefined : groupsWithout(entries, (_, i) => found[i] !== undefined);
  return entries.filter((entry, i) => {
    const objection = found[i];
    if (!objection || (spared && !spared.has(entry.group))) return true;
    excluded.push(exclusionOf(entry.candidate, objection));
    return false;
  });
}

/** Groups with at least one entry that passes. */
function groupsWithout<C extends Candidate>(
  entries: readonly Entry<C>[],
  isObjected: (entry: Entry<C>, at: number) => boolean,
): ReadonlySet<number> {
  const groups = new Set<number>();
  entries.forEach((entry, i) => {
    if (!isObjected(entry, i)) groups.add(entry.group);
  });
  return groups;
}

/** Model by model in the caller's order, unless he sorts across models; too slow ones go to the end of the whole list. */
function arrange<C extends Candidate>(
  entries: Entry<C>[],
  question: RouteQuestion<C>,
  say: (rule: string, because: string) => void,
): readonly Entry<C>[] {
  const { groups, preferences } = question;
  let ordered: Entry<C>[];
  if (groups.length === 1 || preferences.partition === 'none') {
    if (groups.length > 1) say('partition', 'endpoints of all models are ordered together');
    ordered = orderGroup(entries, preferences.sort ?? groups[0]?.sort ?? null, question, say);
  } else {
    ordered = groups.flatMap(({ sort }, group) => {
      const own = entries.filter((entry) => entry.group === group);
      return orderGroup(own, preferences.sort ?? sort ?? null, question, say);
    });
  }
  if (!preferences.minThroughput && !preferences.maxLatency) return ordered;
  const slow = ordered.filter((entry) => !meetsPreferredSpeed(entry, question));
  if (slow.length === 0 || slow.length === ordered.length) return ordered;
  say('preferred-speed', `at the end of the list: ${slow.map(({ candidate }) => candidate.provider.name).join(', ')}`);
  return [...ordered.filter((entry) => meetsPreferredSpeed(entry, question)), ...slow];
}

/** `allow_fallbacks: false`: the order list, or only the top endpoint; other models of `models[]` remain (OpenRouter's API). */
function withoutFallbacks<C extends Candidate>(
  targets: readonly Entry<C>[],
  { preferences }: RouteQuestion<C>,
  excluded: Exclusion[],
): readonly Entry<C>[] {
  if (preferences.allowFallbacks || preferences.order.length > 0) return targets;
  const seen = new Set<number>();
  return targets.filter((entry) => {
    if (!seen.has(entry.group)) return seen.add(entry.group);
    const because = 'provider.allow_fallbacks is false and another endpoint comes first';
    excluded.push(
      exclusionOf(entry.candidate, { excludedBy: 'allow_fallbacks', because, field: 'provider.allow_fallbacks' }),
    );
    return false;
  });
}
