/** `GET /generation?id=`: the record of one exchange (OpenRouter's API GenerationResponseData). */
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError, invalidRequest } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { nanoUsdToNumber } from '../../core/money.ts';
import type { UsageUnit } from '../../core/usage.ts';
import type { AttemptRecord, LedgerStore, Settlement } from '../../ledger/store.ts';
import { isoTime } from './key-view.ts';
import type { ManagementResult } from './management-result.ts';
import type { ManagementQueries } from './queries.ts';

export interface GenerationDeps {
  readonly ledger: Pick<LedgerStore, 'pending'>;
  readonly queries: Pick<ManagementQueries, 'generation'>;
  /** Hash of the key whose exchange with this id is running, if it is. */
  runningKeyHash(id: string): string | undefined;
}

export async function getGeneration(
  deps: GenerationDeps,
  caller: KeyRecord,
  query: Readonly<Record<string, string>>,
): Promise<ManagementResult> {
  const id = query['id'];
  if (id === undefined || id === '') throw invalidRequest('id', 'is required: the "gen-…" id of a response');
  return { status: 200, body: { data: encodeGeneration(await findGeneration(deps, caller, id)) } };
}

/**
 * Answers at once: exchanges that are not durable yet come from memory. Another key's exchange is as unknown as one that
 * never was; a management key sees all.
 * @throws GatewayError `client.not_found`, saying so where it is still running
 */
export async function findGeneration(deps: GenerationDeps, caller: KeyRecord, id: string): Promise<Settlement> {
  const settlement = deps.ledger.pending(id) ?? (await deps.queries.generation(id));
  if (settlement !== undefined && maySee(caller, settlement.keyHash)) return settlement;
  const running = settlement === undefined ? deps.runningKeyHash(id) : undefined;
  if (running !== undefined && maySee(caller, running)) {
    throw new GatewayError(
      'client.not_found',
      `Generation ${id} is still running. Ask again when its response has ended.`,
    );
  }
  throw new GatewayError('client.not_found', `There is no generation ${id} of this key.`);
}

function maySee(caller: KeyRecord, keyHash: string): boolean {
  return caller.kind === 'management' || caller.hash === keyHash;
}

const API_TYPES = {
  chat: 'completions',
  embeddings: 'embeddings',
  rerank: 'rerank',
  // OpenRouter has no word for it: its list of API types is closed.
  moderation: null,
} as const satisfies Record<Settlement['kind'], string | null>;

function encodeGeneration(settlement: Settlement): JsonObject {
  const { counts } = settlement.usage;
  const count = (unit: UsageUnit) => wholeOrNull(counts[unit]);
  const costUsd = nanoUsdToNumber(settlement.costNanoUsd);
  const discount = settlement.cacheDiscountNanoUsd;
  return {
    id: settlement.id,
    request_id: settlement.id,
    upstream_id: settlement.upstreamId,
    api_type: API_TYPES[settlement.kind],
    model: settlement.modelId,
    router: settlement.router,
    provider_name: settlement.providerName,
    provider_responses: settlement.attempts.map((attempt) => encodeAttempt(attempt, settlement)),
    created_at: isoTime(settlement.startedAtMs),
    streamed: settlement.streamed,
    cancelled: settlement.outcome === 'cancelled',
    finish_reason: settlement.finishReason,
    native_finish_reason: settlement.nativeFinishReason,
    latency: settlement.latencyMs,
    generation_time: settlement.generationTimeMs,
    moderation_latency: null,
    total_cost: costUsd,
    usage: costUsd,
    // As in the reply's cost_details: what a key of the caller's own was charged, else null.
    upstream_inference_cost: settlement.isByok ? nanoUsdToNumber(settlement.upstreamCostNanoUsd) : null,
    cache_discount: discount === 0n ? null : nanoUsdToNumber(discount),
    is_byok: settlement.isByok,
    tokens_prompt: count('promptTokens'),
    tokens_completion: count('completionTokens'),
    // As billed, where the host bills other counts than it read and wrote.
    native_tokens_prompt: wholeOrNull(counts.billedPromptTokens ?? counts.promptTokens),
    native_tokens_completion: wholeOrNull(counts.billedCompletionTokens ?? counts.completionTokens),
    native_tokens_completion_images: count('imageCompletionTokens'),
    native_tokens_reasoning: count('reasoningTokens'),
    native_tokens_cached: count('cachedTokens'),
    num_media_prompt: count('images'),
    num_media_completion: null,
    num_input_audio_prompt: null,
    num_search_results: null,
    num_fetches: null,
    web_search_engine: null,
    origin: settlement.httpReferer ?? '',
    http_referer: settlement.httpReferer,
    user_agent: settlement.userAgent,
    app_id: null,
    external_user: settlement.user,
    session_id: settlement.sessionId,
    preset_id: settlement.presetId,
    service_tier: settlement.serviceTier,
    data_region: 'global',
    response_cache_source_id: settlement.cacheSourceId,
    workspace_id: settlement.workspaceId,
  };
}

function encodeAttempt(attempt: AttemptRecord, settlement: Settlement): JsonObject {
  return {
    // The upstream's id belongs to the attempt that answered.
    ...(attempt.error === null && settlement.upstreamId !== null ? { id: settlement.upstreamId } : {}),
    endpoint_id: attempt.endpointId,
    model_permaslug: attempt.modelId,
    provider_name: attempt.providerName,
    status: attempt.status,
    latency: attempt.latencyMs,
    is_byok: settlement.isByok,
  };
}

/** The field is an integer on the wire; a provider's odd count is shown whole. */
function wholeOrNull(count: number | undefined): number | null {
  return count === undefined || !Number.isFinite(count) ? null : Math.trunc(count);
}
