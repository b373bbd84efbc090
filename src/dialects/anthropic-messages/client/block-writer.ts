/**
 * Core events → content blocks, one open at a time and in order, as this grammar wants them. What comes for a block whose turn
 * has not come is held: pieces of parallel calls may interleave in other grammars.
 */
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { foldDetail } from '../../../core/fold.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { THINKING_FORMAT } from '../../shared/claude/thinking.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { citationOf, imageBlock, redactedBlock, TEXT, THINKING, toolUseBlock } from './blocks.ts';

/** Where blocks are written. Indexes count from 0; a block stops before the next one starts. */
export interface BlockSink {
  start(index: number, block: JsonObject): void;
  /** The most frequent piece has a door of its own. */
  text(index: number, text: string): void;
  delta(index: number, delta: JsonObject): void;
  stop(index: number): void;
}

interface Entry {
  readonly kind: 'text' | 'thinking' | 'sealed' | 'tool' | 'whole';
  readonly block: JsonObject;
  /** Pieces that wait for the block's turn; a string is text. */
  held: (string | JsonObject)[];
  /** Place among the reasoning details, of thinking that the grammar's owner signed. */
  readonly detailIndex: number | undefined;
  isSigned: boolean;
  /** Reasoning of another grammar, all of the run. */
  readonly details: ReasoningDetail[];
  /** Arguments so far. */
  written: string;
}

export class BlockWriter {
  readonly #sink: BlockSink;
  readonly #excludeReasoning: boolean;
  /** The first one is open. */
  readonly #queue: Entry[] = [];
  readonly #calls = new Map<number, Entry>();
  /** Citations that came when no text was open. */
  #late: JsonObject[] = [];
  /**
   * Signatures without readable text that came after something said: Google signs an answer at its very end. They stand before what
   * follows. Where nothing follows they are left out: a message does not end with thinking
   * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking), Claude Code takes its last block for the answer, and
   * Google does without the signature of a text that ends a turn (https://ai.google.dev/gemini-api/docs/thought-signatures).
   */
  #trailing: ReasoningDetail[] = [];
  #index = 0;
  #refusal = '';

  constructor(sink: BlockSink, excludeReasoning: boolean) {
    this.#sink = sink;
    this.#excludeReasoning = excludeReasoning;
  }

  /** What the model said instead of answering. */
  get refusal(): string {
    return this.#refusal;
  }

  push(event: ChatEvent): void {
    if ('choice' in event && event.choice !== 0) return;
    switch (event.type) {
      case 'text-delta':
        if (event.text) this.#say(this.#textEntry(), event.text);
        return;
      case 'reasoning-delta':
        this.#reason(event.text, event.details);
        return;
      case 'refusal-delta':
        this.#refusal += event.text;
        return;
      case 'tool-call-start':
        this.#calls.set(event.index, this.#append('tool', toolUseBlock(event)));
        return;
      case 'tool-call-delta':
        this.#write(event.index, event.arguments);
        return;
      case 'image-delta':
        this.#append('whole', imageBlock(event.url));
        return;
      case 'audio-delta':
        if (event.audio.transcript) this.#say(this.#textEntry(), event.audio.transcript);
        return;
      case 'annotation-delta':
        this.#cite(event.annotations);
        return;
      case 'choice-end':
        this.#closeAll();
        return;
      case 'response-start':
      case 'logprobs-delta':
      case 'usage':
      case 'error':
        return;
    }
  }

  /** Closes what is open; citations without a text get an empty one. */
  finish(): void {
    if (this.#late.length > 0) this.#append('text', TEXT);
    this.#closeAll();
  }

  // ---- pieces ----

  #textEntry(): Entry {
    const tail = this.#queue.at(-1);
    return tail?.kind === 'text' ? tail : this.#append('text', TEXT);
  }

