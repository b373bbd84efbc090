/** Messages, wire → core: a turn of blocks becomes as many messages as its order needs, none of its blocks is lost. */
import type { AssistantMessage, Message, Part, ReasoningDetail, ToolCall, ToolMessage } from '../../../core/chat.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { decodeCacheMark, decodeContent, decodeShown } from './decode-blocks.ts';
import { decodeRedacted, decodeThinking } from './decode-thinking.ts';
import {
  isKnownBlock,
  type MessagesFields,
  type WireClientBlock,
  type WireClientMessage,
  type WireToolResultBlock,
} from './schema.ts';

/** The system prompt and the conversation, in order. */
export function decodeMessages({ system, messages }: MessagesFields, notes: Notebook): readonly Message[] {
  const decoded: Message[] = [];
  const prompt = decodeContent(system, 'system', notes);
  if (prompt.length > 0) decoded.push({ role: 'system', content: prompt });
  /** Names of the tools that were called, by the id of the call: some grammars want them beside the result. */
  const names = new Map<string, string>();
  for (const [at, message] of messages.entries()) {
    decoded.push(...decodeMessage(message, `messages[${at}].content`, names, notes));
  }
  return decoded;
}

function decodeMessage(
  message: WireClientMessage,
  path: string,
  names: Map<string, string>,
  notes: Notebook,
): readonly Message[] {
  switch (message.role) {
    case 'system': {
      const content = decodeContent(message.content, path, notes);
      return content.length > 0 ? [{ role: 'system', content }] : [];
    }
    case 'user':
      return decodeUser(message, path, names, notes);
    case 'assistant':
      return decodeAssistant(message, path, names, notes);
  }
}

/** Results come first, as they must follow their calls at once; the rest of the turn is what the user says. */
function decodeUser(
  { content }: WireClientMessage,
  path: string,
  names: ReadonlyMap<string, string>,
  notes: Notebook,
): readonly Message[] {
  if (typeof content === 'string') return content === '' ? [] : [{ role: 'user', content: textOf(content) }];
  const results: ToolMessage[] = [];
  const said: Part[] = [];
  content.forEach((block, at) => {
    const field = `${path}[${at}]`;
    if (isToolResult(block)) results.push(decodeResult(block, field, names, notes));
    else said.push(...decodeShown(block, field, notes));
  });
  return said.length > 0 ? [...results, { role: 'user', content: said }] : results;
}

function isToolResult(block: WireClientBlock): block is WireToolResultBlock {
  return isKnownBlock(block) && block.type === 'tool_result';
}

function textOf(text: string): readonly Part[] {
  return [{ type: 'text', text }];
}

function decodeResult(
  block: WireToolResultBlock,
  path: string,
  names: ReadonlyMap<string, string>,
  notes: Notebook,
): ToolMessage {
  const name = names.get(block.tool_use_id);
  const cacheControl = decodeCacheMark(block.cache_control);
  return {
    role: 'tool',
    toolCallId: block.tool_use_id,
    content: decodeContent(block.content, `${path}.content`, notes),
    ...(name && { name }),
    ...(block.is_error === true && { isError: true }),
    ...(cacheControl && { cacheControl }),
  };
}

// ---- the model's turns ----

interface Draft {
  readonly content: Part[];
  readonly toolCalls: ToolCall[];
  readonly reasoningDetails: ReasoningDetail[];
  reasoning: string;
}

const ORDER = { reasoning: 0, content: 1, call: 2 } as const;

function decodeAssistant(
  { content }: WireClientMessage,
  path: string,
  names: Map<string, string>,
  notes: Notebook,
): readonly AssistantMessage[] {
  if (typeof content === 'string') return [finish({ ...newDraft(), content: [...textOf(content)] })];
  const drafts: Draft[] = [];
  let place: number = ORDER.call + 1;
  let thoughts = 0;
  /** The message that takes a piece of this kind next: another one where the order of the turn asks for it. */
  const draftFor = (kind: keyof typeof ORDER): Draft => {
    const last = drafts.at(-1);
    const fits = last && ORDER[kind] >= place;
    place = ORDER[kind];
    if (fits) return last;
    const draft = newDraft();
    drafts.push(draft);
    return draft;
  };
  content.forEach((block, at) => {
    const field = `${path}[${at}]`;
    if (!isKnownBlock(block)) {
      decodeShown(block, field, notes);
      return;
    }
    switch (block.type) {
      case 'thinking': {
        const { text, details } = decodeThinking(block, thoughts);
        if (text === '' && details.length === 0) return;
        const draft = draftFor('reasoning');
        draft.reasoning += text;
        draft.reasoningDetails.push(...details);
        thoughts += details.length;
        return;
      }
      case 'redacted_thinking': {
        const details = decodeRedacted(block.data, thoughts);
        if (details.length > 0) draftFor('reasoning').reasoningDetails.push(...details);
        thoughts += details.length;
        return;
      }
      case 'tool_use': {
        const { id, name, input } = block;
        names.set(id, name);
        if (block.cache_control) {
          const why = 'A call cannot be marked for the cache here.';
          notes.once('call-mark', 'parameter.dropped', `${field}.cache_control`, why);
        }
        draftFor('call').toolCalls.push({ id, name, arguments: JSON.stringify(input) });
        return;
      }
      default: {
        const parts = decodeShown(block, field, notes);
        if (parts.length > 0) draftFor('content').content.push(...parts);
      }
    }
  });
  return drafts.map(finish);
}

function newDraft(): Draft {
  return { content: [], toolCalls: [], reasoningDetails: [], reasoning: '' };
}

function finish({ reasoning, ...draft }: Draft): AssistantMessage {
  return { role: 'assistant', ...draft, ...(reasoning && { reasoning }) };
}
