/** core events → the client's stream: chunks of text, and a last one with usage, once it is settled. */
import type { ChatEvent } from '../../../core/chat-events.ts';
import type { GatewayError } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { ReplyHead, SettledUsage, StreamEncoder } from '../../dialect.ts';
import { besideError, errorMember } from '../../shared/gateway/errors.ts';
import { encodeUsage } from '../../shared/gateway/usage.ts';
import { lengthOfTokens, toCompletionLogprobs } from '../logprobs.ts';
import { readableText } from '../prompt.ts';
import type { WireCompletionRequest } from '../wire-types.ts';
import { headMembers, imageOf } from './encode.ts';

const DONE = 'data: [DONE]\n\n';

export function openCompletionEncoder(head: ReplyHead, wire: WireCompletionRequest): StreamEncoder {
  return new CompletionEncoder(head, wire);
}

class CompletionEncoder implements StreamEncoder {
  readonly #head: ReplyHead;
  readonly #wire: WireCompletionRequest;
  /** Where the next token of each choice stands. */
  readonly #offsets = new Map<number, number>();
  #about: JsonObject = {};
  /** A frame up to its choices: the same on every frame, so written once. */
  #opening: string;
  #finish: JsonObject = { finish_reason: null, native_finish_reason: null };

  constructor(head: ReplyHead, wire: WireCompletionRequest) {
    this.#head = head;
    this.#wire = wire;
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
        if (event.logprobs === undefined) return this.#text(event.choice, event.text);
        return this.#piece(event.choice, event.text, {}, event.logprobs);
      case 'refusal-delta':
        return this.#piece(event.choice, event.text, {});
      case 'reasoning-delta': {
        if (this.#head.excludeReasoning || (!event.text && event.details.length === 0)) return '';
        const details = event.details.map((detail) => ({ ...detail }));
        const members = { reasoning: event.text, ...(details.length > 0 && { reasoning_details: details }) };
        return this.#piece(event.choice, '', members);
      }
      case 'logprobs-delta':
        return this.#piece(event.choice, '', {}, event.logprobs);
      case 'image-delta':
        return this.#piece(event.choice, '', { images: [imageOf(event.url)] });
      case 'annotation-delta':
        return this.#piece(event.choice, '', { annotations: event.annotations });
      case 'choice-end': {
        const { choice, finishReason, nativeFinishReason } = event;
        const finish = { finish_reason: finishReason, native_finish_reason: nativeFinishReason };
        if (choice === 0) this.#finish = finish;
        return this.#piece(choice, '', finish);
      }
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'audio-delta':
        // Nobody is asked for these: a request of this grammar offers no tools and wants no sound.
        return '';
      case 'usage':
      case 'error':
        return '';
    }
  }

  final(settled: SettledUsage): string {
    return finalFrames(
      { ...headMembers(this.#head), ...this.#about },
      this.#wire,
      this.#finish,
      encodeUsage(settled),
      settled,
    );
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return errorFrame(error, this.#head, routerMetadata);
  }

  keepAlive(): string {
    return ': OPENROUTER PROCESSING\n\n';
  }

  /** The most frequent piece has a way of its own. */
  #text(choice: number, text: string): string {
    const finish = '"logprobs":null,"finish_reason":null,"native_finish_reason":null';
    return `${this.#opening}[{"text":${JSON.stringify(text)},"index":${choice},${finish}}]}\n\n`;
  }

  #piece(choice: number, text: string, members: JsonObject, logprobs?: Json): string {
    const offset = this.#offsets.get(choice) ?? readableText(this.#wire).length;
    this.#offsets.set(choice, offset + lengthOfTokens(logprobs));
    const piece = {
      text,
      index: choice,
      logprobs: toCompletionLogprobs(logprobs, offset),
      finish_reason: null,
      native_finish_reason: null,
      ...members,
    };
    return `${this.#opening}[${JSON.stringify(piece)}]}\n\n`;
  }
}

function openingOf(head: ReplyHead, about: JsonObject): string {
  return `data: ${JSON.stringify({ ...headMembers(head), ...about }).slice(0, -1)},"choices":`;
}

/**
 * Usage and the terminator. Whoever asks for usage gets it as OpenAI sends it, in a chunk without choices; for others the chunk
 * says the end again, as OpenAI's own sometimes do: clients of this grammar are old, and read the first choice of every chunk.
 */
export function finalFrames(
  opening: JsonObject,
  wire: WireCompletionRequest,
  finish: JsonObject,
  usage: JsonObject,
  { routerMetadata }: SettledUsage,
): string {
  const isAwaited = wire.stream_options?.include_usage === true;
  const frame = {
    ...opening,
    choices: isAwaited ? [] : [{ text: '', index: 0, logprobs: null, ...finish }],
    usage,
    ...(routerMetadata && { openrouter_metadata: routerMetadata }),
  };
  return `data: ${JSON.stringify(frame)}\n\n${DONE}`;
}

/** The in-stream error (OpenRouter's API); no terminator follows it. */
export function errorFrame(error: GatewayError, head: ReplyHead, routerMetadata?: JsonObject): string {
  const choice = { text: '', index: 0, logprobs: null, finish_reason: 'error', native_finish_reason: null };
  const frame = {
    ...headMembers(head),
    error: errorMember(error),
    choices: [choice],
    ...besideError(error, routerMetadata),
  };
  return `data: ${JSON.stringify(frame)}\n\n`;
}
