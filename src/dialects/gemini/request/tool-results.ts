/** Tool results as `functionResponse` parts, found for each call wherever they stand in the conversation. */
import type { Message, Part, ToolCall, ToolMessage } from '../../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { Notebook } from '../../shared/notebook.ts';
import type { WirePart } from '../wire-types.ts';
import { encodeMedia } from './media.ts';

export interface ResultRules {
  /** Media may stand inside the response (Gemini 3 and later). */
  readonly nestedMedia: boolean;
  readonly callIds: boolean;
}

interface Found {
  readonly message: ToolMessage;
  readonly at: number;
}

/** Hands out each tool message once: to the call it answers, or, where no call waits for it, to its own place as text. */
export interface ResultPool {
  /** The first result of this id after the call's own place. Calls ask in their order. */
  take(callId: string, after: number): Found | undefined;
  isTaken(at: number): boolean;
}

export function openResultPool(messages: readonly Message[]): ResultPool {
  const waiting = new Map<string, { readonly results: Found[]; next: number }>();
  const taken = new Set<number>();
  messages.forEach((message, at) => {
    if (message.role !== 'tool') return;
    const queue = waiting.get(message.toolCallId);
    if (queue) queue.results.push({ message, at });
    else waiting.set(message.toolCallId, { results: [{ message, at }], next: 0 });
  });
  return {
    take(callId, after) {
      const queue = waiting.get(callId);
      if (!queue) return undefined;
      // What stands before this call stands before all that follow it.
      while ((queue.results[queue.next]?.at ?? after + 1) <= after) queue.next++;
      const found = queue.results[queue.next++];
      if (found) taken.add(found.at);
      return found;
    },
    isTaken: (at) => taken.has(at),
  };
}

export interface EncodedResult {
  readonly response: WirePart;
  /** Media that this model takes only beside the response. */
  readonly beside: readonly WirePart[];
}

export function encodeResult(
  call: ToolCall,
  found: Found | undefined,
  callField: string,
  rules: ResultRules,
  notes: Notebook,
): EncodedResult {
  const id = rules.callIds ? { id: call.id } : {};
  if (!found) {
    notes.add(
      'message.changed',
      callField,
      'This call has no result, and Gemini wants one for each call: an error result was put in its place.',
    );
    const response = { error: 'No result was given for this call.' };
    return { response: { functionResponse: { ...id, name: call.name, response } }, beside: [] };
  }
  const { message, at } = found;
  const media = encodeMediaOf(message.content, `messages[${at}]`, notes);
  const nested = rules.nestedMedia && media.length > 0 ? { parts: media } : {};
  if (media.length > 0 && !rules.nestedMedia) {
    notes.once(
      'result-media',
      'part.converted',
      `messages[${at}].content`,
      'Media of a tool result was put beside it.',
    );
  }
  return {
    response: {
      functionResponse: { ...id, name: call.name, response: responseOf(message, 'parts' in nested), ...nested },
    },
    beside: rules.nestedMedia ? [] : media,
  };
}

/** A result that answers no call here: said as text, because Gemini refuses a response without its call. */
export function encodeOrphan(message: ToolMessage, at: number, notes: Notebook): WirePart[] {
  notes.add(
    'message.changed',
    `messages[${at}].tool_call_id`,
    `No call "${message.toolCallId}" waits for this result; it was sent as text.`,
  );
  const label = message.name ?? message.toolCallId;
  return [
    { text: `Result of ${label}: ${textOf(message.content)}` },
    ...encodeMediaOf(message.content, `messages[${at}]`, notes),
  ];
}

function encodeMediaOf(content: readonly Part[], field: string, notes: Notebook): WirePart[] {
  return content.flatMap((part, i) => {
    if (part.type === 'text') return [];
    return encodeMedia(part, `${field}.content[${i}]`, notes) ?? [];
  });
}

function textOf(content: readonly Part[]): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/**
 * The response must be an object. A JSON object is taken as it is, unless it uses `output` or `error`, which the API reads
 * as its own keys, or holds a number that does not survive parsing; all else is wrapped in one of those two.
 */
function responseOf(message: ToolMessage, holdsMedia: boolean): JsonObject {
  const texts = message.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const [text = '', ...more] = texts;
  if (message.isError) return { error: texts.join('\n') };
  if (more.length > 0) return { output: texts };
  if (text === '' && holdsMedia) return {};
  const value = parseJson(text);
  if (isJsonObject(value) && !('output' in value) && !('error' in value) && !LONG_NUMBER.test(text)) return value;
  return { output: text };
}

/** Sixteen digits and more may exceed 2^53. */
const LONG_NUMBER = /\d{16}/;

export function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
