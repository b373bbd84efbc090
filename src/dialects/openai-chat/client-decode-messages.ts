/** Messages, wire → core. */
import type { AssistantMessage, Message, Part, ReasoningDetail, ToolCall, ToolMessage } from '../../core/chat.ts';
import { invalidRequest } from '../../core/errors.ts';
import { type JsonObject, stringAt } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import { decodeImageUrl } from '../shared/client/media-source.ts';
import { type OpenCalls, openCalls } from '../shared/openai/open-calls.ts';
import { decodeCacheControl, decodeParts } from './client-decode-parts.ts';
import { decodeReasoningDetail, detailAsWritten } from './reasoning-details.ts';
import type {
  WireAssistantMessage,
  WireFunctionMessage,
  WireMessage,
  WireToolCall,
  WireToolMessage,
} from './wire-types.ts';

/** wire → core, in order. Tool results without an id are given the id of the call they must mean. */
export function decodeMessages(messages: readonly WireMessage[], notes: Note[]): readonly Message[] {
  const unanswered = openCalls<ToolCall>();
  return messages.map((message, at) => decodeMessage(message, at, unanswered, notes));
}

function decodeMessage(message: WireMessage, at: number, unanswered: OpenCalls<ToolCall>, notes: Note[]): Message {
  const path = `messages[${at}]`;
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return {
        role: message.role,
        content: decodeParts(message.content, `${path}.content`, notes),
        ...(message.name && { name: message.name }),
      };
    case 'assistant': {
      const decoded = decodeAssistant(message, at, notes);
      decoded.toolCalls.forEach(unanswered.add);
      return decoded;
    }
    case 'tool':
    case 'function':
      return decodeToolResult(message, path, unanswered, notes);
  }
}

function decodeAssistant(message: WireAssistantMessage, at: number, notes: Note[]): AssistantMessage {
  const path = `messages[${at}]`;
  const content = [...decodeParts(message.content, `${path}.content`, notes)];
  message.images?.forEach((image, i) => {
    content.push(decodeImageUrl(image.image_url.url, `${path}.images[${i}].image_url.url`));
  });
  const reasoning = message.reasoning || message.reasoning_content || thinkingIn(message.content);
  const refusal = message.refusal || refusalIn(message.content);
  for (const field of ['audio', 'annotations'] as const) {
    const value = message[field];
    if (value && (!Array.isArray(value) || value.length > 0)) {
      notes.push({
        code: 'part.dropped',
        field: `${path}.${field}`,
        message: `${field} of an earlier answer has no place in another grammar; the text of the turn is kept`,
      });
    }
  }
  return {
    role: 'assistant',
    content,
    toolCalls: decodeToolCalls(message, at),
    ...(reasoning && { reasoning }),
    reasoningDetails: decodeDetails(message.reasoning_details, path, notes),
    ...(refusal && { refusal }),
    ...(message.name && { name: message.name }),
  };
}

function decodeToolCalls(message: WireAssistantMessage, at: number): readonly ToolCall[] {
  const calls = (message.tool_calls ?? []).map((call, i) => decodeToolCall(call, `call_${at}_${i}`));
  const { function_call: legacy } = message;
  if (legacy) calls.push(decodeToolCall({ function: legacy }, `call_${at}_${calls.length}`));
  return calls;
}

function decodeToolCall(call: WireToolCall, fallbackId: string): ToolCall {
  const id = call.id || fallbackId;
  if (call.custom) return { id, name: call.custom.name, arguments: call.custom.input, custom: true };
  const args = call.function?.arguments ?? '';
  return { id, name: call.function?.name ?? '', arguments: typeof args === 'string' ? args : JSON.stringify(args) };
}

function decodeDetails(
  details: readonly JsonObject[] | null | undefined,
  path: string,
  notes: Note[],
): readonly ReasoningDetail[] {
  return (details ?? []).flatMap((wire, i) => {
    const detail = decodeReasoningDetail(detailAsWritten(wire));
    if (detail) return [detail];
    notes.push({
      code: 'reasoning.dropped',
      field: `${path}.reasoning_details[${i}]`,
      message: `details of type ${stringAt(wire, 'type') ?? 'unknown'} are replayed only in their own grammar`,
    });
    return [];
  });
}

function thinkingIn(content: WireAssistantMessage['content']): string {
  if (!Array.isArray(content)) return '';
  return content.map((part) => (part.type === 'thinking' ? thinkingText(part.thinking) : '')).join('');
}

function thinkingText(thinking: string | readonly JsonObject[]): string {
  if (typeof thinking === 'string') return thinking;
  return thinking.map((piece) => stringAt(piece, 'text') ?? '').join('');
}

function refusalIn(content: WireAssistantMessage['content']): string {
  if (!Array.isArray(content)) return '';
  return content.map((part) => (part.type === 'refusal' ? part.refusal : '')).join('');
}

function decodeToolResult(
  message: WireToolMessage | WireFunctionMessage,
  path: string,
  unanswered: OpenCalls<ToolCall>,
  notes: Note[],
): ToolMessage {
  const id = message.role === 'tool' ? message.tool_call_id : undefined;
  const call = takeCall(unanswered, id, message.name);
  const toolCallId = id || call?.id;
  if (!toolCallId) {
    throw invalidRequest(
      message.role === 'tool' ? `${path}.tool_call_id` : `${path}.name`,
      'names no call of an earlier assistant message; send the id of the call that this result answers',
    );
  }
  const name = message.name ?? call?.name;
  const content: readonly Part[] = decodeParts(message.content, `${path}.content`, notes);
  const cacheControl = message.role === 'tool' ? decodeCacheControl(message.cache_control) : undefined;
  return { role: 'tool', toolCallId, content, ...(name && { name }), ...(cacheControl && { cacheControl }) };
}

/** Takes the call that a result answers: by id, else by name, else the oldest one. */
function takeCall(
  unanswered: OpenCalls<ToolCall>,
  id: string | null | undefined,
  name: string | null | undefined,
): ToolCall | undefined {
  if (id) return unanswered.takeById(id);
  return name ? unanswered.takeByName(name) : unanswered.takeOldest();
}
