/**
 * The conversation as strictly alternating turns of blocks (docs/sources.md): consecutive messages of one side merge, every
 * call is answered in the very next user turn, results come first in it.
 */
import type { ToolCall } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import type { NoteSink } from '../notebook.ts';
import { openToolIds, type ToolIds } from './unique-tool-ids.ts';

/** How a grammar writes calls and their results. */
export interface TurnBlocks<UserBlock, AssistantBlock, Result> {
  toolUse(id: string, name: string, input: JsonObject): AssistantBlock;
  toolResult(id: string, result: Result): readonly UserBlock[];
  /** What is answered where nobody gave a result. */
  noResult(words: string): Result;
}

export type Turn<UserBlock, AssistantBlock> =
  | { readonly role: 'user'; readonly results: readonly UserBlock[]; readonly blocks: readonly UserBlock[] }
  | { readonly role: 'assistant'; readonly blocks: readonly AssistantBlock[] };

export interface Turns<UserBlock, AssistantBlock, Result> {
  pushUser(blocks: readonly UserBlock[]): void;
  pushAssistant(blocks: readonly AssistantBlock[], calls: readonly ToolCall[], field: string): void;
  /** False where no unanswered call has this id: the caller then says it as text. */
  pushResult(clientId: string, result: Result, field: string): boolean;
  finish(): Turn<UserBlock, AssistantBlock>[];
}

interface Call {
  readonly wireId: string;
  readonly name: string;
  readonly field: string;
  answered: boolean;
}

type Draft<UserBlock, AssistantBlock> =
  | { readonly role: 'user'; readonly results: UserBlock[]; readonly blocks: UserBlock[] }
  | { readonly role: 'assistant'; readonly blocks: AssistantBlock[]; readonly calls: Call[] };

export function openTurns<UserBlock, AssistantBlock, Result>(
  grammar: TurnBlocks<UserBlock, AssistantBlock, Result>,
  notes: NoteSink,
  ids: ToolIds = openToolIds(),
): Turns<UserBlock, AssistantBlock, Result> {
  const turns: Draft<UserBlock, AssistantBlock>[] = [];
  const open = openByTurn();

  const userAfter = (index: number): Extract<Draft<UserBlock, AssistantBlock>, { role: 'user' }> => {
    const next = turns[index + 1];
    if (next?.role === 'user') return next;
    const turn = { role: 'user' as const, results: [], blocks: [] };
    turns.splice(index + 1, 0, turn);
    return turn;
  };

  return {
    pushUser(blocks) {
      if (blocks.length === 0) return;
      const last = turns.at(-1);
      if (last?.role === 'user') last.blocks.push(...blocks);
      else turns.push({ role: 'user', results: [], blocks: [...blocks] });
    },
    pushAssistant(blocks, toolCalls, field) {
      if (blocks.length === 0 && toolCalls.length === 0) return;
      let turn = turns.at(-1);
      if (turn?.role !== 'assistant') {
        turn = { role: 'assistant', blocks: [], calls: [] };
        turns.push(turn);
      }
      turn.blocks.push(...blocks);
      for (const [index, call] of toolCalls.entries()) {
        const callField = `${field}.tool_calls[${index}]`;
        const wireId = ids.take(call.id);
        if (wireId !== call.id) {
          notes.add('tool.changed', `${callField}.id`, `The id is sent as ${wireId}: it must be unique and plain.`);
        }
        const made = { wireId, name: call.name, field: callField, answered: false };
        turn.calls.push(made);
        open.add(call.id, turns.length - 1, made);
        turn.blocks.push(grammar.toolUse(wireId, call.name, parseArguments(call.arguments, callField, notes)));
      }
    },
    pushResult(clientId, result, field) {
      const found = open.take(clientId);
      if (!found) return false;
      const { call, index } = found;
      call.answered = true;
      const target = userAfter(index);
      if (index + 1 < turns.length - 1 || target.blocks.length > 0) {
        notes.add('message.changed', field, 'The tool result was moved up: it must follow its call at once.');
      }
      target.results.push(...grammar.toolResult(call.wireId, result));
      return true;
    },
    finish() {
      for (let index = turns.length - 1; index >= 0; index--) {
        const turn = turns[index];
        if (turn?.role !== 'assistant') continue;
        for (const call of turn.calls) {
          if (call.answered) continue;
          const result = grammar.noResult(`No result of ${call.name} was given.`);
          userAfter(index).results.push(...grammar.toolResult(call.wireId, result));
          notes.add('tool.changed', call.field, 'A result saying that there is none was added: every call needs one.');
        }
      }
      return turns;
    },
  };
}

interface OpenByTurn {
  add(clientId: string, turnIndex: number, call: Call): void;
  /** The first open call of this id in the last turn that has one. */
  take(clientId: string): { readonly call: Call; readonly index: number } | undefined;
}

/** By the caller's id, then turn by turn: nothing is searched through, as a caller may send tens of thousands. */
function openByTurn(): OpenByTurn {
  const byId = new Map<string, { readonly index: number; readonly calls: Call[]; next: number }[]>();
  return {
    add(clientId, index, call) {
      const turns = byId.get(clientId) ?? [];
      byId.set(clientId, turns);
      const last = turns.at(-1);
      if (last?.index === index) last.calls.push(call);
      else turns.push({ index, calls: [call], next: 0 });
    },
    take(clientId) {
      const turns = byId.get(clientId) ?? [];
      for (let last = turns.at(-1); last; last = turns.at(-1)) {
        const call = last.calls[last.next++];
        if (call) return { call, index: last.index };
        turns.pop();
      }
      return undefined;
    },
  };
}

/** An input must be an object; text that is none is kept word for word under `_raw`. */
function parseArguments(text: string, field: string, notes: NoteSink): JsonObject {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Models do write broken JSON, and callers do send it back: below.
  }
  notes.add('tool.changed', `${field}.function.arguments`, 'The arguments are no JSON object; sent as {"_raw": "…"}.');
  return { _raw: text };
}
