/**
 * One choice, events → parts. A call is whole in this grammar, so its arguments are held until they are; the one opaque field
 * for reasoning, `thoughtSignature`, carries Google's own signatures as they are and everybody else's details sealed, where
 * Google puts its own: on the call they led to, else on an empty text at the end
 * (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
import type { AudioOutput, FinishReason, ReasoningDetail } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { readableText } from '../../../core/fold.ts';
import { isJsonObject, type Json } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import { REASONING_FORMAT, type WirePart } from '../wire-types.ts';
import { argumentsObject } from './call-text.ts';
import { Signatures } from './signatures.ts';

export type ChoiceEvent = Extract<ChatEvent, { readonly choice: number }>;

interface HeldCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** Content that goes on while the arguments of a call before it are still coming. */
type ContentEvent = Extract<
  ChoiceEvent,
  { readonly type: 'text-delta' | 'reasoning-delta' | 'refusal-delta' | 'image-delta' | 'audio-delta' }
>;

export class ChoiceWriter {
  readonly index: number;
  /** The answer's text so far: citations count in it. */
  text = '';
  finishReason: FinishReason | null = null;
  nativeFinishReason: string | null = null;
  hasRefusal = false;
  readonly annotations: Json[] = [];
  logprobs: Json | undefined;

  readonly #showsThoughts: boolean;
  /** Calls whose arguments may still be coming, by their index. */
  readonly #calls = new Map<number, HeldCall>();
  /** Those calls and what came after them, in order. */
  #waiting: (HeldCall | ContentEvent)[] = [];
  /** An image waits for the signature that follows it in a stream. */
  #image: WirePart | undefined;
  #images = 0;
  readonly #signatures = new Signatures();
  /** Text was said since: more reasoning is another piece of it. */
  #isClosed = false;
  #transcript = '';

  constructor(index: number, showsThoughts: boolean) {
    this.index = index;
    this.#showsThoughts = showsThoughts;
  }

  /** The parts that can be said now. */
  push(event: ChoiceEvent): readonly WirePart[] {
    if (event.type === 'text-delta' && this.#isIdle()) return this.#say(event.text, event.logprobs);
    const parts: WirePart[] = [];
    this.#write(event, parts);
    return parts;
  }

  /** What is left at the end of the answer, finished or not. */
  end(): readonly WirePart[] {
    const parts: WirePart[] = [];
    this.#flush(parts);
    return parts;
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#image === undefined;
  }

  #write(event: ChoiceEvent, parts: WirePart[]): void {
    switch (event.type) {
      case 'tool-call-start': {
        const call: HeldCall = { id: event.id, name: event.name, arguments: '' };
        this.#calls.set(event.index, call);
        this.#waiting.push(call);
        return;
      }
      case 'tool-call-delta': {
        const call = this.#calls.get(event.index);
        if (call) call.arguments += event.arguments;
        return;
      }
      case 'annotation-delta':
        for (const annotation of event.annotations) this.annotations.push(annotation);
        return;
      case 'logprobs-delta':
        this.#addLogprobs(event.logprobs);
        return;
      case 'choice-end':
        this.finishReason = event.finishReason;
        this.nativeFinishReason = event.nativeFinishReason;
        this.#flush(parts);
        return;
      default:
        this.#takeContent(event, parts);
    }
  }

  #takeContent(event: ContentEvent, parts: WirePart[]): void {
    if (event.type === 'reasoning-delta' && this.#isAboutCalls(event.details)) this.#takeDetails(event.details, parts);
    else if (this.#areWhole()) {
      this.#release(parts);
      this.#writeContent(event, parts);
    } else this.#waiting.push(event);
  }

  #writeContent(event: ContentEvent, parts: WirePart[]): void {
    switch (event.type) {
      case 'reasoning-delta':
        this.#reason(event, parts);
        return;
      case 'text-delta':
        this.#flushImage(parts);
        parts.push(...this.#say(event.text, event.logprobs));
        return;
      case 'refusal-delta':
        this.hasRefusal = true;
        this.#flushImage(parts);
        parts.push(...this.#say(event.text, undefined));
        return;
      case 'image-delta':
        this.#flushImage(parts);
        this.#show(imagePart(event.url), parts);
        return;
      case 'audio-delta':
        this.#flushImage(parts);
        this.#hear(event.audio, parts);
    }
  }

  #say(text: string, logprobs: Json | undefined): readonly WirePart[] {
    if (logprobs !== undefined) this.#addLogprobs(logprobs);
    if (text === '') return [];
    this.text += text;
    this.#isClosed = true;
    return [{ text }];
  }

