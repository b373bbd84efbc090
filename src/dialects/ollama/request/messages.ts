/**
 * Messages (https://docs.ollama.com/api/chat): one text each, with images as bare base64 beside it, reasoning as `thinking`,
 * arguments as objects, and results under their tool's name. Ids are taken since 0.12.10; older releases pass over them.
 */
import type { AssistantMessage, ChatRequest, FilePart, Message, Part, ToolCall } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { arrayAt, isJsonObject, type JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { quoteFile, textOfFile } from '../../shared/upstream/text-file.ts';
import { noteCacheMark } from '../../shared/upstream/unsaid.ts';
import { encodeThinkingReplay } from './replay.ts';

/** What of the request's content the grammar cannot carry. Empty where all of it can be said. */
export function unsayable(request: ChatRequest): readonly string[] {
  const kinds = new Set<string>();
  for (const { content } of request.messages) {
    for (const part of content) {
      const kind = unsayableKind(part);
      if (kind !== undefined) kinds.add(kind);
    }
  }
  return [...kinds];
}

function unsayableKind(part: Part): string | undefined {
  switch (part.type) {
    case 'text':
      return undefined;
    case 'image':
      return part.source.kind === 'data' ? undefined : 'an image by its address (send it as a data URL)';
    case 'audio':
    case 'video':
      return part.type;
    case 'file':
      if (imageIn(part) !== undefined || textOfFile(part) !== undefined) return undefined;
      return part.source.kind === 'data' ? part.source.mediaType || 'a file' : 'a file elsewhere';
  }
}

/** @throws GatewayError `client.invalid_request` naming the part, where `unsayable` would have listed it */
export function encodeMessages(request: ChatRequest, context: UpstreamContext, notes: Notebook): readonly JsonObject[] {
  const names = new Map<string, string>();
  const messages: JsonObject[] = [];
  let turns: JsonObject[] = [];
  const close = (): void => {
    if (turns.length > 0) messages.push(joined(turns));
    turns = [];
  };
  request.messages.forEach((message, i) => {
    const field = `messages[${i}]`;
    const content = encodeContent(message, field, notes);
    if (message.role !== 'assistant') close();
    switch (message.role) {
      case 'system':
      case 'developer':
        messages.push({ role: 'system', ...content });
        return;
      case 'user':
        messages.push({ role: 'user', ...content });
        return;
      case 'tool': {
        const name = names.get(message.toolCallId) ?? message.name;
        messages.push({ role: 'tool', ...content, ...(name && { tool_name: name }), tool_call_id: message.toolCallId });
        return;
      }
      case 'assistant':
        for (const { id, name } of message.toolCalls) names.set(id, name);
        turns.push(encodeAssistant(message, content, context, field, notes));
    }
  });
  close();
  return messages;
}

interface EncodedContent {
  readonly content: string;
  readonly images?: readonly string[];
}

function encodeContent(message: Message, field: string, notes: Notebook): EncodedContent {
  const texts: string[] = [];
  const images: string[] = [];
  message.content.forEach((part, i) => {
    const at = `${field}.content[${i}]`;
    if (part.cacheControl) noteCacheMark(`${at}.cache_control`, notes);
    const encoded = encodePart(part, at, notes);
    (encoded.isImage ? images : texts).push(encoded.value);
  });
  if (message.role === 'tool' && message.cacheControl) noteCacheMark(`${field}.cache_control`, notes);
  const said = texts.filter((text) => text !== '').join('\n');
  return { content: dressed(message, said), ...(images.length > 0 && { images }) };
}

/** What the grammar has no field for, said in the text: names (OpenRouter's `name: content`) and failed results. */
function dressed(message: Message, text: string): string {
  if (message.role === 'tool') return message.isError ? `Error: ${text}` : text;
  return message.name && message.content.length > 0 ? `${message.name}: ${text}` : text;
}

function encodePart(part: Part, field: string, notes: Notebook): { readonly value: string; readonly isImage: boolean } {
  switch (part.type) {
    case 'text':
      return { value: part.text, isImage: false };
    case 'image':
      if (part.source.kind === 'data') return { value: part.source.base64, isImage: true };
      break;
    case 'file': {
      const image = imageIn(part);
      if (image !== undefined) {
        notes.add('part.converted', field, 'An image given as a file is sent as an image.');
        return { value: image, isImage: true };
      }
      const text = textOfFile(part);
      if (text === undefined) break;
      notes.add('part.converted', field, 'A text file is quoted in its place.');
      return { value: quoteFile(text, part.filename), isImage: false };
    }
    case 'audio':
    case 'video':
      break;
  }
  throw invalidRequest(field, `the endpoint's API has no form for ${unsayableKind(part) ?? part.type}.`);
}

function imageIn({ source }: FilePart): string | undefined {
  const isImage = source.kind === 'data' && source.mediaType.startsWith('image/') && !source.mediaType.includes('xml');
  return isImage ? source.base64 : undefined;
}

function encodeAssistant(
  message: AssistantMessage,
  { content, images }: EncodedContent,
  context: UpstreamContext,
  field: string,
  notes: Notebook,
): JsonObject {
  const thinking = encodeThinkingReplay(message, context, field, notes);
  if (message.refusal) {
    notes.add('part.converted', `${field}.refusal`, 'A refusal has no form of its own in the history; sent as text.');
  }
  const calls = message.toolCalls.map((call, i) => encodeCall(call, `${field}.tool_calls[${i}]`, notes));
  return {
    role: 'assistant',
    content: [content, message.refusal ?? ''].filter((text) => text !== '').join('\n'),
    ...(images && { images }),
    ...(thinking && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function encodeCall({ id, name, arguments: written }: ToolCall, field: string, notes: Notebook): JsonObject {
  return { id, type: 'function', function: { name, arguments: argumentsOf(written, field, notes) } };
}

function argumentsOf(written: string, field: string, notes: Notebook): JsonObject {
  if (written.trim() === '') return {};
  const value = tryParseJson(written);
  if (isJsonObject(value)) return value;
  notes.add('tool.changed', `${field}.function.arguments`, 'The arguments are no JSON object; sent as {"_raw": "…"}.');
  return { _raw: written };
}

/** Neighbours are one turn: what they say, think and call follows each other. They are joined at once: there may be thousands. */
function joined(turns: readonly JsonObject[]): JsonObject {
  const [first = {}] = turns;
  if (turns.length <= 1) return first;
  const text = (key: string): string => turns.flatMap((turn) => turn[key] || []).join('\n\n');
  const list = (key: string) => turns.flatMap((turn) => arrayAt(turn, key) ?? []);
  const thinking = text('thinking');
  const images = list('images');
  const calls = list('tool_calls');
  return {
    role: 'assistant',
    content: text('content'),
    ...(thinking && { thinking }),
    ...(images.length > 0 && { images }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}
