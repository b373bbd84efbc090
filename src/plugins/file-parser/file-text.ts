/** Files as they are sent, as bytes and as text. */

/** Media types that are text under another name. */
const TEXTUAL =
  /^(?:text\/.+|application\/(?:.+\+)?(?:json|xml|yaml|x-yaml|toml|x-toml|javascript|x-javascript|ecmascript|typescript|x-typescript|sql|x-sh|x-ndjson|jsonl|graphql|x-tex|csv))$/;
const PDF = /^application\/(?:x-)?pdf$/;
/** What programs say of a file whose type they do not know. */
const UNKNOWN = new Set(['application/octet-stream', 'binary/octet-stream', '']);
const PDF_MARK = '%PDF-';
/** Readers accept what stands before the mark up to here (ISO 32000-1, appendix H). */
const PDF_MARK_WITHIN = 1024;

export type FileKind = 'pdf' | 'text' | 'other';

/** Null where it is no base64. */
export function bytesOf(base64: string): Uint8Array | null {
  const bytes = Buffer.from(base64, 'base64');
  // The decoder passes over what it does not know: three quarters of the text become bytes, less
  // with line breaks and where the padding weighs.
  return bytes.length * 2 + 4 < base64.length ? null : bytes;
}

/** What the file is: as it is declared, or as it looks where nothing is. */
export function kindOf(mediaType: string, bytes: Uint8Array): FileKind {
  const type = mediaType.trim().toLowerCase();
  if (PDF.test(type)) return 'pdf';
  if (TEXTUAL.test(type)) return 'text';
  if (!UNKNOWN.has(type)) return 'other';
  if (Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PDF_MARK_WITHIN)).includes(PDF_MARK))
    return 'pdf';
  return bytes.includes(0) || decodedUtf8(bytes) === null ? 'other' : 'text';
}

/** UTF-8; UTF-16 where a byte order mark says so; else the Western encoding of old, which has a character for every byte. */
export function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return decodedUtf8(bytes) ?? new TextDecoder('windows-1252').decode(bytes);
}

function decodedUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function hashOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex');
}

/** The text as the model is told it: OpenRouter's form, between marks that name the file. */
export function inMarks(name: string | undefined, text: string): string {
  const safe = (name ?? 'file').replace(/["<>\p{Cc}]/gu, '_');
  return `<file name="${safe}">\n${text}\n</file>`;
}
