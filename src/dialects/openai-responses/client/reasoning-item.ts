/**
 * Reasoning of the answer. What the grammar's owner made is told in the item's own members. What another grammar's endpoint made
 * is told to the reader as text, and sealed as it came into `encrypted_content`, from which the next turn takes it again.
 */
import type { ReasoningDetail } from '../../../core/chat.ts';
import { foldDetail } from '../../../core/fold.ts';
import type { JsonObject } from '../../../core/json.ts';
import { isSealed, sealReasoning } from '../../shared/reasoning-seal.ts';
import { OWNER_FORMAT } from '../shared/reasoning-format.ts';
import { pieceOpening } from './event-log.ts';
import { type ItemPlace, type ItemStatus, named, type OutputItem } from './output-item.ts';

/** `always`: the caller asked for it by name; `signed`: only what could not be replayed without it. */
export type SealWish = 'always' | 'signed' | 'never';

export interface ReasoningWishes {
  readonly seal: SealWish;
  /** The caller asked for a summary, and many clients show nothing else: of another grammar's reasoning it is the text. */
  readonly asSummary: boolean;
}

interface ReadablePart {
  readonly kind: 'summary' | 'content';
  readonly at: number;
  readonly opening: string;
  text: string;
}

export class ReasoningItem implements OutputItem {
  readonly #place: ItemPlace;
  readonly #wishes: ReasoningWishes;
  readonly #details: ReasoningDetail[] = [];
  readonly #parts: ReadablePart[] = [];
  #open: ReadablePart | undefined;

  constructor(place: ItemPlace, wishes: ReasoningWishes) {
    this.#place = place;
    this.#wishes = wishes;
  }

  /** Whether this piece belongs to the item: an encryption of the whole item ends it, and what its owner made has one id. */
  takes(detail: ReasoningDetail): boolean {
    const last = this.#details.at(-1);
    if (!last) return true;
    if (isOfWholeItem(last)) return false;
    if (last.format !== OWNER_FORMAT && detail.format !== OWNER_FORMAT) return true;
    if (last.format !== detail.format) return false;
    return !last.id || !detail.id || last.id === detail.id;
  }

  /** @param isWhole it is no fragment that others complete */
  add(detail: ReasoningDetail, isWhole: boolean): void {
    const before = this.#details.length;
    if (isWhole) this.#details.push(detail);
    else foldDetail(this.#details, detail);
    const isNew = this.#details.length > before;
    if (detail.type === 'reasoning.encrypted') return;
    const text = (detail.type === 'reasoning.summary' ? detail.summary : detail.text) ?? '';
    const isSummary = detail.type === 'reasoning.summary' || (this.#wishes.asSummary && detail.format !== OWNER_FORMAT);
    if (text) this.#say(isSummary ? 'summary' : 'content', text, isNew);
  }

  /** What is for readers alone: a break between parts says nothing where the parts are told apart. */
  addText(text: string): void {
    if (this.#details.length > 0 && text.trim() === '') return;
    this.add({ type: 'reasoning.text', text, format: 'unknown' }, false);
  }

  json(status: ItemStatus): JsonObject {
    const isBegun = status === 'in_progress';
    const content = isBegun ? [] : this.#textsOf('content', 'reasoning_text');
    const encrypted = isBegun ? undefined : this.#encrypted();
    return {
      id: this.#place.id,
      type: 'reasoning',
      status,
      summary: isBegun ? [] : this.#textsOf('summary', 'summary_text'),
      ...(content.length > 0 && { content }),
      ...(encrypted !== undefined && { encrypted_content: encrypted }),
    };
  }

  end(): void {
    this.#endPart();
  }

  #textsOf(kind: ReadablePart['kind'], type: string): readonly JsonObject[] {
    return this.#parts.flatMap((part) => (part.kind === kind ? { type, text: part.text } : []));
  }

  #encrypted(): string | undefined {
    if (this.#wishes.seal === 'never') return undefined;
    const last = this.#details.at(-1);
    if (last && isOfWholeItem(last)) return last.data;
    if (this.#details.every(({ format }) => format === OWNER_FORMAT)) return undefined;
    return this.#wishes.seal === 'always' || this.#details.some(isSigned) ? sealReasoning(this.#details) : undefined;
  }

  #say(kind: ReadablePart['kind'], text: string, isNew: boolean): void {
    const last = this.#open;
    const part = last && last.kind === kind && !isNew ? last : this.#openPart(kind);
    part.text += text;
    this.#place.log?.piece(part.opening, text, '');
  }

  #openPart(kind: ReadablePart['kind']): ReadablePart {
    this.#endPart();
    const at = this.#parts.filter((part) => part.kind === kind).length;
    const type = kind === 'summary' ? 'response.reasoning_summary_text.delta' : 'response.reasoning_text.delta';
    const part: ReadablePart = { kind, at, opening: pieceOpening(type, this.#naming(kind, at)), text: '' };
    this.#parts.push(part);
    this.#open = part;
    this.#tell(part, 'added');
    return part;
  }

  #endPart(): void {
    const part = this.#open;
    this.#open = undefined;
    if (!part) return;
    const { kind, at, text } = part;
    const type = kind === 'summary' ? 'response.reasoning_summary_text.done' : 'response.reasoning_text.done';
    this.#place.log?.emit(type, { ...this.#naming(kind, at), text });
    this.#tell(part, 'done');
  }

  #tell({ kind, at, text }: ReadablePart, what: 'added' | 'done'): void {
    const isSummary = kind === 'summary';
    const type = isSummary ? `response.reasoning_summary_part.${what}` : `response.content_part.${what}`;
    const part = { type: isSummary ? 'summary_text' : 'reasoning_text', text };
    this.#place.log?.emit(type, { ...this.#naming(kind, at), part });
  }

  #naming(kind: ReadablePart['kind'], at: number): JsonObject {
    return { ...named(this.#place), [kind === 'summary' ? 'summary_index' : 'content_index']: at };
  }
}

/** What its owner encrypted, and what was sealed on its way from another host of this grammar. */
function isOfWholeItem(detail: ReasoningDetail): detail is Extract<ReasoningDetail, { type: 'reasoning.encrypted' }> {
  return detail.type === 'reasoning.encrypted' && (detail.format === OWNER_FORMAT || isSealed(detail.data));
}

function isSigned(detail: ReasoningDetail): boolean {
  return detail.type === 'reasoning.encrypted' || (detail.type === 'reasoning.text' && Boolean(detail.signature));
}
