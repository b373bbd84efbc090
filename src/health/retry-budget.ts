/** How many extra attempts the whole gateway may make: retries must not bury providers that are already in trouble. */
import type { Clock } from '../core/ids.ts';
import { RollingCounts } from './rolling.ts';

export interface RetryBudget {
  /** A first attempt was made. */
  counted(): void;
  /** Whether one more attempt of the same exchange may be made now; true takes it. */
  take(): boolean;
}

/** So many extra attempts are always allowed within any second: a quiet gateway may try again too. */
const FLOOR = 10;
const FLOOR_MS = 1000;
/** Beyond the floor: one extra attempt for so many first ones, within the window. */
const FIRSTS_PER_EXTRA = 5;
const SLOT_MS = 1000;
const SLOTS = 10;

const FIRSTS = 0;
const EXTRAS = 1;

/**
 * An extra attempt is taken from the floor while fewer than 10 were within the last second, exactly, so each place comes back
 * one second after it was taken; else from the share: those of the current second of the clock and the nine before it
 * may not exceed 20 % of the first attempts of the same ten seconds. So within any ten seconds of the clock there are at
 * most 100 + 20 % extra attempts; a burst may spend at once what the window has saved.
 */
export function createRetryBudget({ clock }: { readonly clock: Clock }): RetryBudget {
  const counts = new RollingCounts(SLOT_MS, SLOTS, 2);
  /** When the last ones of the floor were taken, the oldest at `next`. */
  const taken = new Float64Array(FLOOR).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  return {
    counted: () => counts.add(FIRSTS, clock.now()),
    take() {
      const nowMs = clock.now();
      // Not between the two: a clock that was set back leaves times ahead of it.
      const sinceMs = nowMs - (taken[next] ?? 0);
      if (sinceMs >= FLOOR_MS || sinceMs < 0) {
        taken[next] = nowMs;
        next = (next + 1) % FLOOR;
        return true;
      }
      if ((counts.sum(EXTRAS, nowMs) + 1) * FIRSTS_PER_EXTRA > counts.sum(FIRSTS, nowMs)) return false;
      counts.add(EXTRAS, nowMs);
      return true;
    },
  };
}
