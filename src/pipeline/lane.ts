/**
 * The two lanes behind one face: the pipeline does not know which one runs. `relay` where client and upstream
 * speak the same grammar, else `translate`.
 */
import type { ChatRequest, ChatResponse } from '../core/chat.ts';
import type { ChatEvent, EndReason } from '../core/chat-events.ts';
import { type GatewayError, invalidRequest } from '../core/errors.ts';
import { openFold, unfold } from '../core/fold.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Note, Translated } from '../core/note.ts';
import type {
  ClientDialect,
  Outcome,
  RelayContext,
  RelayStream,
  ReplyHead,
  SettledUsage,
  StreamDecoder,
  UpstreamContext,
  UpstreamRequest,
} from '../dialects/dialect.ts';
import { asFunctions, customToolNames, withCustomCalls } from '../dialects/shared/custom-tools.ts';
import type { ServerToolWishes } from '../dialects/shared/gateway/server-tools.ts';
import type { ActivePlugins, PluginEndpoint, PluginStage } from '../plugins/plugin.ts';
import { openToolLoop, type ToolPorts } from './offer-tools.ts';
import type { ToldByProvider } from './settle.ts';
import type { LiveEndpoint, LiveProvider } from './target.ts';
import type { ToolLoop } from './tool-loop.ts';
import { editsOf, TranslatedStream } from './translated-stream.ts';

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
  /** Set by `encodeRequest` where the answer may take several requests. */
  readonly steps?: LaneSteps | null;
  decodeWhole(body: Json): WholeReply;
  /** Null for a kind of exchange that has no streams. */
  readonly streams: StreamFace | null;
}

/** The further requests of an answer: the same lane reads what comes of them. */
export interface LaneSteps {
  /** The attempt begins anew. */
  restart(): void;
  /** The request that goes on from the answer that was read; null where that was the last one. */
  next(): Promise<UpstreamRequest | null>;
  /** Client text of an answer that came whole although a stream was asked. */
  readWhole(body: Json): string;
  /** Client text that was kept back until the last answer was known to be it. */
  release(): string;
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
  /** The request as answers repeat it, where that is not how it goes on. Default `wire`. */
  readonly said?: Wire;
  readonly head: ReplyHead;
  readonly betas?: readonly string[];
  /** What the host is told where it is a gateway itself. */
  readonly gateway?: UpstreamContext['gateway'];
  /** Their edits are written on the core's words: a request that has them is translated. */
  readonly plugins?: ActivePlugins | null;
  /** The server tools that run here; absent where none does. */
  readonly serverTools?: ToolPorts;
  /** Whether the caller gets a stream: its plugins differ from those of a whole reply. */
  readonly stream?: boolean;
}

/** The part of a target that a lane needs. */
export type LaneTarget = Pick<LiveEndpoint, 'context'> & {
  readonly endpoint: PluginEndpoint;
  readonly provider: Pick<LiveProvider, 'dialect' | 'name'>;
};

export function openLane<Wire>(request: LaneRequest<Wire>, target: LaneTarget): ChatLane {
  const { dialect, wire, said = wire, head, betas, gateway } = request;
  const { upstream } = target.provider.dialect;
  const context: RelayContext<Wire> = {
    ...target.context,
    head,
    wire: said,
    ...(betas && { betas }),
    ...(gateway && { gateway }),
  };
  const { client, relay } = dialect;
  const { plugins } = request;
  const edited = editRequest(request, target);
  const editReply = plugins?.editReply;
  const editStream = plugins?.openStreamEdit;
  const wishes = toolsHere(request, target);
  const isEdited = edited !== null || (request.stream ? editStream : editReply) !== undefined;
  const relays = !isEdited && !wishes && target.provider.dialect.id === dialect.id && relay.canRelay(context, wire);
  const stages: PluginStage[] = [...(plugins?.stages ?? []), ...(edited?.stages ?? [])];
  let customTools = NO_NAMES;
  let loop: ToolLoop | null = null;
  let open: TranslatedStream | undefined;
  const reply = (answered: ChatResponse): WholeReply => {
    const received = withCustomCalls(loop?.takeWhole(answered) ?? answered, customTools);
    const edit = editReply?.(received);
    if (edit) stages.push(...edit.stages);
    const response = edit?.value ?? received;
    return { told: toldBy(response), encode: (settled) => client.encodeResponse(response, head, settled, said) };
  };
  const translated = (decoder: StreamDecoder): TranslatedStream => {
    open = new TranslatedStream(decoder, client.openEncoder(head, said), editsOf(customTools, editStream?.()), loop);
    return open;
  };
  const encode = ({ value, notes }: Translated<ChatRequest>): Translated<UpstreamRequest> => {
    let plain: Translated<ChatRequest> = { value, notes };
    if (!target.provider.dialect.takesCustomTools?.(context.host)) {
      customTools = customToolNames(value);
      const wrapped = asFunctions(value);
      plain = { value: wrapped.value, notes: joinNotes(notes, wrapped.notes) };
    }
    const encoded = upstream.encodeRequest(plain.value, context);
    return { value: encoded.value, notes: joinNotes(plain.notes, encoded.notes) };
  };
  const stepsOf = (run: ToolLoop): LaneSteps => ({
    restart: () => run.restart(),
    async next() {
      const next = await run.next();
      stages.push(...run.stages.splice(0));
      if (!next) return null;
      open?.resume(upstream.openDecoder(context));
      return encode({ value: next, notes: [] }).value;
    },
    readWhole: (body) => open?.encode(unfold(upstream.decodeResponse(body, context))) ?? '',
    release: () => open?.show(run.release()) ?? '',
  });
  return {
    kind: relays ? 'relay' : 'translate',
    stages,
    encodeRequest() {
      if (relays) return relay.retarget(wire, context);
      const decoded = edited ?? client.decodeRequest(wire);
      const [cannot] = target.provider.dialect.unsayable(decoded.value, context);
      if (cannot !== undefined) throw invalidRequest('messages', `${target.provider.name} cannot be sent ${cannot}`);
      loop = wishes && request.serverTools ? openToolLoop(decoded.value, wishes, request.serverTools) : null;
      return encode({ value: loop?.first ?? decoded.value, notes: decoded.notes });
    },
    get steps() {
      return loop && stepsOf(loop);
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

/** The server tools of this request that run here; null where there are none, or where the host runs them itself. */
function toolsHere<Wire>(request: LaneRequest<Wire>, { context }: LaneTarget): ServerToolWishes | null {
  const { serverTools, dialect, wire } = request;
  if (!serverTools || context.host.quirks.gatewayFields) return null;
  const wishes = dialect.client.serverToolsOf?.(wire) ?? null;
  return wishes?.tools.some(({ type }) => serverTools.find(type)) ? wishes : null;
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
