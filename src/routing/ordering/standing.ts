import type { EndpointHealth } from '../../core/health.ts';
import type { Entry, Standing } from '../candidate.ts';
import { lowerMedian } from './median.ts';
import type { Say } from './say.ts';

/** A significant outage: at least this share of the attempts of the last 30 s failed by the endpoint's own fault. */
export const OUTAGE_SHARE = 0.3;

/** Where an endpoint stands now. Nobody is excluded for it: worse ones come later within their model. */
export function standingOf(health: EndpointHealth, keyRestsUntilMs: number, nowMs: number): Standing {
  if (health.restsUntilMs > nowMs || keyRestsUntilMs > nowMs) return 'resting';
  return isOutage(health) ? 'outage' : 'ready';
}

export function isOutage({ recentAttempts, recentFailures }: EndpointHealth): boolean {
  return recentFailures > 0 && recentFailures >= recentAttempts * OUTAGE_SHARE;
}

/** Slow: its median time to the first token is above both of these; the other is that many times its model's median. */
const SLOW_SECONDS = 2;
const SLOW_FACTOR = 5;

/** An endpoint that answers, but far later than the others of its model, is nobody's first choice where nobody chose it. */
export function markSlow(entries: readonly Entry[]): void {
  let slowest = 0;
  for (const { health } of entries) if (health.latency) slowest = Math.max(slowest, health.latency.p50);
  // The usual case asks no more.
  if (slowest <= SLOW_SECONDS) return;
  const limit = Math.max(
    SLOW_SECONDS,
    SLOW_FACTOR * lowerMedian(entries.flatMap(({ health }) => health.latency?.p50 ?? [])),
  );
  for (const entry of entries) {
    if (entry.standing === 'ready' && entry.health.latency && entry.health.latency.p50 > limit) entry.standing = 'slow';
  }
}

/** Tells who stands so that it comes later than its order alone would have it. */
export function sayBehind(entries: readonly Entry[], behind: readonly Standing[], say: Say): void {
  if (!entries.some(({ standing }) => behind.includes(standing))) return;
  const names = entries
    .filter(({ standing }) => behind.includes(standing))
    .map(({ candidate, standing }) => `${candidate.provider.name} (${standing})`);
  say('health', `behind the others: ${names.join(', ')}`);
}
