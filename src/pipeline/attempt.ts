/** One upstream try: its own deadline, its own abort, its own record. Ends as an answer that may be committed, or a failure. */
import { type ErrorCode, GatewayError, toGatewayError } from '../core/errors.ts';
import type { Clock } from '../core/ids.ts';
import type { Note } from '../core/note.ts';
import type { Framing, RelayStream, UpstreamRequest } from '../dialects/dialect.ts';
import type { Egress, EgressResponse } from '../egress/egress.ts';
import { peekResponse } from '../egress/peek-response.ts';
import { urlOf } from '../providers/base-url.ts';
import type { Signer } from '../providers/signer.ts';
import { tryParseJson } from '../wire/json.ts';
import { isConnectionError, ofProvider, tooLate } from './attempt-errors.ts';
import type { Deadline, Deadlines } from './deadlines.ts';
import { EVENT_STREAM, framingOfBody, mediaType, openFrames } from './framing.ts';
import type { Lane, StreamFace, WholeReply } from './lane.ts';
import { VIA_HEADER } from './live-provider.ts';
import { type LiveSource, LiveStream } from './live-stream.ts';
import { SteppedStream, type WholeStep } from './stepped-stream.ts';
import type { Credential, LiveEndpoint } from './target.ts';
import { readWholeBody } from './whole-body.ts';

const MAX_REPLY_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
/**
 * A host that says so much before any content gets no further chance to fail silently: what came is forwarded. Openings that
 * repeat the request, instructions and tools included, stay below it.
 */
const MAX_OPENING_CHARACTERS = 4 * 1024 * 1024;
/** For a host that is asked, after its time was up, whether it takes connections at all. */
const CONNECTION_CHECK_MS = 2000;

export interface AttemptPorts {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

export interface Attempt {
  readonly target: LiveEndpoint;
  readonly credential: Credential;
  readonly lane: Lane;
  readonly startedAtMs: number;
  readonly notes: readonly Note[];
  /** Closes the upstream socket; the attempt then fails with this error. */
  abort(error: GatewayError): void;
  readonly result: Promise<AttemptResult>;
}

export type AttemptResult =
  | { readonly kind: 'failed'; readonly error: GatewayError; readonly status: number | null }
  | { readonly kind: 'whole'; readonly reply: WholeReply; readonly status: number }
  | { readonly kind: 'stream'; readonly answer: StreamAnswer; readonly status: number };

/** A stream whose first content (or clean end) has come: it may be committed to the client. */
export interface StreamAnswer {
  readonly lane: RelayStream;
  /** Client text so far. */
  readonly opening: string;
  /** Undefined where the whole answer is in the opening. */
  readonly live: LiveSource | undefined;
}

/** A request ready to send, with the lane that wrote it. */
export interface PreparedAttempt {
  readonly target: LiveEndpoint;
  /** Whether another endpoint may be tried after this one. */
  readonly hasOthers: boolean;
  readonly lane: Lane;
  readonly request: UpstreamRequest;
  readonly notes: readonly Note[];
}

/** How an exchange's attempts are sent, besides what a target needs. */
export interface Sending {
  readonly stream: boolean;
  /** Gateways of this kind that the request came through; told on to addresses that the operator wrote. */
  readonly via: readonly string[];
}

export function startAttempt(
  { target, hasOthers, lane, request, notes }: PreparedAttempt,
  credential: Credential,
  { stream, via }: Sending,
  ports: AttemptPorts,
): Attempt {
  const controller = new AbortController();
  const startedAtMs = ports.clock.now();
  const run = new AttemptRun(target, lane, { stream, hasOthers }, ports, controller, startedAtMs);
  let headers =
    Object.keys(request.headers).length === 0 ? credential.headers : { ...credential.headers, ...request.headers };
  const own = credential.headers[VIA_HEADER];
  if (own !== undefined && via.length > 0) headers = { ...headers, [VIA_HEADER]: [...via, own].join(',') };
  return {
    target,
    credential,
    lane,
    startedAtMs,
    notes,
    abort: (error) => controller.abort(error),
    result: run.result(request.path, headers, JSON.stringify(request.body), credential.sign),
  };
}

class AttemptRun {
  readonly #target: LiveEndpoint;
  readonly #lane: Lane;
  readonly #stream: boolean;
  /** Whether another endpoint may be tried after this one. */
  readonly #hasOthers: boolean;
  readonly #ports: AttemptPorts;
  readonly #controller: AbortController;
  readonly #startedAtMs: number;
  readonly #deadline: Deadline;
  #connection: Deadline | undefined;
  #status: number | null = null;

  constructor(
    target: LiveEndpoint,
    lane: Lane,
    { stream, hasOthers }: { readonly stream: boolean; readonly hasOthers: boolean },
    ports: AttemptPorts,
    controller: AbortController,
    startedAtMs: number,
  ) {
    this.#target = target;
    this.#lane = lane;
    this.#stream = stream;
    this.#hasOthers = hasOthers;
    this.#ports = ports;
    this.#controller = controller;
    this.#startedAtMs = startedAtMs;
    const { timeouts, name } = target.provider;
    // A stream owes its first byte; a whole reply is bounded by the total only.
    const firstMs = stream ? Math.min(timeouts.firstByteMs, timeouts.totalMs) : timeouts.totalMs;
    this.#deadline = ports.deadlines.start(startedAtMs + firstMs, () => controller.abort(tooLate(name)));
  }

