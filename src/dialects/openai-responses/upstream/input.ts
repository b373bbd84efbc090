/** Messages as input items, core → wire: each turn in order, so that prompts stay cached and calls follow their reasoning. */
import type { AssistantMessage, ChatRequest, Message, Part, ToolCall, ToolMessage } from '../../../core/chat.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { encodeContent, encodePart, noteCacheMark } from './parts.ts';
import { encodeReasoningItems } from './reasoning-replay.ts';

interface Writer {
  readonly context: UpstreamContext;
  readonly notes: Note[];
  readonly items: JsonObject[];
  /** Media of turns that cannot show them: they follow in the next user turn. */
  readonly pending: JsonObject[];
  /** Kinds of item that the results of the calls so far are, by id of the call. */
  readonly resultTypes: Map<string, string>;
}

export function encodeInput(request: ChatRequest, context: UpstreamContext, notes: Note[]): readonly JsonObject[] {
  const writer: Writer = { context, notes, items: [], pending: [], resultTypes: new Map() };
  request.messages.forEach((message, at) => {
    if (message.role !== 'tool') flushPending(writer);
    encodeMessage(message, `messages[${at}]`, writer);
  });
  flushPending(writer);
  endConversation(writer);
  return withoutLoneReasoning(writer);
}

function encodeMessage(message: Message, path: string, writer: Writer): void {
  const { context, notes, items } = writer;
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user': {
      const isUnknown = message.role === 'developer' && !context.host.quirks.developerRole;
      const role = isUnknown ? 'system' : message.role;
      const parts = named(message, path, notes);
      items.push({ type: 'message', role, content: encodeContent(parts, `${path}.content`, context, notes) });
      return;
    }
    case 'assistant':
      encodeAssistant(message, path, writer);
      return;
    case 'tool':
      encodeToolResult(message, path, writer);
  }
}

/** The grammar has no participant names: the name leads the text. */
function named(message: Exclude<Message, ToolMessage>, path: string, notes: Note[]): readonly Part[] {
  const { name, content } = message;
  if (!name || content.length === 0) return content;
  notes.push({
    code: 'message.changed',
    field: `${path}.name`,
    message: 'put before the text: there are no names here',
  });
  const at = content.findIndex((part) => part.type === 'text');
  if (at < 0) return [{ type: 'text', text: `${name}:` }, ...content];
  return content.map((part, i) =>
    i === at && part.type === 'text' ? { ...part, text: `${name}: ${part.text}` } : part,
  );
}

function encodeAssistant(message: AssistantMessage, path: string, writer: Writer): void {
  const { context, notes, items } = writer;
  items.push(...encodeReasoningItems(message, path, context, notes));
  const said: JsonObject[] = [];
  named(message, path, notes).forEach((part, i) => {
    const field = `${path}.content[${i}]`;
    if (part.type === 'text') {
      noteCacheMark(part, field, context, notes);
      if (part.text) said.push({ type: 'output_text', text: part.text, annotations: [] });
    } else postpone(part, field, writer);
  });
  if (message.refusal) said.push({ type: 'refusal', refusal: message.refusal });
  const [only] = said;
  // A lone text is said as a string: an item of parts is an answer given before, for which some hosts want its id back.
  if (only)
    items.push({ type: 'message', role: 'assistant', content: said.length === 1 ? (only['text'] ?? said) : said });
  for (const call of message.toolCalls) items.push(encodeCall(call, writer));
}

function encodeCall({ id, name, arguments: written, custom }: ToolCall, writer: Writer): JsonObject {
  writer.resultTypes.set(id, custom ? 'custom_tool_call_output' : 'function_call_output');
  if (!custom) return { type: 'function_call', call_id: id, name, arguments: written };
  return { type: 'custom_tool_call', call_id: id, name, input: written };
}

function encodeToolResult(message: ToolMessage, path: string, writer: Writer): void {
  const { notes, items, context } = writer;
  if (message.isError) {
    notes.push({
      code: 'message.changed',
      field: `${path}.is_error`,
      message: 'this grammar has no mark for a failed tool; its text says what happened',
    });
  }
  const type = writer.resultTypes.get(message.toolCallId);
  if (type) {
    const output = encodeOutput(message.content, `${path}.content`, writer);
    items.push({ type, call_id: message.toolCallId, output });
    return;
  }
  notes.push({ code: 'message.changed', field: path, message: 'no call has this id; the result is said as user text' });
  const said = message.content.map((part, i) => encodePart(part, `${path}.content[${i}]`, context, notes));
  const opening = { type: 'input_text', text: `Result of tool call ${message.toolCallId}:` };
  items.push({ type: 'message', role: 'user', content: [opening, ...said] });
}

/** Texts as one string; beside images and files, which only newer hosts take, everything as parts. */
function encodeOutput(parts: readonly Part[], path: string, writer: Writer): Json {
  const { context, notes } = writer;
  const shown: Part[] = [];
  parts.forEach((part, i) => {
    if (part.type === 'text' || part.type === 'image' || part.type === 'file') shown.push(part);
    else postpone(part, `${path}[${i}]`, writer);
  });
  if (shown.every((part) => part.type === 'text')) return shown.map((part) => part.text).join('');
  return shown.map((part, i) => encodePart(part, `${path}[${i}]`, context, notes));
}

function postpone(part: Part, field: string, writer: Writer): void {
  writer.pending.push(encodePart(part, field, writer.context, writer.notes));
  writer.notes.push({ code: 'part.converted', field, message: `${part.type} moved into the following user message` });
}

function flushPending({ pending, items }: Writer): void {
  if (pending.length > 0) items.push({ type: 'message', role: 'user', content: pending.splice(0) });
}

/** A trailing assistant message is a prefill: a model that refuses it is asked to go on. */
function endConversation({ context, items, notes }: Writer): void {
  if (context.traits.prefill !== false || items.at(-1)?.['role'] !== 'assistant') return;
  items.push({ type: 'message', role: 'user', content: 'Go on exactly where you stopped.' });
  notes.push({
    code: 'message.changed',
    field: 'messages',
    message: 'the model takes no prefill; a user message asks it to go on from there',
  });
}

/**
 * Reasoning must be followed by what it led to, or the request is refused ("provided without its required following item",
 * recorded): what a turn reasoned and did not say is left out.
 */
function withoutLoneReasoning({ items, notes }: Writer): readonly JsonObject[] {
  let isFollowed = false;
  const kept = items.toReversed().filter((item) => {
    if (item['type'] !== 'reasoning') isFollowed = isOfTheModel(item);
    return item['type'] !== 'reasoning' || isFollowed;
  });
  if (kept.length < items.length) {
    const message = 'a turn of reasoning alone is refused; it was left out';
    notes.push({ code: 'reasoning.dropped', field: 'messages', message });
  }
  return kept.toReversed();
}

function isOfTheModel({ type, role }: JsonObject): boolean {
  return role === 'assistant' || type === 'function_call' || type === 'custom_tool_call';
}
