/** A day's outcomes in numbers. */
import type { Answered, Outcome } from './exchange.ts';
import type { SimRequest } from './requests.ts';

const WINDOW_MS = 5 * 60_000;
/** To the first token: what a person waits for. */
const SOON_MS = 10_000;

export interface Score {
  readonly requests: number;
  readonly answered: number;
  /** Began to answer and broke off. */
  readonly cut: number;
  /** Shares are 0–1. */
  readonly availability: number;
  readonly soonAvailability: number;
  readonly worstAvailability: number;
  /** To the first token, of what was answered. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly costUsd: number;
  /** Per answered request. */
  readonly meanCostUsd: number;
  readonly meanCostUsdWithoutTools: number;
  readonly meanCostUsdWithTools: number;
  readonly attemptsPerRequest: number;
  /** In the five minutes in which it was most. */
  readonly mostAttemptsPerRequest: number;
  /** Of the answers that called tools. */
  readonly badToolShare: number;
  /** Of the prompt tokens of all turns but the first. */
  readonly cacheHitShare: number;
  /** Share of those turns that the same host answered as the turn before, where both were answered. */
  readonly stayedShare: number;
  /** Median tokens per second of what was to be sorted by throughput. */
  readonly sortedTokensPerSecond: number;
  /** Share of the answers by endpoint id. */
  readonly shareByEndpoint: ReadonlyMap<string, number>;
  /** The same of the answers to requests with tools. */
  readonly toolShareByEndpoint: ReadonlyMap<string, number>;
}

/** @param outcomes by the requests' ids */
export function scoreDay(requests: readonly SimRequest[], outcomes: readonly Outcome[]): Score {
  const answers = answersOf(requests, outcomes);
  const waits = Float64Array.from(answers, ({ outcome }) => outcome.firstTokenMs).sort();
  const windows = [...windowsOf(requests, outcomes).values()];
  const calling = answers.filter(({ request }) => request.callsTool);
  const later = answers.filter(({ request }) => request.conversation !== null && request.conversation.turn > 0);
  const sorted = answers.filter(({ request, outcome }) => request.kind === 'fast' && outcome.generationMs > 0);
  return {
    requests: requests.length,
    answered: answers.length,
    cut: outcomes.filter(({ kind }) => kind === 'cut').length,
    availability: share(answers.length, requests.length),
    soonAvailability: share(answers.filter(({ outcome }) => outcome.firstTokenMs <= SOON_MS).length, requests.length),
    worstAvailability: Math.min(...windows.map((window) => share(window.answered, window.requests))),
    p50Ms: rank(waits, 0.5),
    p95Ms: rank(waits, 0.95),
    p99Ms: rank(waits, 0.99),
    costUsd: costOf(answers),
    meanCostUsd: share(costOf(answers), answers.length),
    ...costsByTools(answers),
    attemptsPerRequest: share(
      sum(outcomes, ({ attempts }) => attempts),
      requests.length,
    ),
    mostAttemptsPerRequest: Math.max(...windows.map((window) => share(window.attempts, window.requests))),
    badToolShare: share(calling.filter(({ outcome }) => outcome.badTool).length, calling.length),
    cacheHitShare: share(
      sum(later, ({ outcome }) => outcome.cachedTokens),
      sum(later, ({ request }) => request.promptTokens),
    ),
    stayedShare: stayedShareOf(later, outcomes, lastTurns(requests)),
    sortedTokensPerSecond: rank(
      Float64Array.from(sorted, ({ request, outcome }) => (request.outputTokens * 1000) / outcome.generationMs).sort(),
      0.5,
    ),
    shareByEndpoint: sharesOf(answers),
    toolShareByEndpoint: sharesOf(answers.filter(({ request }) => request.demand.hasTools)),
  };
}

interface Answer {
  readonly request: SimRequest;
  readonly outcome: Answered;
}

function answersOf(requests: readonly SimRequest[], outcomes: readonly Outcome[]): readonly Answer[] {
  return requests.flatMap((request) => {
    const outcome = outcomes[request.id];
    if (!outcome) throw new Error(`Request ${request.id} never ended.`);
    return outcome.kind === 'answered' ? [{ request, outcome }] : [];
  });
}

interface Window {
  requests: number;
  answered: number;
  attempts: number;
}

/** By the time at which requests came. */
function windowsOf(requests: readonly SimRequest[], outcomes: readonly Outcome[]): ReadonlyMap<number, Window> {
  const windows = new Map<number, Window>();
  for (const { id, atMs } of requests) {
    const outcome = outcomes[id];
    const key = Math.floor(atMs / WINDOW_MS);
    const window = windows.get(key) ?? { requests: 0, answered: 0, attempts: 0 };
    windows.set(key, window);
    window.requests++;
    if (outcome?.kind === 'answered') window.answered++;
    window.attempts += outcome?.attempts ?? 0;
  }
  return windows;
}

function costsByTools(answers: readonly Answer[]): Pick<Score, 'meanCostUsdWithTools' | 'meanCostUsdWithoutTools'> {
  const withTools = answers.filter(({ request }) => request.demand.hasTools);
  const withoutTools = answers.filter(({ request }) => !request.demand.hasTools);
  return {
    meanCostUsdWithTools: share(costOf(withTools), withTools.length),
    meanCostUsdWithoutTools: share(costOf(withoutTools), withoutTools.length),
  };
}

/** The id of the turn before, by a turn's id. */
function lastTurns(requests: readonly SimRequest[]): ReadonlyMap<number, number> {
  const before = new Map<number, number>();
  const latest = new Map<number, number>();
  for (const { id, conversation } of requests) {
    if (!conversation) continue;
    const last = latest.get(conversation.id);
    if (last !== undefined) before.set(id, last);
    latest.set(conversation.id, id);
  }
  return before;
}

function stayedShareOf(
  later: readonly Answer[],
  outcomes: readonly Outcome[],
  before: ReadonlyMap<number, number>,
): number {
  let pairs = 0;
  let stayed = 0;
  for (const { request, outcome } of later) {
    const last = outcomes[before.get(request.id) ?? -1];
    if (last?.kind !== 'answered') continue;
    pairs++;
    if (last.endpoint === outcome.endpoint) stayed++;
  }
  return share(stayed, pairs);
}

/** Added up as the books do it, in whole nanodollars. */
function costOf(answers: readonly Answer[]): number {
  return Number(answers.reduce((total, { outcome }) => total + outcome.costNanoUsd, 0n)) / 1e9;
}

function sharesOf(answers: readonly Answer[]): ReadonlyMap<string, number> {
  const groups = Map.groupBy(answers, ({ outcome }) => outcome.endpoint.endpoint.id);
  return new Map([...groups].map(([id, own]) => [id, share(own.length, answers.length)]));
}

/** Of nothing, nothing. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum<T>(items: readonly T[], figureOf: (item: T) => number): number {
  return items.reduce((total, item) => total + figureOf(item), 0);
}

/** By nearest rank. */
function rank(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
