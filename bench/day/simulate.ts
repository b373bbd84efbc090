/** One strategy through one scenario: events in the order of their times, no real waiting. */
import { type Exchange, type Outcome, runExchange } from './exchange.ts';
import { buildEndpoints, type SimEndpoint } from './hosts.ts';
import type { SimRequest } from './requests.ts';
import type { Scenario } from './scenarios.ts';
import type { Strategy } from './strategy.ts';
import { type Course, createWorld, type World } from './world.ts';

export interface SimulateOptions {
  readonly scenario: Scenario;
  readonly requests: readonly SimRequest[];
  readonly strategy: Strategy;
  readonly mostAttempts: number;
  /** Told of every attempt as it is sent. */
  readonly onAttempt?: (attempt: SentAttempt) => void;
}

export interface SentAttempt {
  readonly request: SimRequest;
  readonly endpoint: SimEndpoint;
  readonly atMs: number;
  readonly course: Course;
}

/** @returns how every request ended, by its id */
export function simulate(options: SimulateOptions): readonly Outcome[] {
  const { scenario, requests, strategy, mostAttempts, onAttempt } = options;
  let nowMs = scenario.startMs;
  const now = (): number => nowMs;
  const endpoints = buildEndpoints();
  const router = strategy.start({ endpoints, now, seed: scenario.seed });
  const world = watched(createWorld({ scenario, endpoints, now }), now, onAttempt);
  const waiting = new Waiting();
  const outcomes: Outcome[] = [];

  function resume(exchange: Exchange, id: number): void {
    const step = exchange.next();
    if (!step.done) {
      waiting.add({ atMs: nowMs + step.value, exchange, id });
      return;
    }
    if (outcomes[id] !== undefined) throw new Error(`Request ${id} ended twice.`);
    outcomes[id] = step.value;
  }

  function resumeUntil(atMs: number): void {
    for (let due = waiting.takeUntil(atMs); due; due = waiting.takeUntil(atMs)) {
      nowMs = due.atMs;
      resume(due.exchange, due.id);
    }
  }

  for (const request of requests) {
    resumeUntil(request.atMs);
    nowMs = request.atMs;
    resume(runExchange(request, { router, world, now, mostAttempts }), request.id);
  }
  resumeUntil(Number.POSITIVE_INFINITY);
  return outcomes;
}

function watched(world: World, now: () => number, onAttempt: SimulateOptions['onAttempt']): World {
  if (!onAttempt) return world;
  return {
    begin(request, endpoint, key) {
      const course = world.begin(request, endpoint, key);
      onAttempt({ request, endpoint, atMs: now(), course });
      return course;
    },
    ended: (endpoint) => world.ended(endpoint),
    hasRead: (request, endpoint) => world.hasRead(request, endpoint),
  };
}

interface Due {
  readonly atMs: number;
  readonly exchange: Exchange;
  readonly id: number;
}

/** Exchanges by the time of their next step; of the same time, the older request first. A binary heap. */
class Waiting {
  readonly #heap: Due[] = [];

  add(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, due)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  /** The next one that is due by then. */
  takeUntil(atMs: number): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (!first || first.atMs > atMs) return undefined;
    const last = heap.pop();
    if (last && heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(due: Due): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (!left) break;
      const right = heap[child + 1];
      if (right && isBefore(right, left)) child++;
      const next = heap[child];
      if (!next || isBefore(due, next)) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = due;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.id < b.id);
}
