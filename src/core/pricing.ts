/** Prices as integers with the conditions that change them (OpenRouter's API). */
import type { PicoUsd } from './money.ts';

/** Picodollars per unit; an absent axis costs nothing of its own (its tokens bill as prompt or completion). */
export interface PriceAxes {
  readonly prompt: PicoUsd;
  readonly completion: PicoUsd;
  readonly request?: PicoUsd;
  readonly image?: PicoUsd;
  readonly imageOutput?: PicoUsd;
  readonly audio?: PicoUsd;
  readonly audioOutput?: PicoUsd;
  readonly inputAudioCache?: PicoUsd;
  readonly webSearch?: PicoUsd;
  readonly internalReasoning?: PicoUsd;
  readonly inputCacheRead?: PicoUsd;
  readonly inputCacheWrite?: PicoUsd;
  readonly inputCacheWrite1h?: PicoUsd;
}

export interface Pricing extends PriceAxes {
  /** Fraction off, 0–1. */
  readonly discount?: number;
  /** Later matching entries win per axis. */
  readonly overrides: readonly PriceOverride[];
}

export interface PriceOverride {
  readonly axes: Partial<PriceAxes>;
  /** Applies where the prompt has strictly more tokens than this. */
  readonly minPromptTokens?: number;
  /** HHMM UTC, start inclusive, end exclusive, may wrap midnight. */
  readonly utcStart?: number;
  readonly utcEnd?: number;
  /** `mon` … `sun`; absent = every day. */
  readonly utcDays?: readonly string[];
}
