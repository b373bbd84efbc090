/** How a conversation of turns of blocks may end: prefills, and tool loops that must show their thinking. */
import type { NoteSink } from '../notebook.ts';

export const GO_ON = 'Continue your last message exactly where it stopped. Do not repeat any of it.';

interface Message<Block> {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

/** A grammar's text block. */
export interface TextBlocks<Block> {
  /** Undefined where the block is no text. */
  read(block: Block): string | undefined;
  /** @param like the block it takes the place of */
  write(text: string, like?: Block): Block;
}

/**
 * A trailing assistant message is a prefill. Where it may stand, its trailing white space must go (refused otherwise); where it
 * is refused, a user message asks the model to go on from it, so that not a word is lost.
 */
export function endForModel<Block>(
  messages: readonly Message<Block>[],
  mayPrefill: boolean,
  text: TextBlocks<Block>,
  notes: NoteSink,
): Message<Block>[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages];
  const field = 'messages';
  if (!mayPrefill) {
    notes.add('message.changed', field, 'The model takes no prefill; a user message asks it to go on from there.');
    return [...messages, { role: 'user', content: [text.write(GO_ON)] }];
  }
  const tail = last.content.at(-1);
  const words = tail === undefined ? undefined : text.read(tail);
  if (words === undefined || words.trimEnd() === words) return [...messages];
  notes.add('message.changed', field, 'White space at the end of the prefill was removed: it is refused.');
  const trimmed = text.write(words.trimEnd(), tail);
  return [...messages.slice(0, -1), { role: 'assistant', content: [...last.content.slice(0, -1), trimmed] }];
}

/**
 * With a thinking budget, an assistant turn whose tool results are being returned must begin with its thinking block. True where
 * it does not (another model made the call, or the caller lost the signature): thinking must then stay off for this request.
 */
export function needsThinkingFirst<Block>(
  messages: readonly Message<Block>[],
  isResult: (block: Block) => boolean,
  isThinking: (block: Block) => boolean,
): boolean {
  const last = messages.at(-1);
  const before = messages.at(-2);
  const result = last?.role === 'user' ? last.content[0] : undefined;
  if (before?.role !== 'assistant' || result === undefined || !isResult(result)) return false;
  const first = before.content[0];
  return first === undefined || !isThinking(first);
}
