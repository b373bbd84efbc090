/**
 * A conversation as blocks that stay or go whole: a message, or an assistant's tool calls with everything up to their last
 * result. No block that is left out can leave an orphan behind.
 */
import type { Message } from '../../core/chat.ts';
import { quartersOfMessage } from './tokens.ts';

export interface Block {
  /** Positions in the request's messages, in order. */
  readonly positions: readonly number[];
  readonly quarters: number;
  /** What stands at its edges: two turns of one side should not meet where something is left out. */
  readonly firstRole: Message['role'];
  readonly lastRole: Message['role'];
  /** The first block, the last, and the one of the last user message: never left out. */
  readonly isKept: boolean;
}

/** Blocks in order. System messages are in none: they always stay, where they are. */
export function blocksOf(messages: readonly Message[]): readonly Block[] {
  const groups = groupsOf(messages);
  const lastUser = groups.findLastIndex((positions) => positions.some((at) => messages[at]?.role === 'user'));
  return groups.map((positions, index) => ({
    positions,
    quarters: positions.reduce((sum, at) => sum + quartersAt(messages, at), 0),
    firstRole: messages[positions.at(0) ?? 0]?.role ?? 'user',
    lastRole: messages[positions.at(-1) ?? 0]?.role ?? 'user',
    isKept: index === 0 || index === groups.length - 1 || index === lastUser,
  }));
}

function quartersAt(messages: readonly Message[], at: number): number {
  const message = messages[at];
  return message ? quartersOfMessage(message) : 0;
}

function groupsOf(messages: readonly Message[]): readonly (readonly number[])[] {
  const groups: number[][] = [];
  /** Tool call → the group that made it. */
  const callers = new Map<string, number>();
  for (const [position, message] of messages.entries()) {
    if (message.role === 'system' || message.role === 'developer') continue;
    const caller = message.role === 'tool' ? callers.get(message.toolCallId) : undefined;
    if (caller === undefined) groups.push([position]);
    else joinFrom(groups, caller, position);
    if (message.role !== 'assistant') continue;
    for (const { id } of message.toolCalls) callers.set(id, groups.length - 1);
  }
  return groups;
}

/** A result joins its call, and so does what was said in between. */
function joinFrom(groups: number[][], caller: number, position: number): void {
  const joined = groups.splice(caller).flat();
  groups.push([...joined, position]);
}
