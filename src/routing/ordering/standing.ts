import type { EndpointHealth } from '../../core/health.ts';
import type { Standing } from '../candidate.ts';

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

/**
 * Position of a standing. An order or sort that was asked for is kept through an outage, which may be over by now; an endpoint
 * that rests is certain to refuse and comes last even then.
 */
export function rankOf(standing: Standing, keepsOrder: boolean): number {
  switch (standing) {
    case 'ready':
      return 0;
    case 'outage':
      return keepsOrder ? 0 : 1;
    case 'resting':
      return 2;
  }
}
