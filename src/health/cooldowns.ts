/** Endpoints that rest after a failure: in-memory, by stable endpoint id, so that a reload does not forget them. */
import type { GatewayError } from '../core/errors.ts';
import type { Clock } from '../core/ids.ts';

/** Rest after a failure that names no time (OpenRouter's API : a significant outage in the last 30 s goes last). */
const OUTAGE_REST_MS = 30_000;
/** A hint longer than this is not believed. */
const LONGEST_REST_MS = 10 * 60_000;

export interface Cooldowns {
  /** An attempt failed: provider trouble rests the endpoint, the caller's own mistakes do not. */
  failed(endpointId: string, error: GatewayError): void;
  answered(endpointId: string): void;
  /** Milliseconds since the epoch; 0 where the endpoint does not rest. */
  untilMs(endpointId: string): number;
}

export function createCooldowns(clock: Clock): Cooldowns {
  const until = new Map<string, number>();
  return {
    failed(endpointId, error) {
      if (error.spec.blame !== 'provider') return;
      const restMs = Math.min(error.details.retryAfterMs ?? OUTAGE_REST_MS, LONGEST_REST_MS);
      until.set(endpointId, clock.now() + restMs);
    },
    answered(endpointId) {
      if (until.size > 0) until.delete(endpointId);
    },
    untilMs: (endpointId) => until.get(endpointId) ?? 0,
  };
}
