/**
 * Candidates to an ordered plan with reasons: pure, so that the same inputs give the same plan and a plan can be replayed. Hard
 * filters first, then preferences among what is left, then the order.
 */

import type { SortBy } from '../core/preferences.ts';
import type { Candidate, Entry, ModelGroup, RouteQuestion } from './candidate.ts';
import { expectedCostPico } from './expected-cost.ts';
import { type Exclusion, exclusionOf } from './filter.ts';
import { allowedOffers } from './filters.ts';
import { priceInForce } from './offers.ts';
import { orderGroup } from './ordering/order-group.ts';
import { slowToTheEnd } from './ordering/preferred-speed.ts';
import type { Say } from './ordering/say.ts';
import { settleShares } from './ordering/shares.ts';
import { standingOf } from './ordering/standing.ts';

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
  const say: Say = (rule, because) => {
    if (!reasons.some((reason) => reason.because === because)) reasons.push({ rule, because });
  };
  const models = question.groups.map((group, at) => entriesOf(group, at, question, excluded));
  const targets = slowToTheEnd(arrange(models, question, say), question, say);
  settleShares(targets, question.preferences.partition === 'none');
  return { targets: withoutFallbacks(targets, question, excluded), excluded, reasons };
}

/** The endpoints of a model that may serve, with what this request costs there and how they stand. */
function entriesOf<C extends Candidate>(
  model: ModelGroup<C>,
  group: number,
  question: RouteQuestion<C>,
  excluded: Exclusion[],
): Entry<C>[] {
  const { nowMs, demand } = question;
  const offers = allowedOffers(model, question, excluded);
  // By itself: one look-up waits for memory while the next is under way.
  const healths = offers.map(({ endpointId }) => question.healthOf(endpointId));
  const entries: Entry<C>[] = [];
  for (let i = 0; i < offers.length; i++) {
    const offer = offers[i];
    const health = healths[i];
    const candidate = offer && model.candidates[offer.at];
    if (!candidate || !health) continue;
    const price = priceInForce(offer, demand.promptTokensEstimate, nowMs);
    entries.push({
      candidate,
      offer,
      group,
      price: price.axes,
      costPico: expectedCostPico(offer, price, question),
      health,
      standing: standingOf(health, question.keyRestsUntilMs(candidate), nowMs),
      place: 0,
      figure: 0,
      share: 0,
      quality: 0,
    });
  }
  return entries;
}

/** Model by model in the caller's order, unless he sorts across models. */
function arrange<C extends Candidate>(
  models: readonly Entry<C>[][],
  question: RouteQuestion<C>,
  say: Say,
): readonly Entry<C>[] {
  const { groups, preferences } = question;
  const [first] = models;
  if (first && models.length === 1) return orderGroup(first, sortOf(groups[0], question), question, say);
  if (preferences.partition === 'none') {
    say('partition', 'endpoints of all models are ordered together');
    return orderGroup(models.flat(), sortOf(groups[0], question), question, say);
  }
  return models.flatMap((own, at) => orderGroup(own, sortOf(groups[at], question), question, say));
}

/** The request's own word, then its variant's, then the account's. */
function sortOf(group: ModelGroup | undefined, { demand, preferences }: RouteQuestion): SortBy | null {
  return demand.preferences.sort ?? group?.sort ?? preferences.sort;
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
    const objection = { excludedBy: 'allow_fallbacks', because, field: 'provider.allow_fallbacks' };
    excluded.push({ ...exclusionOf(entry.candidate, objection), ...(entry.share > 0 && { share: entry.share }) });
    return false;
  });
}
