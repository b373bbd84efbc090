/** Reasoning items and OpenRouter's `reasoning_details`, both ways: one item is its summaries, its text and its encryption. */
import type { ReasoningDetail } from '../../../core/chat.ts';
import { foldDetail } from '../../../core/fold.ts';
import { arrayAt, isJsonObject, type JsonObject, stringAt } from '../../../core/json.ts';
import { sealReasoning, unsealReasoning } from '../../shared/reasoning-seal.ts';
import { isPublicFormat } from './reasoning-format.ts';

/** Details of one item each: an item ends with its encryption, with another id, or with another format. */
export function groupDetails(details: readonly ReasoningDetail[]): readonly (readonly ReasoningDetail[])[] {
  const groups: ReasoningDetail[][] = [];
  let id: string | null | undefined;
  let isClosed = true;
  // Callers who collect a stream often keep its fragments apart.
  const whole: ReasoningDetail[] = [];
  for (const detail of details) foldDetail(whole, detail);
  for (const detail of whole) {
    const group = groups.at(-1);
    const isOther = Boolean(id && detail.id && detail.id !== id) || group?.[0]?.format !== detail.format;
    if (!group || isClosed || isOther) {
      groups.push([detail]);
      id = detail.id;
    } else group.push(detail);
    id ||= detail.id;
    isClosed = detail.type === 'reasoning.encrypted';
  }
  return groups.map((group) => unsealed(group) ?? group);
}

/** What was sealed is the whole item, whatever became of the texts beside it. */
function unsealed(group: readonly ReasoningDetail[]): readonly ReasoningDetail[] | undefined {
  const last = group.at(-1);
  return last?.type === 'reasoning.encrypted' ? (unsealReasoning(last.data) ?? undefined) : undefined;
}

/**
 * The encryption of an item as a detail. In a format that clients do not know the whole item is sealed under `unknown`, or they
 * would not send it back.
 */
export function encryptedDetail(item: JsonObject, about: DetailHead & { readonly format: string }): ReasoningDetail {
  const data = stringAt(item, 'encrypted_content') ?? '';
  if (isPublicFormat(about.format)) return { type: 'reasoning.encrypted', data, ...about };
  const sealed = sealReasoning(detailsOf(item, about.format));
  return { type: 'reasoning.encrypted', data: sealed, ...about, format: UNKNOWN_FORMAT };
}

interface DetailHead {
  readonly id?: string;
  readonly index: number;
}

/** What a reader's texts are called where clients do not know the format. */
export const UNKNOWN_FORMAT = 'unknown';

/** Every detail of a whole item. */
export function detailsOf(item: JsonObject, format: string): readonly ReasoningDetail[] {
  const id = stringAt(item, 'id');
  const data = stringAt(item, 'encrypted_content');
  const about = { ...(id && { id }), format };
  const details: ReasoningDetail[] = readablePartsOf(item).map(({ kind, text }) =>
    kind === 'summary'
      ? { type: 'reasoning.summary', summary: text, ...about }
      : { type: 'reasoning.text', text, ...about },
  );
  if (data) details.push({ type: 'reasoning.encrypted', data, ...about });
  return details.map((detail, index) => ({ ...detail, index }));
}

export interface ItemParts {
  readonly id: string | undefined;
  readonly format: string | undefined;
  readonly summary: readonly JsonObject[];
  readonly content: readonly JsonObject[];
  readonly encrypted: string | undefined;
  readonly signature: string | undefined;
}

/** The members of the item that these details are. */
export function partsOfItem(details: readonly ReasoningDetail[]): ItemParts {
  const summary: JsonObject[] = [];
  const content: JsonObject[] = [];
  let encrypted: string | undefined;
  let signature: string | undefined;
  for (const detail of details) {
    switch (detail.type) {
      case 'reasoning.summary':
        summary.push({ type: 'summary_text', text: detail.summary });
        break;
      case 'reasoning.text':
        if (detail.text) content.push({ type: 'reasoning_text', text: detail.text });
        signature = detail.signature ?? signature;
        break;
      case 'reasoning.encrypted':
        encrypted = detail.data;
    }
  }
  const id = details.find((detail) => detail.id)?.id ?? undefined;
  const format = details[0]?.format ?? undefined;
  return { id, format, summary, content, encrypted, signature };
}

/** What an item says beside its encryption, in the order of its parts. */
export function readablePartsOf(item: JsonObject): readonly ReadablePart[] {
  const read = (member: string, kind: ReadablePart['kind']): ReadablePart[] =>
    (arrayAt(item, member) ?? [])
      .filter(isJsonObject)
      .map((part, at) => ({ kind, at, text: stringAt(part, 'text') ?? '' }));
  return [...read('summary', 'summary'), ...read('content', 'reasoning')];
}

export interface ReadablePart {
  readonly kind: 'summary' | 'reasoning';
  /** Position among the item's parts of its kind. */
  readonly at: number;
  readonly text: string;
}
