/** Images, files, audio and video as Gemini parts (docs/sources.md). */
import type { AudioPart, FilePart, ImagePart, MediaSource, Part, VideoPart } from '../../../core/chat.ts';
import type { Notebook } from '../../shared/notebook.ts';
import type { WirePart } from '../wire-types.ts';

export type MediaPart = ImagePart | FilePart | AudioPart | VideoPart;

/** A media part as the grammar says it; null where it cannot (a provider's file id), with a note. */
export function encodeMedia(part: MediaPart, field: string, notes: Notebook): WirePart | null {
  switch (part.type) {
    case 'audio':
      return { inlineData: { mimeType: AUDIO_TYPES.get(part.format) ?? `audio/${part.format}`, data: part.base64 } };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') {
        notes.once('detail', 'parameter.dropped', `${field}.image_url.detail`, 'Gemini has no detail level per image.');
      }
      return encodeSource(part.source, 'image/jpeg', field, notes);
    case 'video':
      return encodeSource(part.source, 'video/mp4', field, notes);
    case 'file':
      return encodeFile(part, field, notes);
  }
}

function encodeFile(part: FilePart, field: string, notes: Notebook): WirePart | null {
  const { source } = part;
  if (source.kind === 'id') {
    notes.add(
      'part.dropped',
      field,
      `File id "${source.id}" belongs to another provider's storage; send the file itself.`,
    );
    return null;
  }
  if (part.filename !== undefined) {
    notes.once('filename', 'parameter.dropped', `${field}.file.filename`, 'Gemini takes no file name.');
  }
  if (source.kind === 'url') return encodeSource(source, typeOfName(part.filename) ?? 'application/pdf', field, notes);
  const mediaType = fileType(source.mediaType, part.filename);
  if (mediaType !== source.mediaType) {
    notes.add(
      'part.converted',
      field,
      `A file of type ${source.mediaType} was sent as ${mediaType}, which Gemini reads.`,
    );
  }
  return { inlineData: { mimeType: mediaType, data: source.base64 } };
}

/**
 * Data goes inline. An address becomes `fileData`: Gemini reads those of its own Files API, Cloud Storage and YouTube, and
 * (newer models) public web addresses. A dialect does no I/O, so what the host may refuse is sent as it is, with a note.
 */
function encodeSource(source: MediaSource, fallbackType: string, field: string, notes: Notebook): WirePart {
  if (source.kind === 'data') return { inlineData: { mimeType: source.mediaType, data: source.base64 } };
  const inline = DATA_URL.exec(source.url);
  if (inline?.[2] !== undefined) return { inlineData: { mimeType: inline[1] || fallbackType, data: inline[2] } };
  if (!GOOGLE_ADDRESS.test(source.url)) {
    notes.once(
      'fetch',
      'part.converted',
      field,
      'A web address was passed on as fileData: older models only read uploads, Cloud Storage and YouTube. Send data if it is refused.',
    );
  }
  const guessed = YOUTUBE.test(source.url) ? 'video/mp4' : (typeOfName(pathOf(source.url)) ?? fallbackType);
  return { fileData: { fileUri: source.url, mimeType: source.mediaType ?? guessed } };
}

/**
 * The kinds of content in these parts that no Gemini part can carry, for excluding the endpoint.
 * Office documents are listed too: the API answers "Unsupported MIME type".
 */
export function unsayableMedia(parts: readonly Part[]): string[] {
  const kinds: string[] = [];
  for (const part of parts) {
    if (part.type !== 'file') continue;
    if (part.source.kind === 'id') kinds.push('a file id of another provider');
    if (part.source.kind === 'data') {
      const mediaType = fileType(part.source.mediaType, part.filename);
      if (!READABLE.test(mediaType)) kinds.push(`a file of type ${mediaType}`);
    }
  }
  return kinds;
}

const DATA_URL = /^data:([^;,]*)(?:;[^,]*)?;base64,(.*)$/s;
const YOUTUBE = /^https?:\/\/(?:(?:www|m)\.)?(?:youtube\.com|youtu\.be)\//;
const GOOGLE_ADDRESS =
  /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/[^/]+\/files\/|https?:\/\/(?:(?:www|m)\.)?(?:youtube\.com|youtu\.be)\/)/;
const READABLE = /^(?:image|audio|video|text)\/|^application\/(?:pdf|rtf)$/;

/** Text types that the API lists; other text is sent as plain text. */
const TEXT_TYPES = new Set(
  ['plain', 'html', 'css', 'csv', 'md', 'xml', 'rtf', 'javascript'].map((name) => `text/${name}`),
);
const TEXTUAL =
  /^(?:text\/.*|application\/(?:.*\+)?(?:json|jsonl|x-ndjson|xml|yaml|x-yaml|toml|javascript|x-javascript|typescript|sql|x-sh|x-python|x-latex))$/;

function fileType(declared: string, filename: string | undefined): string {
  const essence = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  const known = essence === '' || essence === 'application/octet-stream' ? typeOfName(filename) : essence;
  if (known === undefined) return declared;
  if (!TEXTUAL.test(known)) return essence === known ? declared : known;
  return TEXT_TYPES.has(known) ? known : 'text/plain';
}

const AUDIO_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    wav: 'audio/wav',
    mp3: 'audio/mp3',
    mpeg: 'audio/mpeg',
    m4a: 'audio/m4a',
    aac: 'audio/aac',
    ogg: 'audio/ogg',
    opus: 'audio/opus',
    flac: 'audio/flac',
    aiff: 'audio/aiff',
    webm: 'audio/webm',
    pcm16: 'audio/pcm',
    pcm24: 'audio/pcm',
  }),
);

const EXTENSION_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    webp: 'image/webp',
    gif: 'image/gif',
    heic: 'image/heic',
    heif: 'image/heif',
    bmp: 'image/bmp',
    svg: 'image/svg+xml',
    pdf: 'application/pdf',
    txt: 'text/plain',
    md: 'text/md',
    html: 'text/html',
    css: 'text/css',
    csv: 'text/csv',
    xml: 'text/xml',
    json: 'application/json',
    js: 'text/javascript',
    mp4: 'video/mp4',
    mpeg: 'video/mpeg',
    mpg: 'video/mpeg',
    mov: 'video/mov',
    avi: 'video/avi',
    webm: 'video/webm',
    wmv: 'video/wmv',
    flv: 'video/x-flv',
    '3gp': 'video/3gpp',
    mp3: 'audio/mp3',
    wav: 'audio/wav',
    flac: 'audio/flac',
    ogg: 'audio/ogg',
    m4a: 'audio/m4a',
  }),
);

function typeOfName(name: string | undefined): string | undefined {
  const extension = /\.([A-Za-z0-9]{1,5})$/.exec(name ?? '')?.[1]?.toLowerCase();
  return extension === undefined ? undefined : EXTENSION_TYPES.get(extension);
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url;
}
