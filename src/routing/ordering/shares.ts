/**
 * `share` is the chance to be the first of its model (of all, where models are ordered together). The draw sets it; what decides
 * after the draw changes it.
 */
import type { Entry } from '../candidate.ts';

/** The place of one that comes first, whatever was drawn. */
export const BEFORE_THE_DRAWN = -1;

/** Who goes behind the others leaves its share to who is first then: the cheapest of those drawn among that stay. */
export function leaveShares<E extends Entry>(pool: readonly E[], isBehind: (entry: E) => boolean): void {
  if (pool.every(isBehind)) return;
  const heir = cheapest(pool.filter((entry) => entry.share > 0 && !isBehind(entry)));
  for (const entry of pool) {
    if (!isBehind(entry)) continue;
    if (heir) heir.share += entry.share;
    entry.share = 0;
  }
}

/** Equal ones stand in the order of their candidates. */
function cheapest<E extends Entry>(entries: readonly E[]): E | undefined {
  return entries.toSorted((a, b) => a.costPico - b.costPico || a.group - b.group || a.offer.at - b.offer.at)[0];
}

/** Of a final order: where the first one was not drawn, nobody had a chance against it. */
export function settleShares(entries: readonly Entry[], isOnePool: boolean): void {
  const isCertain: boolean[] = [];
  for (const entry of entries) {
    const pool = isOnePool ? 0 : entry.group;
    isCertain[pool] ??= entry.share === 0 || entry.place === BEFORE_THE_DRAWN;
    if (isCertain[pool]) entry.share = 0;
  }
}
