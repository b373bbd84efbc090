/**
 * The two lanes behind one face: the pipeline does not know which one runs. `relay` where client and upstream
 * speak the same grammar, else `translate`.
 */
import type { ChatRequest, ChatResponse } from '../core/chat.ts';
import { type ChatEvent, type EndReason, isContentEvent } from '../core/chat-events.ts';
import { type GatewayError, invalidRequest } from '../core/errors.ts';
import { openFold, unfold } from '../core/fold.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Note, Translated } from '../core/note.ts';
import { ToolCallLog } from '../core/tool-check.ts';
import type {
  ClientDialect,
  Outcome,
  RelayContext,
  RelayStream,
  ReplyHead,
  SettledUsage,
  StreamDecoder,
  StreamEncoder,
  StreamMeter,
  UpstreamContext,
  UpstreamRequest,
} from '../dialects/dialect.ts';
import { asFunctions, customToolNames, openCustomCalls, withCustomCalls } from '../dialects/shared/custom-tools.ts';
import type { ActivePlugins, PluginEndpoint, PluginStage, StreamEdit } from '../plugins/plugin.ts';
import type { ToldByProvider } from './settle.ts';
import type { LiveEndpoint, LiveProvider } from './target.ts';

/** A reply in the client's grammar, still to be settled. */
export interface WholeReply {
  /** For the record: read before the reply is settled. */
  readonly told: ToldByProvider;
  encode(settled: SettledUsage): JsonObject;
}

export interface Lane {
  readonly kind: 'relay' | 'translate';
  /** What plugins did to the request and, once it was read, to the reply. */
  readonly stages: readonly PluginStage[];
  encodeRequest(): Translated<UpstreamRequest>;
  decodeWhole(body: Json): WholeReply;
  /** Null for a kind of exchange that has no streams. */
  readonly streams: StreamFace | null;
}

/** A lane of a kind that has streams. */
export interface ChatLane extends Lane {
  readonly streams: StreamFace;
}

export interface StreamFace {
  open(): RelayStream;
  /** For a host that answers a stream request with a whole reply: the stream it should have been. */
  of(body: Json): RelayStream & { readonly opening: string };
  /** For a host that answers a whole request with a stream. */
  openFolded(): FoldedStream;
}

/** Collects an upstream stream into a whole reply. */
export interface FoldedStream {
  push(data: string, event?: string): void;
  end(reason: EndReason): { readonly outcome: Outcome; readonly reply: WholeReply };
}

export interface LaneRequest<Wire> {
  readonly dialect: ClientDialect<Wire>;
  readonly wire: Wire;
  readonly head: ReplyHead;
  readonly betas?: readonly string[];
  /** What the host is told where it is a gateway itself. */
  readonly gateway?: UpstreamContext['gateway'];
  /** Their edits are written on the core's words: a request that has them is translated. */
  readonly plugins?: ActivePlugins | null;
  /** Whether the caller gets a stream: its plugins differ from those of a whole reply. */
  readonly stream?: boolean;
}

/** The part of a target that a lane needs. */
export type LaneTarget = Pick<LiveEndpoint, 'context'> & {
  readonly endpoint: PluginEndpoint;
  readonly provider: Pick<LiveProvider, 'dialect' | 'name'>;
};

