/** The reading port of management routes, implemented in store/ over reader workers, injected by main. */
import type { NanoUsd } from '../../core/money.ts';
import type { Settlement } from '../../ledger/store.ts';

export interface ManagementQueries {
  /** A settled exchange, or undefined. The caller checks whose it is. */
  generation(id: string): Promise<Settlement | undefined>;
  /** Sums of settled cost by key and UTC day, for rebuilding the counters at boot. */
  spendByKeyAndDay(): Promise<readonly { keyHash: string; utcDay: string; costNanoUsd: NanoUsd }[]>;
  /** A session by the id its caller gave it, or undefined where none of the scope's requests has it. */
  session(scope: SessionScope, sessionId: string): Promise<SessionSavings | undefined>;
  /** Newest first. */
  latestSessions(scope: SessionScope, limit: number): Promise<readonly SessionSavings[]>;
}

/** Whose requests count: those of one key, or where it is null of every key of the workspace. */
export interface SessionScope {
  readonly workspaceId: string;
  readonly keyHash: string | null;
}

/** What a session's requests used of prompt caches, and what that was worth. */
export interface SessionSavings {
  readonly sessionId: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly costNanoUsd: NanoUsd;
  /** Over the requests that cost less with the cache than they would have without. */
  readonly savedNanoUsd: NanoUsd;
  /** Over those that cost more: their writes were dearer than what their reads saved. */
  readonly lostNanoUsd: NanoUsd;
  /** How often another endpoint answered than the time before: each begins with a cold cache. */
  readonly moves: number;
  /** In order of first use. */
  readonly endpoints: readonly SessionEndpoint[];
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

export interface SessionEndpoint {
  readonly endpointId: string;
  readonly modelId: string;
  /** That it answered. */
  readonly requests: number;
  readonly cachedTokens: number;
}
