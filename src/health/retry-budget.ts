/** How many extra attempts the whole gateway may make: retries must not bury providers that are already in trouble. */
import type { Clock } from '../core/ids.ts';
import { RollingCounts } from './rolling.ts';

export interface RetryBudget {
  /** A first attempt was made. */
  counted(): void;
  /** Whether one more attempt of the same exchange may be made now; true takes it. */
  take(): boolean;
}

/** The window, and its slots: the current second of the clock and the nine before it. */
const SLOT_MS = 1000;
const SLOTS = 10;
/** Ten a second over the window are always allowed: a quiet gateway may try again too, and all at once. */
const FLOOR = 10 * SLOTS;
/** Beyond the floor: one extra attempt for so many first ones. */
const FIRSTS_PER_EXTRA = 5;

const FIRSTS = 0;
const EXTRAS = 1;

/** Within the window at most 20 % of its first attempts, or 100 where that is more. A burst may spend all of it at once. */
export function createRetryBudget({ clock }: { readonly clock: Clock }): RetryBudget {
  const counts = new RollingCounts(SLOT_MS, SLOTS, 2);
  return {
    counted: () => counts.add(FIRSTS, clock.now()),
    take() {
      const nowMs = clock.now();
      const next = counts.sum(EXTRAS, nowMs) + 1;
      if (next > FLOOR && next * FIRSTS_PER_EXTRA > counts.sum(FIRSTS, nowMs)) return false;
      counts.add(EXTRAS, nowMs);
      return true;
    },
  };
}
