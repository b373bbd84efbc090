/** Health of endpoints and credentials, from real traffic only: what the pipeline reports and what routing reads. */
import type { GatewayError } from '../core/errors.ts';
import type { EndpointHealth, EndpointStats } from '../core/health.ts';

/**
 * In memory, by stable ids, so that a reload forgets nothing. Every call is O(1) on the hot path.
 * An attempt calls `began`, then `failed` or `opened`; one that opened calls `finished` or `broke` at its end. All of them get
 * the same `AttemptRef` object: by its identity a probe is told from others, and a broken stream finds its opening.
 */
export interface Health {
  /** An attempt is about to be sent: the one that probes an ejected endpoint is counted. */
  began(attempt: AttemptRef): void;
  /** No answer came. Only what the endpoint is to blame for counts against it; a refused key counts against the key. */
  failed(attempt: AttemptRef, error: GatewayError): void;
  /**
   * The first content arrived, so long after the request was sent: a success, until `broke` takes it back. For a whole
   * reply that is the whole attempt.
   */
  opened(attempt: AttemptRef, firstContentMs: number): void;
  finished(attempt: AttemptRef, answer: FinishedAnswer): void;
  /** The stream broke after its first content, by the provider's fault. */
  broke(attempt: AttemptRef, error: GatewayError): void;
  /** The caller went away or we stopped: says nothing about the endpoint, but a probe is over. */
  abandoned(attempt: AttemptRef): void;

  /** What routing reads: refreshed as it ages, the same object while nothing changed. `UNMEASURED` where nothing is known. */
  of(endpointId: string): EndpointHealth;
  /** Until when this key is better left alone at this endpoint, in ms since the epoch; 0 = now is fine. */
  credentialRestsUntilMs(credentialId: string, endpointId: string): number;
  /** Whether content came by this key within the last 30 s and few failures since: more load does not bury its provider. */
  answersNow(credentialId: string): boolean;
  /** What the catalogue's routes show; undefined where the endpoint had no traffic. */
  statsOf(endpointId: string): EndpointStats | undefined;
}

/** One object per attempt. */
export interface AttemptRef {
  readonly endpointId: string;
  /** Stable and secret-free: the provider's id, and which of its keys. */
  readonly credentialId: string;
  /** Kept here by health: a table beside it would cost every attempt more. */
  openedAtMs?: number | undefined;
  firstContentMs?: number | undefined;
}

export interface FinishedAnswer {
  readonly outputTokens: number;
  /** From the first content to the end; 0 for whole replies, whose speed is taken over the whole attempt. */
  readonly generationMs: number;
  /** Null where no tool was called. */
  readonly tools: { readonly bad: boolean } | null;
}
