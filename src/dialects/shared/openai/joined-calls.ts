/**
 * For grammars whose results must follow right on the message with their calls: what the model says after its first calls, and
 * its further calls, are one message with them. Such a grammar has no words for their order.
 */
import type { AssistantMessage, Message } from '../../../core/chat.ts';

/** The very list that came where there is nothing to join. */
export function joinCalls(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = [];
  /** Neighbours that are one message: joined at once, as there may be thousands. */
  let turn: AssistantMessage[] = [];
  let hasCalls = false;
  const close = (): void => {
    const [first, ...more] = turn;
    if (first) joined.push(more.length === 0 ? first : join(first, turn));
    turn = [];
    hasCalls = false;
  };
  for (const message of messages) {
    if (message.role !== 'assistant') {
      close();
      joined.push(message);
      continue;
    }
    if (!hasCalls) close();
    turn.push(message);
    hasCalls ||= message.toolCalls.length > 0;
  }
  close();
  return joined.length === messages.length ? messages : joined;
}

function join(first: AssistantMessage, turn: readonly AssistantMessage[]): AssistantMessage {
  const texts = (member: 'reasoning' | 'refusal'): string =>
    turn.flatMap((message) => message[member] || []).join('\n\n');
  const reasoning = texts('reasoning');
  const refusal = texts('refusal');
  return {
    ...first,
    content: turn.flatMap(({ content }) => content),
    toolCalls: turn.flatMap(({ toolCalls }) => toolCalls),
    reasoningDetails: turn.flatMap(({ reasoningDetails }) => reasoningDetails),
    ...(reasoning && { reasoning }),
    ...(refusal && { refusal }),
  };
}