  #hear({ data, transcript }: AudioOutput, parts: WirePart[]): void {
    if (data) parts.push({ inlineData: { mimeType: SAMPLES, data } });
    if (transcript) this.#transcript += transcript;
  }

  #show(image: WirePart, parts: WirePart[]): void {
    this.#isClosed = true;
    const signature = this.#signatures.take(`image_${this.#images++}`);
    if (signature === undefined) this.#image = image;
    else parts.push({ ...image, thoughtSignature: signature });
  }

  #addLogprobs(logprobs: Json): void {
    this.logprobs = joined(this.logprobs, logprobs);
  }

  // ---- reasoning ----

  #reason({ text, details }: Extract<ChoiceEvent, { type: 'reasoning-delta' }>, parts: WirePart[]): void {
    if (details.some(isOwn)) {
      this.#takeDetails(details, parts);
      return;
    }
    if (this.#isClosed) this.#seal(parts);
    for (const detail of details) this.#signatures.fold(detail);
    if (details.length === 0 && text) this.#signatures.fold({ type: 'reasoning.text', text, format: 'unknown' });
    this.#showThought(text, parts);
  }

  #showThought(text: string, parts: WirePart[]): void {
    if (!text || !this.#showsThoughts) return;
    this.#flushImage(parts);
    parts.push({ text, thought: true });
  }

  #takeDetails(details: readonly ReasoningDetail[], parts: WirePart[]): void {
    for (const detail of details) {
      if (!isOwn(detail)) {
        this.#signatures.fold(detail);
        this.#showThought(readableText(detail), parts);
      } else if (detail.type === 'reasoning.encrypted') this.#sign(detail.data, detail.id ?? null, parts);
      else if (detail.type === 'reasoning.text') this.#think(detail, parts);
    }
  }

  /** A thought of Google's; where thoughts are not shown its signature is kept all the same. */
  #think(detail: Extract<ReasoningDetail, { type: 'reasoning.text' }>, parts: WirePart[]): void {
    const { text, signature } = detail;
    if (!this.#showsThoughts) {
      if (signature) this.#signatures.fold(detail);
      return;
    }
    this.#flushImage(parts);
    parts.push({ text: text ?? '', thought: true, ...(signature && { thoughtSignature: signature }) });
  }

  #sign(signature: string, id: string | null, parts: WirePart[]): void {
    if (this.#image && id === `image_${this.#images - 1}`) {
      parts.push({ ...this.#image, thoughtSignature: signature });
      this.#image = undefined;
    } else if (id !== null) this.#signatures.put(id, signature);
    else {
      this.#flushImage(parts);
      parts.push({ text: '', thoughtSignature: signature });
    }
  }

  /** Says what was reasoned so far on an empty text. */
  #seal(parts: WirePart[]): void {
    this.#isClosed = false;
    const seal = this.#signatures.takeSeal();
    if (seal === undefined) return;
    this.#flushImage(parts);
    parts.push({ text: '', thoughtSignature: seal });
  }

  // ---- calls ----

  #areWhole(): boolean {
    return [...this.#calls.values()].every((call) => isJsonObject(tryParseJson(call.arguments)));
  }

  /** Signatures of calls that are held already: they join them, whatever else is waiting. */
  #isAboutCalls(details: readonly ReasoningDetail[]): boolean {
    if (this.#calls.size === 0 || details.length === 0) return false;
    const ids = new Set([...this.#calls.values()].map(({ id }) => id));
    return details.every((detail) => isOwn(detail) && typeof detail.id === 'string' && ids.has(detail.id));
  }

  #release(parts: WirePart[]): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#calls.clear();
    for (const item of waiting) {
      if ('type' in item) this.#writeContent(item, parts);
      else this.#writeCall(item, parts);
    }
  }

  #writeCall({ id, name, arguments: text }: HeldCall, parts: WirePart[]): void {
    this.#flushImage(parts);
    const signature = this.#signatures.take(id) ?? this.#signatures.takeSeal();
    parts.push({
      functionCall: { id, name, args: argumentsObject(text) },
      ...(signature !== undefined && { thoughtSignature: signature }),
    });
    this.#isClosed = true;
  }

  #flushImage(parts: WirePart[]): void {
    if (this.#image) parts.push(this.#image);
    this.#image = undefined;
  }

  #flush(parts: WirePart[]): void {
    this.#release(parts);
    this.#flushImage(parts);
    if (this.#transcript) parts.push(...this.#say(this.#transcript, undefined));
    this.#transcript = '';
    this.#seal(parts);
    for (const signature of this.#signatures.takeRest()) parts.push({ text: '', thoughtSignature: signature });
  }
}

/** Raw samples as Google's own models speak (https://ai.google.dev/gemini-api/docs/speech-generation). */
const SAMPLES = 'audio/L16;codec=pcm;rate=24000';

const isOwn = (detail: ReasoningDetail): boolean => detail.format === REASONING_FORMAT;

function imagePart(url: string): WirePart {
  const inline = /^data:([^;,]*)(?:;[^,]*)?,(.*)$/s.exec(url);
  if (inline?.[2] !== undefined) return { inlineData: { mimeType: inline[1] || 'image/png', data: inline[2] } };
  return { fileData: { fileUri: url, mimeType: 'image/png' } };
}

function joined(before: Json | undefined, next: Json): Json {
  const content = (value: Json | undefined): readonly Json[] => {
    const list = isJsonObject(value) ? value['content'] : undefined;
    return Array.isArray(list) ? list : [];
  };
  return before === undefined ? next : { content: [...content(before), ...content(next)] };
}
