/** Which endpoint holds the warm prompt cache of a conversation: in memory, by tenant, bounded, sliding. */
import type { NanoUsd } from '../core/money.ts';

export interface Sessions {
  /** The endpoint this conversation should stay at, or undefined. */
  find(session: SessionRef, nowMs: number): StickyEndpoint | undefined;
  /** An exchange of this conversation was answered and settled. */
  answered(session: SessionRef, answer: SessionAnswer): void;
  /** The endpoint failed this conversation: it is free to move. */
  failed(session: SessionRef, endpointId: string): void;
}

/** Account, requested model and conversation. */
export interface SessionRef {
  readonly key: string;
  /** The caller named the session: it sticks from the first success; otherwise from the first cache hit or write. */
  readonly isNamed: boolean;
}

export interface StickyEndpoint {
  readonly endpointId: string;
  /** Prompt tokens that its cache is expected to hold. */
  readonly cachedTokens: number;
}

export interface SessionAnswer {
  readonly endpointId: string;
  readonly atMs: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  /** Life of the provider's cache after its last use, in ms. */
  readonly cacheLifeMs: number;
  /** Positive: saved by cache reads; negative: paid for writes. */
  readonly cacheDiscountNanoUsd: NanoUsd;
}
