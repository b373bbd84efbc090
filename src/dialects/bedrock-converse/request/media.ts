/**
 * Content parts → blocks. Bytes go inline only: an address would have to be fetched first, and one in S3 would be read with the
 * operator's own rights, so those endpoints are passed over.
 */
import type { AudioPart, ChatRequest, FilePart, MediaSource, Part } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { textOfFile } from '../../shared/upstream/text-file.ts';
import type { WireAudio, WireContent } from '../wire-types.ts';

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
};
const VIDEO_FORMATS: Readonly<Record<string, string>> = {
  'video/x-matroska': 'mkv',
  'video/quicktime': 'mov',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/x-flv': 'flv',
  'video/mpeg': 'mpeg',
  'video/mpg': 'mpg',
  'video/x-ms-wmv': 'wmv',
  'video/wmv': 'wmv',
  'video/3gpp': 'three_gp',
};
const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
};
const DOCUMENT_EXTENSION = /\.(pdf|csv|docx?|xlsx?|html|md|txt)$/i;
const AUDIO_FORMATS: ReadonlySet<string> = new Set(
  ['mp3', 'opus', 'wav', 'aac', 'flac', 'mp4', 'ogg', 'mkv', 'mka', 'x-aac', 'm4a', 'mpeg', 'mpga', 'pcm', 'webm'], //
);

interface Data {
  readonly mediaType: string;
  readonly base64: string;
}

/** What of the request's content cannot be sent, e.g. `images by address`, `image/svg+xml`. Empty where all of it can. */
export function unsayable(request: ChatRequest): readonly string[] {
  const kinds = new Set<string>();
  for (const { content } of request.messages) {
    for (const part of content) {
      const made = toBlock(part, '');
      if (typeof made === 'string') kinds.add(made);
    }
  }
  return [...kinds];
}

/** Numbers the documents of one request. */
export interface DocumentNames {
  next(): string;
}

/** Neutral, since the model may read a name as an instruction; unique, since equal names are refused. */
export function openDocumentNames(): DocumentNames {
  let count = 0;
  return { next: () => `document-${++count}` };
}

/**
 * Undefined where nothing is left to send.
 * @throws GatewayError `client.invalid_request` naming the part, where `unsayable` would have listed it
 */
export function encodePart(part: Part, field: string, names: DocumentNames, notes: Notebook): WireContent | undefined {
  if (part.type === 'text') {
    if (part.text.trim() !== '') return { text: part.text };
    if (part.text !== '') notes.add('part.dropped', field, 'Text of white space only was removed: it is refused.');
    return undefined;
  }
  const block = toBlock(part, '');
  if (typeof block === 'string') throw invalidRequest(field, `${block} cannot be sent to this endpoint.`);
  if (part.type === 'image' && part.detail !== undefined && part.detail !== 'auto') {
    notes.add('parameter.dropped', `${field}.detail`, 'The endpoint has no image detail setting.');
  }
  if (!('document' in block)) return block;
  if (part.type === 'file' && part.filename) {
    notes.add('parameter.dropped', `${field}.file.filename`, 'Files are sent under a neutral name, not their own.');
  }
  if (block.document.source.bytes === '') {
    notes.add('part.dropped', field, 'An empty file was removed: it is refused.');
    return undefined;
  }
  return { document: { ...block.document, name: names.next() } };
}

/** The block that holds a part, or what cannot be sent, in words. */
function toBlock(part: Part, name: string): WireContent | string {
  switch (part.type) {
    case 'text':
      return { text: part.text };
    case 'audio':
      return toAudio(part);
    case 'image': {
      const data = dataOf(part.source);
      return data ? (toMedia(data) ?? data.mediaType) : 'images by address';
    }
    case 'video': {
      const data = dataOf(part.source);
      return data ? (toMedia(data) ?? data.mediaType) : 'videos by address';
    }
    case 'file': {
      if (part.source.kind === 'id') return 'files by id';
      const data = dataOf(part.source);
      if (!data) return 'files by address';
      return toMedia(data) ?? toDocument(part, data, name) ?? (data.mediaType || 'files of an unknown type');
    }
  }
}

function toAudio({ base64, format }: AudioPart): WireAudio | string {
  const name = format.toLowerCase() === 'pcm16' ? 'pcm' : format.toLowerCase();
  return AUDIO_FORMATS.has(name) ? { audio: { format: name, source: { bytes: base64 } } } : `audio/${format}`;
}

function toMedia({ mediaType, base64 }: Data): WireContent | undefined {
  const source = { bytes: base64 };
  const image = IMAGE_FORMATS[mediaType];
  if (image) return { image: { format: image, source } };
  const video = VIDEO_FORMATS[mediaType];
  return video ? { video: { format: video, source } } : undefined;
}

function toDocument(part: FilePart, { mediaType, base64 }: Data, name: string): WireContent | undefined {
  const format = documentFormat(part, mediaType, base64);
  return format === undefined ? undefined : { document: { format, name, source: { bytes: base64 } } };
}

function documentFormat(part: FilePart, mediaType: string, base64: string): string | undefined {
  const known = DOCUMENT_FORMATS[mediaType];
  if (known) return known;
  const isVague = mediaType === '' || mediaType === 'application/octet-stream';
  const extension = isVague ? DOCUMENT_EXTENSION.exec(part.filename ?? '')?.[1]?.toLowerCase() : undefined;
  if (extension) return extension;
  if (isVague && base64.startsWith('JVBERi0')) return 'pdf';
  // Source code, JSON and the like are text, whatever their type is called.
  return textOfFile(part) === undefined ? undefined : 'txt';
}

/** A data URL in an `url` source is data; undefined for addresses. */
function dataOf(source: MediaSource): Data | undefined {
  if (source.kind === 'data') return { mediaType: source.mediaType.toLowerCase(), base64: source.base64 };
  const match = /^data:([^;,]*)(?:;[^;,]*)*;base64,/.exec(source.url);
  return match ? { mediaType: (match[1] ?? '').toLowerCase(), base64: source.url.slice(match[0].length) } : undefined;
}
