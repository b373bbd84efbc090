/** What is remembered of one endpoint: its windows, its rests, and the views of them that others read. */
import type { EndpointHealth, EndpointStats, RestReason } from '../core/health.ts';
import { Aging } from './aging.ts';
import { Ejection } from './ejection.ts';
import { endOfRest, LONGEST_REST_MS } from './growing-rest.ts';
import { LogScale } from './log-scale.ts';
import { RollingCounts, RollingPercentiles } from './rolling.ts';
import { statusOf } from './status.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The finest window's slots: after each, a view without traffic is stale too. */
const FINEST_SLOT_MS = 5 * SECOND_MS;

/** Columns of the counters. */
const ATTEMPTS = 0;
const FAILURES = 1;
const TOOL_ANSWERS = 2;
const BAD_TOOL_ANSWERS = 3;

const LATENCY_SECONDS = new LogScale(0.001, 3600);
export const MOST_TOKENS_PER_SECOND = 10_000;
const TOKENS_PER_SECOND = new LogScale(0.1, MOST_TOKENS_PER_SECOND);

export class EndpointRecord {
  readonly #halfMinute = new RollingCounts(FINEST_SLOT_MS, 6, 2);
  readonly #halfHour = new RollingCounts(MINUTE_MS, 30, 4);
  readonly #day = new RollingCounts(HOUR_MS, 24, 2);
  readonly #latency5m = new RollingPercentiles(LATENCY_SECONDS, 'low', MINUTE_MS, 5);
  readonly #latency30m = new RollingPercentiles(LATENCY_SECONDS, 'low', 5 * MINUTE_MS, 6);
  readonly #throughput5m = new RollingPercentiles(TOKENS_PER_SECOND, 'high', MINUTE_MS, 5);
  readonly #throughput30m = new RollingPercentiles(TOKENS_PER_SECOND, 'high', 5 * MINUTE_MS, 6);
  readonly #ejection = new Ejection();
  #askedAtMs = 0;
  #askedUntilMs = 0;
  readonly #health = new Aging<EndpointHealth>();
  readonly #stats = new Aging<EndpointStats>();

  // ---- what happens ----

