/** Parts of a multimodal input (OpenRouter's API), wire → core. */
import { z } from 'zod';
import type { Part } from '../../core/chat.ts';
import type { Json } from '../../core/json.ts';
import { decodeAudio, decodeFile, decodeImageUrl, decodeUrl } from '../shared/client/media-source.ts';
import { check, refusalBy } from '../shared/client/refusal.ts';

const address = z.object({ url: z.string().min(1) });
const fileFields = z.object({
  filename: z.string().nullish(),
  file_data: z.string().nullish(),
  file_id: z.string().nullish(),
  file_url: z.string().nullish(),
});

export const contentPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.union([z.string().min(1), address]) }),
  z.object({
    type: z.literal('input_audio'),
    input_audio: z.object({ data: z.string().min(1), format: z.string().nullish() }),
  }),
  z.object({ type: z.literal('video_url'), video_url: address }),
  z.object({ type: z.literal('input_video'), video_url: address }),
  z.object({ type: z.literal('file'), file: fileFields }),
]);

/** @throws GatewayError `client.invalid_request` with the field's path */
export function decodeContentPart(value: Json, path: string): Part {
  const checked = check(contentPart, value);
  if (!checked.success) throw refusalBy(contentPart, value, 'is no content part', path);
  const part = checked.data;
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image_url':
      return decodeImageUrl(
        typeof part.image_url === 'string' ? part.image_url : part.image_url.url,
        `${path}.image_url.url`,
      );
    case 'input_audio':
      return decodeAudio(part.input_audio, path);
    case 'video_url':
    case 'input_video':
      return { type: 'video', source: decodeUrl(part.video_url.url, `${path}.video_url.url`, 'video/mp4') };
    case 'file':
      return decodeFile(part.file, `${path}.file`);
  }
}
