/** Content blocks as they begin, before their first piece. */
import type { ToolCall } from '../../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';

export const TEXT: JsonObject = { type: 'text', text: '', citations: null };
export const THINKING: JsonObject = { type: 'thinking', thinking: '', signature: '' };

export function redactedBlock(data: string): JsonObject {
  return { type: 'redacted_thinking', data };
}

export function toolUseBlock({ id, name }: Pick<ToolCall, 'id' | 'name'>): JsonObject {
  return { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } };
}

/** The grammar has images in what it is sent only; a client that sends the turn back is understood. */
export function imageBlock(url: string): JsonObject {
  const data = /^data:([^;,]*)[^,]*;base64,/.exec(url);
  const source: JsonObject = data
    ? { type: 'base64', media_type: data[1] || 'image/png', data: url.slice(data[0].length) }
    : { type: 'url', url };
  return { type: 'image', source };
}

/** A citation of the grammar for an annotation of a web page; undefined where it is of something else. */
export function citationOf(annotation: Json): JsonObject | undefined {
  if (!isJsonObject(annotation)) return undefined;
  const cited = objectAt(annotation, 'url_citation');
  const url = cited && stringAt(cited, 'url');
  if (!cited || url === undefined) return undefined;
  return {
    type: 'web_search_result_location',
    url,
    title: stringAt(cited, 'title') || null,
    cited_text: stringAt(cited, 'content') ?? '',
    encrypted_index: '',
  };
}
