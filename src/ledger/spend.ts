import type { NanoUsd } from '../core/money.ts';

/** A key's settled spend in the current UTC windows and for ever. */
export interface KeySpend {
  readonly totalNanoUsd: NanoUsd;
  readonly dailyNanoUsd: NanoUsd;
  readonly weeklyNanoUsd: NanoUsd;
  readonly monthlyNanoUsd: NanoUsd;
}
