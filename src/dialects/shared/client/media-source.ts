/** Where media are and what they are, as OpenAI's grammars and their relatives write them: addresses, data URLs, bare base64. */
import type { AudioPart, FilePart, ImagePart, MediaSource } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';

export function decodeImageUrl(url: string, path: string): ImagePart {
  return { type: 'image', source: decodeUrl(url, path, 'image/png') };
}

const BASE64 = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;

/** `http(s):`, `gs:` and the like stay addresses; `data:` and bare base64 become data. */
export function decodeUrl(url: string, path: string, bareMediaType: string): MediaSource {
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

export function decodeAudio(
  audio: string | { readonly data: string; readonly format?: string | null | undefined },
  path: string,
): AudioPart {
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

export interface WireFile {
  readonly filename?: string | null | undefined;
  readonly file_data?: string | null | undefined;
  readonly file_id?: string | null | undefined;
  readonly file_url?: string | null | undefined;
}

export function decodeFile(file: WireFile, path: string): FilePart {
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
