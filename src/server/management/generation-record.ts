/**
 * `GET /signalbox/generations/{id}`: how a generation was routed, as it was stored with it: the plan, every attempt, what could
 * not be said. An own route: OpenRouter's API has none.
 */
import type { KeyRecord } from '../../core/caller.ts';
import type { JsonObject } from '../../core/json.ts';
import { nanoUsdToNumber } from '../../core/money.ts';
import type { AttemptRecord, Settlement } from '../../ledger/store.ts';
import { findGeneration, type GenerationDeps } from './generation.ts';
import { isoTime } from './key-view.ts';
import type { ManagementResult } from './management-result.ts';

/** Seen by whom `/generation` is seen. @throws GatewayError `client.not_found` */
export async function getGenerationRecord(
  deps: GenerationDeps,
  caller: KeyRecord,
  id: string,
): Promise<ManagementResult> {
  return { status: 200, body: { data: encodeRecord(await findGeneration(deps, caller, id)) } };
}

function encodeRecord(settlement: Settlement): JsonObject {
  return {
    id: settlement.id,
    upstream_id: settlement.upstreamId,
    session_id: settlement.sessionId,
    preset_id: settlement.presetId,
    response_cache_source_id: settlement.cacheSourceId,
    created_at: isoTime(settlement.startedAtMs),
    outcome: settlement.outcome,
    status: settlement.status,
    error: settlement.errorCode,
    requested_model: settlement.requestedModel,
    model: settlement.modelId,
    provider: settlement.providerName,
    endpoint_id: settlement.endpointId,
    router: settlement.router,
    service_tier: settlement.serviceTier,
    latency: settlement.latencyMs,
    generation_time: settlement.generationTimeMs,
    total_cost: nanoUsdToNumber(settlement.costNanoUsd),
    plan: settlement.plan ?? onlyTarget(settlement),
    attempts: settlement.attempts.map((attempt, i, { length }) => encodeAttempt(attempt, i === length - 1, settlement)),
    notes: settlement.notes.map(({ code, field, message }) => ({ code, field, message })),
  };
}

/** Where the model that was named had one endpoint and nothing spoke against it, no plan is stored: it is this one. */
function onlyTarget({ attempts: [attempt] }: Settlement): JsonObject | null {
  if (!attempt) return null;
  const { endpointId, providerName, modelId } = attempt;
  return { strategy: 'direct', targets: [{ endpoint_id: endpointId, provider: providerName, model: modelId }] };
}

/** @param isLast the one that answered, or that the caller did not wait for: the others failed, and who fails is not paid */
function encodeAttempt(attempt: AttemptRecord, isLast: boolean, { costNanoUsd }: Settlement): JsonObject {
  return {
    endpoint_id: attempt.endpointId,
    provider: attempt.providerName,
    model: attempt.modelId,
    status: attempt.status,
    error: attempt.error,
    latency: attempt.latencyMs,
    cost: isLast ? nanoUsdToNumber(costNanoUsd) : 0,
  };
}
