/** Content parts as OpenAI's grammars write them. */
import type { MediaSource, Part } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';

/** @param isPlain addresses and sounds as plain strings, as Mistral's grammar has them */
export function encodeMedia(part: Part, isPlain: boolean): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image': {
      const url = urlOf(part.source);
      return { type: 'image_url', image_url: isPlain ? url : { url, ...(part.detail && { detail: part.detail }) } };
    }
    case 'audio': {
      const { base64: data, format } = part;
      return { type: 'input_audio', input_audio: isPlain ? data : { data, format } };
    }
    case 'video':
      return { type: 'video_url', video_url: { url: urlOf(part.source) } };
    case 'file': {
      const { source, filename } = part;
      if (source.kind === 'id') return { type: 'file', file: { file_id: source.id } };
      if (isPlain) {
        return { type: 'document_url', document_url: urlOf(source), ...(filename && { document_name: filename }) };
      }
      // OpenAI wants a name beside the bytes.
      return { type: 'file', file: { filename: filename ?? 'document.pdf', file_data: urlOf(source) } };
    }
  }
}

/** The address, or a data URL. */
export function urlOf(source: MediaSource): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`;
}
