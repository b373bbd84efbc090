/** What an exchange costs and the one record that says so. Pure: the ledger takes the record, exactly once. */
import { priceAt } from '../catalog/price.ts';
import type { GatewayError } from '../core/errors.ts';
import type { Note } from '../core/note.ts';
import type { Pricing } from '../core/pricing.ts';
import type { SeenToolCall } from '../core/tool-check.ts';
import { countOf, type Usage, type UsageCounts } from '../core/usage.ts';
import type { SettledUsage } from '../dialects/dialect.ts';
import { type Charge, chargeFor, chargeForAll } from '../ledger/charge.ts';
import type { AttemptRecord, Settlement } from '../ledger/store.ts';
import type { Exchange, ExchangeBase } from './exchange.ts';
import { keptName, keptNotes } from './record-bounds.ts';
import { planRecord, type Routing } from './route-record.ts';
import type { LiveEndpoint } from './target.ts';

const CHARACTERS_PER_TOKEN = 4;

/** What an answer says for the record, whatever its kind. */
export interface ToldByProvider {
  readonly usage: Usage | undefined;
  /** Characters received, for the estimate where the provider told no usage. */
  readonly deliveredCharacters: number;
  readonly finishReason: string | null;
  readonly nativeFinishReason: string | null;
  readonly upstreamId: string | null;
  readonly serviceTier: string | null;
  /** Tool calls of the answer, for the measure of the endpoint. */
  readonly toolCalls: readonly SeenToolCall[];
}

/** How an exchange ended, as both lanes and both reply forms tell it. */
export interface ExchangeEnd extends ToldByProvider {
  readonly outcome: 'complete' | 'failed' | 'cancelled';
  readonly error: GatewayError | null;
  readonly target: LiveEndpoint | undefined;
  readonly streamed: boolean;
  readonly attempts: readonly AttemptRecord[];
  readonly notes: readonly Note[];
  readonly attemptStartedAtMs: number | null;
  readonly firstContentAtMs: number | null;
  readonly endedAtMs: number;
}

export interface Settled {
  readonly record: Settlement;
  readonly settled: SettledUsage;
}

export function settleExchange(exchange: Exchange, end: ExchangeEnd, routing: Routing): Settled {
  const { target } = end;
  const usage = end.usage && !end.usage.estimated ? end.usage : estimateUsage(exchange, end);
  const charge = priced(usage, target, end);
  const reported = target?.provider.host.usage.reportsCost === 'authoritative' ? usage.reportedCostNanoUsd : undefined;
  const costNanoUsd = isFreeOfCharge(usage, end) ? 0n : (reported ?? charge.costNanoUsd);
  const settled: SettledUsage = {
    usage,
    costNanoUsd,
    promptCostNanoUsd: charge.promptCostNanoUsd,
    completionCostNanoUsd: charge.completionCostNanoUsd,
    isByok: false,
  };
  const { caller, demand } = exchange;
  const record: Settlement = {
    id: exchange.id,
    kind: exchange.kind,
    keyHash: caller.key.hash,
    workspaceId: caller.key.workspaceId,
    startedAtMs: exchange.receivedAtMs,
    settledAtMs: end.endedAtMs,
    outcome: end.outcome,
    errorCode: end.error?.code ?? null,
    status: end.error?.status ?? 200,
    requestedModel: demand.models[0] ?? '',
    modelId: target?.model.id ?? demand.models[0] ?? '',
    endpointId: target?.endpoint.id ?? null,
    providerId: target?.provider.id ?? null,
    providerName: target?.provider.name ?? null,
    upstreamId: keptName(end.upstreamId),
    streamed: end.streamed,
    finishReason: end.finishReason,
    nativeFinishReason: keptName(end.nativeFinishReason),
    usage: withPluginUsage(usage, exchange.pluginUsage),
    costNanoUsd,
    upstreamCostNanoUsd: charge.costNanoUsd,
    cacheDiscountNanoUsd: charge.cacheDiscountNanoUsd,
    isByok: false,
    latencyMs: end.firstContentAtMs === null ? null : end.firstContentAtMs - exchange.receivedAtMs,
    generationTimeMs: end.attemptStartedAtMs === null ? 0 : end.endedAtMs - end.attemptStartedAtMs,
    attempts: end.attempts,
    notes: keptNotes(exchange.notes.length === 0 ? end.notes : [...exchange.notes, ...end.notes]),
    sessionId: demand.sessionId,
    user: keptName(demand.user),
    httpReferer: keptName(caller.referer),
    appTitle: keptName(caller.title),
    userAgent: keptName(caller.userAgent),
    serviceTier: keptName(end.serviceTier),
    router: routing.requested.router,
    plan: planRecord(routing),
    presetId: exchange.presetId,
    cacheSourceId: null,
  };
  return { record, settled };
}

const NO_CHARGE = { costNanoUsd: 0n, promptCostNanoUsd: 0n, completionCostNanoUsd: 0n, cacheDiscountNanoUsd: 0n };

function priced(usage: Usage, target: LiveEndpoint | undefined, end: ExchangeEnd): Charge {
  if (!target) return NO_CHARGE;
  // The tier that served is billed, whatever was asked for (OpenRouter's API).
  const pricing = target.pricingByTier.get(end.serviceTier ?? '') ?? target.endpoint.pricing;
  return chargeAt(pricing, usage, end.attemptStartedAtMs ?? end.endedAtMs);
}

/** What a usage costs at these prices, conditions applied to each of its upstream requests. */
export function chargeAt(pricing: Pricing, usage: Usage, nowMs: number): Charge {
  const axesFor = (counts: UsageCounts) => priceAt(pricing, { promptTokens: counts.promptTokens ?? 0, nowMs });
  if (!usage.requests) return chargeFor(usage, axesFor(usage.counts));
  return chargeForAll(usage.requests.map((counts) => ({ usage: { counts }, axes: axesFor(counts) })));
}

/** Searches and the like, beside what the provider counted. */
function withPluginUsage(usage: Usage, used: UsageCounts): Usage {
  for (const _ in used) return { ...usage, counts: { ...usage.counts, ...used } };
  return usage;
}

/**
 * Zero-completion insurance (OpenRouter's API): no token charge where nothing was completed and no reason to finish was
 * given, or where the exchange ended in an error.
 */
function isFreeOfCharge(usage: Usage, end: ExchangeEnd): boolean {
  if (end.outcome === 'failed' || end.finishReason === 'error') return true;
  const nothing = countOf(usage, 'completionTokens') === 0 && end.deliveredCharacters === 0;
  return nothing && end.finishReason === null && end.outcome === 'cancelled';
}

function estimateUsage({ demand }: ExchangeBase, end: ExchangeEnd): Usage {
  if (!end.target) return { counts: {}, estimated: true };
  // A stream that was left early may have told its input and only a placeholder for its output.
  const told = end.usage?.counts ?? { promptTokens: demand.promptTokensEstimate };
  const completionTokens = Math.max(
    end.usage?.counts.completionTokens ?? 0,
    Math.ceil(end.deliveredCharacters / CHARACTERS_PER_TOKEN),
  );
  return { counts: { ...told, completionTokens }, estimated: true };
}
