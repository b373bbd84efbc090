/** Messages, core → wire, as a host takes them. */
import type { AssistantMessage, ChatRequest, Message, Part, ToolMessage } from '../../core/chat.ts';
import { isJsonArray, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import type { UpstreamContext } from '../dialect.ts';
import { joinCalls } from '../shared/openai/joined-calls.ts';
import { nineCharacterId } from '../shared/upstream/tool-ids.ts';
import { reasoningTextOf } from './reasoning-details.ts';
import { encodeContent, encodePart, encodeTextContent } from './upstream-parts.ts';

interface Writer {
  readonly context: UpstreamContext;
  readonly notes: Note[];
  readonly messages: MutableJsonObject[];
  /** Media of assistant and tool turns: only user turns carry media, so they follow in the next one. */
  readonly pending: Json[];
  readonly isThinking: boolean;
}

export function encodeMessages(request: ChatRequest, context: UpstreamContext, notes: Note[]): readonly JsonObject[] {
  const isThinking = request.reasoning?.enabled ?? context.traits.reasoning !== undefined;
  const writer: Writer = { context, notes, messages: [], pending: [], isThinking };
  joinCalls(request.messages).forEach((message, at) => {
    if (message.role !== 'tool') flushPending(writer);
    writer.messages.push(encodeMessage(message, `messages[${at}]`, writer));
  });
  flushPending(writer);
  endConversation(writer);
  return context.host.quirks.strictAlternation ? alternate(writer) : writer.messages;
}

function encodeMessage(message: Message, path: string, writer: Writer): MutableJsonObject {
  const { context, notes } = writer;
  const name = 'name' in message && message.name ? { name: message.name } : {};
  switch (message.role) {
    case 'system':
    case 'developer': {
      const role = message.role === 'developer' && !context.host.quirks.developerRole ? 'system' : message.role;
      return { role, content: encodeContent(message.content, `${path}.content`, context, notes), ...name };
    }
    case 'user':
      return { role: 'user', content: encodeContent(message.content, `${path}.content`, context, notes), ...name };
    case 'assistant':
      return { ...encodeAssistant(message, path, writer), ...name };
    case 'tool':
      return encodeToolResult(message, path, writer);
  }
}

function encodeAssistant(message: AssistantMessage, path: string, writer: Writer): MutableJsonObject {
  const { context, notes } = writer;
  const { quirks } = context.host;
  const texts = takeMedia(message.content, path, writer);
  const content = encodeTextContent(texts, `${path}.content`, context, notes);
  const wire: MutableJsonObject = { role: 'assistant', content: content === '' ? null : content };
  if (message.refusal && content === '') {
    wire['content'] = message.refusal;
    notes.push({ code: 'message.changed', field: `${path}.refusal`, message: 'a refusal is replayed as plain text' });
  }
  if (message.toolCalls.length > 0) {
    wire['tool_calls'] = message.toolCalls.map((call) => ({
      id: quirks.nineCharacterToolIds ? nineCharacterId(call.id) : call.id,
      type: 'function',
      // Hosts parse the arguments of past calls: an empty text is no JSON.
      function: { name: call.name, arguments: call.arguments || '{}' },
    }));
  } else if (wire['content'] === null) wire['content'] = '';
  replayReasoning(wire, message, path, writer);
  return wire;
}

/** Puts the turn's reasoning where the host wants it back, or leaves it out with a note (docs/sources.md). */
function replayReasoning(wire: MutableJsonObject, message: AssistantMessage, path: string, writer: Writer): void {
  const { quirks, providerName } = writer.context.host;
  const { reasoning, reasoningDetails: details } = message;
  const replay = quirks.reasoningReplay ?? 'drop';
  if (replay === 'reasoning_details') {
    // A host with a format of its own takes only its own; a gateway sorts them out itself.
    const own = quirks.reasoningFormat;
    const kept = details.filter((detail) => own === undefined || !detail.format || detail.format === own);
    if (kept.length > 0) wire['reasoning_details'] = kept.map((detail) => ({ ...detail }));
    else if (reasoning) wire['reasoning'] = reasoning;
    if (kept.length < details.length) note(writer, path, `details of another format than ${own} are not replayed`);
    return;
  }
  if (replay === 'drop' || replay === 'as-written') {
    if (reasoning || details.length > 0) note(writer, path, `${providerName} takes no reasoning back`);
    return;
  }
  const text = reasoning || reasoningTextOf(details);
  if (text) wire[replay] = text;
  else if (quirks.requiresReasoningContent && writer.isThinking && message.toolCalls.length > 0) wire[replay] = '';
  const isSigned = details.some(
    (detail) => detail.type === 'reasoning.encrypted' || (detail.type === 'reasoning.text' && detail.signature),
  );
  if (isSigned) note(writer, path, `${providerName} takes reasoning as text; signed and encrypted parts are left out`);
}

function note(writer: Writer, path: string, message: string): void {
  writer.notes.push({ code: 'reasoning.dropped', field: `${path}.reasoning_details`, message });
}

function encodeToolResult(message: ToolMessage, path: string, writer: Writer): MutableJsonObject {
  const { context, notes } = writer;
  const { quirks } = context.host;
  const texts = takeMedia(message.content, path, writer);
  if (message.isError) {
    notes.push({
      code: 'message.changed',
      field: `${path}.is_error`,
      message: 'this grammar has no mark for a failed tool; its text says what happened',
    });
  }
  return {
    role: 'tool',
    tool_call_id: quirks.nineCharacterToolIds ? nineCharacterId(message.toolCallId) : message.toolCallId,
    content: encodeTextContent(texts, `${path}.content`, context, notes),
  };
}

/** The texts of a turn; its media wait for the next user turn. */
function takeMedia(parts: readonly Part[], path: string, writer: Writer): readonly Part[] {
  if (parts.every((part) => part.type === 'text')) return parts;
  const texts: Part[] = [];
  parts.forEach((part, i) => {
    if (part.type === 'text') texts.push(part);
    else {
      const field = `${path}.content[${i}]`;
      writer.pending.push(encodePart(part, field, writer.context, writer.notes));
      writer.notes.push({
        code: 'part.converted',
        field,
        message: `${part.type} moved into the following user message`,
      });
    }
  });
  return texts;
}

function flushPending(writer: Writer): void {
  if (writer.pending.length === 0) return;
  writer.messages.push({ role: 'user', content: writer.pending.splice(0) });
}

/** A trailing assistant message is a prefill: marked where the host wants a mark, answered where the model refuses it. */
function endConversation(writer: Writer): void {
  const last = writer.messages.at(-1);
  if (last?.['role'] !== 'assistant' || last['tool_calls'] !== undefined) return;
  const { host, traits } = writer.context;
  if (traits.prefill !== false) {
    if (host.quirks.prefillField) last[host.quirks.prefillField] = true;
    return;
  }
  writer.messages.push({ role: 'user', content: 'Go on exactly where you stopped.' });
  writer.notes.push({
    code: 'message.changed',
    field: 'messages',
    message: 'the model takes no prefill; a user message asks it to go on from there',
  });
}

/** Joins neighbours of one role for hosts that insist on turns. */
function alternate(writer: Writer): readonly JsonObject[] {
  const joined: MutableJsonObject[] = [];
  for (const message of writer.messages) {
    const last = joined.at(-1);
    const { role } = message;
    const isTurn = role === 'user' || role === 'assistant';
    if (last && isTurn && last['role'] === role && !last['tool_calls'] && !message['tool_calls']) {
      last['content'] = joinContent(last['content'], message['content']);
      writer.notes.push({
        code: 'message.merged',
        field: 'messages',
        message: `two ${role} messages in a row became one`,
      });
    } else joined.push({ ...message });
  }
  return joined;
}

function joinContent(a: Json | undefined, b: Json | undefined): Json {
  if (typeof a === 'string' && typeof b === 'string') return `${a}\n\n${b}`;
  return [...partsOf(a), ...partsOf(b)];
}

function partsOf(content: Json | undefined): readonly Json[] {
  if (isJsonArray(content)) return content;
  return typeof content === 'string' && content ? [{ type: 'text', text: content }] : [];
}
