/** Grounding and citation metadata as `url_citation` annotations (OpenRouter's API). */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';

/**
 * An answer has some hundreds of them. Passages name their sources by number, so that a few bytes of the host's become a whole
 * address here: what has no end there must have one here.
 */
const MOST_CITATIONS = 5000;
const MOST_CHARACTERS = 4096;

/** `text` is the choice's whole text: Google counts in UTF-8 bytes, the annotation in characters. */
export function decodeCitations(
  grounding: JsonObject | undefined,
  citations: readonly JsonObject[],
  text: string,
): readonly Json[] {
  const toCharacters = openByteOffsets(text);
  const found = new Map<string, Json>();
  const add = (url: string, title: string, startByte: number, endByte: number): void => {
    if (found.size >= MOST_CITATIONS || url.length > MOST_CHARACTERS) return;
    const start = toCharacters(startByte);
    const end = toCharacters(endByte);
    found.set(`${url} ${start} ${end}`, {
      type: 'url_citation',
      url_citation: { url, title: title.slice(0, MOST_CHARACTERS), start_index: start, end_index: end },
    });
  };
  if (grounding) addGrounding(grounding, add);
  for (const source of citations) {
    const url = stringAt(source, 'uri');
    if (url === undefined) continue;
    add(url, stringAt(source, 'title') ?? '', numberAt(source, 'startIndex') ?? 0, numberAt(source, 'endIndex') ?? 0);
  }
  return [...found.values()];
}

/** The list of sources in `citationMetadata`: named `citationSources` by AI Studio, `citations` by Vertex. */
export function citationSources(candidate: JsonObject): readonly JsonObject[] {
  const metadata = objectAt(candidate, 'citationMetadata');
  if (!metadata) return [];
  const sources = arrayAt(metadata, 'citationSources') ?? arrayAt(metadata, 'citations') ?? [];
  return sources.filter(isJsonObject);
}

function addGrounding(
  grounding: JsonObject,
  add: (url: string, title: string, startByte: number, endByte: number) => void,
): void {
  const sources = (arrayAt(grounding, 'groundingChunks') ?? []).map(sourceOf);
  const cited = new Set<number>();
  for (const support of arrayAt(grounding, 'groundingSupports') ?? []) {
    if (!isJsonObject(support)) continue;
    const segment = objectAt(support, 'segment') ?? {};
    for (const index of arrayAt(support, 'groundingChunkIndices') ?? []) {
      const source = typeof index === 'number' ? sources[index] : undefined;
      if (!source || typeof index !== 'number') continue;
      cited.add(index);
      add(source.url, source.title, numberAt(segment, 'startIndex') ?? 0, numberAt(segment, 'endIndex') ?? 0);
    }
  }
  // A source that no passage names is still a source of the answer.
  sources.forEach((source, index) => {
    if (source && !cited.has(index)) add(source.url, source.title, 0, 0);
  });
}

function sourceOf(entry: Json): { readonly url: string; readonly title: string } | undefined {
  if (!isJsonObject(entry)) return undefined;
  for (const kind of ['web', 'retrievedContext', 'maps', 'image'] as const) {
    const source = objectAt(entry, kind);
    const url = source && (stringAt(source, 'uri') ?? stringAt(source, 'sourceUri'));
    if (source && url) return { url, title: stringAt(source, 'title') ?? '' };
  }
  return undefined;
}

const encoder = new TextEncoder();
/** Bytes between two places whose position in characters is kept. */
const STRIDE = 1024;

/** From a position in bytes to one in characters, at the same cost wherever it is. */
function openByteOffsets(text: string): (byte: number) => number {
  let bytes: Uint8Array | undefined;
  let marks: readonly number[] = [];
  return (byte) => {
    if (byte <= 0) return 0;
    if (bytes === undefined) {
      bytes = encoder.encode(text);
      if (bytes.length > text.length) marks = marksOf(bytes);
    }
    // All ASCII: the offsets agree.
    if (bytes.length === text.length) return Math.min(byte, text.length);
    const end = Math.min(Math.trunc(byte), bytes.length);
    const mark = Math.floor(end / STRIDE);
    return (marks[mark] ?? 0) + charactersIn(bytes, mark * STRIDE, end);
  };
}

/** The position in characters of every STRIDE-th byte. */
function marksOf(bytes: Uint8Array): readonly number[] {
  const marks = [0];
  for (let at = 0; at < bytes.length; at += STRIDE) {
    marks.push((marks.at(-1) ?? 0) + charactersIn(bytes, at, Math.min(at + STRIDE, bytes.length)));
  }
  return marks;
}

/** UTF-16 units of the characters that begin there: two for those of four bytes. */
function charactersIn(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if ((byte & 0xc0) !== 0x80) count += byte >= 0xf0 ? 2 : 1;
  }
  return count;
}
