/** What the compared strategies have in common: an order of endpoints for a request, and ears for what became of it. */
import type { GatewayError } from '../../src/core/errors.ts';
import type { AttemptRef, FinishedAnswer } from '../../src/health/health.ts';
import type { SimEndpoint } from './hosts.ts';
import type { SimRequest } from './requests.ts';
import type { Course } from './world.ts';

export interface Strategy {
  readonly name: string;
  /** A fresh one, which has seen nothing yet. */
  start(options: StrategyOptions): Router;
}

export interface StrategyOptions {
  readonly endpoints: readonly SimEndpoint[];
  readonly now: () => number;
  readonly seed: number;
}

export type Answer = Extract<Course, { kind: 'answers' }>;

/** Reports come in the order of `src/health/health.ts`, with the same `AttemptRef` object for one attempt. */
export interface Router {
  /** Endpoints in the order in which they are tried; each at most once. */
  plan(request: SimRequest): readonly SimEndpoint[];
  /** Keys to use there, by place, in this order: the next one only where the one before was refused or limited. */
  keysOf(endpoint: SimEndpoint): readonly number[];
  /** Whether one more attempt may be made; asked before every one. */
  mayTry(ref: AttemptRef, attemptsBefore: number): boolean;
  began(ref: AttemptRef): void;
  failed(request: SimRequest, ref: AttemptRef, error: GatewayError): void;
  opened(ref: AttemptRef, firstContentMs: number): void;
  broke(request: SimRequest, ref: AttemptRef, error: GatewayError): void;
  finished(request: SimRequest, ref: AttemptRef, answer: FinishedAnswer): void;
  /** A complete answer of a conversation, and when its first content came. */
  remember(request: SimRequest, endpoint: SimEndpoint, answer: Answer, openedAtMs: number): void;
}