  async result(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    sign: Signer | undefined,
  ): Promise<AttemptResult> {
    const send: Send = async (path, body) => {
      const { signal } = this.#controller;
      const url = urlOf(this.#target.provider.baseUrl, path, this.#target.context.upstreamModel);
      const signed = sign ? await sign({ url, headers, body, signal }) : headers;
      return this.#ports.egress.send({ url, headers: signed, body, signal });
    };
    try {
      this.#lane.steps?.restart();
      this.#watchConnection(this.#target.provider.baseUrl + path);
      const response = await this.#accepted(await send(path, body));
      return await (this.#stream ? this.#readStream(response, send) : this.#readWhole(response, send));
    } catch (error) {
      return this.#fail(this.#explain(error));
    }
  }

  /** @throws GatewayError where the host answers with an error */
  async #accepted(response: EgressResponse): Promise<EgressResponse> {
    this.#connection?.cancel();
    this.#status = response.status;
    if (response.status < 200 || response.status > 299) throw await this.#decodeFailure(response);
    return response;
  }

  /** The answer to the next request of the lane's steps; null where there is none. */
  async #nextAnswer(send: Send): Promise<EgressResponse | null> {
    const next = await this.#lane.steps?.next();
    return next ? this.#accepted(await send(next.path, JSON.stringify(next.body))) : null;
  }

  /** No response by the time a connection may take: a host that does not even take one is given up. */
  #watchConnection(url: string): void {
    const { deadlines, egress } = this.#ports;
    const { name, timeouts } = this.#target.provider;
    this.#connection = deadlines.start(this.#startedAtMs + timeouts.connectMs, () => {
      egress
        .takesConnections(url, CONNECTION_CHECK_MS)
        .then((takes) => {
          if (takes || this.#status !== null) return;
          const message = `${name} did not take a connection within ${timeouts.connectMs} ms.`;
          this.#controller.abort(new GatewayError('provider.timeout', message, { providerName: name }));
        })
        .catch((error: unknown) => this.#controller.abort(error));
    });
  }

  #fail(error: GatewayError): AttemptResult {
    this.#connection?.cancel();
    this.#deadline.cancel();
    return { kind: 'failed', error, status: this.#status };
  }

  async #decodeFailure(response: EgressResponse): Promise<GatewayError> {
    const { dialect, name } = this.#target.provider;
    if (response.status < 400) {
      const location = response.headers.get('location') === null ? '' : ' (a redirect, which is not followed)';
      const message = `${name} answered with status ${response.status}${location}; check its base_url.`;
      return new GatewayError('provider.failed', message, { providerName: name, providerStatus: response.status });
    }
    const failure = {
      status: response.status,
      body: await response.text(MAX_ERROR_BYTES).catch(() => ''),
      headers: Object.fromEntries(response.headers),
      nowMs: this.#ports.clock.now(),
    };
    return dialect.upstream.decodeError(failure, this.#target.context);
  }

