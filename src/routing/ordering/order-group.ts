/** The order of one model's endpoints (or of all, where the caller sorts across models): who is tried first, who next. */
import type { SortBy } from '../../core/preferences.ts';
import { tierAsked } from '../../core/service-tier.ts';
import type { Entry, RouteQuestion } from '../candidate.ts';
import { listed } from '../listed.ts';
import { placeIn, toSlugs } from '../slug.ts';
import { balance } from './balance.ts';
import { setFigures } from './by-metric.ts';
import type { Say } from './say.ts';
import { sortEntries } from './sort-entries.ts';
import { sayBehind } from './standing.ts';

/** Behind every place that a list or a tier gives. */
const RESTING_PLACE = 1e9;
const RESTING = ['resting'] as const;

/** @param sort of the request, the account or the variant; null = balance */
export function orderGroup<E extends Entry>(entries: E[], sort: SortBy | null, question: RouteQuestion, say: Say): E[] {
  const { order } = question.preferences;
  if (order.length > 0) return orderByList(entries, sort, question, say);
  switch (tierAsked(question.demand.serviceTier)) {
    case 'priority':
      return orderByTier(entries, sort, question, say);
    case 'flex':
      // Its endpoints come by price (OpenRouter's API); a model without any is routed as usual.
      if (entries.some(({ candidate }) => candidate.endpoint.serviceTier === 'flex'))
        return sortBy(entries, sort ?? 'price', say);
      break;
    case null:
      break;
  }
  return sort === null ? balance(entries, question, say) : sortBy(entries, sort, say);
}

/** An order that was asked for is kept through an outage, which may be over by now; what rests is certain to refuse. */
function sortBy<E extends Entry>(entries: E[], sort: SortBy, say: Say): E[] {
  say('sort', `sorted by ${sort}`);
  setFigures(entries, sort);
  for (const entry of entries) entry.place = restingPlace(entry);
  sayBehind(entries, RESTING, say);
  return sortEntries(entries);
}

/** `provider.order`: these first, in this order; then the rest by their sort or price. */
function orderByList<E extends Entry>(
  entries: E[],
  sort: SortBy | null,
  { preferences: { order }, demand }: RouteQuestion,
  say: Say,
): E[] {
  const slugs = toSlugs(order);
  const tier = tierAsked(demand.serviceTier);
  setFigures(entries, sort ?? 'price');
  for (const entry of entries) {
    const named = placeIn(slugs, entry.offer);
    const place = named < 0 ? slugs.length : named;
    // A base slug names the standard endpoint and that of the tier: the tier was asked for.
    const isAsked = tier !== null && entry.candidate.endpoint.serviceTier === tier;
    entry.place = restingPlace(entry) + place * 2 + (isAsked ? 0 : 1);
  }
  say('order', `provider.order: ${listed(order)}`);
  sayBehind(entries, RESTING, say);
  return sortEntries(entries);
}

/** `service_tier: priority`: its endpoints first, the fastest of them first; then the others at their own price. */
function orderByTier<E extends Entry>(entries: E[], sort: SortBy | null, question: RouteQuestion, say: Say): E[] {
  const isPriority = ({ candidate }: Entry): boolean => candidate.endpoint.serviceTier === 'priority';
  const prioritized = entries.filter(isPriority);
  const others = entries.filter((entry) => !isPriority(entry));
  if (prioritized.length > 0) say('service-tier', 'priority endpoints first, by throughput');
  const rest = sort === null ? balance(others, question, say) : sortBy(others, sort, say);
  if (prioritized.length === 0) return rest;
  setFigures(prioritized, 'throughput');
  sayBehind(prioritized, RESTING, say);
  const all = [...sortEntries(prioritized), ...rest];
  return [...all.filter((entry) => !isResting(entry)), ...all.filter(isResting)];
}

function isResting({ standing }: Entry): boolean {
  return standing === 'resting';
}

function restingPlace(entry: Entry): number {
  return isResting(entry) ? RESTING_PLACE : 0;
}
