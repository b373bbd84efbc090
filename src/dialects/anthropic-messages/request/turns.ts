/**
 * The conversation as strictly alternating turns (docs/sources.md): consecutive messages of one side merge, every `tool_use` is
 * answered in the very next user turn, results come first in it.
 */

import type { ToolCall } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import type { WireBlock, WireContent, WireMessage, WireToolResult, WireToolUse } from '../wire-types.ts';
import type { NoteSink } from './notes.ts';
import { openToolIds } from './tool-ids.ts';

interface Call {
  readonly clientId: string;
  readonly wireId: string;
  readonly name: string;
  readonly field: string;
  answered: boolean;
}

type Turn =
  | { readonly role: 'user'; readonly results: WireToolResult[]; readonly blocks: WireContent[] }
  | { readonly role: 'assistant'; readonly blocks: WireBlock[]; readonly calls: Call[] };

export interface Turns {
  pushUser(blocks: readonly WireContent[]): void;
  pushAssistant(blocks: readonly WireBlock[], calls: readonly ToolCall[], field: string): void;
  /** False where no unanswered call has this id: the caller then says it as text. */
  pushResult(clientId: string, result: Omit<WireToolResult, 'type' | 'tool_use_id'>, field: string): boolean;
  finish(): WireMessage[];
}

export function openTurns(notes: NoteSink): Turns {
  const turns: Turn[] = [];
  const ids = openToolIds();

  const userAfter = (index: number): Extract<Turn, { role: 'user' }> => {
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
        turn.calls.push({ clientId: call.id, wireId, name: call.name, field: callField, answered: false });
        turn.blocks.push(toToolUse(call, wireId, callField, notes));
      }
    },
    pushResult(clientId, result, field) {
      for (let index = turns.length - 1; index >= 0; index--) {
        const turn = turns[index];
        const call = turn?.role === 'assistant' && turn.calls.find((c) => !c.answered && c.clientId === clientId);
        if (!call) continue;
        call.answered = true;
        const target = userAfter(index);
        if (index + 1 < turns.length - 1 || target.blocks.length > 0) {
          notes.add('message.changed', field, 'The tool result was moved up: it must follow its call at once.');
        }
        target.results.push({ type: 'tool_result', tool_use_id: call.wireId, ...result });
        return true;
      }
      return false;
    },
    finish() {
      for (let index = turns.length - 1; index >= 0; index--) {
        const turn = turns[index];
        if (turn?.role !== 'assistant') continue;
        for (const call of turn.calls) {
          if (call.answered) continue;
          const content = `No result of ${call.name} was given.`;
          userAfter(index).results.push({ type: 'tool_result', tool_use_id: call.wireId, content, is_error: true });
          notes.add('tool.changed', call.field, 'A result saying that there is none was added: every call needs one.');
        }
      }
      return turns.map((turn) =>
        turn.role === 'user'
          ? { role: 'user', content: [...turn.results, ...turn.blocks] }
          : { role: 'assistant', content: turn.blocks },
      );
    },
  };
}

function toToolUse(call: ToolCall, id: string, field: string, notes: NoteSink): WireToolUse {
  return { type: 'tool_use', id, name: call.name, input: parseArguments(call.arguments, field, notes) };
}

/** `input` must be an object; text that is none is kept word for word under `_raw`. */
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
