/** Content parts, wire → core. */
import type { CacheControl, FilePart, ImagePart, MediaSource, Part } from '../../core/chat.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { Note } from '../../core/note.ts';
import type { WirePart } from './wire-types.ts';

/** A string, a list of parts or nothing as parts. Reasoning and refusals inside the content are told by the message. */
export function decodeParts(
  content: string | readonly WirePart[] | null | undefined,
  path: string,
  notes: Note[],
): readonly Part[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.flatMap((part, i) => decodePart(part, `${path}[${i}]`, notes) ?? []);
}

function decodePart(part: WirePart, path: string, notes: Note[]): Part | undefined {
  const decoded = decodeMedia(part, path, notes);
  if (!decoded || !('cache_control' in part)) return decoded;
  const cacheControl = decodeCacheControl(part.cache_control);
  return cacheControl ? { ...decoded, cacheControl } : decoded;
}

function decodeMedia(part: WirePart, path: string, notes: Note[]): Part | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image_url': {
      if (typeof part.image_url === 'string') return decodeImageUrl(part.image_url, `${path}.image_url`);
      const { url, detail } = part.image_url;
      return { ...decodeImageUrl(url, `${path}.image_url.url`), ...(detail && { detail }) };
    }
    case 'input_audio':
      return decodeAudio(part.input_audio, path);
    case 'video_url':
      return { type: 'video', source: decodeUrl(urlOf(part.video_url), `${path}.video_url.url`, 'video/mp4') };
    case 'input_video':
      return {
        type: 'video',
        source: decodeUrl(urlOf(part.video_url ?? part.input_video ?? ''), `${path}.video_url.url`, 'video/mp4'),
      };
    case 'file':
      return decodeFile(part.file, `${path}.file`);
    case 'document_url':
      return {
        type: 'file',
        source: decodeUrl(part.document_url, `${path}.document_url`, 'application/pdf'),
        ...(part.document_name && { filename: part.document_name }),
      };
    case 'refusal':
    case 'thinking':
      return undefined;
    case 'reference':
      notes.push({ code: 'part.dropped', field: path, message: 'references of an earlier answer carry no text' });
      return undefined;
  }
}

function urlOf(video: string | { readonly url: string }): string {
  return typeof video === 'string' ? video : video.url;
}

export function decodeImageUrl(url: string, path: string): ImagePart {
  return { type: 'image', source: decodeUrl(url, path, 'image/png') };
}

const BASE64 = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;

/** `http(s):`, `gs:` and the like stay addresses; `data:` and bare base64 become data. */
function decodeUrl(url: string, path: string, bareMediaType: string): MediaSource {
  if (url.startsWith('data:')) return decodeDataUrl(url, path);
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(url)) return { kind: 'url', url };
  // Bounded look: the whole of a large image need not be scanned to tell base64 from a mistake.
  if (BASE64.test(url.length > 64 ? url.slice(0, 64) : url)) {
    return { kind: 'data', mediaType: bareMediaType, base64: url };
  }
  throw invalidRequest(path, 'expected an http(s) URL or a data URL (data:<type>;base64,…)');
}

function decodeDataUrl(url: string, path: string): MediaSource {
  const comma = url.indexOf(',');
  const head = comma < 0 ? '' : url.slice('data:'.length, comma);
  const [mediaType = '', ...parameters] = head.split(';');
  if (!parameters.some((parameter) => parameter.trim() === 'base64')) {
    throw invalidRequest(path, 'a data URL must be base64: data:<type>;base64,…');
  }
  return { kind: 'data', mediaType: mediaType || 'application/octet-stream', base64: url.slice(comma + 1) };
}

function decodeAudio(
  audio: string | { readonly data: string; readonly format?: string | null | undefined },
  path: string,
): Part {
  const data = typeof audio === 'string' ? audio : audio.data;
  const format = typeof audio === 'string' ? undefined : audio.format;
  if (data.startsWith('data:')) {
    const source = decodeDataUrl(data, `${path}.input_audio.data`);
    if (source.kind === 'data') {
      return { type: 'audio', base64: source.base64, format: format ?? audioFormatOf(source.base64) };
    }
  }
  if (/^https?:/.test(data)) {
    throw invalidRequest(`${path}.input_audio.data`, 'audio is taken as base64 only, not by URL');
  }
  return { type: 'audio', base64: data, format: format ?? audioFormatOf(data) };
}

/** The first bytes of a sound file tell its format; base64 keeps them recognisable. */
function audioFormatOf(base64: string): string {
  if (base64.startsWith('UklGR')) return 'wav';
  if (base64.startsWith('ZkxhQ')) return 'flac';
  if (base64.startsWith('T2dnUw')) return 'ogg';
  return 'mp3';
}

interface WireFile {
  readonly filename?: string | null | undefined;
  readonly file_data?: string | null | undefined;
  readonly file_id?: string | null | undefined;
  readonly file_url?: string | null | undefined;
}

function decodeFile(file: WireFile, path: string): FilePart {
  const { filename, file_data: data, file_id: id, file_url: url } = file;
  const named = filename ? { filename } : {};
  if (data) {
    return { type: 'file', source: decodeUrl(data, `${path}.file_data`, mediaTypeOf(filename)), ...named };
  }
  if (url) return { type: 'file', source: decodeUrl(url, `${path}.file_url`, mediaTypeOf(filename)), ...named };
  return { type: 'file', source: { kind: 'id', id: id ?? '' }, ...named };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
};

/** For files sent as bare base64: OpenAI's older form, whose only hint is the name. */
function mediaTypeOf(filename: string | null | undefined): string {
  const extension = filename?.split('.').at(-1)?.toLowerCase() ?? '';
  return MEDIA_TYPES[extension] ?? 'application/pdf';
}

export function decodeCacheControl(
  wire: { readonly ttl?: '5m' | '1h' | null | undefined } | null | undefined,
): CacheControl | undefined {
  if (!wire) return undefined;
  return wire.ttl ? { ttl: wire.ttl } : {};
}
