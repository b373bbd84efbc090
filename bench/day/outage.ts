/** A total outage and the return from it: what a strategy sends to hosts that cannot answer, and to those that just can again. */
import type { Trouble } from './incidents.ts';
import { buildRequests } from './requests.ts';
import { OUTAGE, totalOutage } from './scenarios.ts';
import { type SentAttempt, simulate } from './simulate.ts';
import type { Strategy } from './strategy.ts';

const SECOND_MS = 1000;
/** The window of the retry budget. */
const WINDOW_MS = 10 * SECOND_MS;
/** How long the return is watched. */
const RETURN_MS = 60 * SECOND_MS;

export interface OutageToll {
  /** Arrivals and attempts while it lasted. */
  readonly requests: number;
  readonly attempts: number;
  /** In the ten seconds with most. */
  readonly mostExtra: number;
  /** Most attempts that one endpoint got within one second, during the outage and in the minute after it. */
  readonly mostAtOneEndpoint: number;
  readonly mostAtOneEndpointAfter: number;
  /** Of the requests of the minute after it. */
  readonly answeredAfter: number;
}

export interface OutageOptions {
  readonly trouble: Trouble;
  readonly strategy: Strategy;
  readonly mostAttempts: number;
  readonly seed: number;
}

export function measureOutage({ trouble, strategy, mostAttempts, seed }: OutageOptions): OutageToll {
  const scenario = totalOutage(trouble, seed);
  const requests = buildRequests(scenario);
  const sent: SentAttempt[] = [];
  const outcomes = simulate({ scenario, requests, strategy, mostAttempts, onAttempt: (attempt) => sent.push(attempt) });
  const fromMs = scenario.startMs + OUTAGE.fromMs;
  const untilMs = scenario.startMs + OUTAGE.untilMs;
  const during = sent.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
  const after = sent.filter(({ atMs }) => atMs >= untilMs && atMs < untilMs + RETURN_MS);
  const returning = requests.filter(({ atMs }) => atMs >= untilMs && atMs < untilMs + RETURN_MS);
  return {
    requests: requests.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).length,
    attempts: during.length,
    mostExtra: mostExtraOf(during, fromMs),
    mostAtOneEndpoint: mostAtOneEndpoint(during),
    mostAtOneEndpointAfter: mostAtOneEndpoint(after),
    answeredAfter: returning.filter(({ id }) => outcomes[id]?.kind === 'answered').length / returning.length,
  };
}

/** Attempts that were not a request's first, in the stretch of ten seconds with most of them. */
function mostExtraOf(attempts: readonly SentAttempt[], fromMs: number): number {
  const extras = new Map<number, number>();
  for (const { atMs, request } of attempts) {
    // A first attempt is sent the moment its request comes; no failure is known that fast.
    if (atMs === request.atMs) continue;
    const stretch = Math.floor((atMs - fromMs) / WINDOW_MS);
    extras.set(stretch, (extras.get(stretch) ?? 0) + 1);
  }
  return Math.max(0, ...extras.values());
}

function mostAtOneEndpoint(attempts: readonly SentAttempt[]): number {
  const counts = new Map<string, number>();
  for (const { atMs, endpoint } of attempts) {
    const key = `${Math.floor(atMs / SECOND_MS)} ${endpoint.index}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
