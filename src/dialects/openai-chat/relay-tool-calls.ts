/**
 * Tool calls of one relayed choice: the decoder says which call a piece belongs to, under which id and name; members that it
 * does not know (signatures of compatible doors) ride along by value.
 */
import type { ChatEvent } from '../../core/chat-events.ts';
import { type JsonObject, type MutableJsonObject, objectAt } from '../../core/json.ts';
import type { ToolCallLog } from '../../core/tool-check.ts';
import { unknownMembers } from './relay-frame.ts';
import { openToolCallDecoder } from './stream-tool-calls.ts';

const CALL_MEMBERS: ReadonlySet<string> = new Set(['index', 'id', 'type', 'function', 'custom', 'name', 'arguments']);
const FUNCTION_MEMBERS: ReadonlySet<string> = new Set(['name', 'arguments']);

export interface RelayedCalls {
  /** For `delta.tool_calls`: every call once, its pieces of this frame joined. */
  readonly pieces: readonly JsonObject[];
  readonly characters: number;
  /** Notes them for the measure of tool calls. */
  tell(choice: number, log: ToolCallLog): void;
}

export interface ToolCallRelay {
  /** Calls so far. */
  readonly count: number;
  push(calls: readonly JsonObject[], upstreamId: string | undefined): RelayedCalls;
  /** What was held back, now that the stream is known to be whole. */
  flush(): readonly JsonObject[];
}

interface Piece {
  readonly index: number;
  id?: string;
  name?: string;
  arguments: string;
  members?: JsonObject | undefined;
  functionMembers?: JsonObject | undefined;
}

const NONE: RelayedCalls = { pieces: [], characters: 0, tell() {} };

export function openToolCallRelay(choice: number): ToolCallRelay {
  const decoder = openToolCallDecoder(choice);
  return {
    get count() {
      return decoder.count;
    },
    push(calls, upstreamId) {
      if (calls.length === 0) return NONE;
      const pieces = new Map<number, Piece>();
      for (const call of calls) {
        const events: ChatEvent[] = [];
        decoder.push(call, upstreamId, events);
        const index = takeEvents(events, pieces);
        const piece = index === undefined ? undefined : pieces.get(index);
        if (!piece) continue;
        piece.members = unknownMembers(call, CALL_MEMBERS);
        const fn = objectAt(call, 'function');
        piece.functionMembers = fn && unknownMembers(fn, FUNCTION_MEMBERS);
      }
      const list = [...pieces.values()];
      return {
        pieces: list.map(encodePiece),
        characters: list.reduce((sum, piece) => sum + piece.arguments.length, 0),
        tell(to, log) {
          for (const { id, index, name = '', arguments: text } of list) {
            if (id !== undefined) log.begin(to, index, name);
            log.add(to, index, text);
          }
        },
      };
    },
    flush() {
      const events: ChatEvent[] = [];
      decoder.flush(events);
      const pieces = new Map<number, Piece>();
      takeEvents(events, pieces);
      return [...pieces.values()].map(encodePiece);
    },
  };
}

/** Sorts events into pieces by call; answers the last call touched. */
function takeEvents(events: readonly ChatEvent[], pieces: Map<number, Piece>): number | undefined {
  let last: number | undefined;
  for (const event of events) {
    if (event.type !== 'tool-call-start' && event.type !== 'tool-call-delta') continue;
    last = event.index;
    const piece: Piece = pieces.get(last) ?? { index: last, arguments: '' };
    pieces.set(last, piece);
    if (event.type === 'tool-call-start') {
      piece.id = event.id;
      piece.name = event.name;
    } else piece.arguments += event.arguments;
  }
  return last;
}

function encodePiece({ index, id, name, arguments: args, members, functionMembers }: Piece): JsonObject {
  const fn: MutableJsonObject = { ...functionMembers, ...(name !== undefined && { name }), arguments: args };
  return { index, ...(id !== undefined && { id, type: 'function' }), ...members, function: fn };
}
