/**
 * Reads an answer piece by piece into core events. The stream decoder feeds it fragments, the whole reply its members: one
 * reading, so that both give the same answer.
 */
import type { ChatEvent } from '../../core/chat-events.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { decodeLogprobs } from '../shared/openai/logprobs.ts';
import { inventedId } from '../shared/upstream/tool-ids.ts';
import { annotationsOf, type CitedBlock, CodePoints } from './citations.ts';
import { decodeUsage } from './usage.ts';
import { planDetail, reasoningFormatOf, toFinishReason } from './wire-types.ts';

const CHOICE = 0;

interface OpenCall {
  readonly position: number;
  hasArguments: boolean;
}

interface TextBlock {
  readonly start: number;
  readonly places: CodePoints;
  text: string;
}

/** An answer has some hundreds. */
const MOST_CITATIONS = 5000;

export class MessageReader {
  readonly #format: string;
  readonly #calls = new Map<number, OpenCall>();
  readonly #texts = new Map<number, TextBlock>();
  /** The block that was opened last. */
  #lastText: TextBlock | undefined;
  /** Position among reasoning details, by the content block it came from; the plan is one too. */
  readonly #thoughts = new Map<number | 'plan', number>();
  #upstreamId: string | undefined;
  #callCount = 0;
  #citations = 0;
  #textLength = 0;

  constructor(context: UpstreamContext) {
    this.#format = reasoningFormatOf(context);
  }

  start(message: JsonObject): ChatEvent[] {
    this.#upstreamId = stringAt(message, 'id');
    return [{ type: 'response-start', ...(this.#upstreamId && { upstreamId: this.#upstreamId }) }];
  }

  /** A piece of the content block at this index: text or thinking. */
  content(index: number, piece: JsonObject, logprobs?: Json): ChatEvent[] {
    const events: ChatEvent[] = [];
    const thinking = stringAt(piece, 'thinking');
    if (thinking) {
      const at = this.#thoughtAt(index);
      const detail = { type: 'reasoning.text', text: thinking, format: this.#format, index: at } as const;
      events.push({ type: 'reasoning-delta', choice: CHOICE, text: thinking, details: [detail] });
    }
    const text = stringAt(piece, 'text');
    const chances = logprobs === undefined ? undefined : logprobsOf([logprobs]);
    if (text) {
      this.#addText(index, text);
      events.push({ type: 'text-delta', choice: CHOICE, text, ...(chances && { logprobs: chances }) });
    } else if (chances) events.push({ type: 'logprobs-delta', choice: CHOICE, logprobs: chances });
    return events;
  }

  /** What the model means to do with its tools: reasoning, and marked as what it is, so that it can go back. */
  plan(text: string): ChatEvent[] {
    if (!text) return [];
    const details = [planDetail(text, this.#thoughtAt('plan'), this.#format)];
    return [{ type: 'reasoning-delta', choice: CHOICE, text, details }];
  }

  openCall(index: number, call: JsonObject): ChatEvent[] {
    const position = this.#callCount++;
    this.#calls.set(index, { position, hasArguments: false });
    const fn = objectAt(call, 'function') ?? {};
    const id = stringAt(call, 'id') || inventedId(this.#upstreamId, CHOICE, position);
    return [
      { type: 'tool-call-start', choice: CHOICE, index: position, id, name: stringAt(fn, 'name') ?? '' },
      ...this.callArguments(index, stringAt(fn, 'arguments') ?? ''),
    ];
  }

  callArguments(index: number, text: string): ChatEvent[] {
    const call = this.#calls.get(index);
    if (!call || !text) return [];
    call.hasArguments = true;
    return [{ type: 'tool-call-delta', choice: CHOICE, index: call.position, arguments: text }];
  }

  /** A call without arguments is one of an empty object. */
  closeCall(index: number): ChatEvent[] {
    const call = this.#calls.get(index);
    this.#calls.delete(index);
    if (!call || call.hasArguments) return [];
    return [{ type: 'tool-call-delta', choice: CHOICE, index: call.position, arguments: '{}' }];
  }

  cite(citation: JsonObject): ChatEvent[] {
    if (++this.#citations > MOST_CITATIONS) return [];
    const blockAt = (index: number | undefined): CitedBlock | undefined =>
      (index === undefined ? undefined : this.#texts.get(index)) ?? this.#lastText;
    return [{ type: 'annotation-delta', choice: CHOICE, annotations: annotationsOf(citation, blockAt) }];
  }

  finish(native: string, rawUsage: JsonObject | undefined): ChatEvent[] {
    const events = [...this.#calls.keys()].flatMap((index) => this.closeCall(index));
    const finishReason = toFinishReason(native, this.#callCount > 0);
    events.push({ type: 'choice-end', choice: CHOICE, finishReason, nativeFinishReason: native });
    const usage = rawUsage && decodeUsage(rawUsage);
    if (usage) events.push({ type: 'usage', usage });
    return events;
  }

  #thoughtAt(block: number | 'plan'): number {
    const known = this.#thoughts.get(block);
    if (known !== undefined) return known;
    const at = this.#thoughts.size;
    this.#thoughts.set(block, at);
    return at;
  }

  #addText(index: number, text: string): void {
    const block = this.#texts.get(index);
    if (block) block.text += text;
    else {
      this.#lastText = { start: this.#textLength, places: new CodePoints(), text };
      this.#texts.set(index, this.#lastText);
    }
    this.#textLength += text.length;
  }
}

/** A chunk of text and the chances of its tokens; the chance of the chunk is that of all of them. */
export function logprobsOf(items: readonly Json[]): JsonObject | undefined {
  const content = items.filter(isJsonObject).map((chunk) => {
    const numbers = arrayAt(chunk, 'logprobs') ?? [];
    let logprob = 0;
    for (const number of numbers) logprob += typeof number === 'number' ? number : 0;
    return { token: stringAt(chunk, 'text') ?? '', logprob, token_ids: chunk['token_ids'] ?? [] };
  });
  return content.length > 0 ? decodeLogprobs({ content }) : undefined;
}

/** The event's index; one content block, one call: hosts that send no index mean the first. */
export function indexOf(event: JsonObject): number {
  return numberAt(event, 'index') ?? 0;
}
