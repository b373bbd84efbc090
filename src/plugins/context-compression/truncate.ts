/** Shortens the longest texts of a conversation in their middle, no more than it takes. */
import type { Message, Part } from '../../core/chat.ts';
import { QUARTERS_PER_TOKEN, quartersOfCharacter, quartersOfPart, quartersOfText } from './tokens.ts';

/** No text is cut shorter: what is left would say nothing. Room for the mark and a few words at each end. */
const SHORTEST_QUARTERS = 48 * QUARTERS_PER_TOKEN;

export interface Truncated {
  /** The same object where nothing was shortened. */
  readonly messages: readonly Message[];
  readonly count: number;
}

/**
 * The messages with at least `excess` quarters less in their texts, or with as little as there may be. The longest
 * texts are cut first, all to one length; texts of system messages only where the others do not suffice.
 */
export function truncateTexts(messages: readonly Message[], excess: number): Truncated {
  if (excess <= 0) return { messages, count: 0 };
  const conversation = cutTo(messages, excess, isConversation);
  const missing = excess - (sizeOf(messages) - sizeOf(conversation.messages));
  if (missing <= 0) return conversation;
  const system = cutTo(conversation.messages, missing, (message) => !isConversation(message));
  return { messages: system.messages, count: conversation.count + system.count };
}

function isConversation({ role }: Message): boolean {
  return role !== 'system' && role !== 'developer';
}

function sizeOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + content.reduce((all, part) => all + quartersOfPart(part), 0), 0);
}

function cutTo(messages: readonly Message[], excess: number, isMeant: (message: Message) => boolean): Truncated {
  const sizes = messages.flatMap((message) => (isMeant(message) ? message.content.map(textQuarters) : []));
  const cap = capFor(sizes, excess);
  let count = 0;
  const cutPart = (part: Part): Part => {
    if (part.type !== 'text' || quartersOfText(part.text) <= cap) return part;
    count++;
    return { ...part, text: withoutMiddle(part.text, cap) };
  };
  const cut = messages.map((message) =>
    isMeant(message) && message.content.some((part) => textQuarters(part) > cap)
      ? { ...message, content: message.content.map(cutPart) }
      : message,
  );
  return { messages: count > 0 ? cut : messages, count };
}

function textQuarters(part: Part): number {
  return part.type === 'text' ? quartersOfText(part.text) : 0;
}

/** The length to which all longer texts are cut so that `excess` goes: as water finds its level. */
function capFor(sizes: readonly number[], excess: number): number {
  const longestFirst = sizes.toSorted((a, b) => b - a);
  let above = 0;
  for (const [index, size] of longestFirst.entries()) {
    above += size;
    const next = longestFirst[index + 1] ?? 0;
    const cap = Math.floor((above - excess) / (index + 1));
    if (cap >= next) return Math.max(cap, SHORTEST_QUARTERS);
  }
  return SHORTEST_QUARTERS;
}

/** Both ends of the text with a mark between them, together at most `quarters`. */
function withoutMiddle(text: string, quarters: number): string {
  // The longest the mark can be: the number has at most as many digits as the text's own length.
  const room = quarters - markOf(text.length).length;
  const head = endOfHead(text, Math.ceil(room / 2));
  const tail = startOfTail(text, Math.floor(room / 2));
  return `${text.slice(0, head)}${markOf(tail - head)}${text.slice(tail)}`;
}

function markOf(characters: number): string {
  return `\n[… ${characters} characters left out …]\n`;
}

function endOfHead(text: string, quarters: number): number {
  let at = 0;
  let left = quarters;
  while (at < text.length) {
    left -= quartersOfCharacter(text.charCodeAt(at));
    if (left < 0) break;
    at++;
  }
  return splitsPair(text, at) ? at - 1 : at;
}

function startOfTail(text: string, quarters: number): number {
  let at = text.length;
  let left = quarters;
  while (at > 0) {
    left -= quartersOfCharacter(text.charCodeAt(at - 1));
    if (left < 0) break;
    at--;
  }
  return splitsPair(text, at) ? at + 1 : at;
}

/** Half of a surrogate pair is no character: some hosts refuse it. */
function splitsPair(text: string, at: number): boolean {
  const isLow = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  return isLow && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}
