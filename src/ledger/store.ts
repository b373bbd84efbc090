/**
 * The ledger's port: batched and asynchronous, implemented in store/ over SQLite (a writer worker) and PostgreSQL
 *. The pipeline sees only this.
 */
import type { JsonObject } from '../core/json.ts';
import type { NanoUsd } from '../core/money.ts';
import type { Usage } from '../core/usage.ts';

/** An exchange that has begun: written before anything terminal for the same id, so that a crash leaves a trace. */
export interface Intent {
  readonly id: string;
  readonly startedAtMs: number;
  readonly keyHash: string;
  readonly modelId: string;
}

/** One upstream try, as `provider_responses` of `/generation` shows it. */
export interface AttemptRecord {
  readonly endpointId: string;
  readonly providerName: string;
  readonly modelId: string;
  /** HTTP status, or null where none arrived. */
  readonly status: number | null;
  /** Error code of core/errors.ts, or null for the one that answered. */
  readonly error: string | null;
  readonly latencyMs: number;
}

/** The one terminal record of an exchange: everything `/generation` answers and the ledger posts. */
export interface Settlement {
  readonly id: string;
  readonly kind: 'chat' | 'embeddings' | 'rerank' | 'moderation';
  readonly keyHash: string;
  readonly workspaceId: string;
  readonly startedAtMs: number;
  readonly settledAtMs: number;
  readonly outcome: 'complete' | 'failed' | 'cancelled';
  /** Error code where the outcome is not complete. */
  readonly errorCode: string | null;
  /** The status the caller saw or would have seen. */
  readonly status: number;
  readonly requestedModel: string;
  readonly modelId: string;
  /** Null where no provider was reached. */
  readonly endpointId: string | null;
  readonly providerId: string | null;
  readonly providerName: string | null;
  readonly upstreamId: string | null;
  readonly streamed: boolean;
  readonly finishReason: string | null;
  readonly nativeFinishReason: string | null;
  readonly usage: Usage;
  /** What the caller pays. */
  readonly costNanoUsd: NanoUsd;
  /** What the provider's usage times its price gives (equal to the cost unless the provider's report is authoritative). */
  readonly upstreamCostNanoUsd: NanoUsd;
  /** Positive: saved by cache reads; may be negative on writes. */
  readonly cacheDiscountNanoUsd: NanoUsd;
  readonly isByok: boolean;
  /** To the first content; null where none came. */
  readonly latencyMs: number | null;
  /** From the first upstream byte sent to the end. */
  readonly generationTimeMs: number;
  readonly attempts: readonly AttemptRecord[];
  readonly notes: readonly { readonly code: string; readonly field: string; readonly message: string }[];
  readonly sessionId: string | null;
  readonly user: string | null;
  readonly httpReferer: string | null;
  readonly appTitle: string | null;
  readonly userAgent: string | null;
  readonly serviceTier: string | null;
  readonly router: string | null;
  /** How it was routed: candidates, what excluded or ordered each, the draw (docs/concepts/routing.md). */
  readonly plan: JsonObject | null;
  /** The preset that the request named, or null. */
  readonly presetId: string | null;
  /** The generation whose answer was given again; null where this one's was made for it. */
  readonly cacheSourceId: string | null;
}

export interface LedgerStore {
  /** Queued, not awaited; superseded silently by a settlement of the same id that arrives first. */
  open(intent: Intent): void;
  /**
   * Resolves once the record is durable (group-committed). Settling the same id twice posts once: the second resolves too.
   * @throws GatewayError `gateway.unavailable` where the store refuses or does not answer within 5 s; the record stays queued.
   */
  settle(settlement: Settlement): Promise<void>;
  /** The settlement while it is not yet acknowledged, so that `/generation` answers at once. */
  pending(id: string): Settlement | undefined;
  /** Waits until everything queued is durable. */
  flush(): Promise<void>;
}
