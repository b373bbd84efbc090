/**
 * The items of an answer in the order in which they began. Several may be open at once, since calls interleave; they are done in
 * their order, each as soon as it and those before it are known to be whole.
 */
import type { FinishReason, ReasoningDetail } from '../../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { OWNER_FORMAT } from '../shared/reasoning-format.ts';
import { toOwnAnnotation } from './annotation.ts';
import { CallItem } from './call-item.ts';
import type { EventLog } from './event-log.ts';
import { ImageItem } from './image-item.ts';
import { MessageItem } from './message-item.ts';
import type { ItemPlace, ItemStatus, OutputItem } from './output-item.ts';
import { ReasoningItem, type ReasoningWishes } from './reasoning-item.ts';
import { SearchItem } from './search-item.ts';
import type { ToolNames } from './tool-names.ts';

export interface OutputOptions {
  /** Null for a whole reply. */
  readonly log: EventLog | null;
  /** What all ids of this answer end with. */
  readonly idSuffix: string;
  readonly names: ToolNames;
  readonly reasoning: ReasoningWishes;
  readonly excludeReasoning: boolean;
}

interface Entry {
  readonly item: OutputItem;
  readonly index: number;
  /** Nothing more can come for it. */
  isWhole: boolean;
  /** Undefined until it is done. */
  status: ItemStatus | undefined;
}

interface HeldDetail {
  readonly detail: ReasoningDetail;
  readonly isWhole: boolean;
}

export class Output {
  readonly #options: OutputOptions;
  readonly #entries: Entry[] = [];
  readonly #ids = new Set<string>();
  readonly #calls = new Map<string, { readonly entry: Entry; readonly call: CallItem | SearchItem }>();
  /** Entries before this one are done. */
  #done = 0;
  #open: { readonly entry: Entry; readonly item: MessageItem | ReasoningItem } | undefined;
  readonly #messages: MessageItem[] = [];
  #textLength = 0;
  /** Reasoning that nobody reads, which came inside a text: it follows the text. */
  #heldDetails: HeldDetail[] = [];
  /** Annotations that came before any text. */
  #heldAnnotations: JsonObject[] = [];

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  text(text: string, logprobs?: Json): void {
    if (!text && logprobs === undefined) return;
    this.#message().addText(text, logprobs);
    this.#textLength += text.length;
  }

  refusal(text: string): void {
    if (text) this.#message().addRefusal(text);
  }

  annotate(annotations: readonly Json[]): void {
    for (const annotation of annotations.filter(isJsonObject).map(toOwnAnnotation)) {
      if (!annotation) continue;
      const start = annotation['start_index'];
      const at = typeof start === 'number' ? start : 0;
      const message = this.#messages.findLast(({ textStart }) => textStart <= at) ?? this.#messages[0];
      if (message) message.annotate(annotation);
      else this.#heldAnnotations.push(annotation);
    }
  }

  /** @param isWhole these are no fragments */
  reasoning(text: string, details: readonly ReasoningDetail[], isWhole: boolean): void {
    if (this.#options.excludeReasoning) return;
    if (details.length === 0 && text) this.#reasoningFor(undefined).addText(text);
    for (const detail of details) {
      // A text is not parted by what nobody reads.
      if (this.#open?.item instanceof MessageItem && !isReadable(detail)) this.#heldDetails.push({ detail, isWhole });
      else this.#addDetail(detail, isWhole);
    }
  }

  startCall(key: string, id: string, name: string, isCustom: boolean): void {
    const { names, idSuffix } = this.#options;
    const isSearch = names.isSearch(name);
    const prefix = isSearch ? 'tsc' : isCustom ? 'ctc' : 'fc';
    const { entry, item } = this.#begin(prefix, undefined, (place) => {
      const callId = this.#unique(id || `call_${idSuffix}_${place.index}`);
      return isSearch ? new SearchItem(place, callId) : new CallItem(place, callId, names.split(name), isCustom);
    });
    this.#calls.set(key, { entry, call: item });
  }

  writeCall(key: string, text: string): void {
    const known = this.#calls.get(key);
    // What follows a whole object is no part of it.
    if (text && known && !known.entry.isWhole) known.call.write(text);
  }

