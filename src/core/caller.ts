import type { NanoUsd } from './money.ts';

/** A key as the pipeline sees it: frozen; replaced whole after a write is acknowledged. */
export interface KeyRecord {
  /** SHA-256 of the whole key, lower-case hex: OpenRouter's `hash`. */
  readonly hash: string;
  readonly kind: 'inference' | 'management';
  readonly name: string;
  /** Masked: `sk-or-v1-abc...123`. */
  readonly label: string;
  readonly disabled: boolean;
  readonly limitNanoUsd: NanoUsd | null;
  readonly limitReset: LimitReset | null;
  readonly includeByokInLimit: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly creatorUserId: string | null;
  readonly workspaceId: string;
  readonly externalUser: string | null;
  /** Set by config or environment: read-only by API. */
  readonly source: 'database' | 'environment' | 'first-run';
}

export type LimitReset = 'daily' | 'weekly' | 'monthly';

/** Who calls, and what a log may say about it. */
export interface Caller {
  readonly key: KeyRecord;
  readonly referer: string | null;
  readonly title: string | null;
  readonly userAgent: string | null;
}
