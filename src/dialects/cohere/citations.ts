/**
 * Citations as annotations, one for each source (OpenRouter's API has two kinds): `url_citation` where the source has an
 * address, else `file_annotation`, named by the source's id. The source itself rides along by value.
 */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';

/** Where a text block begins in the answer's text, and what it says so far. */
export interface CitedBlock {
  readonly start: number;
  readonly text: string;
  readonly places: CodePoints;
}

/** Code points between two places that are kept. */
const STRIDE = 1024;

/** Positions counted in code points in a text that grows, found at the same cost wherever they are. */
export class CodePoints {
  /** Where every STRIDE-th code point begins. */
  readonly #marks: number[] = [0];

  /** The position in UTF-16 units; the text's end where it is beyond. */
  unitsAt(text: string, codePoints: number): number {
    const mark = Math.min(Math.max(0, Math.floor(codePoints / STRIDE)), this.#marks.length - 1);
    let at = this.#marks[mark] ?? 0;
    for (let seen = mark * STRIDE; seen < codePoints && at < text.length; ) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      seen++;
      if (seen === this.#marks.length * STRIDE) this.#marks.push(at);
    }
    return at;
  }
}

/** @param blockAt the text block of this index; without one the citation's positions count from the answer's beginning */
export function annotationsOf(
  citation: JsonObject,
  blockAt: (index: number | undefined) => CitedBlock | undefined,
): readonly Json[] {
  const kind = stringAt(citation, 'type') ?? 'TEXT_CONTENT';
  const quote = stringAt(citation, 'text') ?? '';
  const block = kind === 'TEXT_CONTENT' ? blockAt(numberAt(citation, 'content_index')) : undefined;
  const place = placeOf(citation, quote, block);
  const sources = (arrayAt(citation, 'sources') ?? []).filter(isJsonObject);
  // A citation that names no source still says what it is about.
  return (sources.length > 0 ? sources : [{}]).map((source) => annotationOf(source, quote, place, kind));
}

interface Place {
  readonly start_index: number;
  readonly end_index: number;
}

function annotationOf(source: JsonObject, quote: string, place: Place, kind: string): Json {
  const cited = objectAt(source, 'document') ?? objectAt(source, 'tool_output') ?? {};
  const url = stringAt(cited, 'url') ?? stringAt(cited, 'link');
  // Positions in the thinking or the plan are no positions in the answer: only its own citations may look like those.
  if (kind === 'TEXT_CONTENT' && url !== undefined && /^https?:/.test(url)) {
    const title = stringAt(cited, 'title') ?? '';
    return { type: 'url_citation', url_citation: { url, title, ...place, quote, source } };
  }
  const part = kind === 'TEXT_CONTENT' ? {} : { part: kind };
  return {
    type: 'file_annotation',
    file_annotation: { file_id: stringAt(source, 'id') ?? '', quote, ...place, ...part, source },
  };
}

/** Positions are counted in characters as Python counts them: where that gives another text, surrogate pairs are the reason. */
function placeOf(citation: JsonObject, quote: string, block: CitedBlock | undefined): Place {
  const start = numberAt(citation, 'start') ?? 0;
  const end = numberAt(citation, 'end') ?? start;
  if (!block) return { start_index: start, end_index: end };
  const isPlain = block.text.slice(start, end) === quote;
  const at = isPlain ? start : block.places.unitsAt(block.text, start);
  const to = isPlain ? end : block.places.unitsAt(block.text, end);
  return { start_index: block.start + at, end_index: block.start + to };
}
