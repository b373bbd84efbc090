/**
 * Middle-out (OpenRouter's API): whole messages are left out from the middle until the prompt fits; where that is not enough,
 * the longest of the texts that must stay are shortened in their middle. System messages, the first turn, the last one and the
 * last question stay. Tool calls and their results go together. Pure; what fits is left as it is.
 */
import type { ChatRequest, Message } from '../../core/chat.ts';
import type { PluginEndpoint } from '../plugin.ts';
import { type Block, blocksOf } from './blocks.ts';
import { QUARTERS_PER_TOKEN, quartersOfFrame, quartersOfMessage, toTokens } from './tokens.ts';
import { truncateTexts } from './truncate.ts';

/** Kept free for the answer where the request sets no limit: what routing expects an answer to take. */
export const ASSUMED_OUTPUT_TOKENS = 1000;
/** At most this part of the context is kept free for the answer: a request whose limit is the whole context has a prompt too. */
const LARGEST_OUTPUT_SHARE = 0.75;

export interface Compressed {
  /** The same object where nothing was to be done. */
  readonly request: ChatRequest;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly messagesDropped: number;
  readonly textsShortened: number;
  /** False where even this is more than there is room for. */
  readonly fits: boolean;
}

/** The request as it fits the endpoint, or as near to that as can be. */
export function compress(request: ChatRequest, endpoint: PluginEndpoint): Compressed {
  const frame = quartersOfFrame(request);
  const room = promptRoom(request.maxOutputTokens, endpoint) * QUARTERS_PER_TOKEN - frame;
  const maxMessages = endpoint.maxMessages ?? Number.POSITIVE_INFINITY;
  const before = sizeOf(request.messages);
  const kept = dropMiddle(request.messages, before - room, maxMessages);
  const shortened = truncateTexts(kept, sizeOf(kept) - room);
  const { messages } = shortened;
  const after = messages === request.messages ? before : sizeOf(messages);
  return {
    request: messages === request.messages ? request : { ...request, messages },
    tokensBefore: toTokens(before + frame),
    tokensAfter: toTokens(after + frame),
    messagesDropped: request.messages.length - messages.length,
    textsShortened: shortened.count,
    fits: after <= room && messages.length <= maxMessages,
  };
}

/** Tokens of the endpoint's context that a prompt may take. */
export function promptRoom(maxOutputTokens: number | undefined, endpoint: PluginEndpoint): number {
  const output = Math.min(
    maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS,
    endpoint.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  const reserved = Math.min(output, Math.floor(endpoint.contextLength * LARGEST_OUTPUT_SHARE));
  return endpoint.contextLength - reserved;
}

/**
 * The context that a model must have to be chosen for a prompt that will be compressed: half of what prompt and answer take
 * together (OpenRouter's API). Where no model has it, the longest there is will do.
 */
export function contextNeeded(promptTokens: number, outputTokens: number = ASSUMED_OUTPUT_TOKENS): number {
  return Math.ceil((promptTokens + outputTokens) / 2);
}

function sizeOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + quartersOfMessage(message), 0);
}

/** The messages without those in the middle that make them too long or too many; the same list where none does. */
function dropMiddle(messages: readonly Message[], excess: number, maxMessages: number): readonly Message[] {
  if (excess <= 0 && messages.length <= maxMessages) return messages;
  const gap = openGap(blocksOf(messages));
  let length = excess;
  let count = messages.length;
  while (length > 0 || count > maxMessages) {
    const dropped = gap.widen();
    if (!dropped) break;
    length -= dropped.quarters;
    count -= dropped.positions.length;
  }
  gap.separateSides();
  return gap.dropped.size === 0 ? messages : messages.filter((_, at) => !gap.dropped.has(at));
}

interface Gap {
  /** Positions of the messages left out. */
  readonly dropped: ReadonlySet<number>;
  /** Leaves out the block next to the middle on the side that has more messages left; undefined where all that is left must stay. */
  widen(): Block | undefined;
  /** Leaves out one more where two turns of one side would meet, if there is one. */
  separateSides(): void;
}

function openGap(blocks: readonly Block[]): Gap {
  const dropped = new Set<number>();
  const middle = middleOf(blocks);
  // Each side is walked away from the middle, over the blocks that must stay.
  const head = openSide(blocks.slice(0, middle).reverse());
  const tail = openSide(blocks.slice(middle));

  const take = (side: Side): Block | undefined => {
    const block = side.drop();
    for (const position of block?.positions ?? []) dropped.add(position);
    return block;
  };
  return {
    dropped,
    widen: () => (head.messages >= tail.messages ? (take(head) ?? take(tail)) : (take(tail) ?? take(head))),
    separateSides() {
      const before = head.nearest();
      const after = tail.nearest();
      if (dropped.size === 0 || !before || !after) return;
      if (before.lastRole !== after.firstRole || before.lastRole === 'tool') return;
      if (!before.isKept) take(head);
      else if (!after.isKept) take(tail);
    },
  };
}

/** Where the second half of the messages begins. */
function middleOf(blocks: readonly Block[]): number {
  const half = countMessages(blocks) / 2;
  let before = 0;
  const at = blocks.findIndex(({ positions }) => {
    const isPast = before >= half;
    before += positions.length;
    return isPast;
  });
  // The last block holds more than half of the messages.
  return at < 0 ? Math.max(blocks.length - 1, 0) : at;
}

interface Side {
  readonly messages: number;
  drop(): Block | undefined;
  /** The block next to the middle that is still there. */
  nearest(): Block | undefined;
}

function openSide(fromMiddle: readonly Block[]): Side {
  let messages = countMessages(fromMiddle);
  let next = 0;
  /** The first kept block that was walked over. */
  let passed: Block | undefined;
  return {
    get messages() {
      return messages;
    },
    drop() {
      for (let block = fromMiddle[next]; block; block = fromMiddle[next]) {
        next++;
        if (!block.isKept) {
          messages -= block.positions.length;
          return block;
        }
        passed ??= block;
      }
      return undefined;
    },
    nearest: () => passed ?? fromMiddle[next],
  };
}

function countMessages(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { positions }) => sum + positions.length, 0);
}
