import type { Database } from 'bun:sqlite';
import { DEFAULT_WORKSPACE_ID } from '../../core/keys.ts';
import type { Settlement } from '../../ledger/store.ts';
import { toSettlementRow } from '../settlement-row.ts';
import type { BatchApplier } from './apply-batch.ts';

interface OpenExchange {
  readonly id: string;
  readonly started_at_ms: bigint;
  readonly key_hash: string;
  readonly model_id: string;
  readonly workspace_id: string | null;
}

/**
 * Finishes what a stopped server left open, before anything is served: an intent without a settlement becomes a failed
 * generation that costs nothing and is marked as an estimate, so that no exchange stays open for ever
 *.
 * @returns how many were finished
 */
export function recoverOpenExchanges(database: Database, applier: BatchApplier, nowMs: number): number {
  const open = database
    .query<OpenExchange, []>(
      `SELECT intents.id, intents.started_at_ms, intents.key_hash, intents.model_id, api_keys.workspace_id
       FROM intents LEFT JOIN api_keys ON api_keys.hash = intents.key_hash`,
    )
    .all();
  if (open.length === 0) return 0;
  const settled = database.query<unknown, [string]>('SELECT 1 FROM generations WHERE id = ?');
  const unsettled = open.filter((exchange) => settled.get(exchange.id) === null);
  applier.apply({
    sequence: 0,
    intents: [],
    settlements: unsettled.map((exchange) => toSettlementRow(toVoidSettlement(exchange, nowMs))),
    closedIntents: open.map((exchange) => exchange.id),
    changes: [],
  });
  return unsettled.length;
}

function toVoidSettlement(exchange: OpenExchange, nowMs: number): Settlement {
  return {
    id: exchange.id,
    kind: 'chat',
    keyHash: exchange.key_hash,
    // The key may have been removed since.
    workspaceId: exchange.workspace_id ?? DEFAULT_WORKSPACE_ID,
    startedAtMs: Number(exchange.started_at_ms),
    settledAtMs: nowMs,
    outcome: 'failed',
    errorCode: 'gateway.unavailable',
    status: 503,
    requestedModel: exchange.model_id,
    modelId: exchange.model_id,
    endpointId: null,
    providerId: null,
    providerName: null,
    upstreamId: null,
    streamed: false,
    finishReason: null,
    nativeFinishReason: null,
    usage: { counts: {}, estimated: true },
    costNanoUsd: 0n,
    upstreamCostNanoUsd: 0n,
    cacheDiscountNanoUsd: 0n,
    isByok: false,
    latencyMs: null,
    generationTimeMs: 0,
    attempts: [],
    notes: [
      {
        code: 'exchange.recovered',
        field: '',
        message:
          'The server stopped before this exchange ended. What the provider delivered until then is unknown and was not billed.',
      },
    ],
    sessionId: null,
    user: null,
    httpReferer: null,
    appTitle: null,
    userAgent: null,
    serviceTier: null,
    router: null,
    plan: null,
    presetId: null,
    cacheSourceId: null,
  };
}
