/** Content parts of messages and tool results, wire → core. */
import type { CacheControl, Part } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { decodeAudio, decodeFile, decodeImageUrl, decodeUrl } from '../../shared/client/media-source.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { isKnownPart, type WirePart, type WireUnknown } from '../wire-types.ts';

type WireContent = string | readonly (WirePart | WireUnknown)[] | null | undefined;

/** A string, a list of parts or nothing as parts. A refusal is told by the message (`refusalIn`). */
export function decodeParts(content: WireContent, path: string, notes: Notebook): readonly Part[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.flatMap((part, i) => decodePart(part, `${path}[${i}]`, notes) ?? []);
}

/** The texts of an assistant's refusal. */
export function refusalIn(content: WireContent): string {
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isKnownPart(part) && part.type === 'refusal' ? part.refusal : '')).join('');
}

function decodePart(part: WirePart | WireUnknown, path: string, notes: Notebook): Part | undefined {
  if (!isKnownPart(part)) {
    // Content is never dropped: where the grammar is not relayed, nobody could say this.
    throw invalidRequest(
      `${path}.type`,
      `"${part.type.slice(0, 64)}" can be sent only to a provider of this API's own grammar; accepted elsewhere: "input_text", "output_text", "refusal", "input_image", "input_file", "input_audio", "input_video"`,
    );
  }
  const decoded = decodeKnown(part, path, notes);
  const cacheControl = cacheControlOf(part);
  return decoded && cacheControl ? { ...decoded, cacheControl } : decoded;
}

function decodeKnown(part: WirePart, path: string, notes: Notebook): Part | undefined {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text':
      return part.text === '' ? undefined : { type: 'text', text: part.text };
    case 'refusal':
      return undefined;
    case 'input_image': {
      const { detail, image_url: url, file_id: id } = part;
      if (url) return { ...decodeImageUrl(url, `${path}.image_url`), ...(detail && detail !== 'auto' && { detail }) };
      if (!id)
        throw invalidRequest(`${path}.image_url`, 'required: an http(s) URL or a data URL, or send file_id instead');
      notes.once('image-id', 'part.converted', path, 'an image by file id is told as a file');
      return { type: 'file', source: { kind: 'id', id } };
    }
    case 'input_file':
      if (!part.file_data && !part.file_url && !part.file_id) {
        throw invalidRequest(`${path}.file_data`, 'required: a data URL, or send file_url or file_id instead');
      }
      return decodeFile(part, path);
    case 'input_audio':
      return decodeAudio(part.input_audio, path);
    case 'input_video':
      return { type: 'video', source: decodeUrl(part.video_url, `${path}.video_url`, 'video/mp4') };
  }
}

/** Both ways of this API to mark what is to be cached; lives are not translated between them (OpenRouter's API). */
function cacheControlOf(part: WirePart): CacheControl | undefined {
  if (!('cache_control' in part) && !('prompt_cache_breakpoint' in part)) return undefined;
  const { cache_control: mark, prompt_cache_breakpoint: breakpoint } = part;
  if (mark) return mark.ttl ? { ttl: mark.ttl } : {};
  return breakpoint ? {} : undefined;
}
