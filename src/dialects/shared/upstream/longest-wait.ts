/** How long a host's hint to come back later is believed, whatever grammar it is said in. */

/** Longer waits are junk or quotas: coming back hourly is soon enough to notice. */
const LONGEST_WAIT_MS = 3_600_000;

/** Whole milliseconds within reason; undefined stays undefined. */
export function waitWithinReason(waitMs: number | undefined): number | undefined {
  return waitMs === undefined ? undefined : Math.min(Math.ceil(waitMs), LONGEST_WAIT_MS);
}
