/** Messages → system blocks and alternating turns, keeping every word: what has no place of its own becomes user text. */
import type { AssistantMessage, ChatRequest, Message, Part, ToolMessage } from '../../../core/chat.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { nameBeforeText } from '../../shared/claude/name-before-text.ts';
import { encodeReasoningReplay } from '../../shared/claude/signed-reasoning.ts';
import { THINKING_FORMAT } from '../../shared/claude/thinking.ts';
import { openTurns, type TurnBlocks, type Turns } from '../../shared/claude/turns.ts';
import type { NoteSink } from '../../shared/notebook.ts';
import type { WireBlock, WireContent, WireMessage, WireText, WireToolResult } from '../wire-types.ts';
import { encodePart, toWireCache } from './media.ts';
import { toThinkingBlock } from './replay.ts';

export interface EncodedConversation {
  readonly system: readonly WireText[];
  readonly messages: readonly WireMessage[];
  readonly usesFileIds: boolean;
}

type UserBlock = WireContent | WireToolResult;
type Result = Omit<WireToolResult, 'type' | 'tool_use_id'>;

const BLOCKS: TurnBlocks<UserBlock, WireBlock, Result> = {
  toolUse: (id, name, input) => ({ type: 'tool_use', id, name, input }),
  toolResult: (id, result) => [{ type: 'tool_result', tool_use_id: id, ...result }],
  noResult: (words) => ({ content: words, is_error: true }),
};

interface Encoder {
  readonly context: UpstreamContext;
  readonly notes: NoteSink;
  readonly turns: Turns<UserBlock, WireBlock, Result>;
  readonly system: WireText[];
  usesFileIds: boolean;
}

export function encodeConversation(
  request: ChatRequest,
  context: UpstreamContext,
  notes: NoteSink,
): EncodedConversation {
  const encoder: Encoder = { context, notes, turns: openTurns(BLOCKS, notes), system: [], usesFileIds: false };
  const leading = request.messages.findIndex((message) => message.role !== 'system' && message.role !== 'developer');
  for (const [index, message] of request.messages.entries()) {
    encodeMessage(encoder, message, `messages[${index}]`, leading < 0 ? 'only' : index < leading ? 'leading' : 'later');
  }
  const messages = encoder.turns
    .finish()
    .map(
      (turn): WireMessage =>
        turn.role === 'user'
          ? { role: 'user', content: [...turn.results, ...turn.blocks] }
          : { role: 'assistant', content: turn.blocks },
    );
  if (messages.length === 0) {
    messages.push({ role: 'user', content: [{ type: 'text', text: '(The message is empty.)' }] });
    notes.add(
      'message.changed',
      'messages',
      'Nobody says anything; a user message that says so was sent: one is needed.',
    );
  }
  if (messages[0]?.role === 'assistant') {
    messages.unshift({ role: 'user', content: [{ type: 'text', text: '(The conversation begins with your turn.)' }] });
    notes.add(
      'message.changed',
      'messages[0]',
      'A short user message was put first: the conversation must begin with one.',
    );
  }
  return { system: encoder.system, messages, usesFileIds: encoder.usesFileIds };
}

function encodeMessage(encoder: Encoder, message: Message, field: string, place: 'leading' | 'only' | 'later'): void {
  switch (message.role) {
    case 'system':
    case 'developer':
      encodeSystem(encoder, nameBeforeText(message, field, encoder.notes), field, place);
      break;
    case 'user':
      encoder.turns.pushUser(encodeParts(encoder, nameBeforeText(message, field, encoder.notes), field));
      break;
    case 'assistant':
      encodeAssistant(encoder, message, field);
      break;
    case 'tool':
      encodeToolResult(encoder, message, field);
  }
}

/**
 * Leading system messages are the system prompt. A later one stays where it stands, as user text: hoisting it would change its
 * meaning and break the cache of everything before it. A conversation of system messages alone is said by the user.
 */
function encodeSystem(
  encoder: Encoder,
  parts: readonly Part[],
  field: string,
  place: 'leading' | 'only' | 'later',
): void {
  const blocks = encodeParts(encoder, parts, field);
  if (place === 'leading') {
    const others: WireContent[] = [];
    for (const block of blocks) {
      if (block.type === 'text') encoder.system.push(block);
      else others.push(block);
    }
    if (others.length > 0) {
      encoder.notes.add(
        'part.converted',
        field,
        'The system prompt holds text only; its media were put into a user turn.',
      );
      encoder.turns.pushUser(others);
    }
    return;
  }
  if (blocks.length === 0) return;
  const why =
    place === 'only'
      ? 'A conversation cannot consist of system messages alone; this one is said by the user.'
      : 'A system message inside the conversation is sent as user text, in its place.';
  encoder.notes.add('message.changed', field, why);
  encoder.turns.pushUser(place === 'only' ? blocks : blocks.map(inSystemTags));
}

function inSystemTags(block: WireContent): WireContent {
  return block.type === 'text' ? { ...block, text: `<system>\n${block.text}\n</system>` } : block;
}

function encodeAssistant(encoder: Encoder, message: AssistantMessage, field: string): void {
  const { notes, turns } = encoder;
  const said: WireBlock[] = [];
  const shown: WireContent[] = [];
  for (const block of encodeParts(encoder, nameBeforeText(message, field, encoder.notes), field)) {
    if (block.type === 'text') said.push(block);
    else shown.push(block);
  }
  if (message.refusal && message.refusal.trim() !== '') {
    said.push({ type: 'text', text: message.refusal });
    notes.add('part.converted', `${field}.refusal`, 'A refusal has no form of its own in the history; sent as text.');
  }
  const format = encoder.context.host.quirks.reasoningFormat ?? THINKING_FORMAT;
  const thinking = encodeReasoningReplay(message, format, toThinkingBlock, field, notes);
  const speaks = said.length > 0 || message.toolCalls.length > 0;
  if (thinking.length > 0 && !speaks) {
    notes.add('reasoning.dropped', field, 'A turn of reasoning alone is refused; it was left out.');
  }
  turns.pushAssistant(speaks ? [...thinking, ...said] : [], message.toolCalls, field);
  if (shown.length > 0) {
    notes.add('part.converted', field, 'An assistant turn cannot show images or files; they follow as the user’s.');
    turns.pushUser(shown);
  }
}

function encodeToolResult(encoder: Encoder, message: ToolMessage, field: string): void {
  const blocks = encodeParts(encoder, message.content, field);
  const [only] = blocks;
  const plain = blocks.length === 1 && only?.type === 'text' && !only.cache_control ? only.text : blocks;
  const result = {
    ...(blocks.length > 0 && { content: plain }),
    ...(message.isError === true && { is_error: true }),
    ...toWireCache(message.cacheControl),
  };
  if (encoder.turns.pushResult(message.toolCallId, result, field)) return;
  encoder.notes.add('message.changed', field, 'No open tool call has this id; the result is said as user text.');
  encoder.turns.pushUser([{ type: 'text', text: `Result of tool call ${message.toolCallId}:` }, ...blocks]);
}

function encodeParts(encoder: Encoder, parts: readonly Part[], field: string): WireContent[] {
  const blocks: WireContent[] = [];
  for (const [index, part] of parts.entries()) {
    const encoded = encodePart(part, `${field}.content[${index}]`, encoder.notes);
    blocks.push(...encoded.blocks);
    if (encoded.usesFileId) encoder.usesFileIds = true;
  }
  return blocks;
}
