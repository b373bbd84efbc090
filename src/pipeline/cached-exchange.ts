/**
 * The two ends of the response cache in an exchange's life: an answer given again is an exchange of its own, settled like
 * any other and free; and what a first answer's settlement says decides whether it may be given again.
 */
import type { AnswerOrigin, CachedAnswer } from '../cache/store.ts';
import { toGatewayError } from '../core/errors.ts';
import type { ReplayFace, ReplayStamp } from '../dialects/dialect.ts';
import type { LedgerStore, Settlement } from '../ledger/store.ts';
import type { Exchange, PipelinePorts, Reply } from './exchange.ts';
import { keptName } from './record-bounds.ts';

/** Events of a stream leave in writes of about this many characters. */
const WRITE_CHARACTERS = 16 * 1024;
const utf8 = new TextDecoder();

/** What of an exchange a hit needs: no snapshot, no route. */
export type HitExchange = Pick<Exchange, 'id' | 'kind' | 'caller' | 'receivedAtMs' | 'notes' | 'demand' | 'presetId'>;

export type HitPorts = Pick<PipelinePorts, 'spend' | 'running' | 'ledger' | 'log' | 'clock'>;

export interface CachedExchange {
  readonly exchange: HitExchange;
  readonly replay: ReplayFace;
  readonly answer: CachedAnswer;
}

/** Admits and settles it, then gives the answer as its own. Never rejects: every trouble is a reply. */
export async function runCached({ exchange, replay, answer }: CachedExchange, ports: HitPorts): Promise<Reply> {
  const { id, caller, receivedAtMs, notes } = exchange;
  const refusal = ports.spend.admit(caller, receivedAtMs);
  if (refusal) return { kind: 'error', error: refusal };
  const stamp = { id, createdSeconds: Math.floor(receivedAtMs / 1000) };
  ports.running.add(id, caller.key.hash);
  try {
    const text = utf8.decode(answer.body);
    const again = answer.form === 'stream' ? eventsOf(text, replay, stamp) : replay.whole(text, stamp);
    await settleHit(exchange, answer, ports);
    if (typeof again === 'string') return { kind: 'whole', body: again, notes: notes.length };
    return { kind: 'stream', body: again, notes: notes.length };
  } catch (error) {
    return { kind: 'error', error: toGatewayError(error) };
  } finally {
    ports.running.remove(id);
  }
}

async function* eventsOf(text: string, replay: ReplayFace, stamp: ReplayStamp): AsyncGenerator<string> {
  let at = 0;
  while (at < text.length) {
    const gap = text.indexOf('\n\n', at + WRITE_CHARACTERS);
    const end = gap < 0 ? text.length : gap + 2;
    const events = replay.frames?.(text.slice(at, end), stamp);
    if (events) yield events;
    at = end;
  }
}

/** @throws GatewayError `gateway.unavailable` where the ledger did not accept the record in time */
async function settleHit(exchange: HitExchange, { sourceId, origin }: CachedAnswer, ports: HitPorts): Promise<void> {
  const { caller, demand, receivedAtMs } = exchange;
  const nowMs = ports.clock.now();
  const record: Settlement = {
    id: exchange.id,
    kind: exchange.kind,
    keyHash: caller.key.hash,
    workspaceId: caller.key.workspaceId,
    startedAtMs: receivedAtMs,
    settledAtMs: nowMs,
    outcome: 'complete',
    errorCode: null,
    status: 200,
    requestedModel: demand.models[0] ?? '',
    modelId: origin.modelId,
    // No endpoint did anything for it: what is measured by endpoint must not count it.
    endpointId: null,
    providerId: origin.providerId,
    providerName: origin.providerName,
    upstreamId: null,
    streamed: demand.stream,
    finishReason: origin.finishReason,
    nativeFinishReason: origin.nativeFinishReason,
    usage: { counts: { promptTokens: 0, completionTokens: 0 }, estimated: false },
    costNanoUsd: 0n,
    upstreamCostNanoUsd: 0n,
    cacheDiscountNanoUsd: 0n,
    isByok: origin.isByok,
    latencyMs: nowMs - receivedAtMs,
    generationTimeMs: 0,
    attempts: [],
    notes: exchange.notes,
    sessionId: demand.sessionId,
    user: keptName(demand.user),
    httpReferer: keptName(caller.referer),
    appTitle: keptName(caller.title),
    userAgent: keptName(caller.userAgent),
    serviceTier: origin.serviceTier,
    router: origin.router,
    // The source was routed; this one was not.
    plan: null,
    presetId: exchange.presetId,
    cacheSourceId: sourceId,
  };
  ports.log.settled({
    id: record.id,
    status: record.status,
    model: record.modelId,
    provider: record.providerName,
    streamed: record.streamed,
    costNanoUsd: record.costNanoUsd,
    durationMs: record.settledAtMs - record.startedAtMs,
    error: null,
    key: caller.key.label,
  });
  await ports.ledger.settle(record);
}

// ---- the first answer ----

export interface SettlementWatch<Ports> {
  /** The same ports, watched. */
  readonly ports: Ports;
  /** The record, once it is durable and says that the whole answer was made while its caller was there. */
  complete(): Settlement | undefined;
}

/**
 * Looks over the ledger's shoulder: the settlement is the one place where an exchange says how it ended.
 * @param lost called as soon as there will be no complete answer
 */
export function watchSettlement<Ports extends { readonly ledger: LedgerStore }>(
  ports: Ports,
  lost: () => void,
): SettlementWatch<Ports> {
  let complete: Settlement | undefined;
  const { ledger } = ports;
  const watched: LedgerStore = {
    open: (intent) => ledger.open(intent),
    async settle(record) {
      const isWhole = record.outcome === 'complete' && record.status === 200 && record.finishReason !== 'error';
      if (!isWhole) lost();
      await ledger.settle(record).catch((error: unknown) => {
        lost();
        throw error;
      });
      if (isWhole) complete = record;
    },
    pending: (id) => ledger.pending(id),
    flush: () => ledger.flush(),
  };
  return { ports: { ...ports, ledger: watched }, complete: () => complete };
}

export function originOf(record: Settlement): AnswerOrigin {
  const { modelId, providerId, providerName, finishReason, nativeFinishReason, serviceTier, router, isByok } = record;
  return { modelId, providerId, providerName, finishReason, nativeFinishReason, serviceTier, router, isByok };
}
