/** Made-up time and outcomes for tests. */
import { type ErrorCode, GatewayError, type GatewayErrorDetails } from '../core/errors.ts';
import type { AttemptRef } from './health.ts';

export interface TestClock {
  now(): number;
  wait(ms: number): void;
  set(ms: number): void;
}

/** At the start of a day, so that every window starts with a full slot; a test may begin elsewhere. */
export function testClock(startMs: number = Date.parse('2026-11-21T00:00:00Z')): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    wait(ms) {
      nowMs += ms;
    },
    set(ms) {
      nowMs = ms;
    },
  };
}

/** A new attempt each time. */
export function attemptAt(endpointId = 'host|model', credentialId = 'host'): AttemptRef {
  return { endpointId, credentialId };
}

export function errorOf(code: ErrorCode, details: GatewayErrorDetails = {}): GatewayError {
  return new GatewayError(code, 'A made-up error.', details);
}
