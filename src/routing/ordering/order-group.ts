/** The order of one model's endpoints (or of all, where the caller sorts across models): who is tried first, who next. */
import type { SortBy } from '../../core/preferences.ts';
import { tierAsked } from '../../core/service-tier.ts';
import { type Entry, type RouteQuestion, slugMatches } from '../candidate.ts';
import { drawFirst, moveTo } from './balance.ts';
import { byCost, compareBy } from './by-metric.ts';
import { findDeranked, scoreQuality } from './quality.ts';
import { rankOf } from './standing.ts';

/** A conversation stays where its cache is unless moving is cheaper by more than this. */
const STICKY_MARGIN = 1.1;
/** Endpoints whose quality is within this of the best are equals: price draws among them. */
const QUALITY_BAND = 0.95;

/** What decided, in words; reasons are pushed as they apply. */
export type Say = (rule: string, because: string) => void;

/** @param sort of the request, the account or the variant; null = balance */
export function orderGroup<E extends Entry>(entries: E[], sort: SortBy | null, question: RouteQuestion, say: Say): E[] {
  const { order } = question.preferences;
  if (order.length > 0) return orderByList(entries, sort, question, say);
  if (tierAsked(question.demand.serviceTier) === 'priority') return orderByTier(entries, sort, question, say);
  if (sort !== null) {
    say('sort', `sorted by ${sort}`);
    return sortBy(entries, sort, true);
  }
  return balance(entries, question, say);
}

function sortBy<E extends Entry>(entries: E[], sort: SortBy, keepsOrder: boolean): E[] {
  if (sort === 'exacto') scoreQuality(entries);
  const compare = compareBy(sort);
  return entries.sort((a, b) => standing(a, keepsOrder) - standing(b, keepsOrder) || compare(a, b));
}

function standing(entry: Entry, keepsOrder: boolean): number {
  return rankOf(entry.standing, keepsOrder);
}

/** `provider.order`: these first, in this order; then the rest by their sort or price. */
function orderByList<E extends Entry>(
  entries: E[],
  sort: SortBy | null,
  { preferences }: RouteQuestion,
  say: Say,
): E[] {
  const { order } = preferences;
  const places = new Map(
    entries.map((entry) => {
      const at = order.findIndex((slug) => slugMatches(slug, entry.candidate));
      return [entry, at < 0 ? order.length : at] as const;
    }),
  );
  const place = (entry: E): number => places.get(entry) ?? order.length;
  if (sort === 'exacto') scoreQuality(entries);
  const compare = compareBy(sort ?? 'price');
  say('order', `provider.order: ${order.join(', ')}`);
  return entries.sort((a, b) => standing(a, true) - standing(b, true) || place(a) - place(b) || compare(a, b));
}

/** `service_tier: priority`: its endpoints first, the fastest of them first; then the others at their own price. */
function orderByTier<E extends Entry>(entries: E[], sort: SortBy | null, question: RouteQuestion, say: Say): E[] {
  const isPriority = ({ candidate }: Entry): boolean => candidate.endpoint.serviceTier === 'priority';
  const prioritized = entries.filter(isPriority);
  const others = entries.filter((entry) => !isPriority(entry));
  if (prioritized.length > 0) say('service-tier', 'priority endpoints first, by throughput');
  const rest = sort === null ? balance(others, question, say) : sortBy(others, sort, true);
  const all = [...sortBy(prioritized, 'throughput', true), ...rest];
  return all.sort((a, b) => standing(a, true) - standing(b, true));
}

function balance<E extends Entry>(entries: E[], question: RouteQuestion, say: Say): E[] {
  if (entries.length === 0) return entries;
  const draws = question.demand.hasTools && hasTraffic(entries) ? sortByQuality(entries, say) : sortByCost(entries);
  const before = entries[0];
  drawFirst(entries, 0, draws, question.random);
  if (draws > 1) say('price-weight', 'drawn with weight 1/price², then by price');
  if (entries[0]?.standing !== 'resting') stayAtCache(entries, question, say);
  if (before && entries.some((entry) => entry.standing !== 'ready')) {
    const behind = entries.filter((entry) => entry.standing !== 'ready');
    say(
      'health',
      `behind the others: ${behind.map((entry) => `${entry.candidate.provider.name} (${entry.standing})`).join(', ')}`,
    );
  }
  return entries;
}

/** @returns how many of the first may be drawn */
function sortByCost(entries: Entry[]): number {
  entries.sort((a, b) => standing(a, false) - standing(b, false) || byCost(a, b));
  return countBest(entries, () => true);
}

function hasTraffic(entries: readonly Entry[]): boolean {
  return entries.some(({ health }) => health.attempts30m > 0);
}

/** Requests with tools: the best by our own measurements first; price draws among equals. */
function sortByQuality(entries: Entry[], say: Say): number {
  scoreQuality(entries);
  const deranked = findDeranked(entries);
  const best = Math.max(...entries.filter((entry) => !deranked.has(entry)).map(({ quality }) => quality));
  const isEqual = (entry: Entry): boolean => entry.quality >= best * QUALITY_BAND && !deranked.has(entry);
  const tail = (entry: Entry): number => (deranked.has(entry) ? 2 : isEqual(entry) ? 0 : 1);
  entries.sort(
    (a, b) =>
      standing(a, false) - standing(b, false) ||
      tail(a) - tail(b) ||
      (tail(a) === 0 ? byCost(a, b) : b.quality - a.quality || byCost(a, b)),
  );
  if (!entries.every(isEqual)) say('tool-quality', 'the request has tools: measured quality before price');
  return countBest(entries, isEqual);
}

/** How many of the first stand as well as the very first and pass. */
function countBest(entries: readonly Entry[], passes: (entry: Entry) => boolean): number {
  const [first] = entries;
  let count = 0;
  while (count < entries.length) {
    const entry = entries[count];
    if (!entry || !first || entry.standing !== first.standing || !passes(entry)) break;
    count++;
  }
  return count;
}

/** The endpoint that holds the conversation's cache comes first while it is ready and not clearly dearer. */
function stayAtCache(entries: Entry[], { sticky }: RouteQuestion, say: Say): void {
  if (!sticky) return;
  const at = entries.findIndex(({ candidate }) => candidate.endpoint.id === sticky.endpointId);
  const entry = entries[at];
  if (entry?.standing !== 'ready') return;
  const cheapest = Math.min(...entries.filter((other) => other.standing === 'ready').map(({ costPico }) => costPico));
  if (!sticky.isNamed && entry.costPico > cheapest * STICKY_MARGIN) {
    say('session', 'the conversation moves: another endpoint is cheaper even with a cold cache');
    return;
  }
  moveTo(entries, at, 0);
  say('session', `the conversation stays at ${entry.candidate.provider.name}, which holds its prompt cache`);
}
