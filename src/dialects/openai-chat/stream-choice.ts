/** One choice of a stream: text, reasoning, calls and the word it ended with. */
import type { FinishReason } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { HostQuirks } from '../host.ts';
import { finishWithCalls, toFinishReason } from '../shared/openai/finish-reason.ts';
import { decodeLogprobs } from '../shared/openai/logprobs.ts';
import { audioOf, contentOf, imagesOf, reasoningOf } from './content.ts';
import { openToolCallDecoder } from './stream-tool-calls.ts';
import { openThinkSplitter, type ThinkPiece } from './think-tags.ts';

export interface ChoiceDecoder {
  readonly isFinished: boolean;
  readonly hasContent: boolean;
  readonly hasAnnotations: boolean;
  push(choice: JsonObject, upstreamId: string | undefined, events: ChatEvent[]): void;
  /** A piece of text that is all its frame says. */
  say(text: string, events: ChatEvent[]): void;
  /** What was held back, now that the stream is known to be whole. */
  flush(events: ChatEvent[]): void;
  finish(): { readonly finishReason: FinishReason; readonly nativeFinishReason: string };
}

export function openChoiceDecoder(index: number, quirks: HostQuirks): ChoiceDecoder {
  return new Choice(index, quirks);
}

class Choice implements ChoiceDecoder {
  isFinished = false;
  hasContent = false;
  hasAnnotations = false;
  #saidInDelta = false;
  readonly #index: number;
  readonly #quirks: HostQuirks;
  readonly #calls;
  readonly #thinking;
  /** Text so far, kept only where frames repeat it. */
  #seenText = '';
  #finishReason: FinishReason = 'stop';
  #nativeFinishReason: string | undefined;

  constructor(index: number, quirks: HostQuirks) {
    this.#index = index;
    this.#quirks = quirks;
    this.#calls = openToolCallDecoder(index);
    this.#thinking = quirks.thinkTags ? openThinkSplitter() : undefined;
  }

  push(choice: JsonObject, upstreamId: string | undefined, events: ChatEvent[]): void {
    const delta = objectAt(choice, 'delta');
    const message = objectAt(choice, 'message');
    const before = events.length;
    const logprobs = decodeLogprobs(choice['logprobs']);
    if (delta) this.#readDelta(delta, upstreamId, logprobs, events, this.#quirks.cumulativeStream === true);
    // A whole message after the pieces repeats them (MiniMax's last frame).
    else if (message && (this.#quirks.cumulativeStream || !this.#saidInDelta))
      this.#readDelta(message, upstreamId, logprobs, events, true);
    else if (typeof choice['text'] === 'string') this.#readText(choice['text'], logprobs, events);
    else if (logprobs !== undefined) events.push({ type: 'logprobs-delta', choice: this.#index, logprobs });
    if (events.length > before) this.hasContent = true;
    if (events.length > before && delta) this.#saidInDelta = true;
    const native = stringAt(choice, 'finish_reason');
    // Some hosts send '' until the end, and some name the reason twice: the last word counts.
    if (!native) return;
    this.isFinished = true;
    this.#finishReason = toFinishReason(native);
    this.#nativeFinishReason = stringAt(choice, 'native_finish_reason') ?? native;
  }

  say(text: string, events: ChatEvent[]): void {
    const before = events.length;
    this.#readText(text, undefined, events);
    if (events.length > before) this.hasContent = this.#saidInDelta = true;
  }

  flush(events: ChatEvent[]): void {
    if (this.#thinking) this.#pushPieces(this.#thinking.end(), undefined, events);
    this.#calls.flush(events);
  }

  finish(): { readonly finishReason: FinishReason; readonly nativeFinishReason: string } {
    const finishReason = finishWithCalls(this.#finishReason, this.#calls.count > 0);
    return { finishReason, nativeFinishReason: this.#nativeFinishReason ?? finishReason };
  }

  #readDelta(
    delta: JsonObject,
    upstreamId: string | undefined,
    logprobs: Json | undefined,
    events: ChatEvent[],
    isCumulative: boolean,
  ): void {
    const choice = this.#index;
    const content = contentOf(delta['content']);
    const reasoning = reasoningOf(delta, content.thinking, this.#quirks.reasoningFormat ?? 'unknown');
    if (reasoning) events.push({ type: 'reasoning-delta', choice, ...reasoning });
    const text = isCumulative ? this.#newPart(content.text) : content.text;
    if (text) this.#readText(text, logprobs, events);
    else if (logprobs !== undefined) events.push({ type: 'logprobs-delta', choice, logprobs });
    const refusal = stringAt(delta, 'refusal');
    if (refusal) events.push({ type: 'refusal-delta', choice, text: refusal });
    for (const url of content.images) events.push({ type: 'image-delta', choice, url });
    for (const url of imagesOf(delta)) events.push({ type: 'image-delta', choice, url });
    const audio = audioOf(delta);
    if (audio) events.push({ type: 'audio-delta', choice, audio });
    const annotations = arrayAt(delta, 'annotations') ?? [];
    if (annotations.length > 0) {
      this.hasAnnotations = true;
      events.push({ type: 'annotation-delta', choice, annotations });
    }
    this.#readCalls(delta, upstreamId, events);
  }

  #readText(text: string, logprobs: Json | undefined, events: ChatEvent[]): void {
    if (this.#thinking) this.#pushPieces(this.#thinking.push(text), logprobs, events);
    else events.push({ type: 'text-delta', choice: this.#index, text, ...(logprobs !== undefined && { logprobs }) });
  }

  #pushPieces(pieces: readonly ThinkPiece[], logprobs: Json | undefined, events: ChatEvent[]): void {
    const choice = this.#index;
    for (const { kind, text } of pieces) {
      if (kind === 'text') events.push({ type: 'text-delta', choice, text });
      else {
        const format = this.#quirks.reasoningFormat ?? 'unknown';
        events.push({
          type: 'reasoning-delta',
          choice,
          text,
          details: [{ type: 'reasoning.text', text, format, index: 0 }],
        });
      }
    }
    if (logprobs !== undefined) events.push({ type: 'logprobs-delta', choice, logprobs });
  }

  #newPart(whole: string): string {
    const isMore = whole.startsWith(this.#seenText);
    const part = isMore ? whole.slice(this.#seenText.length) : whole;
    this.#seenText = isMore ? whole : this.#seenText + whole;
    return part;
  }

  #readCalls(delta: JsonObject, upstreamId: string | undefined, events: ChatEvent[]): void {
    const { tool_calls: wire, function_call: legacy } = delta;
    // Cohere's relatives send one call as an object instead of a list.
    const calls = Array.isArray(wire) ? wire : isJsonObject(wire) ? [wire] : [];
    for (const call of calls) if (isJsonObject(call)) this.#calls.push(call, upstreamId, events);
    if (calls.length === 0 && isJsonObject(legacy)) {
      this.#calls.push({ index: 0, function: legacy }, upstreamId, events);
    }
  }
}
