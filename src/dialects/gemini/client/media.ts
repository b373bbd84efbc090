/** Media parts, wire → core. */
import type { FilePart, MediaSource, Part } from '../../../core/chat.ts';
import type { InputModality } from '../../../core/demand.ts';
import type { WireBlob, WireFile } from './wire-request.ts';

type WireMedia = WireBlob | WireFile;

const YOUTUBE = /^https?:\/\/(?:(?:www|m)\.)?(?:youtube\.com|youtu\.be)\//;

/** What kind of content it is; undefined where there is none. */
export function mediaKind(media: WireMedia | null | undefined): InputModality | undefined {
  if (!media) return undefined;
  const family = typeOf(media).split('/', 1)[0];
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}

function typeOf(media: WireMedia): string {
  if (media.mimeType) return media.mimeType.toLowerCase();
  if (!('fileUri' in media)) return 'application/octet-stream';
  return YOUTUBE.test(media.fileUri) ? 'video/mp4' : 'application/octet-stream';
}

export function decodeBlob(blob: WireBlob): Part {
  const base64 = standardBase64(blob.data);
  const mediaType = blob.mimeType ?? 'application/octet-stream';
  const kind = mediaKind(blob);
  if (kind === 'audio') return { type: 'audio', base64, format: audioFormat(mediaType) };
  return mediaPart(kind, { kind: 'data', mediaType, base64 }, blob.displayName);
}

export function decodeFile(file: WireFile): Part {
  const source: MediaSource = {
    kind: 'url',
    url: file.fileUri,
    ...(file.mimeType && { mediaType: file.mimeType }),
  };
  return mediaPart(mediaKind(file), source, file.displayName);
}

/** Sound at an address has no part of its own in the core: it is a file there. */
function mediaPart(kind: InputModality | undefined, source: MediaSource, name: string | null | undefined): Part {
  if (kind === 'image') return { type: 'image', source };
  if (kind === 'video') return { type: 'video', source };
  const part: FilePart = { type: 'file', source };
  return name ? { ...part, filename: name } : part;
}

/** `audio/x-wav` → `wav`; what has parameters keeps them. */
function audioFormat(mediaType: string): string {
  const name = mediaType.slice('audio/'.length);
  return name.toLowerCase() === 'x-wav' || name.toLowerCase() === 'wave' ? 'wav' : name;
}

/** Protobuf's JSON takes both alphabets of base64; other grammars take the standard one. */
function standardBase64(data: string): string {
  return /[-_]/.test(data) ? data.replaceAll('-', '+').replaceAll('_', '/') : data;
}
