/**
 * Messages (https://docs.cohere.com/v2/docs/chat-api): one system message at the head, tool results as text under the id of
 * their call, and an assistant turn as blocks of thinking and text with a plan and calls beside them.
 */
import type {
  AssistantMessage,
  ChatRequest,
  Message,
  Part,
  SystemMessage,
  ToolCall,
  ToolMessage,
} from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { type OpenCalls, openCalls } from '../../shared/openai/open-calls.ts';
import { noteCacheMark } from '../../shared/upstream/unsaid.ts';
import { encodeParts, textPart } from './parts.ts';
import { encodeReplay } from './replay.ts';

interface Conversation {
  readonly context: UpstreamContext;
  readonly notes: Notebook;
  readonly messages: JsonObject[];
  /** Media of tool results and assistant turns: they follow as the user's, once the results are complete. */
  held: JsonObject[];
  readonly unanswered: OpenCalls<ToolCall>;
  /** The last assistant turn: its neighbours are joined to it in place, as there may be thousands. */
  turn: AssistantTurn | undefined;
}

export function encodeMessages(request: ChatRequest, context: UpstreamContext, notes: Notebook): readonly JsonObject[] {
  const conversation: Conversation = {
    context,
    notes,
    messages: [],
    held: [],
    unanswered: openCalls(),
    turn: undefined,
  };
  const opening = openingOf(request.messages);
  encodeOpening(conversation, opening);
  request.messages.slice(opening.length).forEach((message, i) => {
    encodeMessage(conversation, message, `messages[${opening.length + i}]`);
  });
  releaseMedia(conversation);
  if (!conversation.messages.some(({ role }) => role !== 'system')) {
    notes.add(
      'message.changed',
      'messages',
      'Nobody says anything; a user message that says so was sent: one is needed.',
    );
    conversation.messages.push({ role: 'user', content: '(The message is empty.)' });
  }
  return conversation.messages;
}

/** The system messages at the head; none where nobody else speaks, as somebody must. */
function openingOf(messages: readonly Message[]): readonly SystemMessage[] {
  const opening: SystemMessage[] = [];
  for (const message of messages) {
    if (message.role !== 'system' && message.role !== 'developer') return opening;
    opening.push(message);
  }
  return [];
}

/** "system turn must be the first in the list" (https://docs.cohere.com/reference/errors): several are joined into one. */
function encodeOpening(conversation: Conversation, messages: readonly SystemMessage[]): void {
  const texts: string[] = [];
  messages.forEach((message, i) => {
    const field = `messages[${i}]`;
    for (const part of encodeParts(named(message), field, conversation.notes)) {
      if (typeof part['text'] === 'string') texts.push(part['text']);
      else {
        conversation.notes.add(
          'part.converted',
          field,
          'The system message holds text only; its media follow as the user’s.',
        );
        conversation.held.push(part);
      }
    }
  });
  if (texts.length > 0) conversation.messages.push({ role: 'system', content: texts.join('\n\n') });
}

function encodeMessage(conversation: Conversation, message: Message, field: string): void {
  if (message.role === 'tool') {
    encodeToolResult(conversation, message, field);
    return;
  }
  releaseMedia(conversation);
  switch (message.role) {
    case 'system':
    case 'developer':
      encodeLaterSystem(conversation, message, field);
      return;
    case 'user':
      pushUser(conversation, encodeParts(named(message), field, conversation.notes), field);
      return;
    case 'assistant':
      encodeAssistant(conversation, message, field);
  }
}

function encodeLaterSystem(conversation: Conversation, message: SystemMessage, field: string): void {
  const { notes } = conversation;
  notes.add(
    'message.changed',
    field,
    'Only what opens a conversation is a system message; this one is sent as user text, in its place.',
  );
  const parts = encodeParts(named(message), field, notes).map((part) =>
    typeof part['text'] === 'string' ? textPart(`<system>\n${part['text']}\n</system>`) : part,
  );
  pushUser(conversation, parts, field);
}

function pushUser({ messages, notes }: Conversation, parts: readonly JsonObject[], field: string): void {
  const [only] = parts;
  if (!only) {
    notes.add('message.dropped', field, 'A message without content is refused; it was left out.');
    return;
  }
  const isText = parts.length === 1 && typeof only['text'] === 'string';
  messages.push({ role: 'user', content: isText ? only['text'] : parts });
}

