/**
 * The part of an exchange's life that every kind shares: attempts, the client going away, one settlement. A
 * kind brings its lanes: how a request is written for a target and how an answer is read.
 */
import { GatewayError, toGatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { hasBadCall } from '../core/tool-check.ts';
import { countOf, type Usage } from '../core/usage.ts';
import type { SettledUsage, StreamMeter } from '../dialects/dialect.ts';
import { type AttemptSequence, type LaneFor, type RoutedAnswer, startAttempts } from './attempts.ts';
import type { Exchange, PipelinePorts, Reply } from './exchange.ts';
import { keptNotes } from './record-bounds.ts';
import type { Route } from './route.ts';
import { type Routing, routerMetadata } from './route-record.ts';
import { type ExchangeEnd, type Settled, settleExchange, type ToldByProvider } from './settle.ts';
import type { LiveEndpoint } from './target.ts';

/** How long a drained exchange may go on after its client went away. */
const DRAIN_MS = 60_000;
const CLIENT_GONE = 'The client closed the connection before the answer was complete.';

/** One admitted exchange under way: owns its attempts, its end and its settlement. */
export class ExchangeRun {
  readonly exchange: Exchange;
  readonly ports: PipelinePorts;
  readonly #route: Route;
  readonly #sequence: AttemptSequence;
  #answer: RoutedAnswer | undefined;
  #settling: Promise<SettledUsage> | undefined;
  /** As the record has it; null before the end, and where nothing was sent. */
  #generationTimeMs: number | null = null;
  #isGone = false;

  constructor(exchange: Exchange, ports: PipelinePorts, route: Route, laneFor: LaneFor) {
    this.exchange = exchange;
    this.ports = ports;
    this.#route = route;
    const { targets, session } = route;
    const { id, caller, receivedAtMs, demand, signal } = exchange;
    ports.running.add(id, caller.key.hash);
    ports.ledger.open({ id, startedAtMs: receivedAtMs, keyHash: caller.key.hash, modelId: targets[0]?.model.id ?? '' });
    this.#sequence = startAttempts({
      targets,
      laneFor,
      sending: { stream: demand.stream, via: exchange.asked.via },
      ports,
      onFailed: (endpointId) => session && ports.sessions.failed(session, endpointId),
    });
    signal.addEventListener('abort', this.#onClientGone, { once: true });
    // It may have fired before we listened.
    if (signal.aborted) this.#onClientGone();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Resolves with the answer to commit, or the error. */
  async answer(): Promise<RoutedAnswer | GatewayError> {
    const done = await this.#sequence.done;
    if (!(done instanceof GatewayError)) this.#answer = done;
    return done;
  }

  /** The whole reply, once it is settled. */
  async wholeReply(): Promise<Reply> {
    const done = await this.answer();
    if (done instanceof GatewayError) return this.failed(done);
    if (done.result.kind !== 'whole')
      return this.failed(new GatewayError('gateway.internal', 'A whole reply was due.'));
    const { reply } = done.result;
    try {
      const settled = await this.settle(null);
      return { kind: 'whole', body: JSON.stringify(reply.encode(settled)), notes: this.noteCount };
    } catch (thrown) {
      return { kind: 'error', error: this.explain(thrown) };
    }
  }

  /** What was thrown as an error of ours; a defect is told to the log, as its caller is promised. */
  explain(thrown: unknown): GatewayError {
    const error = toGatewayError(thrown);
    const { id } = this.exchange;
    if (error.code === 'gateway.internal') this.ports.log.error(`${id} failed inside`, error.cause ?? error);
    return error;
  }

  get noteCount(): number {
    return this.exchange.notes.length + this.#sequence.notes.length;
  }

  /** Settles a failure and gives it as the reply. The books do not hold up an error: it says nothing that they could spoil. */
  async failed(error: GatewayError): Promise<Reply> {
    await this.settle(error).catch((cause: unknown) =>
      this.ports.log.error('a failed exchange was not settled', cause),
    );
    const routerMetadata = this.metadata();
    return { kind: 'error', error, ...(routerMetadata && { routerMetadata }) };
  }

  /**
   * Settles once, whoever asks first: complete where `error` is null.
   * @throws GatewayError `gateway.unavailable` where the ledger did not accept the record in time
   */
  settle(error: GatewayError | null): Promise<SettledUsage> {
    this.#settling ??= this.#settleNow(error);
    return this.#settling;
  }

  async #settleNow(error: GatewayError | null): Promise<SettledUsage> {
    const { exchange, ports } = this;
    if (error) this.explain(error);
    const end = this.#endOf(error);
    const settled = settleExchange(exchange, end, this.#routing());
    this.#report(settled, end);
    const { record } = settled;
    if (end.attemptStartedAtMs !== null) this.#generationTimeMs = record.generationTimeMs;
    ports.spend.post(record.keyHash, record.costNanoUsd, record.settledAtMs);
    exchange.signal.removeEventListener('abort', this.#onClientGone);
    ports.log.settled({
      id: record.id,
      status: record.outcome === 'cancelled' ? 499 : record.status,
      model: record.modelId,
      provider: record.providerName,
      streamed: record.streamed,
      costNanoUsd: record.costNanoUsd,
      durationMs: record.settledAtMs - record.startedAtMs,
      error: record.errorCode,
      key: exchange.caller.key.label,
    });
    // From here `/generation` finds it among the pending ones; it is no longer running.
    const accepted = ports.ledger.settle(record);
    ports.running.remove(exchange.id);
    await accepted;
    return this.#told(settled);
  }

  #routing(): Routing {
    const { requested, plan, preferences } = this.#route;
    const { records, notes, current } = this.#sequence;
    const attempt = this.#answer?.attempt ?? current;
    return {
      requested,
      plan,
      preferences,
      attempts: records,
      stages: attempt?.lane.stages ?? [],
      notes: keptNotes([...this.exchange.notes, ...notes]),
    };
  }

  #told({ settled }: Settled): SettledUsage {
    const metadata = this.metadata();
    return metadata ? { ...settled, routerMetadata: metadata } : settled;
  }

  /** How it was routed, where the caller wants to know. Asked for once it is settled. */
  metadata(): JsonObject | undefined {
    if (!this.exchange.asked.metadata) return undefined;
    return routerMetadata(this.exchange, this.#routing(), {
      answeredBy: this.#answer?.attempt.target ?? null,
      generationTimeMs: this.#generationTimeMs,
    });
  }

  /** What health and the session learn from the answer, once. */
  #report({ record }: Settled, end: ExchangeEnd): void {
    const answer = this.#answer;
    if (!answer) return;
    const { attempt, ref, result } = answer;
    const { health, sessions } = this.ports;
    const { session } = this.#route;
    if (end.outcome === 'cancelled') {
      health.abandoned(ref);
      return;
    }
    if (end.error && end.error.spec.blame === 'provider') {
      health.broke(ref, end.error);
      if (session) sessions.failed(session, ref.endpointId);
      return;
    }
    const streamedFromMs = result.kind === 'stream' ? end.firstContentAtMs : null;
    health.finished(ref, {
      outputTokens: countOf(record.usage, 'completionTokens'),
      generationMs: streamedFromMs === null ? 0 : end.endedAtMs - streamedFromMs,
      tools: end.toolCalls.length === 0 ? null : { bad: hasBadCall(end.toolCalls, this.exchange.tools()) },
    });
    if (!session || end.outcome !== 'complete') return;
    sessions.answered(session, {
      endpointId: ref.endpointId,
      // From when the endpoint had read the prompt its cache lives on.
      atMs: end.firstContentAtMs ?? end.endedAtMs,
      promptTokens: countOf(record.usage, 'promptTokens'),
      cachedTokens: countOf(record.usage, 'cachedTokens'),
      cacheWriteTokens: countOf(record.usage, 'cacheWriteTokens'),
      cacheLifeMs: cacheLifeMs(attempt.target, record.usage),
    });
  }

  #endOf(error: GatewayError | null): ExchangeEnd {
    const attempt = this.#answer?.attempt ?? this.#sequence.current;
    const result = this.#answer?.result;
    const told = result?.kind === 'whole' ? result.reply.told : streamEnd(result?.answer.lane.meter);
    const endedAtMs = this.ports.clock.now();
    const firstContentAtMs = result?.kind === 'stream' ? (result.answer.live?.firstContentAtMs ?? null) : null;
    const failedInStream = error !== null && !this.#isGone;
    return {
      outcome: this.#isGone ? 'cancelled' : error ? 'failed' : 'complete',
      error,
      target: attempt?.target,
      ...told,
      ...(failedInStream && { finishReason: 'error' }),
      streamed: this.exchange.demand.stream,
      attempts: this.#sequence.records,
      notes: this.#sequence.notes,
      attemptStartedAtMs: attempt?.startedAtMs ?? null,
      firstContentAtMs: firstContentAtMs ?? (this.#answer ? endedAtMs : null),
      endedAtMs,
    };
  }

  // ---- the client goes away ----

  /** Watches over one stream's writes: a client that takes nothing for too long is as good as gone. */
  openClientWatch(): { begin(): void; end(): void; close(): void } {
    const { clock, deadlines } = this.ports;
    const { clientStallMs } = this.exchange.snapshot;
    const deadline = deadlines.start(Number.POSITIVE_INFINITY, this.#onClientGone);
    return {
      begin: () => deadline.move(clock.now() + clientStallMs),
      end: () => deadline.move(Number.POSITIVE_INFINITY),
      close: () => deadline.cancel(),
    };
  }

  readonly #onClientGone = (): void => {
    if (this.#settling || this.#isGone) return;
    this.#isGone = true;
    this.#endWithoutClient().catch((cause: unknown) => {
      this.ports.log.error('an exchange whose client left was not settled', cause);
    });
  };

  async #endWithoutClient(): Promise<void> {
    const { stream } = this.exchange.demand;
    const onDisconnect = this.#sequence.current?.target.provider.onDisconnect;
    const gone = new GatewayError('client.gone', CLIENT_GONE);
    const policy = stream ? onDisconnect?.stream : onDisconnect?.whole;
    if (policy !== 'drain') {
      this.#sequence.stop(gone);
      await this.answer();
    } else await this.#drain(gone);
    await this.settle(gone);
  }

  /** Reads on for at most a minute, so that the bill is the provider's own. */
  async #drain(gone: GatewayError): Promise<void> {
    const deadline = this.ports.deadlines.start(this.ports.clock.now() + DRAIN_MS, () => this.#sequence.stop(gone));
    const done = await this.answer();
    if (!(done instanceof GatewayError) && done.result.kind === 'stream') {
      const { live } = done.result.answer;
      while (live && !live.end) await live.next();
    }
    deadline.cancel();
  }
}

const HOUR_MS = 3_600_000;

/** How long the cache that this answer used or wrote lives on, in ms; 0 where there is nothing to gain by it. */
function cacheLifeMs({ endpoint, provider }: LiveEndpoint, usage: Usage): number {
  if (endpoint.pricing.inputCacheRead === undefined) return 0;
  return countOf(usage, 'cacheWrite1hTokens') > 0 ? Math.max(HOUR_MS, provider.cacheLifeMs) : provider.cacheLifeMs;
}

function streamEnd(meter: StreamMeter | undefined): ToldByProvider {
  return {
    usage: meter?.usage,
    deliveredCharacters: meter?.deliveredCharacters ?? 0,
    finishReason: meter?.finishReason ?? null,
    nativeFinishReason: meter?.nativeFinishReason ?? null,
    upstreamId: meter?.upstreamId ?? null,
    serviceTier: meter?.serviceTier ?? null,
    toolCalls: meter?.toolCalls.calls ?? [],
  };
}
