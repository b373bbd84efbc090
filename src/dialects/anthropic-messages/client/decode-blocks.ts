/** What user turns, tool results and documents show: blocks → parts. */
import type { CacheControl, Part } from '../../../core/chat.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { isBillingLine } from './billing-line.ts';
import {
  isKnownBlock,
  type WireClientBlock,
  type WireContentOf,
  type WireDocumentBlock,
  type WireImageBlock,
  type WireSearchResultBlock,
} from './schema.ts';

type Content = WireContentOf | null | undefined;

/** A string, a list of blocks or nothing as parts. Blocks that are no content of the message's side are noted. */
export function decodeContent(content: Content, path: string, notes: Notebook): readonly Part[] {
  if (!content) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.flatMap((block, at) => decodeShown(block, `${path}[${at}]`, notes));
}

/** A block that shows something; nothing and a note where it does not. */
export function decodeShown(block: WireClientBlock, path: string, notes: Notebook): readonly Part[] {
  if (!isKnownBlock(block)) return unknownBlock(block, path, notes);
  switch (block.type) {
    case 'text':
      return decodeText(block, path, notes);
    case 'image':
      return marked([decodeImage(block)], block);
    case 'document':
      return marked(decodeDocument(block, path, notes), block);
    // Content of the user's: who cannot open the file is not asked as if there were none.
    case 'container_upload':
      return marked([{ type: 'file', source: { kind: 'id', id: block.file_id } }], block);
    case 'search_result':
      return marked([searchResultText(block, path, notes)], block);
    case 'tool_reference': {
      notes.once('tool-reference', 'part.converted', path, 'A tool that was found is named in words.');
      return marked([{ type: 'text', text: `Tool found: ${block.tool_name}` }], block);
    }
    case 'compaction': {
      if (!block.content) return [];
      notes.add('part.converted', path, 'A summary of what came before is sent as text.');
      return marked([{ type: 'text', text: block.content }], block);
    }
    case 'thinking':
    case 'redacted_thinking':
    case 'tool_use':
    case 'tool_result':
      return unknownBlock(block, path, notes);
  }
}

function decodeText(block: Extract<WireClientBlock, { type: 'text' }>, path: string, notes: Notebook): readonly Part[] {
  const { text } = block;
  if (typeof text !== 'string') return [];
  if (isBillingLine(text)) {
    notes.add('part.dropped', path, 'A line for the accounting of Anthropic alone, different in every request.');
    return [];
  }
  if ('citations' in block && Array.isArray(block.citations) && block.citations.length > 0) {
    const why = 'Citations of an earlier answer have no place in another grammar; its text is kept.';
    notes.once('citations', 'part.dropped', `${path}.citations`, why);
  }
  return marked([{ type: 'text', text }], block);
}

function unknownBlock({ type }: WireClientBlock, path: string, notes: Notebook): readonly Part[] {
  const why = `A block of type ${type.slice(0, 64)} can be said in the grammar of the request only.`;
  notes.once(`block ${type}`, 'part.dropped', path, why);
  return [];
}

function decodeImage({ source }: WireImageBlock): Part {
  switch (source.type) {
    case 'base64':
      return { type: 'image', source: { kind: 'data', mediaType: source.media_type, base64: source.data } };
    case 'url':
      return { type: 'image', source: { kind: 'url', url: source.url } };
    case 'file':
      return { type: 'file', source: { kind: 'id', id: source.file_id } };
  }
}

function decodeDocument(block: WireDocumentBlock, path: string, notes: Notebook): readonly Part[] {
  const { source, title } = block;
  const filename = title ? { filename: title } : {};
  if (block.citations && block.citations['enabled'] === true) {
    const why = 'Citations into a document can be asked for in the grammar of the request only.';
    notes.once('document-citations', 'parameter.dropped', `${path}.citations`, why);
  }
  const context: readonly Part[] = block.context ? [{ type: 'text', text: block.context }] : [];
  switch (source.type) {
    case 'base64': {
      const mediaType = source.media_type || 'application/pdf';
      return [...context, { type: 'file', source: { kind: 'data', mediaType, base64: source.data }, ...filename }];
    }
    case 'url':
      return [...context, { type: 'file', source: { kind: 'url', url: source.url }, ...filename }];
    case 'file':
      return [...context, { type: 'file', source: { kind: 'id', id: source.file_id }, ...filename }];
    case 'text':
      return [...headed(title, context, path, notes), { type: 'text', text: source.data }];
    case 'content':
      return [
        ...headed(title, context, path, notes),
        ...decodeContent(source.content, `${path}.source.content`, notes),
      ];
  }
}

/** A document of plain text is plain text: many models that read no files read it. Its title goes before it. */
function headed(
  title: string | null | undefined,
  context: readonly Part[],
  path: string,
  notes: Notebook,
): readonly Part[] {
  notes.add('part.converted', path, 'A document of plain text is sent as text.');
  return title ? [{ type: 'text', text: title }, ...context] : context;
}

function searchResultText(block: WireSearchResultBlock, path: string, notes: Notebook): Part {
  notes.add('part.converted', path, 'A search result is sent as text.');
  const texts = block.content.flatMap((inner) => ('text' in inner && typeof inner.text === 'string' ? inner.text : []));
  return { type: 'text', text: [block.title, block.source, ...texts].filter((line) => line !== '').join('\n') };
}

/** A mark on a block ends what is cached, so of several parts the last one has it. */
function marked(parts: readonly Part[], block: { readonly cache_control?: unknown }): readonly Part[] {
  const cacheControl = isMark(block.cache_control) ? decodeCacheMark(block.cache_control) : undefined;
  const last = parts.at(-1);
  return cacheControl && last ? [...parts.slice(0, -1), { ...last, cacheControl }] : parts;
}

interface WireMark {
  readonly ttl?: '5m' | '1h' | null | undefined;
}

function isMark(value: unknown): value is WireMark {
  return typeof value === 'object' && value !== null;
}

export function decodeCacheMark(mark: WireMark | null | undefined): CacheControl | undefined {
  if (!mark) return undefined;
  return mark.ttl ? { ttl: mark.ttl } : {};
}
