/** Content parts, core → wire, in the host's form. */
import type { Part } from '../../core/chat.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import type { UpstreamContext } from '../dialect.ts';
import { encodeMedia } from '../shared/openai/parts.ts';

/** A lone text as a string, anything else as a list of parts. */
export function encodeContent(parts: readonly Part[], path: string, context: UpstreamContext, notes: Note[]): Json {
  const [first] = parts;
  if (!first) return '';
  const keepsMark = context.host.quirks.cacheControl && first.cacheControl;
  if (parts.length === 1 && first.type === 'text' && !keepsMark) {
    noteCacheControl(first, `${path}[0]`, context, notes);
    return first.text;
  }
  return parts.map((part, i) => encodePart(part, `${path}[${i}]`, context, notes));
}

/** Texts as one string, for turns that many hosts take as a string only; a list where a cache mark must survive. */
export function encodeTextContent(parts: readonly Part[], path: string, context: UpstreamContext, notes: Note[]): Json {
  if (context.host.quirks.cacheControl && parts.some((part) => part.cacheControl)) {
    return parts.map((part, i) => encodePart(part, `${path}[${i}]`, context, notes));
  }
  for (const [i, part] of parts.entries()) noteCacheControl(part, `${path}[${i}]`, context, notes);
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

export function encodePart(part: Part, path: string, context: UpstreamContext, notes: Note[]): JsonObject {
  noteCacheControl(part, path, context, notes);
  const mark =
    part.cacheControl && context.host.quirks.cacheControl
      ? { cache_control: { type: 'ephemeral', ...part.cacheControl } }
      : {};
  return { ...encodeMedia(part, context.host.quirks.plainMediaUrls === true), ...mark };
}

function noteCacheControl(part: Part, path: string, context: UpstreamContext, notes: Note[]): void {
  const { quirks, providerName } = context.host;
  if (!part.cacheControl || quirks.cacheControl) return;
  notes.push({
    code: 'parameter.dropped',
    field: `${path}.cache_control`,
    message: `${providerName} caches prompts by itself`,
  });
}
