import type { EndpointHealth } from '../../core/health.ts';
import type { Entry, Standing } from '../candidate.ts';
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

/** Tells who stands so that it comes later than its order alone would have it. */
export function sayBehind(entries: readonly Entry[], behind: readonly Standing[], say: Say): void {
  if (!entries.some(({ standing }) => behind.includes(standing))) return;
  const names = entries
    .filter(({ standing }) => behind.includes(standing))
    .map(({ candidate, standing }) => `${candidate.provider.name} (${standing})`);
  say('health', `behind the others: ${names.join(', ')}`);
}
