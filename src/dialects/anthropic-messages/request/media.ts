/** Content parts → blocks: text, images (URL, base64) and documents (PDF, plain text, file id). Sound and video have no block. */
import type { CacheControl, ChatRequest, FilePart, ImagePart, MediaSource, Part } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { NoteSink } from '../../shared/notebook.ts';
import type { WireCacheControl, WireContent } from '../wire-types.ts';

const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const IMAGE_EXTENSION = /\.(png|jpe?g|gif|webp)$/i;
/** Files that are text whatever their type is called: sent as plain text, which the grammar takes and PDF readers do not. */
const TEXT_TYPES =
  /^(text\/.*|application\/(json|xml|yaml|x-yaml|toml|javascript|x-javascript|typescript|x-sh|sql)|.*\+(json|xml))$/;
const TEXT_EXTENSION =
  /\.(txt|md|markdown|csv|tsv|json|jsonl|xml|html?|ya?ml|toml|ini|log|js|jsx|ts|tsx|py|rb|go|rs|java|c|h|cpp|cs|php|sh|sql|css)$/i;

/** What of the request's content this grammar cannot carry, e.g. `audio`, `image/svg+xml`. Empty where all of it can be said. */
export function unsayable(request: ChatRequest): readonly string[] {
  const kinds = new Set<string>();
  for (const message of request.messages) {
    for (const part of message.content) {
      const kind = unsayableKind(part);
      if (kind !== undefined) kinds.add(kind);
    }
  }
  return [...kinds];
}

function unsayableKind(part: Part): string | undefined {
  switch (part.type) {
    case 'text':
      return undefined;
    case 'audio':
    case 'video':
      return part.type;
    case 'image': {
      const source = toSource(part.source);
      return source.kind === 'data' && !isSayableImage(source) ? source.mediaType : undefined;
    }
    case 'file':
      return part.source.kind === 'id' || toDocument(part, toSource(part.source)) ? undefined : fileKind(part);
  }
}

function fileKind(part: FilePart): string {
  const source = part.source.kind === 'id' ? undefined : toSource(part.source);
  return source?.kind === 'data' ? source.mediaType : 'file';
}

export interface EncodedPart {
  readonly blocks: readonly WireContent[];
  readonly usesFileId: boolean;
}

/** @throws GatewayError `client.invalid_request` naming the part, where `unsayable` would have listed it */
export function encodePart(part: Part, field: string, notes: NoteSink): EncodedPart {
  const mark = toWireCache(part.cacheControl);
  switch (part.type) {
    case 'text':
      if (part.text.trim() === '') {
        if (part.text !== '') notes.add('part.dropped', field, 'Text of white space only was removed: it is refused.');
        return { blocks: [], usesFileId: false };
      }
      return { blocks: [{ type: 'text', text: part.text, ...mark }], usesFileId: false };
    case 'image':
      return { blocks: [{ ...encodeImage(part, field, notes), ...mark }], usesFileId: false };
    case 'file':
      return encodeFile(part, field, notes, mark);
    case 'audio':
    case 'video':
      throw invalidRequest(field, `${part.type} content cannot be sent to this endpoint (its API has no such block).`);
  }
}

export function toWireCache(control: CacheControl | undefined): { readonly cache_control?: WireCacheControl } {
  if (!control) return {};
  return { cache_control: { type: 'ephemeral', ...(control.ttl !== undefined && { ttl: control.ttl }) } };
}

function encodeImage(part: ImagePart, field: string, notes: NoteSink): WireContent {
  if (part.detail !== undefined && part.detail !== 'auto') {
    notes.add('parameter.dropped', `${field}.detail`, 'The endpoint has no image detail setting.');
  }
  const source = toSource(part.source);
  if (source.kind === 'url') return { type: 'image', source: { type: 'url', url: source.url } };
  if (!isSayableImage(source)) {
    throw invalidRequest(field, `images of type ${source.mediaType} are not accepted; use JPEG, PNG, GIF or WebP.`);
  }
  return { type: 'image', source: { type: 'base64', media_type: imageType(source), data: source.base64 } };
}

function encodeFile(
  part: FilePart,
  field: string,
  notes: NoteSink,
  mark: { readonly cache_control?: WireCacheControl },
): EncodedPart {
  const title = part.filename ? { title: part.filename } : {};
  if (part.source.kind === 'id') {
    const source = { type: 'file', file_id: part.source.id } as const;
    return { blocks: [{ type: 'document', source, ...title, ...mark }], usesFileId: true };
  }
  const block = toDocument(part, toSource(part.source));
  if (!block) {
    throw invalidRequest(field, `files of type ${fileKind(part)} are not accepted; use PDF, plain text or an image.`);
  }
  if (block.type === 'document' && block.source.type === 'text' && block.source.data.trim() === '') {
    notes.add('part.dropped', field, 'An empty text file was removed: it is refused.');
    return { blocks: [], usesFileId: false };
  }
  if (block.type === 'image') notes.add('part.converted', field, 'An image given as a file is sent as an image.');
  return { blocks: [{ ...block, ...(block.type === 'document' && title), ...mark }], usesFileId: false };
}

/** The block that holds a file, or undefined where none does. */
function toDocument(part: FilePart, source: MediaSource): WireContent | undefined {
  const name = part.filename ?? '';
  if (source.kind === 'url') {
    // The grammar fetches PDFs and images only; which of them it is shows in the path, if anywhere.
    const path = source.url.replace(/[?#].*$/, '');
    const isImage = IMAGE_EXTENSION.test(path) || (IMAGE_EXTENSION.test(name) && !/\.\w{2,4}$/.test(path));
    if (isImage) return { type: 'image', source: { type: 'url', url: source.url } };
    return { type: 'document', source: { type: 'url', url: source.url } };
  }
  const { mediaType, base64 } = source;
  const vague = mediaType === '' || mediaType === 'application/octet-stream';
  if (mediaType === 'application/pdf' || (vague && /\.pdf$/i.test(name)) || (vague && base64.startsWith('JVBERi0'))) {
    return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: base64 } };
  }
  if (isSayableImage(source)) {
    return { type: 'image', source: { type: 'base64', media_type: imageType(source), data: base64 } };
  }
  if (TEXT_TYPES.test(mediaType) || (vague && TEXT_EXTENSION.test(name))) {
    const text = decodeText(base64);
    return text === undefined
      ? undefined
      : { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text } };
  }
  return undefined;
}

function isSayableImage(source: Extract<MediaSource, { kind: 'data' }>): boolean {
  return IMAGE_TYPES.has(imageType(source));
}

/** `image/jpg` is no registered type and refused, but common. */
function imageType(source: Extract<MediaSource, { kind: 'data' }>): string {
  const type = source.mediaType.toLowerCase();
  return type === 'image/jpg' ? 'image/jpeg' : type;
}

/** A data URL in an `url` source is data. */
function toSource(source: MediaSource): MediaSource {
  if (source.kind === 'data' || !source.url.startsWith('data:')) return source;
  const match = /^data:([^;,]*)[^,]*;base64,/.exec(source.url) ?? /^data:([^;,]*);base64,/.exec(source.url);
  if (!match) return source;
  return { kind: 'data', mediaType: match[1] ?? '', base64: source.url.slice(match[0].length) };
}

function decodeText(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // not text after all
  }
}
