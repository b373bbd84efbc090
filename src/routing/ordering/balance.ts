/** Default balancing (OpenRouter's API): the first place is drawn with weight 1/price², the rest follow by price. */
import type { Random } from '../../core/ids.ts';
import type { Entry } from '../candidate.ts';

/**
 * The low-cost cut-off: who costs more than this many times the cheapest is never drawn first. Such an endpoint's weight would be
 * under a hundredth of the cheapest one's.
 */
export const LOW_COST_FACTOR = 10;

/**
 * Moves the drawn one of `entries[from, to)` to its beginning; they are sorted by price. Zero-price endpoints are drawn alone, with
 * equal weights. The operator's `weight` multiplies.
 */
export function drawFirst<E extends Entry>(entries: E[], from: number, to: number, random: Random): void {
  const cheapest = entries[from];
  if (!cheapest || to - from < 2) return;
  const limit = cheapest.costPico * LOW_COST_FACTOR;
  let end = from;
  let total = 0;
  for (; end < to; end++) {
    const entry = entries[end];
    // Free ones stand first and are a pool of their own: the limit is 0.
    if (!entry || entry.costPico > limit) break;
    entry.share = weightOf(entry, cheapest.costPico);
    total += entry.share;
  }
  let point = random.next() * total;
  let drawn = -1;
  for (let i = from; i < end; i++) {
    const entry = entries[i];
    if (!entry) continue;
    point -= entry.share;
    if (point < 0 && drawn < 0) drawn = i;
    entry.share /= total;
  }
  // The last of the sum's rounding error: the point lies beyond all.
  if (drawn < 0) drawn = end - 1;
  moveTo(entries, drawn, from);
}

/** Relative to the cheapest, so that no price is too small or too large for a float. */
function weightOf({ candidate, costPico }: Entry, cheapestPico: number): number {
  const ratio = cheapestPico === 0 ? 1 : cheapestPico / costPico;
  return candidate.provider.weight * ratio * ratio;
}

/** Moves one element forward; those between step back by one. */
export function moveTo<T>(list: T[], from: number, to: number): void {
  if (from === to) return;
  const [moved] = list.splice(from, 1);
  if (moved !== undefined) list.splice(to, 0, moved);
}
