/** core → wire for a whole reply: the blocks that a stream of it would have given. */

import { blocksOf } from '../../../core/blocks.ts';
import type { ChatResponse, Choice, ReasoningDetail } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  numberAt,
  objectAt,
  stringAt,
} from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { ReplyHead, SettledUsage } from '../../dialect.ts';
import { type BlockSink, BlockWriter } from './block-writer.ts';
import { messageId } from './ids.ts';
import type { WireMessagesRequest } from './schema.ts';
import { endingMembers } from './stopping.ts';
import { encodeMessageUsage } from './usage.ts';

/** core → wire. Every member of the newest version is present; OpenRouter's members are added. */
export function encodeMessagesResponse(
  response: ChatResponse,
  head: ReplyHead,
  settled: SettledUsage,
  wire: WireMessagesRequest,
): JsonObject {
  const [choice] = response.choices;
  const sink = new ContentSink();
  const writer = new BlockWriter(sink, head.excludeReasoning);
  if (choice) for (const event of eventsOf(choice)) writer.push(event);
  writer.finish();
  return {
    id: messageId(head.id),
    type: 'message',
    role: 'assistant',
    model: head.model,
    content: sink.content,
    ...endingMembers(
      {
        finishReason: choice?.finishReason ?? null,
        nativeFinishReason: choice?.nativeFinishReason ?? null,
        refusal: writer.refusal,
      },
      wire,
    ),
    container: null,
    context_management: null,
    diagnostics: null,
    usage: encodeMessageUsage(settled, response.serviceTier),
    provider: head.providerName,
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}

/** A choice as the stream that it could have been, each annotation right after the text that it is about. */
function eventsOf(choice: Choice): ChatEvent[] {
  const events: ChatEvent[] = [];
  const annotations = new Set(choice.annotations);
  const isReadable = choice.reasoningDetails.some((detail) => readable(detail) !== '');
  let spare = isReadable ? '' : (choice.reasoning ?? '');
  let at = 0;
  let calls = 0;
  for (const block of blocksOf(choice)) {
    switch (block.type) {
      case 'reasoning':
        for (const detail of block.details) {
          const text = spare || readable(detail);
          spare = '';
          events.push({ type: 'reasoning-delta', choice: 0, text, details: [detail] });
        }
        break;
      case 'text': {
        events.push({ type: 'text-delta', choice: 0, text: block.text });
        const about = [...annotations].filter((annotation) => endsWithin(annotation, at, at + block.text.length));
        for (const annotation of about) annotations.delete(annotation);
        if (about.length > 0) events.push({ type: 'annotation-delta', choice: 0, annotations: about });
        at += block.text.length;
        break;
      }
      case 'tool-call': {
        const { id, name, arguments: written } = block.call;
        events.push({ type: 'tool-call-start', choice: 0, index: calls, id, name });
        events.push({ type: 'tool-call-delta', choice: 0, index: calls++, arguments: written });
      }
    }
  }
  if (choice.refusal) events.push({ type: 'refusal-delta', choice: 0, text: choice.refusal });
  for (const url of choice.images) events.push({ type: 'image-delta', choice: 0, url });
  if (choice.audio) events.push({ type: 'audio-delta', choice: 0, audio: choice.audio });
  if (annotations.size > 0) events.push({ type: 'annotation-delta', choice: 0, annotations: [...annotations] });
  return events;
}

function readable(detail: ReasoningDetail): string {
  if (detail.type === 'reasoning.text') return detail.text ?? '';
  return detail.type === 'reasoning.summary' ? detail.summary : '';
}

function endsWithin(annotation: Json, start: number, end: number): boolean {
  const cited = isJsonObject(annotation) ? objectAt(annotation, 'url_citation') : undefined;
  const last = cited && numberAt(cited, 'end_index');
  return last !== undefined && last > start && last <= end;
}

/** Collects blocks as a client of the stream does. */
class ContentSink implements BlockSink {
  readonly content: MutableJsonObject[] = [];
  #input = '';

  start(_: number, block: JsonObject): void {
    this.content.push({ ...block });
    this.#input = '';
  }

  text(_: number, text: string): void {
    const block = this.content.at(-1);
    if (block) block['text'] = (stringAt(block, 'text') ?? '') + text;
  }

  delta(_: number, delta: JsonObject): void {
    const block = this.content.at(-1);
    if (!block) return;
    const { thinking, signature, partial_json: input, citation } = delta;
    if (typeof thinking === 'string') block['thinking'] = (stringAt(block, 'thinking') ?? '') + thinking;
    if (typeof signature === 'string') block['signature'] = signature;
    if (typeof input === 'string') this.#input += input;
    if (citation !== undefined) {
      const before = block['citations'];
      block['citations'] = [...(isJsonArray(before) ? before : []), citation];
    }
  }

  stop(): void {
    const block = this.content.at(-1);
    if (block?.['type'] === 'tool_use') block['input'] = inputOf(this.#input);
  }
}

/** An input is an object; what is none is kept word for word. */
function inputOf(written: string): JsonObject {
  if (written.trim() === '') return {};
  const value = tryParseJson(written);
  return isJsonObject(value) ? value : { _raw: written };
}
