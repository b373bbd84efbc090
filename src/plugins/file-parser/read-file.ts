/** Reads the files of one request, one after another, each content once. */
import type { FilePart } from '../../core/chat.ts';
import type { Clock } from '../../core/ids.ts';
import type { KnownFiles } from './annotations.ts';
import { bytesOf, hashOf, inMarks, kindOf, textOf } from './file-text.ts';
import type { PdfReader } from './pdf-reader.ts';

/** Of one file. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_PAGES = 1000;
/** Of one file: more than any context holds. */
const MAX_CHARACTERS = 10_000_000;
/** For all PDFs of a request together. */
const TIMEOUT_MS = 20_000;

/** A file of the request that was read. */
export interface ReadFile {
  readonly kind: 'read';
  /** Between its marks. */
  readonly text: string;
  readonly name: string | undefined;
  /** Of a PDF that this request read: the reply tells its text. */
  readonly hash: string | null;
}

/** `because` goes on from "the file cannot be read: ". */
export interface UnreadFile {
  readonly kind: 'unread';
  readonly because: string;
}

export interface ReadPorts {
  readonly pdfReader: PdfReader;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** @throws GatewayError what the PDF reader throws, which is no fault of the file */
export type FileReading = (part: FilePart) => Promise<ReadFile | UnreadFile>;

type Text = { readonly kind: 'text'; readonly text: string } | UnreadFile;

export function openFileReading(known: KnownFiles, { pdfReader, clock, signal }: ReadPorts): FileReading {
  const startedAtMs = clock.now();
  /** The same file often stands in several turns. */
  const done = new Map<string, Text>();

  async function pdf(bytes: Uint8Array): Promise<Text> {
    const timeoutMs = startedAtMs + TIMEOUT_MS - clock.now();
    if (timeoutMs <= 0) return unread(`reading the files takes more than ${TIMEOUT_MS / 1000} s`);
    const limits = { maxPages: MAX_PAGES, maxCharacters: MAX_CHARACTERS };
    const outcome = await pdfReader.read(bytes, { ...limits, timeoutMs, ...(signal && { signal }) });
    if (outcome.kind === 'unreadable') return unread(outcome.because);
    if (outcome.pages.every((page) => page === '')) return unread('it holds no text; it may be a scan');
    return { kind: 'text', text: outcome.pages.join('\n\n') };
  }

  async function readPdf(bytes: Uint8Array, name: string | undefined): Promise<ReadFile | UnreadFile> {
    const hash = hashOf(bytes);
    const earlier = known.get(hash);
    if (earlier !== undefined) return { kind: 'read', text: earlier, name, hash: null };
    const answer = done.get(hash) ?? (await pdf(bytes));
    done.set(hash, answer);
    return answer.kind === 'text' ? { kind: 'read', text: inMarks(name, answer.text), name, hash } : answer;
  }

  return async ({ source, filename: name }) => {
    if (source.kind === 'url') return unread('it is sent as an address, and addresses are not downloaded');
    if (source.kind === 'id') return unread('it is sent as the id of a file at a provider');
    const bytes = bytesOf(source.base64);
    if (!bytes) return unread('its data is not base64');
    if (bytes.length > MAX_BYTES) return unread(`it has ${bytes.length} bytes; at most ${MAX_BYTES} are read`);
    switch (kindOf(source.mediaType, bytes)) {
      case 'pdf':
        return readPdf(bytes, name);
      case 'text': {
        const text = textOf(bytes);
        if (text.length > MAX_CHARACTERS) return unread(`it holds more than ${MAX_CHARACTERS} characters of text`);
        return { kind: 'read', text: inMarks(name, text), name, hash: null };
      }
      case 'other':
        return unread(`files of type ${source.mediaType} are not read`);
    }
  };
}

function unread(because: string): UnreadFile {
  return { kind: 'unread', because };
}
