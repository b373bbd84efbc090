/**
 * `url_citation` annotations (OpenRouter's API) as grounding metadata (https://ai.google.dev/gemini-api/docs/google-search):
 * the sources once each, and which passages of the text stand on which. Google counts in UTF-8 bytes, annotations in characters.
 */
import { isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';

export function encodeGrounding(annotations: readonly Json[], text: string): JsonObject | undefined {
  const sources = new Map<string, number>();
  const chunks: JsonObject[] = [];
  const supports: JsonObject[] = [];
  for (const annotation of annotations) {
    const citation = isJsonObject(annotation) ? objectAt(annotation, 'url_citation') : undefined;
    const uri = citation && stringAt(citation, 'url');
    if (!citation || uri === undefined) continue;
    const at = sources.get(uri) ?? chunks.length;
    if (at === chunks.length) {
      sources.set(uri, at);
      chunks.push({ web: { uri, title: stringAt(citation, 'title') ?? '' } });
    }
    const start = numberAt(citation, 'start_index') ?? 0;
    const end = numberAt(citation, 'end_index') ?? 0;
    if (end > start) supports.push({ segment: segmentOf(text, start, end), groundingChunkIndices: [at] });
  }
  if (chunks.length === 0) return undefined;
  return { groundingChunks: chunks, ...(supports.length > 0 && { groundingSupports: supports }) };
}

function segmentOf(text: string, start: number, end: number): JsonObject {
  const before = bytesOf(text.slice(0, start));
  const cited = text.slice(start, end);
  return { startIndex: before, endIndex: before + bytesOf(cited), text: cited };
}

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;
