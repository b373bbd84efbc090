/** How an exchange was routed, as it is stored with its generation and as `openrouter_metadata` tells it. Pure. */
import { ERRORS, type GatewayError } from '../core/errors.ts';
import { isJsonArray, type JsonObject } from '../core/json.ts';
import type { Note } from '../core/note.ts';
import type { AttemptRecord } from '../ledger/store.ts';
import type { PluginStage } from '../plugins/plugin.ts';
import type { Entry } from '../routing/candidate.ts';
import { exclusionRow } from '../routing/no-endpoints.ts';
import type { Plan } from '../routing/plan.ts';
import type { EffectivePreferences } from '../routing/preferences.ts';
import type { Exchange } from './exchange.ts';
import type { RequestedModels } from './requested-models.ts';
import type { LiveEndpoint } from './target.ts';

export interface Routing {
  readonly requested: RequestedModels;
  readonly plan: Plan<LiveEndpoint>;
  readonly preferences: EffectivePreferences;
  readonly attempts: readonly AttemptRecord[];
  /** What plugins did. */
  readonly stages: readonly PluginStage[];
  /** What translation and plugins could not say. */
  readonly notes: readonly Note[];
}

const STATUS_BY_CODE: ReadonlyMap<string, number> = new Map(
  Object.entries(ERRORS).map(([code, { status }]) => [code, status]),
);

/** A record is for people: more endpoints than this are counted, not listed. */
const LISTED = 100;
const PICO_PER_USD = 1e12;

/**
 * Candidates in the order of the plan, what excluded the others, and why it is so. Null where there was nothing to plan: the model
 * that was named, at the only endpoint there is; the record of the attempt says it all, and every byte here is stored twice.
 */
export function planRecord({ requested, plan }: Pick<Routing, 'requested' | 'plan'>): JsonObject | null {
  const { targets, excluded, reasons } = plan;
  const isTrivial = targets.length === 1 && excluded.length === 0 && reasons.length === 0;
  if (isTrivial && requested.strategy === 'direct' && targets[0]?.standing === 'ready') return null;
  const why = [...requested.reasons, ...reasons.map(({ because }) => because)];
  return {
    strategy: requested.strategy,
    ...(requested.router !== null && { router: requested.router }),
    ...(why.length > 0 && { because: why }),
    targets: targets.slice(0, LISTED).map(targetRow),
    ...(targets.length > LISTED && { more_targets: targets.length - LISTED }),
    ...(excluded.length > 0 && { excluded: excluded.slice(0, LISTED).map(exclusionRow) }),
    ...(excluded.length > LISTED && { more_excluded: excluded.length - LISTED }),
  };
}

/** Expected cost in USD for this request; share of the draw for the first place; measured figures where there are any. */
function targetRow({ candidate, costPico, share, standing, quality, health }: Entry): JsonObject {
  const { endpoint, model, provider } = candidate;
  return {
    endpoint_id: endpoint.id,
    provider: provider.name,
    model: model.id,
    expected_cost: roundedUsd(costPico),
    ...(share > 0 && { share: rounded(share) }),
    ...(standing !== 'ready' && { standing }),
    ...(quality > 0 && { quality: rounded(quality) }),
    ...(health.latency && { latency_p50: health.latency.p50 }),
    ...(health.throughput && { throughput_p50: health.throughput.p50 }),
  };
}

/** An expected cost in USD. */
export function roundedUsd(costPico: number): number {
  return rounded(costPico / PICO_PER_USD);
}

/** Nine digits: enough to compare, without the noise of a float. */
export function rounded(value: number): number {
  return Number(value.toPrecision(9));
}

export interface Answered {
  readonly answeredBy: LiveEndpoint | null;
  /** From dispatching the upstream request to the end of its answer; null where none was dispatched. */
  readonly generationTimeMs: number | null;
}

/** `openrouter_metadata`, exactly as the contract has it. */
export function routerMetadata({ demand }: Pick<Exchange, 'demand'>, routing: Routing, answered: Answered): JsonObject {
  const { requested, plan, preferences, attempts, stages, notes } = routing;
  const { answeredBy, generationTimeMs } = answered;
  const throughputFloor = preferences.minThroughput?.p50;
  // What a stage says already needs no note beside it.
  const untold = notes.filter(({ message }) => !stages.some(({ summary }) => summary === message));
  const pipeline = [...stages.map(stageRow), ...untold.map(noteRow)];
  return {
    requested: demand.models[0] ?? '',
    strategy: requested.strategy,
    region: null,
    summary: summaryOf(routing, answeredBy),
    // The number of the last one; 0 where no provider was reached (OpenRouter's API).
    attempt: attempts.length,
    is_byok: false,
    endpoints: {
      total: plan.targets.length + plan.excluded.length,
      available: plan.targets.map(({ candidate }) => ({
        provider: candidate.provider.name,
        model: candidate.model.id,
        selected: candidate.endpoint.id === answeredBy?.endpoint.id,
      })),
    },
    ...(throughputFloor !== undefined && { params: { throughput_floor: throughputFloor } }),
    ...(attempts.length > 0 && { attempts: attempts.map(attemptRow) }),
    ...(pipeline.length > 0 && { pipeline }),
    ...(generationTimeMs !== null && { generation_time: Math.round(generationTimeMs) }),
  };
}

/** For an error before any plan: nothing was reached. */
export function unroutedMetadata({ demand }: Pick<Exchange, 'demand'>, error: GatewayError): JsonObject {
  const excluded = error.details.metadata?.['excluded'];
  return {
    requested: demand.models[0] ?? '',
    strategy: demand.models.length > 1 ? 'fallback' : 'direct',
    region: null,
    summary: error.message,
    attempt: 0,
    is_byok: false,
    endpoints: { total: isJsonArray(excluded) ? excluded.length : 0, available: [] },
  };
}

function summaryOf({ requested, plan, attempts }: Routing, answeredBy: LiveEndpoint | null): string {
  const of = counted(plan.targets.length, 'available endpoint');
  const why = [...requested.reasons, ...plan.reasons.map(({ because }) => because)].join('; ');
  const outcome = answeredBy
    ? `${answeredBy.model.id} served by ${answeredBy.provider.name} on attempt ${attempts.length}, of ${of}`
    : `No answer after ${counted(attempts.length, 'attempt')}, of ${of}`;
  return why ? `${outcome}: ${why}.` : `${outcome}.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** No status arrived where a connection failed: the one the error stands for. */
function attemptRow({ providerName, modelId, status, error }: AttemptRecord): JsonObject {
  const told = error === null ? undefined : STATUS_BY_CODE.get(error);
  return { provider: providerName, model: modelId, status: status ?? told ?? 502 };
}

function stageRow({ type, name, summary, data }: PluginStage): JsonObject {
  return { type, name, summary, ...(data && { data }) };
}

function noteRow({ code, field, message }: Note): JsonObject {
  return { type: 'plugin', name: code, summary: message, data: { field } };
}
