/**
 * core events → the client's stream (OpenRouter's API). Every frame carries id, model and provider; usage, the
 * terminator and errors are written by `final` and `fail`, which the pipeline calls once the ledger agreed.
 */
import type { ReasoningDetail } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import type { GatewayError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ReplyHead, SettledUsage, StreamEncoder } from '../dialect.ts';
import { besideError, errorMember } from '../shared/gateway/errors.ts';
import { encodeUsage } from '../shared/gateway/usage.ts';
import { asksByFunctions, encodeAudio, encodeImage } from './client-response.ts';
import { placedAt } from './list-index.ts';
import { encodeReasoningDetail } from './reasoning-details.ts';
import type { WireChatRequest } from './wire-types.ts';

const DONE = 'data: [DONE]\n\n';

export function openChatEncoder(head: ReplyHead, wire?: Pick<WireChatRequest, 'functions' | 'tools'>): StreamEncoder {
  return new ChatEncoder(head, wire !== undefined && asksByFunctions(wire));
}

/** How many list items a choice has sent: their positions are their indexes. */
interface Positions {
  images: number;
  annotations: number;
  details: number;
  lastDetail: ReasoningDetail['type'] | undefined;
}

class ChatEncoder implements StreamEncoder {
  readonly #head: ReplyHead;
  readonly #positions = new Map<number, Positions>();
  readonly #customCalls = new Set<string>();
  /** Choices whose role was named. */
  readonly #begun = new Set<number>();
  #about: JsonObject = {};
  /** A frame up to its choices: the same on every frame, so written once. */
  #opening: string;

  /** The first call is said in the words from before there were tools. */
  readonly #saysFunctionCall: boolean;

  constructor(head: ReplyHead, saysFunctionCall: boolean) {
    this.#head = head;
    this.#saysFunctionCall = saysFunctionCall;
    this.#opening = openingOf(head, this.#about);
  }

