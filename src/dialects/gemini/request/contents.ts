/**
 * Messages as `systemInstruction` and `contents` (docs/sources.md): user and model alternate, the first is the user's,
 * and the responses to a model turn's calls follow it in the order of the calls.
 */
import type { ChatRequest, Message, Part, SystemMessage, ToolCall } from '../../../core/chat.ts';
import type { Notebook } from '../../shared/notebook.ts';
import type { WireContent, WirePart, WireRole } from '../wire-types.ts';
import { type AssistantRules, encodeAssistant, prefixName } from './assistant.ts';
import { encodeMedia } from './media.ts';
import { encodeOrphan, encodeResult, openResultPool, type ResultPool, type ResultRules } from './tool-results.ts';

export interface ContentRules extends AssistantRules, ResultRules {
  /** False where the model refuses a conversation that ends with its own turn. */
  readonly prefill: boolean;
}

export interface EncodedContents {
  readonly system: readonly WirePart[];
  readonly contents: readonly WireContent[];
}

interface OpenCall {
  readonly call: ToolCall;
  readonly at: number;
  readonly field: string;
}

export function encodeContents(request: ChatRequest, rules: ContentRules, notes: Notebook): EncodedContents {
  const { messages } = request;
  const pool = openResultPool(messages);
  const said = countSaid(messages);
  const turns = openTurns(notes);
  const system: WirePart[] = [];
  let openCalls: OpenCall[] = [];
  const answer = (at: number): void => {
    if (openCalls.length > 0) turns.add('user', encodeResults(openCalls, at, pool, rules, said, notes), undefined);
    openCalls = [];
  };
  messages.forEach((message, at) => {
    const field = `messages[${at}]`;
    switch (message.role) {
      case 'system':
      case 'developer': {
        if (!turns.isEmpty()) {
          notes.add('message.changed', field, 'Gemini takes instructions only before the conversation: moved there.');
        }
        const { text, media } = encodeSystem(message, field, notes);
        system.push(...text);
        if (media.length > 0) {
          answer(at);
          turns.add('user', media, field);
        }
        return;
      }
      case 'user':
        answer(at);
        turns.add('user', prefixName(encodeParts(message.content, field, notes), message.name), field);
        return;
      case 'assistant':
        turns.add('model', encodeAssistant(message, field, rules, notes), field);
        message.toolCalls.forEach((call, i) => {
          openCalls.push({ call, at, field: `${field}.tool_calls[${i}]` });
        });
        return;
      case 'tool':
        answer(at);
        if (!pool.isTaken(at)) turns.add('user', encodeOrphan(message, at, notes), field);
    }
  });
  return finish(system, turns, rules, notes);
}

/** The responses to all calls of the model turn that just ended, in call order; media that stands beside them comes after. */
function encodeResults(
  openCalls: readonly OpenCall[],
  at: number,
  pool: ResultPool,
  rules: ContentRules,
  said: readonly number[],
  notes: Notebook,
): WirePart[] {
  const encoded = openCalls.map(({ call, at: callAt, field }) => {
    const found = pool.take(call.id, callAt);
    if (found && (said[found.at] ?? 0) > (said[at] ?? 0)) {
      notes.add('message.changed', `messages[${found.at}]`, 'Moved: Gemini wants a result right after its call.');
    }
    return encodeResult(call, found, field, rules, notes);
  });
  return [...encoded.map(({ response }) => response), ...encoded.flatMap(({ beside }) => beside)];
}

/** How many messages of user and model stand before each place. */
function countSaid(messages: readonly Message[]): readonly number[] {
  let count = 0;
  return messages.map(({ role }) => (role === 'user' || role === 'assistant' ? count++ : count));
}

function encodeParts(content: readonly Part[], field: string, notes: Notebook): WirePart[] {
  return content.flatMap((part, i): WirePart | [] => {
    if (part.type !== 'text') return encodeMedia(part, `${field}.content[${i}]`, notes) ?? [];
    return part.text === '' ? [] : { text: part.text };
  });
}

/** The system instruction is text only: media of it goes to the conversation. */
function encodeSystem(message: SystemMessage, field: string, notes: Notebook): { text: WirePart[]; media: WirePart[] } {
  const parts = encodeParts(message.content, field, notes);
  const text = parts.filter((part) => part.text !== undefined);
  const media = parts.filter((part) => part.text === undefined);
  if (media.length > 0) {
    notes.add('part.converted', field, 'The system instruction takes text only: its media was put into a user turn.');
  }
  return { text: prefixName(text, message.name), media };
}

interface Turns {
  /** Appends to the last turn of the same role, else opens one. `field`: the message, or undefined for tool results. */
  add(role: WireRole, parts: readonly WirePart[], field: string | undefined): void;
  isEmpty(): boolean;
  readonly contents: readonly WireContent[];
}

function openTurns(notes: Notebook): Turns {
  const contents: { role: WireRole; parts: WirePart[] }[] = [];
  let lastIsMessage = false;
  return {
    contents,
    isEmpty: () => contents.length === 0,
    add(role, parts, field) {
      if (parts.length === 0) {
        notes.once(
          'empty',
          'part.dropped',
          field ?? 'messages',
          'Gemini takes no message without content; it was left out.',
        );
        return;
      }
      const last = contents.at(-1);
      if (last?.role === role) {
        if (lastIsMessage && field !== undefined) {
          notes.once('merged', 'message.merged', field, 'Messages of one role in a row are one turn: roles alternate.');
        }
        last.parts.push(...parts);
      } else {
        contents.push({ role, parts: [...parts] });
      }
      lastIsMessage = field !== undefined;
    },
  };
}

function finish(system: WirePart[], turns: Turns, rules: ContentRules, notes: Notebook): EncodedContents {
  const contents = [...turns.contents];
  const [first] = contents;
  if (!first) {
    notes.add('message.changed', 'messages', 'There is no turn besides instructions: they were sent as the user turn.');
    return { system: [], contents: [{ role: 'user', parts: system.length > 0 ? system : [{ text: ' ' }] }] };
  }
  if (first.role === 'model') {
    notes.add('message.changed', 'messages', 'A conversation starts with the user: an opening turn was put before it.');
    contents.unshift({ role: 'user', parts: [{ text: '(start of the conversation)' }] });
  }
  if (!rules.prefill && contents.at(-1)?.role === 'model') {
    notes.add('message.changed', 'messages', 'This model does not continue its own turn: the user asks it to.');
    contents.push({ role: 'user', parts: [{ text: 'Continue.' }] });
  }
  return { system, contents };
}
