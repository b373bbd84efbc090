/** Content parts, core → wire: https://platform.openai.com/docs/api-reference/responses/create. */
import type { ChatRequest, FilePart, Part } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { urlOf } from '../../shared/openai/parts.ts';

/** What of the request's content this grammar cannot carry. */
export function unsayable(request: ChatRequest): readonly string[] {
  const hasVideo = request.messages.some(({ content }) => content.some(({ type }) => type === 'video'));
  return hasVideo ? ['video'] : [];
}

/** What a user, a developer or the system says: a lone text as a string, anything else as a list of parts. */
export function encodeContent(parts: readonly Part[], path: string, context: UpstreamContext, notes: Note[]): Json {
  const [first] = parts;
  if (!first) return '';
  const keepsMark = context.host.quirks.cacheControl && first.cacheControl;
  if (parts.length === 1 && first.type === 'text' && !keepsMark) {
    noteCacheMark(first, `${path}[0]`, context, notes);
    return first.text;
  }
  return parts.map((part, i) => encodePart(part, `${path}[${i}]`, context, notes));
}

/** @throws GatewayError `client.invalid_request` naming the part, where `unsayable` would have listed it */
export function encodePart(part: Part, path: string, context: UpstreamContext, notes: Note[]): JsonObject {
  noteCacheMark(part, path, context, notes);
  const keepsMark = part.cacheControl && context.host.quirks.cacheControl;
  const mark = keepsMark ? { cache_control: { type: 'ephemeral', ...part.cacheControl } } : {};
  return { ...encodeMedia(part, path, notes), ...mark };
}

function encodeMedia(part: Part, path: string, notes: Note[]): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', image_url: urlOf(part.source), ...(part.detail && { detail: part.detail }) };
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.base64, format: part.format } };
    case 'file':
      return encodeFile(part, path, notes);
    case 'video':
      throw invalidRequest(path, 'video cannot be sent to this endpoint (its API has no such part).');
  }
}

function encodeFile({ source, filename }: FilePart, path: string, notes: Note[]): JsonObject {
  if (source.kind === 'id') return { type: 'input_file', file_id: source.id };
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url };
  if (source.mediaType.startsWith('image/')) {
    notes.push({ code: 'part.converted', field: path, message: 'an image given as a file is sent as an image' });
    return { type: 'input_image', image_url: urlOf(source) };
  }
  // A name is wanted beside the bytes.
  return { type: 'input_file', filename: filename ?? 'document.pdf', file_data: urlOf(source) };
}

export function noteCacheMark(part: Part, path: string, context: UpstreamContext, notes: Note[]): void {
  const { quirks, providerName } = context.host;
  if (!part.cacheControl || quirks.cacheControl) return;
  notes.push({
    code: 'parameter.dropped',
    field: `${path}.cache_control`,
    message: `${providerName} caches prompts by itself`,
  });
}
