/** How a conversation may end: prefills, and tool loops that must show their thinking. */
import type { WireBlock, WireMessage } from '../wire-types.ts';
import type { NoteSink } from './notes.ts';

const GO_ON = 'Continue your last message exactly where it stopped. Do not repeat any of it.';

/**
 * A trailing assistant message is a prefill. Where it may stand, its trailing white space must go (refused otherwise); where it
 * is refused, a user message asks the model to go on from it, so that not a word is lost.
 */
export function endForModel(messages: readonly WireMessage[], mayPrefill: boolean, notes: NoteSink): WireMessage[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages];
  const field = 'messages';
  if (!mayPrefill) {
    notes.add('message.changed', field, 'The model takes no prefill; a user message asks it to go on from there.');
    return [...messages, { role: 'user', content: [{ type: 'text', text: GO_ON }] }];
  }
  const tail = last.content.at(-1);
  if (tail?.type !== 'text' || tail.text.trimEnd() === tail.text) return [...messages];
  notes.add('message.changed', field, 'White space at the end of the prefill was removed: it is refused.');
  const trimmed: WireBlock = { ...tail, text: tail.text.trimEnd() };
  return [...messages.slice(0, -1), { role: 'assistant', content: [...last.content.slice(0, -1), trimmed] }];
}

/**
 * With a thinking budget, an assistant turn whose tool results are being returned must begin with its thinking block. True where
 * it does not (another model made the call, or the caller lost the signature): thinking must then stay off for this request.
 */
export function needsThinkingFirst(messages: readonly WireMessage[]): boolean {
  const last = messages.at(-1);
  const before = messages.at(-2);
  if (last?.role !== 'user' || before?.role !== 'assistant' || last.content[0]?.type !== 'tool_result') return false;
  const first = before.content[0]?.type;
  return first !== 'thinking' && first !== 'redacted_thinking';
}