function releaseMedia(conversation: Conversation): void {
  if (conversation.held.length === 0) return;
  conversation.messages.push({ role: 'user', content: conversation.held });
  conversation.held = [];
}

function encodeAssistant(conversation: Conversation, message: AssistantMessage, field: string): void {
  const { context, notes, held, unanswered } = conversation;
  const { thinking, plan } = encodeReplay(message, context, field, notes);
  const content = [...thinking];
  for (const part of encodeParts(named(message), field, notes)) {
    if (part['type'] === 'text') content.push(part);
    else {
      notes.add('part.converted', field, 'An assistant turn cannot show images; they follow as the user’s.');
      held.push(part);
    }
  }
  if (message.refusal) {
    notes.add('part.converted', `${field}.refusal`, 'A refusal has no form of its own in the history; sent as text.');
    content.push(textPart(message.refusal));
  }
  const calls = message.toolCalls.map(({ id, name, arguments: written }) => ({
    id,
    type: 'function',
    function: { name, arguments: written.trim() === '' ? '{}' : written },
  }));
  message.toolCalls.forEach(unanswered.add);
  pushAssistant(
    conversation,
    {
      role: 'assistant',
      ...(content.length > 0 && { content }),
      ...(plan && { tool_plan: plan }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    field,
  );
}

// `type`, not `interface`: only aliases are assignable to a record.
type AssistantTurn = {
  readonly role: 'assistant';
  content?: JsonObject[];
  tool_plan?: string;
  tool_calls?: JsonObject[];
};

/** Neighbours are one turn: their blocks and calls follow each other. */
function pushAssistant(conversation: Conversation, next: AssistantTurn, field: string): void {
  const { messages, notes, turn } = conversation;
  if (!next.content && !next.tool_calls) {
    notes.add('message.dropped', field, 'An assistant turn that says nothing was left out.');
    return;
  }
  if (!turn || messages.at(-1) !== turn) {
    conversation.turn = next;
    messages.push(next);
    return;
  }
  for (const key of ['content', 'tool_calls'] as const) {
    const more = next[key];
    if (!more) continue;
    const list = turn[key] ?? [];
    for (const each of more) list.push(each);
    turn[key] = list;
  }
  const plans = [turn.tool_plan, next.tool_plan].filter((plan) => plan !== undefined);
  if (plans.length > 0) turn.tool_plan = plans.join('\n');
}

function encodeToolResult(conversation: Conversation, message: ToolMessage, field: string): void {
  const { messages, notes, held, unanswered } = conversation;
  if (message.cacheControl) noteCacheMark(`${field}.cache_control`, notes);
  const parts = encodeParts(message.content, field, notes);
  const texts = parts.filter(({ type }) => type === 'text');
  const media = parts.filter(({ type }) => type !== 'text');
  if (media.length > 0) {
    notes.once('result-media', 'part.converted', `${field}.content`, 'A tool result holds text; its media follow it.');
  }
  const said = texts.map(({ text }) => String(text)).join('\n');
  if (!unanswered.takeById(message.toolCallId)) {
    notes.add('message.changed', field, 'No open tool call has this id; the result is said as user text.');
    held.push(textPart(`Result of tool call ${message.toolCallId}: ${said}`), ...media);
    return;
  }
  held.push(...media);
  const content = texts.length > 1 ? texts : said;
  messages.push({
    role: 'tool',
    tool_call_id: message.toolCallId,
    // A JSON object is what the grammar likes best, and it has no flag for a result that is an error.
    content: message.isError ? JSON.stringify({ error: said }) : content,
  });
}

/** OpenRouter says a name as `name: content` to models without the field (OpenRouter's API). */
function named(message: Exclude<Message, ToolMessage>): readonly Part[] {
  const { name, content } = message;
  if (!name || content.length === 0) return content;
  const at = content.findIndex((part) => part.type === 'text' && part.text !== '');
  if (at < 0) return [{ type: 'text', text: `${name}:` }, ...content];
  return content.map((part, i) =>
    i === at && part.type === 'text' ? { ...part, text: `${name}: ${part.text}` } : part,
  );
}
