/** Content parts, wire → core. */
import type { CacheControl, Part } from '../../core/chat.ts';
import type { Note } from '../../core/note.ts';
import { decodeAudio, decodeFile, decodeImageUrl, decodeUrl } from '../shared/client/media-source.ts';
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

export function decodeCacheControl(
  wire: { readonly ttl?: '5m' | '1h' | null | undefined } | null | undefined,
): CacheControl | undefined {
  if (!wire) return undefined;
  return wire.ttl ? { ttl: wire.ttl } : {};
}
