/**
 * Citations as annotations, one for each source (OpenRouter's API has two kinds): `url_citation` where the source has an
 * address, else `file_annotation`, named by the source's id. The source itself rides along by value.
 */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';

/** Where a text block begins in the answer's text, and what it says so far. */
export interface CitedBlock {
  readonly start: number;
  readonly text: string;
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
  const at = isPlain ? start : offsetOf(block.text, start);
  const to = isPlain ? end : offsetOf(block.text, end);
  return { start_index: block.start + at, end_index: block.start + to };
}

function offsetOf(text: string, codePoints: number): number {
  let at = 0;
  for (let seen = 0; seen < codePoints && at < text.length; seen++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}
