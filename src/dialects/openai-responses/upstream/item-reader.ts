/**
 * Reads output items into core events, fragment by fragment or whole: one reading for streams and whole replies, so that both
 * give the same answer. What an item says when it is done is the truth; fragments are what of it was said already.
 */
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { isPublicFormat, reasoningFormatOf } from '../shared/reasoning-format.ts';
import { encryptedDetail, readablePartsOf, UNKNOWN_FORMAT } from '../shared/reasoning-items.ts';
import { annotationEvents, CHOICE, imageEvents, isCall, isRunByHost, logprobsOf } from './item-parts.ts';
import { isSearch } from './usage.ts';

/** What was said of one part of an item so far. */
interface Part {
  said: string;
  /** Where its text begins in the answer's. */
  readonly textStart: number;
  /** Position of its detail among all details. */
  readonly detail: number;
  annotations: number;
  hasLogprobs: boolean;
}

/** Where an event stands: the item's position, and its id where the event names it. */
export interface Place {
  readonly index: number;
  readonly id: string | undefined;
}

interface Item {
  readonly type: string;
  readonly id: string | undefined;
  readonly parts: Map<string, Part>;
  /** Whose reasoning it is: a host that is a gateway says so. */
  format: string;
  /** Position among the tool calls once the call began. */
  call: number | undefined;
  isDone: boolean;
}

export class ItemReader {
  readonly #format: string;
  readonly #items = new Map<number, Item>();
  /** The first item of an id. */
  readonly #indexById = new Map<string, number>();
  #calls = 0;
  #details = 0;
  #textLength = 0;
  #hasReasoned = false;
  #lastOpened = 0;
  /** The part that was written last: nearly always it is the next one too. */
  #lastPart: { readonly item: Item; readonly kind: PartKind; readonly at: number; readonly part: Part } | undefined;
  searches = 0;

  constructor({ host }: UpstreamContext) {
    this.#format = reasoningFormatOf(host);
  }

  get hasCalls(): boolean {
    return this.#calls > 0;
  }

  /** Whether the item at this place was read, or one of this id anywhere: some hosts change ids on their way. */
  hasRead(index: number, id: string | undefined): boolean {
    if (this.#items.has(index)) return true;
    return id !== undefined && this.#indexById.has(id);
  }

  /** The place of what an event is about: its own word, its item's, or the item that was opened last. */
  placeOf(index: number | undefined, id: string | undefined): Place {
    if (index !== undefined) return { index, id };
    return { index: (id === undefined ? undefined : this.#indexById.get(id)) ?? this.#lastOpened, id };
  }

  open({ index }: Place, wire: JsonObject): ChatEvent[] {
    this.#lastOpened = index;
    const item = this.#itemAt(index, wire);
    item.format = stringAt(wire, 'format') ?? item.format;
    return isCall(wire) ? this.#startCall(item, wire) : [];
  }

  /** A piece of a part's text, as its event names it. */
  add(place: Place, kind: PartKind, at: number, text: string, logprobs?: Json): ChatEvent[] {
    const item = this.#items.get(place.index) ?? this.#itemAt(place.index, { type: OWNERS[kind], id: place.id });
    return text ? this.#say(item, kind, at, text, logprobs) : [];
  }

  /** What a part's text is, now that it is whole: the rest of it that was not said. */
  complete(place: Place, kind: PartKind, at: number, whole: string, logprobs?: Json): ChatEvent[] {
    const item = this.#itemAt(place.index, { type: OWNERS[kind], id: place.id });
    return this.#complete(item, kind, at, whole, logprobs);
  }

  annotate({ index }: Place, at: number, annotation: Json): ChatEvent[] {
    const part = this.#partOf(this.#itemAt(index, { type: 'message' }), 'text', at);
    part.annotations++;
    return annotationEvents([annotation], part.textStart);
  }

  close({ index }: Pick<Place, 'index'>, wire: JsonObject): ChatEvent[] {
    const item = this.#itemAt(index, wire);
    if (item.isDone) return [];
    item.isDone = true;
    item.format = stringAt(wire, 'format') ?? item.format;
    switch (wire['type']) {
      case 'message':
        return this.#closeMessage(item, wire);
      case 'reasoning':
        return this.#closeReasoning(item, wire);
      case 'function_call':
        return this.#closeCall(item, wire, wire['arguments']);
      case 'custom_tool_call':
        return this.#closeCall(item, wire, wire['input']);
      case 'image_generation_call':
        return imageEvents(wire);
      default:
        // Tools that the host runs itself, its own bookkeeping, and whatever comes next: nothing a chat reply says.
        if (isSearch(wire)) this.searches++;
        return [];
    }
  }

  #itemAt(index: number, wire: JsonObject): Item {
    const known = this.#items.get(index);
    if (known) return known;
    const id = stringAt(wire, 'id');
    const type = stringAt(wire, 'type') ?? '';
    const item: Item = { type, id, parts: new Map(), format: this.#format, call: undefined, isDone: false };
    this.#items.set(index, item);
    if (id !== undefined && !this.#indexById.has(id)) this.#indexById.set(id, index);
    return item;
  }

  #partOf(item: Item, kind: PartKind, at: number): Part {
    const last = this.#lastPart;
    if (last?.item === item && last.kind === kind && last.at === at) return last.part;
    const key = `${kind}${at}`;
    const part = item.parts.get(key) ?? this.#begin(item, kind, key);
    this.#lastPart = { item, kind, at, part };
    return part;
  }

  #begin(item: Item, kind: PartKind, key: string): Part {
    const isReasoning = kind === 'summary' || kind === 'reasoning';
    const detail = isReasoning ? this.#details++ : 0;
    const part = { said: '', textStart: this.#textLength, detail, annotations: 0, hasLogprobs: false };
    item.parts.set(key, part);
    return part;
  }

  #complete(item: Item, kind: PartKind, at: number, whole: string, logprobs?: Json): ChatEvent[] {
    const said = item.parts.get(`${kind}${at}`)?.said ?? '';
    // Where the whole contradicts its pieces, these were told already and stand.
    // A shorter one is not even compared: comparing joins all its pieces.
    const rest = whole.length > said.length && whole.startsWith(said) ? whole.slice(said.length) : '';
    return rest ? this.#say(item, kind, at, rest, said ? undefined : logprobs) : [];
  }

  #say(item: Item, kind: PartKind, at: number, text: string, logprobs?: Json): ChatEvent[] {
    if (kind === 'arguments') return this.#sayArguments(item, text);
    const part = this.#partOf(item, kind, at);
    const isFirst = part.said === '';
    part.said += text;
    switch (kind) {
      case 'text': {
        this.#textLength += text.length;
        const told = logprobsOf(logprobs);
        if (told) part.hasLogprobs = true;
        return [{ type: 'text-delta', choice: CHOICE, text, ...(told && { logprobs: told }) }];
      }
      case 'refusal':
        return [{ type: 'refusal-delta', choice: CHOICE, text }];
      case 'summary':
      case 'reasoning':
        return this.#reason(item, kind, part, text, isFirst);
    }
  }

  #reason(item: Item, kind: 'summary' | 'reasoning', part: Part, text: string, isFirst: boolean): ChatEvent[] {
    const format = isPublicFormat(item.format) ? item.format : UNKNOWN_FORMAT;
    const about = { ...(item.id && { id: item.id }), format, index: part.detail };
    const detail: ReasoningDetail =
      kind === 'summary'
        ? { type: 'reasoning.summary', summary: text, ...about }
        : { type: 'reasoning.text', text, ...about };
    const events: ChatEvent[] = [];
    // For readers only: each part is a detail of its own.
    if (isFirst && this.#hasReasoned)
      events.push({ type: 'reasoning-delta', choice: CHOICE, text: '\n\n', details: [] });
    this.#hasReasoned = true;
    events.push({ type: 'reasoning-delta', choice: CHOICE, text, details: [detail] });
    return events;
  }

  #sayArguments(item: Item, text: string): ChatEvent[] {
    const part = this.#partOf(item, 'arguments', 0);
    part.said += text;
    if (item.call === undefined) return [];
    return [{ type: 'tool-call-delta', choice: CHOICE, index: item.call, arguments: text }];
  }

