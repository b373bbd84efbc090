/**
 * One wire grammar. Pure: no I/O, no clock, no environment. A grammar may have an upstream face (we talk to a provider in
 * it), a client face (somebody talks to us in it), and, where it has both, a relay face.
 */
import type { ChatRequest, ChatResponse } from '../core/chat.ts';
import type { ChatEvent, EndReason } from '../core/chat-events.ts';
import type { Demand, InputModality, Opening } from '../core/demand.ts';
import type { GatewayError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { NanoUsd } from '../core/money.ts';
import type { Note, Translated } from '../core/note.ts';
import type { ServiceTier } from '../core/service-tier.ts';
import type { CallableTool, ToolCallLog } from '../core/tool-check.ts';
import type { Usage } from '../core/usage.ts';
import type { HostProfile, ModelTraits } from './host.ts';
import type { ServerToolWishes } from './shared/gateway/server-tools.ts';

/** One frame of a stream, already cut out of the bytes: a server-sent event, a line, a message of an AWS event stream. */
export interface Frame {
  readonly event?: string | undefined;
  readonly data: string;
}

/** Everything an upstream face needs to know besides the request. */
export interface UpstreamContext {
  readonly upstreamModel: string;
  readonly traits: ModelTraits;
  readonly host: HostProfile;
  /** Preview features that the caller asks this grammar's owner for; a grammar without such a header leaves them. */
  readonly betas?: readonly string[];
  /** The tier that this endpoint is served and priced in; absent = the host's standard one. */
  readonly serviceTier?: ServiceTier;
  /** For a host that is a gateway too: the `provider` object it is sent, the stricter of ours and the caller's. */
  readonly gateway?: { readonly provider: JsonObject; readonly noPromptTraining: boolean };
}

export interface UpstreamRequest {
  /** Appended to the provider's base address, e.g. `/chat/completions`; may carry a query. */
  readonly path: string;
  /** Headers of the grammar itself (versions, betas); credentials are added by the provider. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export interface UpstreamFace {
  /** core → wire. Notes say what the grammar, the host or the model could not take. */
  encodeRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest>;
  /**
   * wire → core for a whole reply.
   * @throws GatewayError `provider.bad_answer` where the body is no answer of this grammar, or the error the body carries
   * (hosts answer errors with status 200).
   */
  decodeResponse(body: Json, context: UpstreamContext): ChatResponse;
  openDecoder(context: UpstreamContext): StreamDecoder;
  /** A failed reply: its class, retry hint and the provider's own words (length-limited, secrets never echoed). */
  decodeError(failure: UpstreamFailure, context: UpstreamContext): GatewayError;
}

export interface UpstreamFailure {
  readonly status: number;
  /** Body text as received, at most 64 KiB. */
  readonly body: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, to turn an HTTP date in Retry-After into a delay. */
  readonly nowMs: number;
}

export interface StreamDecoder {
  /** A frame that is no frame of this grammar gives an `error` event, never a throw. */
  push(frame: Frame): readonly ChatEvent[];
  /** Must be told why the stream stopped and must say whether the answer is complete. */
  end(reason: EndReason): { readonly events: readonly ChatEvent[]; readonly outcome: Outcome };
  /** True once the grammar's own terminator came: nothing after it matters. Absent where the grammar has none. */
  readonly isTerminated?: boolean;
}

export type Outcome = 'complete' | GatewayError;

// ---- client face ----

/** What the gateway itself says about a reply: fixed before the first byte. */
export interface ReplyHead {
  /** `gen-…`. */
  readonly id: string;
  readonly createdSeconds: number;
  /** The public id of the model that serves. */
  readonly model: string;
  /** Display name of the serving provider. */
  readonly providerName: string;
  /** The caller asked to compute but not to return reasoning. */
  readonly excludeReasoning: boolean;
}

/** What was settled: known only after the ledger accepted it. */
export interface SettledUsage {
  readonly usage: Usage;
  /** What the caller is charged. */
  readonly costNanoUsd: NanoUsd;
  /** Parts of the upstream price: they sum to the upstream cost. */
  readonly promptCostNanoUsd: NanoUsd;
  readonly completionCostNanoUsd: NanoUsd;
  readonly isByok: boolean;
  /** Present where the caller opted in; placed beside `usage`. */
  readonly routerMetadata?: JsonObject;
}

export interface ClientDialect<Wire> {
  readonly id: string;
  readonly client: ClientFace<Wire>;
  readonly relay: RelayFace<Wire>;
}

export type { ExchangeKind } from '../core/exchange-kind.ts';

/** How a grammar's streams are cut into frames (wire/). */
export type Framing = 'sse' | 'ndjson' | 'aws-event-stream';

/** A grammar in which conversations are sent to a host. */
export interface UpstreamDialect {
  readonly id: string;
  readonly upstream: UpstreamFace;
  /** Default `sse`. */
  readonly framing?: Framing;
  /** Whether this host takes custom tools; where absent the lane offers functions in their place. */
  takesCustomTools?(host: HostProfile): boolean;
  /** Content kinds the grammar cannot carry at all, e.g. `video`: such endpoints are excluded, content is never dropped. */
  readonly cannotCarry: readonly InputModality[];
  /** Content of this request that the grammar cannot carry, in words: the endpoint is passed over. */
  unsayable(request: ChatRequest, context: UpstreamContext): readonly string[];
}

export interface ClientFace<Wire> {
  /** unknown → wire. @throws GatewayError `client.invalid_request` with the field's path. */
  parseRequest(body: Json): Wire;
  /** What routing and admission need, without a full decode. */
  demandOf(wire: Wire): Demand;
  /** The texts that open and close the conversation; '' where there is none. */
  openingOf(wire: Wire): Opening;
  /** The same request without parameters that an endpoint lacks (names of the `supported_parameters` vocabulary). */
  withoutParameters(wire: Wire, parameters: readonly string[]): Wire;
  /** The same request with another end-user id. */
  withUser(wire: Wire, user: string): Wire;
  /** The same request with reasoning on, unless it says something about reasoning itself. */
  withReasoning(wire: Wire): Wire;
  /** The body's `transforms`, the older way to ask for prompt compression. */
  transformsOf(wire: Wire): Json | undefined;
  /** The messages as they were sent. */
  messagesOf(wire: Wire): readonly JsonObject[];
  /** The tools that the model may call. */
  toolsOf(wire: Wire): readonly CallableTool[];
  /** What of `tools` runs in the gateway; absent where the grammar has no such tools. */
  serverToolsOf?(wire: Wire): ServerToolWishes | null;
  /** OpenRouter's `provider` object as it was sent. */
  providerObjectOf(wire: Wire): JsonObject | undefined;
  /** wire → core. */
  decodeRequest(wire: Wire): Translated<ChatRequest>;
  /** core → wire for a whole reply. `wire` is the request: some grammars repeat it in the reply. */
  encodeResponse(response: ChatResponse, head: ReplyHead, settled: SettledUsage, wire: Wire): JsonObject;
  openEncoder(head: ReplyHead, wire: Wire): StreamEncoder;
  /** What the request asks of the gateway itself and nobody honours at this host. */
  unhonoured(wire: Wire, host: HostProfile): readonly Note[];
  /** Whether the caller asked to compute but not to return reasoning. */
  excludesReasoning(wire: Wire): boolean;
  /** The whole body of a failed reply. */
  encodeError: ErrorEncoder;
  readonly replay: ReplayFace;
}

/** `routerMetadata` where the caller wants to know how it was routed; `id` is the exchange's, for grammars that name it. */
export type ErrorEncoder = (error: GatewayError, routerMetadata?: JsonObject, id?: string) => JsonObject;

/**
 * Gives an answer of ours again, as that of another generation: its id and time, no usage and no cost, and nothing of how
 * the first one was routed (OpenRouter's API, response caching).
 */
export interface ReplayFace {
  whole(body: string, stamp: ReplayStamp): string;
  /** Whole events of a stream, in their order. Absent where the grammar has no streams. */
  frames?(events: string, stamp: ReplayStamp): string;
}

export interface ReplayStamp {
  readonly id: string;
  readonly createdSeconds: number;
}

/** Writes a stream in the client's grammar; every method gives bytes ready to send, '' where there is nothing to say. */
export interface StreamEncoder {
  push(event: ChatEvent): string;
  /** The frames that follow settlement: usage and the terminator. */
  final(settled: SettledUsage): string;
  /** The in-stream error; never followed by a success terminator. */
  fail(error: GatewayError, routerMetadata?: JsonObject): string;
  /** A keep-alive that clients ignore. */
  keepAlive(): string;
}

// ---- relay face: client and upstream speak the same grammar ----

export interface RelayContext<Wire = unknown> extends UpstreamContext {
  readonly head: ReplyHead;
  /** The request as the caller sent it. */
  readonly wire: Wire;
}

export interface RelayFace<Wire> {
  /** The caller's own value with our changes: model, removed fields, the host's renames and quirks, what metering needs. */
  retarget(wire: Wire, context: UpstreamContext): Translated<UpstreamRequest>;
  /** Whether this request can go to this host as it was written, with `retarget`'s changes; otherwise the lane translates. */
  canRelay(context: UpstreamContext, wire: Wire): boolean;
  /** A whole reply: what it means, and how to write it once it is settled. */
  relayResponse(
    body: Json,
    context: RelayContext<Wire>,
  ): { readonly response: ChatResponse; encode(settled: SettledUsage): JsonObject };
  openRelay(context: RelayContext<Wire>): RelayStream;
}

/** What a stream consumed and delivered so far: kept by both lanes, read by settlement. */
export interface StreamMeter {
  /** True once content was seen: no fallback after it. */
  hasContent: boolean;
  /** Characters of text, reasoning and arguments seen. */
  deliveredCharacters: number;
  usage: Usage | undefined;
  finishReason: string | null;
  nativeFinishReason: string | null;
  upstreamId: string | undefined;
  serviceTier: string | undefined;
  /** Tool calls as the model wrote them. */
  readonly toolCalls: ToolCallLog;
}

export interface RelayStream {
  /** The provider's error inside the stream, once it was seen. */
  readonly failure: GatewayError | undefined;
  readonly meter: StreamMeter;
  /** Client frames for one upstream frame, '' where it is absorbed (usage, terminator, empty opening). */
  push(data: string, event?: string): string;
  /**
   * A short cut over `push`: writes whole events that stand from `at` on as pieces into `out`, without cutting frames, and
   * gives the position after them; `at` where the short cut does not apply.
   */
  skim?(text: string, at: number, out: string[]): number;
  /** True once the grammar's own terminator came: nothing after it matters. */
  readonly isTerminated: boolean;
  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome };
  final(settled: SettledUsage): string;
  fail(error: GatewayError, routerMetadata?: JsonObject): string;
}
