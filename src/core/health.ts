/** What recent traffic says about an endpoint: measured by health/, read by routing and by the catalogue's routes. */

export interface Percentiles {
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p99: number;
}

/** As of one moment; a new object replaces it, it never changes. */
export interface EndpointHealth {
  /** Attempts with an outcome of the endpoint's own making within the last 30 s, and how many of them failed. */
  readonly recentAttempts: number;
  readonly recentFailures: number;
  /** Put last until then, in ms since the epoch; 0 where it does not rest. */
  readonly restsUntilMs: number;
  readonly restsBecause: RestReason | null;
  /** Seconds to the first token, over 5 minutes; p90 is what 90 % of requests were faster than. Null without traffic. */
  readonly latency: Percentiles | null;
  /** Output tokens per second, over 5 minutes; p90 is what 90 % of requests were at least as fast as. */
  readonly throughput: Percentiles | null;
  /** Over 30 minutes: answers that called tools, and those of them with a bad call. */
  readonly toolAnswers: number;
  readonly badToolAnswers: number;
  /** Over 30 minutes: attempts with an outcome of the endpoint's own making, and how many succeeded. */
  readonly attempts30m: number;
  readonly successes30m: number;
}

/** `ejected`: failed again and again. `asked`: it said when to come back. `credential`: its key is refused or out of funds. */
export type RestReason = 'ejected' | 'asked' | 'credential';

/** Nothing is known: as good as healthy. */
export const UNMEASURED: EndpointHealth = Object.freeze({
  recentAttempts: 0,
  recentFailures: 0,
  restsUntilMs: 0,
  restsBecause: null,
  latency: null,
  throughput: null,
  toolAnswers: 0,
  badToolAnswers: 0,
  attempts30m: 0,
  successes30m: 0,
});

/** Rolling figures as `/models/…/endpoints` shows them; null where there was no traffic to measure. */
export interface EndpointStats {
  /** Per cent of attempts that succeeded. */
  readonly uptimeLast5m: number | null;
  readonly uptimeLast30m: number | null;
  readonly uptimeLast1d: number | null;
  /** Seconds to the first token. */
  readonly latencyLast30m: Percentiles | null;
  /** Output tokens per second. */
  readonly throughputLast30m: Percentiles | null;
  /** 0 = serving; below = trouble (OpenRouter's API: -1, -2, -3, -5, -10). */
  readonly status: number;
}
