/** Messages → system blocks and alternating turns, keeping every word: what has no place of its own becomes user text. */
import type { AssistantMessage, CacheControl, ChatRequest, Message, Part, ToolMessage } from '../../../core/chat.ts';
import { nameBeforeText } from '../../shared/claude/name-before-text.ts';
import { encodeReasoningReplay } from '../../shared/claude/signed-reasoning.ts';
import { openTurns, type Turn, type TurnBlocks, type Turns } from '../../shared/claude/turns.ts';
import type { Notebook } from '../../shared/notebook.ts';
import type { ModelFacts } from '../model-facts.ts';
import type {
  WireBlock,
  WireCachePoint,
  WireContent,
  WireJson,
  WireMessage,
  WireSystemBlock,
  WireToolResult,
} from '../wire-types.ts';
import { toCachePoint } from './cache-points.ts';
import { type DocumentNames, encodePart, openDocumentNames } from './media.ts';
import { toReasoningBlock } from './replay.ts';
import { toolIdsFor } from './tool-ids.ts';

export interface EncodedConversation {
  readonly system: readonly WireSystemBlock[];
  readonly messages: readonly WireMessage[];
}

interface Result {
  readonly content: WireToolResult['toolResult']['content'];
  readonly isError: boolean;
  readonly marks: readonly WireCachePoint[];
}

interface Encoder {
  readonly facts: ModelFacts;
  readonly notes: Notebook;
  readonly names: DocumentNames;
  readonly turns: Turns<WireBlock, WireBlock, Result>;
  readonly system: WireSystemBlock[];
}

type Place = 'leading' | 'only' | 'later';

export function encodeConversation(request: ChatRequest, facts: ModelFacts, notes: Notebook): EncodedConversation {
  const turns = openTurns(blocksFor(facts), notes, toolIdsFor(facts));
  const encoder: Encoder = { facts, notes, names: openDocumentNames(), turns, system: [] };
  const leading = request.messages.findIndex((message) => message.role !== 'system' && message.role !== 'developer');
  for (const [index, message] of request.messages.entries()) {
    encodeMessage(encoder, message, `messages[${index}]`, leading < 0 ? 'only' : index < leading ? 'leading' : 'later');
  }
  const messages = turns.finish().flatMap((turn) => toMessages(turn, facts, notes));
  const first = messages[0];
  if (first === undefined) {
    messages.push({ role: 'user', content: [{ text: '(The message is empty.)' }] });
    notes.add('message.changed', 'messages', 'Nobody says anything; a user message that says so was sent.');
  } else if (first.role === 'assistant') {
    messages.unshift({ role: 'user', content: [{ text: '(The conversation begins with your turn.)' }] });
    notes.add('message.changed', 'messages[0]', 'A short user message was put first: one must begin.');
  }
  return { system: encoder.system, messages };
}

function blocksFor({ resultStatus, jsonResults }: ModelFacts): TurnBlocks<WireBlock, WireBlock, Result> {
  return {
    toolUse: (toolUseId, name, input) => ({ toolUse: { toolUseId, name, input } }),
    toolResult: (toolUseId, { content, isError, marks }) => [
      { toolResult: { toolUseId, content, ...(isError && resultStatus && { status: 'error' }) } },
      ...marks,
    ],
    noResult: (words) => ({ content: resultOf([{ text: words }], jsonResults), isError: true, marks: [] }),
  };
}

