/** The one place where a settlement becomes a row and a row a settlement, on any engine. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import type { AttemptRecord, Settlement } from '../ledger/store.ts';
import type { SqlRow } from './sqlite/messages.ts';
import type { GenerationsTable } from './tables/generations.ts';

/** In the order of GENERATION_COLUMNS. */
export function toSettlementRow(settlement: Settlement): SqlRow {
  const { usage } = settlement;
  return [
    settlement.id,
    settlement.kind,
    settlement.keyHash,
    settlement.workspaceId,
    integer(settlement.startedAtMs),
    integer(settlement.settledAtMs),
    settlement.outcome,
    settlement.errorCode,
    integer(settlement.status),
    settlement.requestedModel,
    settlement.modelId,
    settlement.endpointId,
    settlement.providerId,
    settlement.streamed ? 1 : 0,
    settlement.isByok ? 1 : 0,
    usage.estimated ? 1 : 0,
    integer(usage.counts.promptTokens ?? 0),
    integer(usage.counts.completionTokens ?? 0),
    integer(usage.counts.cachedTokens ?? 0),
    integer(usage.counts.cacheWriteTokens ?? 0),
    settlement.costNanoUsd,
    settlement.upstreamCostNanoUsd,
    settlement.cacheDiscountNanoUsd,
    settlement.latencyMs,
    Number.isFinite(settlement.generationTimeMs) ? settlement.generationTimeMs : 0,
    settlement.sessionId,
    toDetail(settlement),
  ];
}

/** A provider's odd count (a fraction, NaN) must not make the record unstorable; `detail` keeps what was said. */
function integer(value: number): number {
  return Number.isSafeInteger(value) ? value : Number.isFinite(value) ? Math.trunc(value) : 0;
}

/** What is absent is null again when read: every byte here is written to the disk twice. */
function toDetail(settlement: Settlement): string {
  const { usage, attempts, notes } = settlement;
  return JSON.stringify({
    counts: usage.counts,
    // JSON has no bigint; decimal text keeps every digit.
    reportedCostNanoUsd: usage.reportedCostNanoUsd === undefined ? undefined : String(usage.reportedCostNanoUsd),
    providerName: settlement.providerName ?? undefined,
    upstreamId: settlement.upstreamId ?? undefined,
    finishReason: settlement.finishReason ?? undefined,
    nativeFinishReason: settlement.nativeFinishReason ?? undefined,
    attempts: attempts.length === 0 ? undefined : attempts,
    notes: notes.length === 0 ? undefined : notes,
    user: settlement.user ?? undefined,
    httpReferer: settlement.httpReferer ?? undefined,
    appTitle: settlement.appTitle ?? undefined,
    userAgent: settlement.userAgent ?? undefined,
    serviceTier: settlement.serviceTier ?? undefined,
    router: settlement.router ?? undefined,
    plan: settlement.plan ?? undefined,
    presetId: settlement.presetId ?? undefined,
    cacheSourceId: settlement.cacheSourceId ?? undefined,
  });
}

/** @throws Error where the row was not written by {@link toSettlementRow}: a database edited by hand */
export function fromSettlementRow(row: GenerationsTable): Settlement {
  const detail: Json = JSON.parse(row.detail);
  if (!isJsonObject(detail)) throw new Error(`generation ${row.id}: its detail is not a JSON object`);
  return {
    id: row.id,
    kind: oneOf(row.kind, ['chat', 'embeddings', 'rerank', 'moderation']),
    keyHash: row.key_hash,
    workspaceId: row.workspace_id,
    startedAtMs: Number(row.started_at_ms),
    settledAtMs: Number(row.settled_at_ms),
    outcome: oneOf(row.outcome, ['complete', 'failed', 'cancelled']),
    errorCode: row.error_code,
    status: Number(row.status),
    requestedModel: row.requested_model,
    modelId: row.model_id,
    endpointId: row.endpoint_id,
    providerId: row.provider_id,
    providerName: textOf(detail, 'providerName'),
    upstreamId: textOf(detail, 'upstreamId'),
    streamed: row.streamed === 1n,
    finishReason: textOf(detail, 'finishReason'),
    nativeFinishReason: textOf(detail, 'nativeFinishReason'),
    usage: usageOf(row, detail),
    costNanoUsd: row.cost_nano_usd,
    upstreamCostNanoUsd: row.upstream_cost_nano_usd,
    cacheDiscountNanoUsd: row.cache_discount_nano_usd,
    isByok: row.is_byok === 1n,
    latencyMs: row.latency_ms,
    generationTimeMs: row.generation_time_ms,
    attempts: objectsOf(detail, 'attempts').map(attemptOf),
    notes: objectsOf(detail, 'notes').map((note) => ({
      code: stringAt(note, 'code') ?? '',
      field: stringAt(note, 'field') ?? '',
      message: stringAt(note, 'message') ?? '',
    })),
    sessionId: row.session_id,
    user: textOf(detail, 'user'),
    httpReferer: textOf(detail, 'httpReferer'),
    appTitle: textOf(detail, 'appTitle'),
    userAgent: textOf(detail, 'userAgent'),
    serviceTier: textOf(detail, 'serviceTier'),
    router: textOf(detail, 'router'),
    plan: objectAt(detail, 'plan') ?? null,
    presetId: textOf(detail, 'presetId'),
    cacheSourceId: textOf(detail, 'cacheSourceId'),
  };
}

function usageOf(row: GenerationsTable, detail: JsonObject): Usage {
  const counts: Record<string, number> = {};
  const stored = detail['counts'];
  if (isJsonObject(stored)) {
    for (const [unit, count] of Object.entries(stored)) if (typeof count === 'number') counts[unit] = count;
  }
  const reported = stringAt(detail, 'reportedCostNanoUsd');
  const usage = { counts, estimated: row.usage_estimated === 1n };
  return reported === undefined ? usage : { ...usage, reportedCostNanoUsd: BigInt(reported) };
}

function attemptOf(attempt: JsonObject): AttemptRecord {
  const { status, latencyMs } = attempt;
  return {
    endpointId: stringAt(attempt, 'endpointId') ?? '',
    providerName: stringAt(attempt, 'providerName') ?? '',
    modelId: stringAt(attempt, 'modelId') ?? '',
    status: typeof status === 'number' ? status : null,
    error: textOf(attempt, 'error'),
    latencyMs: typeof latencyMs === 'number' ? latencyMs : 0,
  };
}

function textOf(object: JsonObject, key: string): string | null {
  return stringAt(object, key) ?? null;
}

function objectsOf(object: JsonObject, key: string): readonly JsonObject[] {
  const list = object[key];
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}

function oneOf<const T extends string>(value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`"${value}" is not one of ${allowed.join(', ')}`);
  return found;
}