  #reason(text: string, details: readonly ReasoningDetail[]): void {
    const others = details.filter((detail) => !isOwn(detail));
    for (const detail of details) if (isOwn(detail)) this.#thinkOwn(detail);
    if (others.length > 0) this.#thinkSealed(text, others);
    else if (details.length === 0 && text) {
      this.#thinkSealed(text, [{ type: 'reasoning.text', text, format: 'unknown' }]);
    }
  }

  #thinkOwn(detail: ReasoningDetail): void {
    if (detail.type === 'reasoning.encrypted') {
      this.#append('whole', redactedBlock(detail.data));
      return;
    }
    if (detail.type !== 'reasoning.text') return;
    const { text, signature, index } = detail;
    const tail = this.#queue.at(-1);
    // A signature closes what it signs.
    const goesOn = tail?.kind === 'thinking' && tail.detailIndex === index && !(tail.isSigned && text);
    const entry = goesOn ? tail : this.#append('thinking', THINKING, index);
    if (text && !this.#excludeReasoning) this.#say(entry, { type: 'thinking_delta', thinking: text });
    if (!signature) return;
    entry.isSigned = true;
    this.#say(entry, { type: 'signature_delta', signature });
  }

  #thinkSealed(text: string, details: readonly ReasoningDetail[]): void {
    const shown = this.#excludeReasoning ? '' : text;
    const before = this.#queue.at(-1)?.kind;
    if (!shown && before && before !== 'sealed' && before !== 'thinking') {
      for (const detail of details) foldDetail(this.#trailing, detail);
      return;
    }
    this.#placeTrailing();
    const tail = this.#queue.at(-1);
    const entry = tail?.kind === 'sealed' ? tail : this.#append('sealed', THINKING);
    for (const detail of details) foldDetail(entry.details, detail);
    if (shown) this.#say(entry, { type: 'thinking_delta', thinking: shown });
  }

  #write(call: number, text: string): void {
    const entry = this.#calls.get(call);
    // After its last brace a call says nothing more.
    if (!entry || !text || !this.#queue.includes(entry)) return;
    entry.written += text;
    this.#say(entry, { type: 'input_json_delta', partial_json: text });
    if (this.#queue.length > 1 && text.trimEnd().endsWith('}')) this.#advance();
  }

  #cite(annotations: readonly Json[]): void {
    const tail = this.#queue.at(-1);
    for (const annotation of annotations) {
      const citation = citationOf(annotation);
      if (!citation) continue;
      if (tail?.kind === 'text') this.#say(tail, { type: 'citations_delta', citation });
      else this.#late.push(citation);
    }
  }

  #say(entry: Entry, piece: string | JsonObject): void {
    if (entry === this.#queue[0]) this.#emit(piece);
    else entry.held.push(piece);
  }

  #emit(piece: string | JsonObject): void {
    if (typeof piece === 'string') this.#sink.text(this.#index, piece);
    else this.#sink.delta(this.#index, piece);
  }

  // ---- the queue ----

  #append(kind: Entry['kind'], block: JsonObject, detailIndex?: number): Entry {
    this.#placeTrailing();
    const held = kind === 'text' ? this.#late.map((citation) => ({ type: 'citations_delta', citation })) : [];
    if (kind === 'text') this.#late = [];
    const entry: Entry = { kind, block, held, detailIndex, isSigned: false, details: [], written: '' };
    this.#queue.push(entry);
    if (this.#queue.length === 1) this.#open(entry);
    else this.#advance();
    return entry;
  }

  #placeTrailing(): void {
    const details = this.#trailing;
    this.#trailing = [];
    if (details.length > 0) this.#append('sealed', THINKING).details.push(...details);
  }

  /** Closes blocks to which nothing more can come, as long as others wait. */
  #advance(): void {
    for (let head = this.#queue[0]; head && this.#queue.length > 1 && isDone(head); head = this.#queue[0])
      this.#close();
  }

  #closeAll(): void {
    while (this.#queue.length > 0) this.#close();
  }

  #open(entry: Entry): void {
    this.#sink.start(this.#index, entry.block);
    for (const piece of entry.held) this.#emit(piece);
    entry.held = [];
  }

  #close(): void {
    const head = this.#queue[0];
    if (head?.kind === 'sealed') this.#emit({ type: 'signature_delta', signature: sealReasoning(head.details) });
    this.#sink.stop(this.#index);
    this.#queue.shift();
    this.#index++;
    const next = this.#queue[0];
    if (next) this.#open(next);
  }
}

/** Signed by this grammar's owner: its signature has a field, so it needs no seal. */
function isOwn(detail: ReasoningDetail): boolean {
  return detail.format === THINKING_FORMAT && detail.type !== 'reasoning.summary';
}

/** Whether nothing more can come for a block that others follow: a call is whole where its arguments are. */
function isDone({ kind, written }: Entry): boolean {
  if (kind !== 'tool') return true;
  try {
    JSON.parse(written);
    return true;
  } catch {
    return false;
  }
}
