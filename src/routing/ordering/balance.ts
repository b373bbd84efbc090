/** Default balancing (OpenRouter's API): the first place is drawn with weight 1/price², the rest follow by price. */
import type { Random } from '../../core/ids.ts';
import type { Entry, RouteQuestion, Standing } from '../candidate.ts';
import { findDeranked, hasTraffic, scoreQuality } from './quality.ts';
import type { Say } from './say.ts';
import { moveToFront, sortEntries } from './sort-entries.ts';
import { markSlow, sayBehind } from './standing.ts';
import { stayAtCache } from './stay-at-cache.ts';

/**
 * The low-cost cut-off: who costs more than this many times the cheapest is never drawn first. Such an endpoint's weight would be
 * under a hundredth of the cheapest one's.
 */
export const LOW_COST_FACTOR = 10;
/** Endpoints whose quality is within this of the best are equals: price draws among them. */
const QUALITY_BAND = 0.95;

/** Ready ones before slow ones, those before an outage, that before resting ones; within the best, price draws the first. */
export function balance<E extends Entry>(entries: E[], question: RouteQuestion, say: Say): E[] {
  markSlow(entries);
  if (question.demand.hasTools && hasTraffic(entries)) placeByQuality(entries, say);
  else for (const entry of entries) entry.place = STANDINGS[entry.standing];
  sortEntries(entries);
  const drawn = countBest(entries);
  if (drawn > 1) {
    drawFirst(entries, drawn, question.random);
    say('price-weight', 'drawn with weight 1/price², then by price');
  }
  stayAtCache(entries, question, say);
  sayBehind(entries, BEHIND, say);
  return entries;
}

/** Nobody is excluded for how it stands: worse ones come later. Room is left for places by quality. */
const STANDINGS: Readonly<Record<Standing, number>> = { ready: 0, slow: 10, outage: 20, resting: 30 };
const BEHIND = ['slow', 'outage', 'resting'] as const;

/** Requests with tools: the best by our own measurements first; price draws among equals. */
function placeByQuality(entries: readonly Entry[], say: Say): void {
  scoreQuality(entries);
  const deranked = findDeranked(entries);
  let best = 0;
  for (const entry of entries) if (!deranked.has(entry)) best = Math.max(best, entry.quality);
  let equals = 0;
  for (const entry of entries) {
    const isDeranked = deranked.has(entry);
    const isEqual = !isDeranked && entry.quality >= best * QUALITY_BAND;
    if (isEqual) equals++;
    entry.place = STANDINGS[entry.standing] + (isEqual ? 0 : isDeranked ? 2 : 1);
    entry.figure = isEqual ? 0 : -entry.quality;
  }
  if (equals < entries.length) say('tool-quality', 'the request has tools: measured quality before price');
}

/** How many of the first have the place of the very first: sorted by price, as far as one may be drawn. */
function countBest(entries: readonly Entry[]): number {
  const [first] = entries;
  let count = 0;
  while (first && entries[count]?.place === first.place && entries[count]?.figure === first.figure) count++;
  return count;
}

/**
 * Moves the drawn one of the first `count` entries to the beginning; they are sorted by price. Zero-price endpoints are drawn
 * alone, with equal weights. The operator's `weight` multiplies.
 */
export function drawFirst<E extends Entry>(entries: E[], count: number, random: Random): void {
  const [cheapest] = entries;
  if (!cheapest) return;
  const limit = cheapest.costPico * LOW_COST_FACTOR;
  let end = 0;
  let total = 0;
  for (; end < count; end++) {
    const entry = entries[end];
    // Free ones stand first and are a pool of their own: the limit is 0.
    if (!entry || entry.costPico > limit) break;
    entry.share = weightOf(entry, cheapest.costPico);
    total += entry.share;
  }
  let point = random.next() * total;
  let drawn = -1;
  for (let i = 0; i < end; i++) {
    const entry = entries[i];
    if (!entry) continue;
    point -= entry.share;
    if (point < 0 && drawn < 0) drawn = i;
    entry.share /= total;
  }
  // The last of the sum's rounding error: the point lies beyond all.
  moveToFront(entries, drawn < 0 ? end - 1 : drawn);
}

/** Relative to the cheapest, so that no price is too small or too large for a float. */
function weightOf({ candidate, costPico }: Entry, cheapestPico: number): number {
  const ratio = cheapestPico === 0 ? 1 : cheapestPico / costPico;
  return candidate.provider.weight * ratio * ratio;
}
