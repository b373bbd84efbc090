/**
 * core events → the messages stream (https://docs.claude.com/en/api/messages-streaming): named events, blocks one after another,
 * and the end held back until the exchange is settled.
 */

import type { FinishReason } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import type { GatewayError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ReplyHead, SettledUsage, StreamEncoder } from '../../dialect.ts';
import { type BlockSink, BlockWriter } from './block-writer.ts';
import { encodeErrorEvent } from './errors.ts';
import { messageId } from './ids.ts';
import type { WireMessagesRequest } from './schema.ts';
import { endingMembers } from './stopping.ts';
import { encodeMessageUsage, openingUsage } from './usage.ts';

export const PING = 'event: ping\ndata: {"type":"ping"}\n\n';

export function openMessagesEncoder(head: ReplyHead, wire: WireMessagesRequest): StreamEncoder {
  return new MessagesEncoder(head, wire);
}

class MessagesEncoder implements StreamEncoder, BlockSink {
  readonly #head: ReplyHead;
  readonly #wire: WireMessagesRequest;
  readonly #writer: BlockWriter;
  #text = '';
  #hasBegun = false;
  #serviceTier: string | undefined;
  #finishReason: FinishReason | null = null;
  #nativeFinishReason: string | null = null;

  constructor(head: ReplyHead, wire: WireMessagesRequest) {
    this.#head = head;
    this.#wire = wire;
    this.#writer = new BlockWriter(this, head.excludeReasoning);
  }

  push(event: ChatEvent): string {
    if (event.type === 'response-start') this.#serviceTier = event.serviceTier ?? this.#serviceTier;
    if (event.type === 'choice-end' && event.choice === 0) {
      this.#finishReason = event.finishReason;
      this.#nativeFinishReason = event.nativeFinishReason;
    }
    this.#writer.push(event);
    return this.#take();
  }

  final(settled: SettledUsage): string {
    this.#writer.finish();
    this.#begin();
    const ending = {
      finishReason: this.#finishReason,
      nativeFinishReason: this.#nativeFinishReason,
      refusal: this.#writer.refusal,
    };
    this.#text += frameOf({
      type: 'message_delta',
      delta: { ...endingMembers(ending, this.#wire), container: null },
      usage: encodeMessageUsage(settled, this.#serviceTier),
      context_management: null,
    });
    this.#text += stopFrame(settled);
    return this.#take();
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return encodeErrorEvent(error, this.#head.id, routerMetadata);
  }

  keepAlive(): string {
    return PING;
  }

  start(index: number, block: JsonObject): void {
    this.#begin();
    this.#text += frameOf({ type: 'content_block_start', index, content_block: block });
  }

  text(index: number, text: string): void {
    const delta = `{"type":"text_delta","text":${JSON.stringify(text)}}`;
    this.#text += `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":${delta}}\n\n`;
  }

  delta(index: number, delta: JsonObject): void {
    this.#text += frameOf({ type: 'content_block_delta', index, delta });
  }

  stop(index: number): void {
    this.#text += frameOf({ type: 'content_block_stop', index });
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#text += frameOf({ type: 'message_start', message: openingOf(this.#head, openingUsage(this.#serviceTier)) });
  }

  #take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** A message before anything was said. */
export function openingOf(head: ReplyHead, usage: JsonObject): JsonObject {
  return {
    id: messageId(head.id),
    type: 'message',
    role: 'assistant',
    model: head.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    context_management: null,
    diagnostics: null,
    usage,
    provider: head.providerName,
  };
}

/** The terminator; how it was routed rides on it. */
export function stopFrame({ routerMetadata }: SettledUsage, unknown?: JsonObject): string {
  return frameOf({
    ...unknown,
    type: 'message_stop',
    ...(routerMetadata && { openrouter_metadata: routerMetadata }),
  });
}

/** Clients skip events without a name. */
export function frameOf(event: JsonObject & { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
