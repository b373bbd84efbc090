/** How large a messages request is, roughly, and what kinds of content it holds. */
import type { InputModality } from '../../../core/demand.ts';
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
} from '../../../core/json.ts';

/** Bytes, as a character of a script beyond Latin is more than a quarter of a token. */
const BYTES_PER_TOKEN = 4;
/** What an image or a file counts for; its real size is only known to the provider. */
const TOKENS_PER_MEDIA_BLOCK = 800;
/** Framing of a message, as the common tokenizers add. */
const TOKENS_PER_MESSAGE = 4;

export interface Measured {
  readonly modalities: ReadonlySet<InputModality>;
  readonly tokens: number;
  readonly marksCache: boolean;
}

interface Sum {
  readonly modalities: Set<InputModality>;
  bytes: number;
  media: number;
  marksCache: boolean;
}

/** An estimate of the input: messages, system prompt and tools. */
export function measure(wire: JsonObject): Measured {
  const sum: Sum = { modalities: new Set(), bytes: 0, media: 0, marksCache: isJsonObject(wire['cache_control']) };
  addContent(sum, wire['system']);
  const messages = (arrayAt(wire, 'messages') ?? []).filter(isJsonObject);
  for (const message of messages) addContent(sum, message['content']);
  const tools = wire['tools'];
  if (isJsonArray(tools)) {
    addJson(sum, tools);
    if (tools.some((tool) => isJsonObject(tool) && isJsonObject(tool['cache_control']))) sum.marksCache = true;
  }
  const format = objectAt(wire, 'output_config')?.['format'];
  if (isJsonObject(format)) addJson(sum, format);
  const framing = TOKENS_PER_MESSAGE * messages.length;
  return {
    modalities: sum.modalities,
    marksCache: sum.marksCache,
    tokens: Math.ceil(sum.bytes / BYTES_PER_TOKEN) + sum.media * TOKENS_PER_MEDIA_BLOCK + framing,
  };
}

function addContent(sum: Sum, content: Json | undefined): void {
  if (typeof content === 'string') addText(sum, content);
  else if (isJsonArray(content)) for (const block of content) if (isJsonObject(block)) addBlock(sum, block);
}

function addBlock(sum: Sum, block: JsonObject): void {
  if (isJsonObject(block['cache_control'])) sum.marksCache = true;
  switch (block['type']) {
    case 'text':
      addText(sum, block['text']);
      return;
    case 'thinking':
      addText(sum, block['thinking']);
      return;
    // What it hides is about as long as it is.
    case 'redacted_thinking':
      addText(sum, block['data']);
      return;
    case 'image':
      addMedia(sum, 'image');
      return;
    case 'container_upload':
      addMedia(sum, 'file');
      return;
    case 'document':
      addDocument(sum, block);
      return;
    case 'tool_use':
      addText(sum, block['name']);
      addJson(sum, block['input']);
      return;
    case 'search_result':
      addText(sum, block['title']);
      addText(sum, block['source']);
      addContent(sum, block['content']);
      return;
    case 'tool_result':
    case 'compaction':
      addContent(sum, block['content']);
      return;
    default:
      addJson(sum, block);
  }
}

function addDocument(sum: Sum, block: JsonObject): void {
  const source = objectAt(block, 'source') ?? {};
  addText(sum, block['title']);
  addText(sum, block['context']);
  switch (source['type']) {
    case 'text':
      addText(sum, source['data']);
      return;
    case 'content':
      addContent(sum, source['content']);
      return;
    case 'url':
      addMedia(sum, isImageAddress(stringAt(source, 'url') ?? '') ? 'image' : 'file');
      return;
    default:
      addMedia(sum, 'file');
  }
}

function isImageAddress(url: string): boolean {
  return /\.(png|jpe?g|gif|webp)([?#]|$)/i.test(url);
}

function addMedia(sum: Sum, modality: InputModality): void {
  sum.modalities.add(modality);
  sum.media++;
}

function addText(sum: Sum, text: Json | undefined): void {
  if (typeof text === 'string') sum.bytes += Buffer.byteLength(text);
}

function addJson(sum: Sum, value: Json | undefined): void {
  if (value !== undefined) sum.bytes += Buffer.byteLength(JSON.stringify(value));
}
