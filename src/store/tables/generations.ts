/**
 * Settled exchanges. What is filtered, summed or sorted has a column; the rest of the record is the JSON text `detail`
 * (its shape: settlement-row.ts). Money is integer nanodollars. Integers arrive as bigint on both engines.
 */
export interface GenerationsTable {
  readonly id: string;
  readonly kind: string;
  readonly key_hash: string;
  readonly workspace_id: string;
  readonly started_at_ms: bigint;
  readonly settled_at_ms: bigint;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly status: bigint;
  readonly requested_model: string;
  readonly model_id: string;
  readonly endpoint_id: string | null;
  readonly provider_id: string | null;
  readonly streamed: bigint;
  readonly is_byok: bigint;
  readonly usage_estimated: bigint;
  readonly prompt_tokens: bigint;
  readonly completion_tokens: bigint;
  readonly cached_tokens: bigint;
  readonly cache_write_tokens: bigint;
  readonly cost_nano_usd: bigint;
  readonly upstream_cost_nano_usd: bigint;
  readonly cache_discount_nano_usd: bigint;
  readonly latency_ms: number | null;
  readonly generation_time_ms: number;
  /** As the caller named it. */
  readonly session_id: string | null;
  readonly detail: string;
}

/** The order in which a row travels to the writer and is bound there. */
export const GENERATION_COLUMNS = [
  'id',
  'kind',
  'key_hash',
  'workspace_id',
  'started_at_ms',
  'settled_at_ms',
  'outcome',
  'error_code',
  'status',
  'requested_model',
  'model_id',
  'endpoint_id',
  'provider_id',
  'streamed',
  'is_byok',
  'usage_estimated',
  'prompt_tokens',
  'completion_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'cost_nano_usd',
  'upstream_cost_nano_usd',
  'cache_discount_nano_usd',
  'latency_ms',
  'generation_time_ms',
  'session_id',
  'detail',
] as const satisfies readonly (keyof GenerationsTable)[];
