import type { Percentiles } from '../../core/health.ts';
import type { PercentileBounds } from '../../core/preferences.ts';
import type { Entry, RouteQuestion } from '../candidate.ts';
import type { EffectivePreferences } from '../preferences.ts';
import type { Say } from './say.ts';
import { leaveShares } from './shares.ts';

const CUTS = ['p50', 'p75', 'p90', 'p99'] as const;

/**
 * `preferred_min_throughput` and `preferred_max_latency`: who misses a cut-off goes to the end of the whole list, behind other models
 * too. What rests goes with the slow ones of its model, since it comes after them.
 */
export function slowToTheEnd<E extends Entry>(
  entries: readonly E[],
  { preferences }: RouteQuestion,
  say: Say,
): readonly E[] {
  if (!preferences.minThroughput && !preferences.maxLatency) return entries;
  const slow = new Set(entries.filter((entry) => !meetsPreferredSpeed(entry, preferences)));
  if (slow.size === 0 || slow.size === entries.length) return entries;
  say(
    'preferred-speed',
    `at the end of the list: ${[...slow].map(({ candidate }) => candidate.provider.name).join(', ')}`,
  );
  const poolOf = ({ group }: Entry): number => (preferences.partition === 'none' ? 0 : group);
  const withSlow = new Set([...slow].map(poolOf));
  const isLast = (entry: E): boolean =>
    slow.has(entry) || (entry.standing === 'resting' && withSlow.has(poolOf(entry)));
  for (const pool of Map.groupBy(entries, poolOf).values()) leaveShares(pool, isLast);
  return [...entries.filter((entry) => !isLast(entry)), ...entries.filter(isLast)];
}

/** All cut-offs must hold. What nobody measured meets them: there is nothing against it. */
export function meetsPreferredSpeed({ health }: Entry, { minThroughput, maxLatency }: EffectivePreferences): boolean {
  return (
    holds(minThroughput, health.throughput, (measured, bound) => measured >= bound) &&
    holds(maxLatency, health.latency, (measured, bound) => measured <= bound)
  );
}

function holds(
  bounds: PercentileBounds | null,
  measured: Percentiles | null,
  isMet: (measured: number, bound: number) => boolean,
): boolean {
  if (!bounds || !measured) return true;
  return CUTS.every((cut) => {
    const bound = bounds[cut];
    return bound === undefined || isMet(measured[cut], bound);
  });
}
