/**
 * For grammars whose results must follow right on the message with their calls: what the model says after its first calls, and
 * its further calls, are one message with them. Such a grammar has no words for their order.
 */
import type { AssistantMessage, Message } from '../../core/chat.ts';

/** The very list that came where there is nothing to join. */
export function joinCalls(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role === 'assistant' && last?.role === 'assistant' && last.toolCalls.length > 0) {
      joined[joined.length - 1] = join(last, message);
    } else joined.push(message);
  }
  return joined.length === messages.length ? messages : joined;
}

function join(a: AssistantMessage, b: AssistantMessage): AssistantMessage {
  const reasoning = [a.reasoning, b.reasoning].filter(Boolean).join('\n\n');
  const refusal = [a.refusal, b.refusal].filter(Boolean).join('\n\n');
  return {
    ...a,
    content: [...a.content, ...b.content],
    toolCalls: [...a.toolCalls, ...b.toolCalls],
    reasoningDetails: [...a.reasoningDetails, ...b.reasoningDetails],
    ...(reasoning && { reasoning }),
    ...(refusal && { refusal }),
  };
}
