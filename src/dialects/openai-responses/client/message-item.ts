/** A message of the answer: text with its citations and log probabilities, and a refusal. */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, stringAt } from '../../../core/json.ts';
import { pieceOpening } from './event-log.ts';
import { type ItemPlace, type ItemStatus, named, type OutputItem } from './output-item.ts';

interface ContentPart {
  readonly kind: 'output_text' | 'refusal';
  readonly at: number;
  readonly opening: string;
  text: string;
  isEnded: boolean;
  readonly annotations: JsonObject[];
  readonly logprobs: JsonObject[];
}

const NO_LOGPROBS = ',"logprobs":[]';

export class MessageItem implements OutputItem {
  /** Where its text begins in the answer's. */
  readonly textStart: number;
  readonly #place: ItemPlace;
  readonly #parts: ContentPart[] = [];

  constructor(place: ItemPlace, textStart: number) {
    this.#place = place;
    this.textStart = textStart;
  }

  addText(text: string, logprobs: Json | undefined): void {
    const part = this.#partOf('output_text');
    part.text += text;
    if (logprobs === undefined) {
      this.#place.log?.piece(part.opening, text, NO_LOGPROBS);
      return;
    }
    const tokens = tokensOf(logprobs);
    for (const token of tokens) part.logprobs.push(token);
    this.#place.log?.piece(part.opening, text, `,"logprobs":${JSON.stringify(tokens)}`);
  }

  addRefusal(text: string): void {
    const part = this.#partOf('refusal');
    part.text += text;
    this.#place.log?.piece(part.opening, text, '');
  }

  /** Late ones are told too: they name their part, which may have ended. */
  annotate(annotation: JsonObject): void {
    const part = this.#parts.findLast(({ kind }) => kind === 'output_text') ?? this.#partOf('output_text');
    const own = shifted(annotation, this.textStart);
    this.#emit('response.output_text.annotation.added', part, {
      annotation_index: part.annotations.length,
      annotation: own,
    });
    part.annotations.push(own);
  }

  json(status: ItemStatus): JsonObject {
    const content = status === 'in_progress' ? [] : this.#parts.map(partJson);
    return { id: this.#place.id, type: 'message', status, role: 'assistant', content };
  }

  end(): void {
    for (const part of this.#parts) this.#end(part);
  }

  /** The part at hand if it is of this kind, else a new one. */
  #partOf(kind: ContentPart['kind']): ContentPart {
    const last = this.#parts.at(-1);
    if (last?.kind === kind && !last.isEnded) return last;
    if (last) this.#end(last);
    const at = this.#parts.length;
    const about = { ...named(this.#place), content_index: at };
    const opening = pieceOpening(`response.${kind}.delta`, about);
    const part: ContentPart = { kind, at, opening, text: '', isEnded: false, annotations: [], logprobs: [] };
    this.#parts.push(part);
    this.#emit('response.content_part.added', part, { part: partJson(part) });
    return part;
  }

  #end(part: ContentPart): void {
    if (part.isEnded) return;
    part.isEnded = true;
    const { kind, text, logprobs } = part;
    if (kind === 'refusal') this.#emit('response.refusal.done', part, { refusal: text });
    else this.#emit('response.output_text.done', part, { text, logprobs });
    this.#emit('response.content_part.done', part, { part: partJson(part) });
  }

  #emit(type: string, { at }: ContentPart, members: JsonObject): void {
    this.#place.log?.emit(type, { ...named(this.#place), content_index: at, ...members });
  }
}

function partJson({ kind, text, annotations, logprobs }: ContentPart): JsonObject {
  if (kind === 'refusal') return { type: 'refusal', refusal: text };
  return { type: 'output_text', text, annotations: [...annotations], logprobs: [...logprobs] };
}

/** Chat's log probabilities as this grammar's list of tokens: every member is there, and bytes are a list. */
function tokensOf(logprobs: Json): readonly JsonObject[] {
  const content = isJsonObject(logprobs) ? (arrayAt(logprobs, 'content') ?? []) : [];
  return content.filter(isJsonObject).map((token) => ({
    ...tokenJson(token),
    top_logprobs: (arrayAt(token, 'top_logprobs') ?? []).filter(isJsonObject).map(tokenJson),
  }));
}

function tokenJson(token: JsonObject): JsonObject {
  return {
    token: stringAt(token, 'token') ?? '',
    logprob: numberAt(token, 'logprob') ?? 0,
    bytes: arrayAt(token, 'bytes') ?? [],
  };
}

/** Positions of a part are its own; those of the core are the whole answer's. */
function shifted(annotation: JsonObject, textStart: number): JsonObject {
  const own: Record<string, Json | undefined> = { ...annotation };
  for (const member of ['start_index', 'end_index']) {
    const at = numberAt(annotation, member);
    if (at !== undefined) own[member] = Math.max(0, at - textStart);
  }
  return own;
}
