/** How many extra attempts the whole gateway may make: retries must not bury providers that are already in trouble. */
export interface RetryBudget {
  /** A first attempt was made. */
  counted(): void;
  /** Whether one more attempt of the same exchange may be made now; true takes it. */
  take(): boolean;
}