export function openLane<Wire>(request: LaneRequest<Wire>, target: LaneTarget): ChatLane {
  const { dialect, wire, head, betas, gateway } = request;
  const { upstream } = target.provider.dialect;
  const context: RelayContext<Wire> = {
    ...target.context,
    head,
    wire,
    ...(betas && { betas }),
    ...(gateway && { gateway }),
  };
  const { client, relay } = dialect;
  const { plugins } = request;
  const edited = editRequest(request, target);
  const editReply = plugins?.editReply;
  const editStream = plugins?.openStreamEdit;
  const isEdited = edited !== null || (request.stream ? editStream : editReply) !== undefined;
  const relays = !isEdited && target.provider.dialect.id === dialect.id && relay.canRelay(context, wire);
  const stages: PluginStage[] = [...(plugins?.stages ?? []), ...(edited?.stages ?? [])];
  let customTools = NO_NAMES;
  const reply = (answered: ChatResponse): WholeReply => {
    const received = withCustomCalls(answered, customTools);
    const edit = editReply?.(received);
    if (edit) stages.push(...edit.stages);
    const response = edit?.value ?? received;
    return { told: toldBy(response), encode: (settled) => client.encodeResponse(response, head, settled, wire) };
  };
  const translated = (decoder: StreamDecoder): TranslatedStream =>
    new TranslatedStream(decoder, client.openEncoder(head, wire), editsOf(customTools, editStream?.()));
  const encode = ({ value, notes }: Translated<ChatRequest>): Translated<UpstreamRequest> => {
    const encoded = upstream.encodeRequest(value, context);
    return { value: encoded.value, notes: joinNotes(notes, encoded.notes) };
  };
  return {
    kind: relays ? 'relay' : 'translate',
    stages,
    encodeRequest() {
      if (relays) return relay.retarget(wire, context);
      const decoded = edited ?? client.decodeRequest(wire);
      const [cannot] = target.provider.dialect.unsayable(decoded.value, context);
      if (cannot !== undefined) throw invalidRequest('messages', `${target.provider.name} cannot be sent ${cannot}`);
      if (target.provider.dialect.takesCustomTools?.(context.host)) return encode(decoded);
      customTools = customToolNames(decoded.value);
      const plain = asFunctions(decoded.value);
      return encode({ value: plain.value, notes: joinNotes(decoded.notes, plain.notes) });
    },
    decodeWhole(body) {
      if (!relays) return reply(upstream.decodeResponse(body, context));
      const { response, encode } = relay.relayResponse(body, context);
      return { told: toldBy(response), encode };
    },
    streams: {
      open: () => (relays ? relay.openRelay(context) : translated(upstream.openDecoder(context))),
      of(body) {
        const stream = translated(SPENT_DECODER);
        return Object.assign(stream, { opening: stream.encode(unfold(upstream.decodeResponse(body, context))) });
      },
      openFolded: () => foldedStream(upstream.openDecoder(context), reply),
    },
  };
}

/** The request as plugins leave it for this endpoint; null where they change nothing. */
function editRequest<Wire>({ dialect, wire, plugins }: LaneRequest<Wire>, { endpoint, provider }: LaneTarget) {
  if (!plugins?.editRequest || plugins.mayEditRequest?.(endpoint) === false) return null;
  const decoded = dialect.client.decodeRequest(wire);
  const { value, notes, stages } = plugins.editRequest(decoded.value, takenBy(endpoint, provider));
  if (value === decoded.value) return null;
  return { value, stages, notes: joinNotes(decoded.notes, notes) };
}

/** What the endpoint takes in the grammar that it is spoken to in. */
function takenBy(endpoint: PluginEndpoint, { dialect }: LaneTarget['provider']): PluginEndpoint {
  const { cannotCarry } = dialect;
  if (cannotCarry.length === 0) return endpoint;
  const cannot = (modality: string): boolean => cannotCarry.some((kind) => kind === modality);
  return { ...endpoint, inputModalities: endpoint.inputModalities.filter((modality) => !cannot(modality)) };
}

function toldBy(response: ChatResponse): ToldByProvider {
  const [first] = response.choices;
  let deliveredCharacters = 0;
  for (const choice of response.choices) {
    deliveredCharacters += (choice.content?.length ?? 0) + (choice.reasoning?.length ?? 0);
    for (const call of choice.toolCalls) deliveredCharacters += call.arguments.length;
  }
  return {
    usage: response.usage,
    deliveredCharacters,
    finishReason: first?.finishReason ?? null,
    nativeFinishReason: first?.nativeFinishReason ?? null,
    upstreamId: response.upstreamId ?? null,
    serviceTier: response.serviceTier ?? null,
    toolCalls: response.choices.flatMap((choice) => choice.toolCalls),
  };
}

