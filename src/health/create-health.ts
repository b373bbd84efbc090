/** Health out of the outcomes that the pipeline reports. */
import type { GatewayError } from '../core/errors.ts';
import { type EndpointHealth, type EndpointStats, UNMEASURED } from '../core/health.ts';
import type { Clock } from '../core/ids.ts';
import { AnsweringCredentials } from './answering.ts';
import { Credentials } from './credentials.ts';
import { EndpointRecord, MOST_TOKENS_PER_SECOND } from './endpoint-record.ts';
import type { AttemptRef, FinishedAnswer, Health } from './health.ts';
import { LeastRecentMap } from './least-recent.ts';
import { verdictOf } from './verdict.ts';

/** About 4 kB each, 15 kB after half an hour of steady traffic. */
const MOST_ENDPOINTS = 20_000;
/** Fewer tokens say more about the connection than about the model's speed. */
const FEWEST_TOKENS = 5;

export function createHealth({ clock }: { readonly clock: Clock }): Health {
  return new TrafficHealth(clock);
}

class TrafficHealth implements Health {
  readonly #clock: Clock;
  readonly #endpoints = new LeastRecentMap<EndpointRecord>(MOST_ENDPOINTS);
  readonly #credentials = new Credentials();
  readonly #answering = new AnsweringCredentials();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  began(attempt: AttemptRef): void {
    this.#answering.began(attempt.credentialId);
    this.#endpoints.get(attempt.endpointId)?.began(attempt, this.#clock.now());
  }

  failed(attempt: AttemptRef, error: GatewayError): void {
    const nowMs = this.#clock.now();
    if (error.spec.blame === 'provider') this.#answering.failed(attempt.credentialId);
    if (this.#judge(attempt, error, nowMs)) {
      this.#endpoint(attempt, nowMs).failed(attempt, error.details.retryAfterMs, nowMs);
    } else this.abandoned(attempt);
  }

  opened(attempt: AttemptRef, firstContentMs: number): void {
    const nowMs = this.#clock.now();
    this.#endpoint(attempt, nowMs).opened(firstContentMs, nowMs);
    this.#credentials.accepted(attempt, nowMs);
    this.#answering.opened(attempt.credentialId, nowMs);
    attempt.openedAtMs = nowMs;
    attempt.firstContentMs = firstContentMs;
  }

  finished(attempt: AttemptRef, { outputTokens, generationMs, tools }: FinishedAnswer): void {
    const nowMs = this.#clock.now();
    const wholeMs = (attempt.firstContentMs ?? 0) + generationMs;
    this.#endpoint(attempt, nowMs).finished(speedOf(outputTokens, generationMs, wholeMs), tools, nowMs);
  }

  broke(attempt: AttemptRef, error: GatewayError): void {
    const nowMs = this.#clock.now();
    if (!this.#judge(attempt, error, nowMs)) return;
    const { openedAtMs } = attempt;
    attempt.openedAtMs = undefined;
    this.#endpoint(attempt, nowMs).broke(openedAtMs, error.details.retryAfterMs, nowMs);
  }

  abandoned(attempt: AttemptRef): void {
    this.#endpoints.get(attempt.endpointId)?.gaveUp(attempt);
  }

  // What is read is bound: routing and the catalogue get these functions by themselves.

  readonly of = (endpointId: string): EndpointHealth =>
    this.#endpoints.get(endpointId)?.health(this.#clock.now()) ?? UNMEASURED;

  readonly credentialRestsUntilMs = (credentialId: string, endpointId: string): number => {
    if (!this.#credentials.isTroubled(credentialId)) return 0;
    return this.#credentials.restsUntilMs(credentialId, endpointId, this.#clock.now());
  };

  answersNow(credentialId: string): boolean {
    return this.#answering.isAnswering(credentialId, this.#clock.now());
  }

  readonly statsOf = (endpointId: string): EndpointStats | undefined =>
    this.#endpoints.get(endpointId)?.stats(this.#clock.now());

  #endpoint({ endpointId }: AttemptRef, nowMs: number): EndpointRecord {
    return this.#endpoints.use(endpointId, nowMs, () => new EndpointRecord());
  }

  /** Books what the error says of the credential. Returns whether it counts against the endpoint. */
  #judge(attempt: AttemptRef, error: GatewayError, nowMs: number): boolean {
    const verdict = verdictOf(error);
    switch (verdict) {
      case 'failure':
        if (error.details.providerStatus !== undefined) this.#credentials.accepted(attempt, nowMs);
        return true;
      case 'limited':
        this.#credentials.accepted(attempt, nowMs);
        this.#credentials.limited(attempt, error.details.retryAfterMs, nowMs);
        return false;
      case 'refused':
      case 'denied':
      case 'unpaid':
        this.#credentials.refused(attempt, verdict, nowMs);
        return false;
      case 'answered':
        this.#credentials.accepted(attempt, nowMs);
        return false;
      case 'silent':
        return false;
    }
  }
}

/**
 * Output tokens per second; null where too little came to tell. A whole reply, or a stream that came faster than any model
 * writes, was held back and sent at once: its tokens took the whole attempt.
 */
function speedOf(outputTokens: number, generationMs: number, wholeMs: number): number | null {
  if (outputTokens < FEWEST_TOKENS) return null;
  const speed = (outputTokens * 1000) / generationMs;
  if (generationMs > 0 && speed <= MOST_TOKENS_PER_SECOND) return speed;
  return wholeMs > 0 ? (outputTokens * 1000) / wholeMs : null;
}