  async #readWhole(first: EgressResponse, send: Send): Promise<AttemptResult> {
    let result = await this.#readOneWhole(first);
    while (result.kind === 'whole') {
      const next = await this.#nextAnswer(send);
      if (!next) break;
      result = await this.#readOneWhole(next);
    }
    this.#deadline.cancel();
    return result;
  }

  async #readOneWhole(answer: EgressResponse): Promise<AttemptResult> {
    const { status } = answer;
    const body = await readWholeBody(answer, this.#framing, this.#lane.streams, MAX_REPLY_BYTES);
    if (body.kind === 'text') return this.#whole(this.#lane.decodeWhole(this.#parse(body.text)), status);
    const { outcome, reply } = body.folded.end('upstream-end');
    return outcome === 'complete' ? this.#whole(reply, status) : { kind: 'failed', error: outcome, status };
  }

  get #framing(): Framing {
    return this.#target.provider.dialect.framing ?? 'sse';
  }

  #whole(reply: WholeReply, status: number): AttemptResult {
    const { finishReason, nativeFinishReason, deliveredCharacters } = reply.told;
    if (deliveredCharacters === 0) this.#refuseErrorFinish(finishReason, nativeFinishReason);
    return { kind: 'whole', reply, status };
  }

  /**
   * A reason to finish that stands for an error, before any content, is no answer where somebody else may have one; else it is
   * told as the provider said it.
   */
  #refuseErrorFinish(finishReason: string | null, nativeFinishReason: string | null): void {
    if (finishReason !== 'error' || !this.#hasOthers) return;
    throw this.#error('provider.failed', `ended its answer before any content: ${nativeFinishReason ?? finishReason}`);
  }

  async #readStream(answer: EgressResponse, send: Send): Promise<AttemptResult> {
    const { response, framing } = await this.#framed(answer);
    if (framing !== 'whole') return this.#readEvents(response, framing, send);
    const { status } = response;
    const lane = this.#streams().of(this.#parse(await response.text(MAX_REPLY_BYTES)));
    this.#deadline.cancel();
    if (this.#lane.steps) return this.#committed(this.#stepped(lane, { text: lane.opening }, send), status);
    if (!lane.meter.hasContent) this.#refuseErrorFinish(lane.meter.finishReason, lane.meter.nativeFinishReason);
    return { kind: 'stream', answer: { lane, opening: lane.opening, live: undefined }, status };
  }

  /** Some hosts answer whole although a stream was asked, some stream under another content type: the body itself tells. */
  async #framed(response: EgressResponse): Promise<{ response: EgressResponse; framing: Framing | 'whole' }> {
    const framing = this.#framing;
    if (framing === 'ndjson' || (framing === 'sse' && mediaType(response) === EVENT_STREAM)) {
      return { response, framing };
    }
    const peeked = await peekResponse(response);
    return { response: peeked.response, framing: framingOfBody(framing, peeked.first) };
  }

  async #readEvents(response: EgressResponse, framing: Framing, send: Send): Promise<AttemptResult> {
    const live = this.#live(response, { lane: this.#streams().open(), deadline: this.#deadline, framing });
    return this.#committed(this.#lane.steps ? this.#stepped(live.lane, live, send) : live, response.status);
  }

  /** Reads until there is something to commit to. */
  async #committed(live: LiveSource, status: number): Promise<AttemptResult> {
    let opening = '';
    while (!live.lane.meter.hasContent && !live.end && opening.length < MAX_OPENING_CHARACTERS) {
      opening += (await live.next()) ?? '';
    }
    const { hasContent, finishReason, nativeFinishReason } = live.lane.meter;
    if (live.end && !hasContent) {
      if (live.end.outcome !== 'complete') return this.#fail(live.end.outcome);
      this.#refuseErrorFinish(finishReason, nativeFinishReason);
    }
    return { kind: 'stream', answer: { lane: live.lane, opening, live }, status };
  }

  #live(
    { body }: EgressResponse,
    { lane, deadline, framing }: { readonly lane: RelayStream; readonly deadline: Deadline; readonly framing: Framing },
  ): LiveStream {
    if (!body) throw this.#error('provider.bad_answer', 'answered a stream request without a body');
    const { timeouts, name } = this.#target.provider;
    return new LiveStream({
      body,
      lane,
      frames: openFrames(framing),
      abort: this.#controller,
      deadline,
      limits: {
        idleMs: timeouts.idleMs,
        contentIdleMs: timeouts.contentIdleMs,
        totalAtMs: this.#startedAtMs + timeouts.totalMs,
      },
      clock: this.#ports.clock,
      providerName: name,
    });
  }

  #stepped(lane: RelayStream, first: LiveSource | WholeStep, send: Send): SteppedStream {
    return new SteppedStream(lane, first, {
      next: async () => {
        const { timeouts, name } = this.#target.provider;
        const nowMs = this.#ports.clock.now();
        const atMs = Math.min(nowMs + timeouts.firstByteMs, this.#startedAtMs + timeouts.totalMs);
        const deadline = this.#ports.deadlines.start(atMs, () => this.#controller.abort(tooLate(name)));
        const response = await this.#nextAnswer(send);
        const step = response && (await this.#framed(response));
        if (step && step.framing !== 'whole') {
          return this.#live(step.response, { lane, deadline, framing: step.framing });
        }
        const text = step && this.#lane.steps?.readWhole(this.#parse(await step.response.text(MAX_REPLY_BYTES)));
        deadline.cancel();
        return text === undefined || text === null ? null : { text };
      },
      release: () => this.#lane.steps?.release() ?? '',
      explain: (thrown) => this.#explain(thrown),
    });
  }

  #streams(): StreamFace {
    if (this.#lane.streams) return this.#lane.streams;
    throw new GatewayError('gateway.internal', 'A stream was asked of a kind of exchange that has none.');
  }

  #parse(text: string) {
    const body = tryParseJson(text);
    if (body === undefined) {
      throw this.#error('provider.bad_answer', `answered with something that is no JSON: ${text.slice(0, 200)}`);
    }
    return body;
  }

  #error(code: ErrorCode, what: string): GatewayError {
    const { name } = this.#target.provider;
    return new GatewayError(code, `${name} ${what}`, { providerName: name });
  }

  #explain(thrown: unknown): GatewayError {
    const { signal } = this.#controller;
    if (signal.aborted && signal.reason instanceof GatewayError) return signal.reason;
    const { name } = this.#target.provider;
    if (thrown instanceof GatewayError) return ofProvider(thrown, name);
    if (this.#status !== null && isConnectionError(thrown)) {
      return this.#error('provider.truncated', 'closed the connection before its answer was complete.');
    }
    return toGatewayError(thrown);
  }
}

/** Sends a body to a path of the target, with the attempt's credential. */
type Send = (path: string, body: string) => Promise<EgressResponse>;