  /** A call begins once it has an id and a name. */
  #startCall(item: Item, wire: JsonObject): ChatEvent[] {
    const id = stringAt(wire, 'call_id') || stringAt(wire, 'id');
    const name = stringAt(wire, 'name');
    if (item.call !== undefined || !id || !name || isRunByHost(wire)) return [];
    const index = this.#calls++;
    item.call = index;
    const custom = wire['type'] === 'custom_tool_call' ? { custom: true as const } : {};
    const events: ChatEvent[] = [{ type: 'tool-call-start', choice: CHOICE, index, id, name, ...custom }];
    const early = item.parts.get('arguments0')?.said;
    if (early) events.push({ type: 'tool-call-delta', choice: CHOICE, index, arguments: early });
    return events;
  }

  #closeCall(item: Item, wire: JsonObject, written: Json | undefined): ChatEvent[] {
    const whole = typeof written === 'string' ? written : isJsonObject(written) ? JSON.stringify(written) : '';
    return [...this.#startCall(item, wire), ...this.#complete(item, 'arguments', 0, whole)];
  }

  #closeMessage(item: Item, wire: JsonObject): ChatEvent[] {
    const { content } = wire;
    if (typeof content === 'string') return this.#complete(item, 'text', 0, content);
    if (!isJsonArray(content)) return [];
    return content.flatMap((part, at) => (isJsonObject(part) ? this.#closePart(item, at, part) : []));
  }

  #closePart(item: Item, at: number, wire: JsonObject): ChatEvent[] {
    if (wire['type'] === 'refusal') return this.#complete(item, 'refusal', at, stringAt(wire, 'refusal') ?? '');
    if (wire['type'] !== 'output_text') return [];
    const events = this.#complete(item, 'text', at, stringAt(wire, 'text') ?? '', wire['logprobs']);
    const part = this.#partOf(item, 'text', at);
    const annotations = (arrayAt(wire, 'annotations') ?? []).slice(part.annotations);
    const logprobs = part.hasLogprobs ? undefined : logprobsOf(wire['logprobs']);
    if (logprobs) events.push({ type: 'logprobs-delta', choice: CHOICE, logprobs });
    return [...events, ...annotationEvents(annotations, part.textStart)];
  }

  #closeReasoning(item: Item, wire: JsonObject): ChatEvent[] {
    const events = readablePartsOf(wire).flatMap(({ kind, at, text }) => this.#complete(item, kind, at, text));
    if (!stringAt(wire, 'encrypted_content')) return events;
    // The id its text was told under: some hosts change ids on their way.
    const id = item.id ?? stringAt(wire, 'id');
    const detail = encryptedDetail(wire, { ...(id && { id }), format: item.format, index: this.#details++ });
    return [...events, { type: 'reasoning-delta', choice: CHOICE, text: '', details: [detail] }];
  }
}

export type PartKind = 'text' | 'refusal' | 'summary' | 'reasoning' | 'arguments';

/** The type of item that such a part belongs to, where no event opened it. */
const OWNERS: Readonly<Record<PartKind, string>> = {
  text: 'message',
  refusal: 'message',
  summary: 'reasoning',
  reasoning: 'reasoning',
  arguments: 'function_call',
};
