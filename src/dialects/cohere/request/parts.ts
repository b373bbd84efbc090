/** Content parts: text and images have parts of their own, text files are quoted; nothing holds other files, sound or video. */
import type { ChatRequest, FilePart, Part } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { quoteFile, textOfFile } from '../../shared/upstream/text-file.ts';
import { noteCacheMark } from '../../shared/upstream/unsaid.ts';

/** What of the request's content the grammar cannot carry, e.g. `application/pdf`. Empty where all of it can be said. */
export function unsayable(request: ChatRequest): readonly string[] {
  const kinds = new Set<string>();
  for (const { content } of request.messages) {
    for (const part of content) {
      if (part.type === 'audio' || part.type === 'video') kinds.add(part.type);
      else if (part.type === 'file' && !isImageFile(part) && textOfFile(part) === undefined) kinds.add(kindOf(part));
    }
  }
  return [...kinds];
}

/** Parts without what says nothing. @throws GatewayError `client.invalid_request` where `unsayable` would have listed one */
export function encodeParts(parts: readonly Part[], field: string, notes: Notebook): readonly JsonObject[] {
  return parts.flatMap((part, i) => encodePart(part, `${field}.content[${i}]`, notes));
}

export function textPart(text: string): JsonObject {
  return { type: 'text', text };
}

function encodePart(part: Part, field: string, notes: Notebook): JsonObject | readonly JsonObject[] {
  if (part.cacheControl) noteCacheMark(`${field}.cache_control`, notes);
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : textPart(part.text);
    case 'image': {
      const { source, detail } = part;
      return imagePart(source.kind === 'url' ? source.url : dataUrl(source.mediaType, source.base64), detail);
    }
    case 'file':
      return encodeFile(part, field, notes);
    case 'audio':
    case 'video':
      throw invalidRequest(field, `${part.type} content has no form in this endpoint's API.`);
  }
}

function encodeFile(part: FilePart, field: string, notes: Notebook): JsonObject {
  const { source, filename } = part;
  if (source.kind === 'data' && isImageFile(part)) {
    notes.add('part.converted', field, 'An image given as a file is sent as an image.');
    return imagePart(dataUrl(source.mediaType, source.base64), undefined);
  }
  const text = textOfFile(part);
  if (text === undefined)
    throw invalidRequest(field, `files of type ${kindOf(part)} have no form in this endpoint's API.`);
  notes.add('part.converted', field, 'A text file is quoted in its place.');
  return textPart(quoteFile(text, filename));
}

function imagePart(url: string, detail: string | undefined): JsonObject {
  return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) } };
}

function dataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}

function isImageFile({ source }: FilePart): boolean {
  return source.kind === 'data' && source.mediaType.startsWith('image/') && !source.mediaType.includes('xml');
}

function kindOf({ source }: FilePart): string {
  return source.kind === 'data' ? source.mediaType || 'an unknown type' : 'a file elsewhere';
}
