import type { Percentiles } from '../../core/health.ts';
import type { PercentileBounds } from '../../core/preferences.ts';
import type { Entry, RouteQuestion } from '../candidate.ts';

const CUTS = ['p50', 'p75', 'p90', 'p99'] as const;

/**
 * `preferred_min_throughput` and `preferred_max_latency`: all cut-offs must hold. What nobody measured meets them: there is nothing
 * against it.
 */
export function meetsPreferredSpeed({ health }: Entry, { preferences }: RouteQuestion): boolean {
  const { minThroughput, maxLatency } = preferences;
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
