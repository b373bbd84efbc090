/** Grounding and citation metadata as `url_citation` annotations (OpenRouter's API). */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';

/** `text` is the choice's whole text: Google counts in UTF-8 bytes, the annotation in characters. */
export function decodeCitations(
  grounding: JsonObject | undefined,
  citations: readonly JsonObject[],
  text: string,
): readonly Json[] {
  const toCharacters = openByteOffsets(text);
  const found = new Map<string, Json>();
  const add = (url: string, title: string, startByte: number, endByte: number): void => {
    const start = toCharacters(startByte);
    const end = toCharacters(endByte);
    found.set(`${url} ${start} ${end}`, {
      type: 'url_citation',
      url_citation: { url, title, start_index: start, end_index: end },
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
const decoder = new TextDecoder();

function openByteOffsets(text: string): (byte: number) => number {
  let bytes: Uint8Array | undefined;
  return (byte) => {
    if (byte <= 0) return 0;
    bytes ??= encoder.encode(text);
    // All ASCII: the offsets agree.
    if (bytes.length === text.length) return Math.min(byte, text.length);
    return decoder.decode(bytes.subarray(0, byte)).length;
  };
}