function joinNotes(a: readonly Note[], b: readonly Note[]): readonly Note[] {
  return a.length === 0 ? b : [...a, ...b];
}

const NO_NAMES: ReadonlySet<string> = new Set();

type EventEdit = (event: ChatEvent) => readonly ChatEvent[];

/** What is done to each event on its way to the client, in this order. */
function editsOf(customTools: ReadonlySet<string>, edit: StreamEdit | undefined): readonly EventEdit[] {
  const edits: EventEdit[] = [];
  if (customTools.size > 0) edits.push(openCustomCalls(customTools));
  if (edit) edits.push((event) => edit.push(event));
  return edits;
}

class TranslatedStream implements RelayStream {
  readonly meter: StreamMeter = newMeter();
  failure: GatewayError | undefined;
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  readonly #edits: readonly EventEdit[];

  constructor(decoder: StreamDecoder, encoder: StreamEncoder, edits: readonly EventEdit[]) {
    this.#edits = edits;
    this.#decoder = decoder;
    this.#encoder = encoder;
  }

  get isTerminated(): boolean {
    return this.#decoder.isTerminated ?? false;
  }

  push(data: string, event?: string): string {
    return this.encode(this.#decoder.push({ data, event }));
  }

  encode(received: readonly ChatEvent[]): string {
    let events = received;
    for (const edit of this.#edits) events = events.flatMap(edit);
    let text = '';
    for (const event of events) {
      meterEvent(this.meter, event);
      if (event.type === 'error') this.failure ??= event.error;
      else if (event.type !== 'usage') text += this.#encoder.push(event);
    }
    return text;
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    const { events, outcome } = this.#decoder.end(reason);
    const text = this.encode(events);
    return { text, outcome: this.failure ?? outcome };
  }

  final(settled: SettledUsage): string {
    return this.#encoder.final(settled);
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return this.#encoder.fail(error, routerMetadata);
  }
}

/** A decoder of nothing: the events came at once. */
const SPENT_DECODER: StreamDecoder = {
  isTerminated: true,
  push: () => [],
  end: () => ({ events: [], outcome: 'complete' }),
};

function foldedStream(decoder: StreamDecoder, reply: (response: ChatResponse) => WholeReply): FoldedStream {
  const fold = openFold();
  let failure: GatewayError | undefined;
  const take = (events: readonly ChatEvent[]): void => {
    for (const event of events) {
      if (event.type === 'error') failure ??= event.error;
      fold.push(event);
    }
  };
  return {
    push: (data, event) => take(decoder.push({ data, event })),
    end(reason) {
      const { events, outcome } = decoder.end(reason);
      take(events);
      return { outcome: failure ?? outcome, reply: reply(fold.response()) };
    },
  };
}

export function newMeter(): StreamMeter {
  return {
    hasContent: false,
    deliveredCharacters: 0,
    usage: undefined,
    finishReason: null,
    nativeFinishReason: null,
    upstreamId: undefined,
    serviceTier: undefined,
    toolCalls: new ToolCallLog(),
  };
}

function meterEvent(meter: StreamMeter, event: ChatEvent): void {
  if (isContentEvent(event)) meter.hasContent = true;
  switch (event.type) {
    case 'response-start':
      meter.upstreamId ??= event.upstreamId;
      meter.serviceTier ??= event.serviceTier;
      return;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      meter.deliveredCharacters += event.text.length;
      return;
    case 'tool-call-start':
      meter.toolCalls.begin(event.choice, event.index, event.name);
      return;
    case 'tool-call-delta':
      meter.deliveredCharacters += event.arguments.length;
      meter.toolCalls.add(event.choice, event.index, event.arguments);
      return;
    case 'choice-end':
      meter.finishReason = event.finishReason;
      meter.nativeFinishReason = event.nativeFinishReason;
      return;
    case 'usage':
      meter.usage = event.usage;
      return;
    case 'image-delta':
    case 'audio-delta':
    case 'annotation-delta':
    case 'logprobs-delta':
    case 'error':
      return;
  }
}