  began(attempt: object, nowMs: number): void {
    if (!this.#ejection.isOut) return;
    this.#ejection.began(attempt, nowMs);
    this.#restChanged();
  }

  /** `retryAfterMs` where the endpoint said when to come back. */
  failed(attempt: object, retryAfterMs: number | undefined, nowMs: number): void {
    this.#count(ATTEMPTS, nowMs);
    this.#count(FAILURES, nowMs);
    this.#ejection.failed(attempt, nowMs);
    this.#rest(retryAfterMs, nowMs);
  }

  opened(firstContentMs: number, nowMs: number): void {
    // Back from an ejection: what it was thrown out for is over, and must not send everybody to the first one back.
    if (this.#ejection.isOut) this.#halfMinute.clear();
    this.#count(ATTEMPTS, nowMs);
    const bucket = LATENCY_SECONDS.bucketOf(firstContentMs / SECOND_MS);
    this.#latency5m.add(bucket, nowMs);
    this.#latency30m.add(bucket, nowMs);
    // An answer to a request from before the endpoint asked for a rest does not end that rest.
    const endsRest = this.#askedUntilMs > 0 && nowMs - firstContentMs >= this.#askedAtMs;
    if (endsRest) this.#askedUntilMs = 0;
    if (endsRest || this.#ejection.isOut) this.#restChanged();
    this.#ejection.opened(nowMs);
  }

  /** An answer that had opened at `openedAtMs`, where that is known, failed after all: it is a failure of now. */
  broke(openedAtMs: number | undefined, retryAfterMs: number | undefined, nowMs: number): void {
    if (openedAtMs !== undefined) {
      for (const counts of [this.#halfMinute, this.#halfHour, this.#day]) counts.takeBack(ATTEMPTS, openedAtMs);
    }
    this.#count(ATTEMPTS, nowMs);
    this.#count(FAILURES, nowMs);
    this.#ejection.broke(nowMs);
    this.#rest(retryAfterMs, nowMs);
  }

  finished(tokensPerSecond: number | null, tools: { readonly bad: boolean } | null, nowMs: number): void {
    this.#ejection.finished();
    if (tokensPerSecond !== null) {
      const bucket = TOKENS_PER_SECOND.bucketOf(tokensPerSecond);
      this.#throughput5m.add(bucket, nowMs);
      this.#throughput30m.add(bucket, nowMs);
    }
    if (tools) {
      this.#halfHour.add(TOOL_ANSWERS, nowMs);
      if (tools.bad) this.#halfHour.add(BAD_TOOL_ANSWERS, nowMs);
    }
    this.#health.age();
    this.#stats.age();
  }

  gaveUp(attempt: object): void {
    if (!this.#ejection.isOut) return;
    this.#ejection.gaveUp(attempt);
    this.#restChanged();
  }

  // ---- what is read ----

  health(nowMs: number): EndpointHealth {
    return this.#health.get(nowMs) ?? this.#health.take(this.#measureHealth(nowMs), nowMs, this.#staleAtMs(nowMs));
  }

  stats(nowMs: number): EndpointStats {
    return this.#stats.get(nowMs) ?? this.#stats.take(this.#measureStats(nowMs), nowMs, this.#staleAtMs(nowMs));
  }

  #measureHealth(nowMs: number): EndpointHealth {
    const attempts30m = this.#halfHour.sum(ATTEMPTS, nowMs);
    const { untilMs, because } = this.#resting(nowMs);
    return Object.freeze({
      recentAttempts: this.#halfMinute.sum(ATTEMPTS, nowMs),
      recentFailures: this.#halfMinute.sum(FAILURES, nowMs),
      restsUntilMs: untilMs,
      restsBecause: because,
      latency: this.#latency5m.percentiles(nowMs),
      throughput: this.#throughput5m.percentiles(nowMs),
      toolAnswers: this.#halfHour.sum(TOOL_ANSWERS, nowMs),
      badToolAnswers: this.#halfHour.sum(BAD_TOOL_ANSWERS, nowMs),
      attempts30m,
      successes30m: attempts30m - this.#halfHour.sum(FAILURES, nowMs),
    });
  }

  #measureStats(nowMs: number): EndpointStats {
    const uptimeLast5m = uptime(this.#halfHour, nowMs, 5);
    return Object.freeze({
      uptimeLast5m,
      uptimeLast30m: uptime(this.#halfHour, nowMs),
      uptimeLast1d: uptime(this.#day, nowMs),
      latencyLast30m: this.#latency30m.percentiles(nowMs),
      throughputLast30m: this.#throughput30m.percentiles(nowMs),
      status: statusOf({
        isEjected: this.#ejection.isOut,
        isAsked: this.#askedEndMs(nowMs) > 0,
        recentAttempts: this.#halfMinute.sum(ATTEMPTS, nowMs),
        recentFailures: this.#halfMinute.sum(FAILURES, nowMs),
        uptimeLast5m,
      }),
    });
  }

  #resting(nowMs: number): { readonly untilMs: number; readonly because: RestReason | null } {
    const ejectedUntilMs = this.#ejection.untilMs(nowMs);
    const askedUntilMs = this.#askedEndMs(nowMs);
    const untilMs = Math.max(ejectedUntilMs, askedUntilMs);
    if (untilMs === 0) return { untilMs, because: null };
    return { untilMs, because: untilMs === ejectedUntilMs ? 'ejected' : 'asked' };
  }

  #staleAtMs(nowMs: number): number {
    const nextSlotMs = nowMs - (nowMs % FINEST_SLOT_MS) + FINEST_SLOT_MS;
    const restEnds = [this.#ejection.untilMs(nowMs), this.#askedEndMs(nowMs)].filter((endMs) => endMs > 0);
    return Math.min(nextSlotMs, ...restEnds);
  }

  #askedEndMs(nowMs: number): number {
    return endOfRest(this.#askedUntilMs, nowMs);
  }

  /** After a failure, which may have ejected the endpoint. */
  #rest(retryAfterMs: number | undefined, nowMs: number): void {
    if (retryAfterMs !== undefined && retryAfterMs > 0) {
      const untilMs = nowMs + Math.min(retryAfterMs, LONGEST_REST_MS);
      this.#askedUntilMs = Math.max(this.#askedEndMs(nowMs), untilMs);
      this.#askedAtMs = nowMs;
    }
    this.#restChanged();
  }

  #restChanged(): void {
    this.#health.drop();
    this.#stats.drop();
  }

  #count(column: typeof ATTEMPTS | typeof FAILURES, nowMs: number): void {
    this.#halfMinute.add(column, nowMs);
    this.#halfHour.add(column, nowMs);
    this.#day.add(column, nowMs);
    this.#health.age();
    this.#stats.age();
  }
}

/** In per cent with two decimals, rounded down: 100 is without a failure. Null without attempts. */
function uptime(counts: RollingCounts, nowMs: number, slots?: number): number | null {
  const attempts = counts.sum(ATTEMPTS, nowMs, slots);
  if (attempts === 0) return null;
  const successes = attempts - counts.sum(FAILURES, nowMs, slots);
  return Math.floor((successes * 10_000) / attempts) / 100;
}