  push(event: ChatEvent): string {
    switch (event.type) {
      case 'response-start':
        this.#about = {
          ...this.#about,
          ...(event.systemFingerprint && { system_fingerprint: event.systemFingerprint }),
          ...(event.serviceTier && { service_tier: event.serviceTier }),
        };
        this.#opening = openingOf(this.#head, this.#about);
        return '';
      case 'text-delta':
        return this.#frame(event.choice, `"content":${JSON.stringify(event.text)}`, event.logprobs);
      case 'reasoning-delta':
        return this.#reasoning(event);
      case 'refusal-delta':
        return this.#member(event.choice, 'refusal', event.text);
      case 'tool-call-start': {
        const { choice, index, id, name } = event;
        if (event.custom) this.#customCalls.add(`${choice}:${index}`);
        const call = event.custom
          ? { index, id, type: 'custom', custom: { name, input: '' } }
          : { index, id, type: 'function', function: { name, arguments: '' } };
        return this.#call(choice, index, call, { name, arguments: '' });
      }
      case 'tool-call-delta': {
        const { choice, index, arguments: text } = event;
        const isCustom = this.#customCalls.size > 0 && this.#customCalls.has(`${choice}:${index}`);
        const call = isCustom ? { index, custom: { input: text } } : { index, function: { arguments: text } };
        return this.#call(choice, index, call, { arguments: text });
      }
      case 'image-delta': {
        const positions = this.#positionsOf(event.choice);
        return this.#member(event.choice, 'images', [encodeImage(event.url, positions.images++)]);
      }
      case 'audio-delta':
        return this.#member(event.choice, 'audio', encodeAudio(event.audio));
      case 'annotation-delta': {
        const positions = this.#positionsOf(event.choice);
        const annotations = event.annotations.map((item) => placedAt(item, positions.annotations++));
        return this.#member(event.choice, 'annotations', annotations);
      }
      case 'logprobs-delta':
        return this.#frame(event.choice, '"content":""', event.logprobs);
      case 'choice-end': {
        const { choice, finishReason, nativeFinishReason } = event;
        const end = `"finish_reason":"${finishReason}","native_finish_reason":${JSON.stringify(nativeFinishReason)}`;
        return `${this.#opening}[{"index":${choice},"delta":{${this.#roleOf(choice)}"content":""},${end}}]}\n\n`;
      }
      case 'usage':
      case 'error':
        return '';
    }
  }

  final(settled: SettledUsage): string {
    const members = {
      usage: encodeUsage(settled),
      ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
    };
    return `${this.#opening}[],${JSON.stringify(members).slice(1)}\n\n${DONE}`;
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return encodeErrorFrame(error, this.#head, routerMetadata);
  }

  keepAlive(): string {
    return ': OPENROUTER PROCESSING\n\n';
  }

  #reasoning(event: Extract<ChatEvent, { type: 'reasoning-delta' }>): string {
    if (this.#head.excludeReasoning || (!event.text && event.details.length === 0)) return '';
    const details: readonly ReasoningDetail[] =
      event.details.length > 0 ? event.details : [{ type: 'reasoning.text', text: event.text, format: 'unknown' }];
    const positions = this.#positionsOf(event.choice);
    const encoded = details.map((detail) => {
      // Fragments of one item share their index; a detail that brings none belongs to the item before it of its kind.
      if (positions.lastDetail !== undefined && positions.lastDetail !== detail.type) positions.details++;
      positions.lastDetail = detail.type;
      return encodeReasoningDetail(detail, positions.details);
    });
    const members = `"content":"","reasoning":${JSON.stringify(event.text)},"reasoning_details":${JSON.stringify(encoded)}`;
    return this.#frame(event.choice, members, undefined);
  }

  #call(choice: number, index: number, call: JsonObject, old: JsonObject): string {
    if (!this.#saysFunctionCall) return this.#member(choice, 'tool_calls', [call]);
    if (index === 0) return this.#member(choice, 'function_call', old);
    return this.#member(choice, 'tool_calls', [{ ...call, index: index - 1 }]);
  }

  #member(choice: number, name: string, value: Json): string {
    return this.#frame(choice, `"content":"","${name}":${JSON.stringify(value)}`, undefined);
  }

  /** Named once a choice, as OpenAI does: Python's stream helper joins what every piece repeats. */
  #roleOf(choice: number): string {
    if (this.#begun.has(choice)) return '';
    this.#begun.add(choice);
    return '"role":"assistant",';
  }

  /** One frame of one choice; `members` is what follows the role inside `delta`. */
  #frame(choice: number, members: string, logprobs: Json | undefined): string {
    const tail = logprobs === undefined ? '' : `,"logprobs":${JSON.stringify(logprobs)}`;
    return `${this.#opening}[{"index":${choice},"delta":{${this.#roleOf(choice)}${members}},"finish_reason":null,"native_finish_reason":null${tail}}]}\n\n`;
  }

  #positionsOf(choice: number): Positions {
    const known = this.#positions.get(choice);
    if (known) return known;
    const fresh: Positions = { images: 0, annotations: 0, details: 0, lastDetail: undefined };
    this.#positions.set(choice, fresh);
    return fresh;
  }
}

function openingOf(head: ReplyHead, about: JsonObject): string {
  const members = {
    id: head.id,
    object: 'chat.completion.chunk',
    created: head.createdSeconds,
    model: head.model,
    provider: head.providerName,
    ...about,
  };
  return `data: ${JSON.stringify(members).slice(0, -1)},"choices":`;
}

/** The in-stream error (OpenRouter's API); no terminator follows it. */
export function encodeErrorFrame(error: GatewayError, head: ReplyHead, routerMetadata?: JsonObject): string {
  const frame = {
    id: head.id,
    object: 'chat.completion.chunk',
    created: head.createdSeconds,
    model: head.model,
    provider: head.providerName,
    error: errorMember(error),
    choices: [
      { index: 0, delta: { role: 'assistant', content: '' }, finish_reason: 'error', native_finish_reason: null },
    ],
    ...besideError(error, routerMetadata),
  };
  return `data: ${JSON.stringify(frame)}\n\n`;
}
