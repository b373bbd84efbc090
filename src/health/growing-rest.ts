/** A rest that grows: each one lasts twice as long as the one before. */

/** No rest is longer, whoever asked for it: a provider's hint is believed up to here. */
export const LONGEST_REST_MS = 10 * 60_000;

/** The end of a rest that still lasts, else 0. One that ends implausibly late was made before the clock was set back. */
export function endOfRest(untilMs: number, nowMs: number): number {
  return untilMs > nowMs && untilMs - nowMs <= LONGEST_REST_MS ? untilMs : 0;
}

export interface GrowthRules {
  readonly firstMs: number;
  readonly longestMs: number;
  /** After so long without a rest the next one is short again; without it only `startOver` does that. */
  readonly forgottenAfterMs?: number;
}

export class GrowingRest {
  readonly #rules: GrowthRules;
  #untilMs = 0;
  #nextMs: number;

  constructor(rules: GrowthRules) {
    this.#rules = rules;
    this.#nextMs = rules.firstMs;
  }

  /** Rests from now on, longer than last time. */
  begin(nowMs: number): void {
    const { firstMs, longestMs } = this.#rules;
    if (this.isForgotten(nowMs)) this.#nextMs = firstMs;
    this.#untilMs = nowMs + this.#nextMs;
    this.#nextMs = Math.min(this.#nextMs * 2, longestMs);
  }

  /** Rests at least until then, as somebody asked for; says nothing about the next rest. */
  atLeastUntil(untilMs: number, nowMs: number): void {
    this.#untilMs = Math.max(this.untilMs(nowMs), untilMs);
  }

  /** The rest is over; the next one is longer still. */
  end(): void {
    this.#untilMs = 0;
  }

  startOver(): void {
    this.#untilMs = 0;
    this.#nextMs = this.#rules.firstMs;
  }

  /** 0 where it does not rest. */
  untilMs(nowMs: number): number {
    return endOfRest(this.#untilMs, nowMs);
  }

  /** Long enough over that nothing of it matters any more. */
  isForgotten(nowMs: number): boolean {
    const { forgottenAfterMs } = this.#rules;
    return forgottenAfterMs !== undefined && nowMs - this.#untilMs > forgottenAfterMs;
  }
}
