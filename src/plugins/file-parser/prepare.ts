/**
 * The `file-parser` plugin (OpenRouter's API): files become text for endpoints that take none, or for all where the caller asks for
 * text. Read once, before planning. Nothing is downloaded: an address stays one, for endpoints that take files.
 */
import type { ChatRequest, FilePart, Part } from '../../core/chat.ts';
import { type GatewayError, invalidRequest } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import { annotating } from '../annotate.ts';
import type { PluginEffect, PluginEndpoint, PluginResult, PreparedPlugin } from '../plugin.ts';
import { annotationOf, type KnownFiles } from './annotations.ts';
import { openFileReading, type ReadFile, type ReadPorts } from './read-file.ts';

const CHARACTERS_PER_TOKEN = 4;

export interface FileOptions {
  /** `default`: text where the endpoint takes no files. */
  readonly engine: 'default' | 'text';
  /** True where no endpoint of the requested models takes files: what cannot be read is then an error. */
  readonly isOnlyWay: boolean;
  readonly known: KnownFiles;
}

export interface PreparedFiles extends PreparedPlugin {
  /** True where every file was read. */
  readonly readsFiles: boolean;
}

/** A file with where it stands: the request is decoded anew for every target. */
interface PlacedFile extends ReadFile {
  readonly base64Length: number;
}

/**
 * Reads the files of a request.
 * @throws GatewayError `client.invalid_request` where a file cannot be read and no endpoint takes it as it is, or text was
 * asked for
 */
export async function prepareFiles(
  request: ChatRequest,
  options: FileOptions,
  ports: ReadPorts,
): Promise<PreparedFiles> {
  const readFile = openFileReading(options.known, ports);
  const files = new Map<string, PlacedFile>();
  const notes: Note[] = [];
  for (const { path, part } of filesIn(request)) {
    const file = await readFile(part);
    if (file.kind === 'read') files.set(path, { ...file, base64Length: lengthOf(part) });
    else if (options.isOnlyWay || (options.engine === 'text' && part.source.kind === 'data')) {
      throw cannotBeRead(path, file.because);
    } else notes.push(leftAsItIs(path, file.because));
  }
  const characters = [...files.values()].reduce((sum, { text }) => sum + text.length, 0);
  return {
    effect: files.size > 0 ? effectOf(files, options.engine) : {},
    notes,
    stages: [],
    usage: {},
    addedPromptTokens: Math.ceil(characters / CHARACTERS_PER_TOKEN),
    readsFiles: notes.length === 0,
  };
}

function* filesIn({ messages }: ChatRequest): Generator<{ readonly path: string; readonly part: FilePart }> {
  for (const [at, { content }] of messages.entries()) {
    for (const [index, part] of content.entries()) {
      if (part.type === 'file') yield { path: pathOf(at, index), part };
    }
  }
}

function pathOf(message: number, part: number): string {
  return `messages[${message}].content[${part}]`;
}

function lengthOf({ source }: FilePart): number {
  return source.kind === 'data' ? source.base64.length : 0;
}

function cannotBeRead(path: string, because: string): GatewayError {
  const cure = 'Send a PDF with text in it or a text file as a data URL, or choose a model that takes files.';
  return invalidRequest(path, `the file cannot be read: ${because}. ${cure}`);
}

function leftAsItIs(field: string, because: string): Note {
  const message = `the file cannot be read: ${because}; only endpoints that take files can serve it`;
  return { code: 'parameter.changed', field, message };
}

// ---- what becomes of the request and the reply ----

function effectOf(files: ReadonlyMap<string, PlacedFile>, engine: FileOptions['engine']): PluginEffect {
  const wantsText = ({ inputModalities }: PluginEndpoint): boolean =>
    engine === 'text' || !inputModalities.includes('file');
  const annotations = annotationsOf(files);
  return {
    mayEditRequest: wantsText,
    editRequest: (request, endpoint) =>
      wantsText(endpoint) ? withTexts(request, files) : { value: request, notes: [], stages: [] },
    // One choice tells them: the texts may be long, and are the same for all.
    ...(annotations.length > 0 && annotating((choice) => (choice === 0 ? annotations : []))),
  };
}

function annotationsOf(files: ReadonlyMap<string, PlacedFile>): readonly JsonObject[] {
  const byHash = new Map<string, JsonObject>();
  for (const { hash, name, text } of files.values()) {
    if (hash !== null) byHash.set(hash, annotationOf({ hash, name, text }));
  }
  return [...byHash.values()];
}

function withTexts(request: ChatRequest, files: ReadonlyMap<string, PlacedFile>): PluginResult<ChatRequest> {
  const notes: Note[] = [];
  const asText = (part: Part, field: string): Part => {
    if (part.type !== 'file') return part;
    const file = files.get(field);
    if (!file || lengthOf(part) !== file.base64Length) return part;
    notes.push({ code: 'part.converted', field, message: 'the text of the file is sent in place of the file' });
    return { type: 'text', text: file.text, ...(part.cacheControl && { cacheControl: part.cacheControl }) };
  };
  const messages = request.messages.map((message, at) => ({
    ...message,
    content: message.content.map((part, index) => asText(part, pathOf(at, index))),
  }));
  if (notes.length === 0) return { value: request, notes, stages: [] };
  const summary = notes.length === 1 ? '1 file was sent as text.' : `${notes.length} files were sent as text.`;
  return {
    value: { ...request, messages },
    notes,
    stages: [{ type: 'plugin', name: 'file-parser', summary, data: { files: notes.length } }],
  };
}