function encodeMessage(encoder: Encoder, message: Message, field: string, place: Place): void {
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
function encodeSystem(encoder: Encoder, parts: readonly Part[], field: string, place: Place): void {
  const { notes, turns } = encoder;
  const blocks = encodeParts(encoder, parts, field);
  if (place === 'leading' && encoder.facts.systemPrompt) {
    const media: WireBlock[] = [];
    for (const block of blocks) {
      if (!('text' in block || 'cachePoint' in block)) media.push(block);
      else if ('text' in block || encoder.system.length > 0) encoder.system.push(block);
    }
    if (media.length > 0) notes.add('part.converted', field, 'The system prompt holds text only; its media follow.');
    turns.pushUser(media);
    return;
  }
  if (blocks.length === 0) return;
  if (place === 'only') {
    notes.add('message.changed', field, 'There are system messages alone; this one is said by the user.');
    turns.pushUser(blocks);
    return;
  }
  notes.add('message.changed', field, 'A system message is sent as user text here, in its place.');
  turns.pushUser(blocks.map((block) => ('text' in block ? { text: `<system>\n${block.text}\n</system>` } : block)));
}

function encodeAssistant(encoder: Encoder, message: AssistantMessage, field: string): void {
  const { facts, notes, turns } = encoder;
  const said: WireBlock[] = [];
  const shown: WireBlock[] = [];
  for (const block of encodeParts(encoder, nameBeforeText(message, field, notes), field)) {
    if ('text' in block || 'cachePoint' in block) said.push(block);
    else shown.push(block);
  }
  if (message.refusal && message.refusal.trim() !== '') {
    said.push({ text: message.refusal });
    notes.add('part.converted', `${field}.refusal`, 'A refusal has no form of its own in the history; sent as text.');
  }
  const format = facts.reasoningFormat === 'unknown' ? null : facts.reasoningFormat;
  const reasoning = encodeReasoningReplay(message, format, toReasoningBlock, field, notes);
  const speaks = said.length > 0 || message.toolCalls.length > 0;
  if (reasoning.length > 0 && !speaks) {
    notes.add('reasoning.dropped', field, 'A turn of reasoning alone is refused; it was left out.');
  }
  turns.pushAssistant(speaks ? [...reasoning, ...said] : [], message.toolCalls, field);
  if (shown.length > 0) {
    notes.add('part.converted', field, 'An assistant turn cannot show images or files; they follow as the user’s.');
    turns.pushUser(shown);
  }
}

function encodeToolResult(encoder: Encoder, message: ToolMessage, field: string): void {
  const { facts, notes, turns } = encoder;
  const inside: WireContent[] = [];
  const beside: WireContent[] = [];
  for (const block of contentOf(encoder, message.content, field)) {
    const fits = 'text' in block || facts.resultMedia.some((kind) => kind in block);
    (fits ? inside : beside).push(block);
  }
  const control = message.cacheControl ?? message.content.findLast((part) => part.cacheControl)?.cacheControl;
  const isEmpty = inside.length === 0;
  if (isEmpty) notes.add('message.changed', field, 'A result must not be empty; it says that it is.');
  const words = isEmpty ? [{ text: beside.length > 0 ? '(Shown by the user.)' : '(empty)' }] : inside;
  const content = resultOf(words, facts.jsonResults);
  const result = { content, isError: message.isError === true, marks: mark(encoder, control, field) };
  if (turns.pushResult(message.toolCallId, result, field)) {
    if (beside.length > 0) {
      notes.add('part.converted', field, 'The model takes no such media in a result; they follow as the user’s.');
    }
    turns.pushUser(beside);
    return;
  }
  notes.add('message.changed', field, 'No open tool call has this id; the result is said as user text.');
  turns.pushUser([{ text: `Result of tool call ${message.toolCallId}:` }, ...inside, ...beside]);
}

/** As an object: word for word, in its one member. */
function resultOf(content: readonly WireContent[], isJson: boolean): readonly (WireContent | WireJson)[] {
  if (!isJson) return content;
  return [{ json: { result: content.flatMap((block) => ('text' in block ? [block.text] : [])).join('\n') } }];
}

function contentOf({ names, notes }: Encoder, parts: readonly Part[], field: string): WireContent[] {
  return parts.flatMap((part, index) => encodePart(part, `${field}.content[${index}]`, names, notes) ?? []);
}

/** With their cache marks: that of a part which is not sent stands behind the part before it. */
function encodeParts(encoder: Encoder, parts: readonly Part[], field: string): (WireContent | WireCachePoint)[] {
  const blocks: (WireContent | WireCachePoint)[] = [];
  for (const [index, part] of parts.entries()) {
    const block = encodePart(part, `${field}.content[${index}]`, encoder.names, encoder.notes);
    if (block) blocks.push(block);
    const last = blocks.at(-1);
    if (last && !('cachePoint' in last)) blocks.push(...mark(encoder, part.cacheControl, field));
  }
  return blocks;
}

function mark({ facts, notes }: Encoder, control: CacheControl | undefined, field: string): WireCachePoint[] {
  return toCachePoint(control, facts, 'messages', field, notes);
}

const RECEIVED = '(The results were received.)';
const SEE_DOCUMENT = '(See the attached document.)';

function toMessages(turn: Turn<WireBlock, WireBlock>, { mixedResults }: ModelFacts, notes: Notebook): WireMessage[] {
  if (turn.role === 'assistant') return [{ role: 'assistant', content: turn.blocks }];
  const { results, blocks } = turn;
  const said = withText(blocks, notes);
  if (mixedResults || results.length === 0 || said.length === 0) {
    return [{ role: 'user', content: [...results, ...said] }];
  }
  notes.once('mixed', 'message.changed', 'messages', 'Words beside tool results are refused; they follow in a turn.');
  return [
    { role: 'user', content: results },
    { role: 'assistant', content: [{ text: RECEIVED }] },
    { role: 'user', content: said },
  ];
}

/** A document needs a text beside it (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html). */
function withText(blocks: readonly WireBlock[], notes: Notebook): readonly WireBlock[] {
  if (!blocks.some((block) => 'document' in block) || blocks.some((block) => 'text' in block)) return blocks;
  notes.add('message.changed', 'messages', 'A document needs words beside it; a short text was added.');
  return [...blocks, { text: SEE_DOCUMENT }];
}