  image(url: string): void {
    const { entry } = this.#begin('ig', undefined, (place) => new ImageItem(place, url));
    entry.isWhole = true;
  }

  /** Everything that is open ends; where the answer was cut off, its last item is marked so. */
  end(finish: FinishReason | null): void {
    if (this.#heldAnnotations.length > 0) this.#message();
    while (this.#open) this.#endOpen();
    for (const entry of this.#entries) entry.isWhole = true;
    const isCut = finish === 'length' || finish === 'content_filter' || finish === 'error';
    this.#settle(isCut ? 'incomplete' : 'completed');
  }

  /** @param openStatus of items that are not done */
  items(openStatus: ItemStatus): readonly JsonObject[] {
    return this.#entries.map(({ item, status }) => item.json(status ?? openStatus));
  }

  #message(): MessageItem {
    const open = this.#open?.item;
    if (open instanceof MessageItem) return open;
    const textStart = this.#textLength;
    const { entry, item } = this.#begin('msg', undefined, (place) => new MessageItem(place, textStart));
    this.#open = { entry, item };
    this.#messages.push(item);
    const held = this.#heldAnnotations;
    this.#heldAnnotations = [];
    for (const annotation of held) item.annotate(annotation);
    return item;
  }

  #addDetail(detail: ReasoningDetail, isWhole: boolean): void {
    if (this.#options.reasoning.seal === 'never' && !isReadable(detail) && !(this.#open?.item instanceof ReasoningItem))
      return;
    this.#reasoningFor(detail).add(detail, isWhole);
  }

  #reasoningFor(detail: ReasoningDetail | undefined): ReasoningItem {
    if (this.#open?.item instanceof MessageItem) this.#endOpen();
    const open = this.#open?.item;
    if (open instanceof ReasoningItem && (!detail || open.takes(detail))) return open;
    const id = detail?.format === OWNER_FORMAT ? (detail.id ?? undefined) : undefined;
    const { entry, item } = this.#begin('rs', id, (place) => new ReasoningItem(place, this.#options.reasoning));
    this.#open = { entry, item };
    return item;
  }

  #begin<Item extends OutputItem>(
    prefix: string,
    id: string | undefined,
    create: (place: ItemPlace) => Item,
  ): { readonly entry: Entry; readonly item: Item } {
    while (this.#open) this.#endOpen();
    for (const { entry, call } of this.#calls.values()) entry.isWhole ||= call.isWhole;
    this.#settle('completed');
    const { log, idSuffix } = this.#options;
    const index = this.#entries.length;
    const item = create({ log, index, id: this.#unique(id || `${prefix}_${idSuffix}_${index}`) });
    const entry: Entry = { item, index, isWhole: false, status: undefined };
    this.#entries.push(entry);
    log?.emit('response.output_item.added', { output_index: index, item: item.json('in_progress') });
    return { entry, item };
  }

  /** What was held while a text was written is open after it. */
  #endOpen(): void {
    if (this.#open) this.#open.entry.isWhole = true;
    this.#open = undefined;
    const held = this.#heldDetails;
    this.#heldDetails = [];
    for (const { detail, isWhole } of held) this.#addDetail(detail, isWhole);
  }

  /** Tells that items are done, from the first that was not told up to one that is not whole. */
  #settle(lastStatus: ItemStatus): void {
    for (let entry = this.#entries[this.#done]; entry?.isWhole; entry = this.#entries[++this.#done]) {
      const { item, index } = entry;
      const status = index === this.#entries.length - 1 ? lastStatus : 'completed';
      entry.status = status;
      item.end();
      this.#options.log?.emit('response.output_item.done', { output_index: index, item: item.json(status) });
    }
  }

  /** Clients tell items apart by their ids, and hosts have been seen to repeat those of calls. */
  #unique(id: string): string {
    let unique = id;
    for (let n = 2; this.#ids.has(unique); n++) unique = `${id}_${n}`;
    this.#ids.add(unique);
    return unique;
  }
}

function isReadable(detail: ReasoningDetail): boolean {
  if (detail.type === 'reasoning.encrypted') return false;
  return Boolean(detail.type === 'reasoning.summary' ? detail.summary : detail.text);
}
