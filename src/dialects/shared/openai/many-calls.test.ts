/**
 * A conversation of thousands of calls, whatever their ids, is written in a time that grows with its length alone: one caller must
 * not keep everybody else waiting. A search through all calls for each result took a minute and more for these.
 */
import { describe, expect, test } from 'bun:test';
import type { ChatRequest, Message } from '../../../core/chat.ts';
import { anthropicMessages } from '../../anthropic-messages/index.ts';
import { bedrockConverse } from '../../bedrock-converse/index.ts';
import { cohere } from '../../cohere/index.ts';
import type { UpstreamDialect } from '../../dialect.ts';
import { gemini } from '../../gemini/index.ts';
import { ollama } from '../../ollama/index.ts';
import { openAiChat } from '../../openai-chat/index.ts';
import { openAiResponses } from '../../openai-responses/index.ts';
import { contextWith } from '../testing/context.ts';

const CALLS = 4000;
const MOST_MS = 3000;
const dialects: readonly UpstreamDialect[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  gemini,
  bedrockConverse,
  cohere,
  ollama,
];

const many = <T>(make: (n: number) => T): readonly T[] => Array.from({ length: CALLS }, (_, n) => make(n));
const user: Message = { role: 'user', content: [{ type: 'text', text: 'go' }] };
const call = (id: string) => ({ id, name: 'f', arguments: '{}' });
const turn = (...ids: readonly string[]): Message => ({
  role: 'assistant',
  content: [],
  toolCalls: ids.map(call),
  reasoningDetails: [],
});
const result = (id: string): Message => ({ role: 'tool', toolCallId: id, content: [{ type: 'text', text: 'told' }] });

const CONVERSATIONS: Readonly<Record<string, readonly Message[]>> = {
  'one id for all calls': [user, turn(...many(() => 'c')), ...many(() => result('c'))],
  'results from the last to the first': [
    user,
    turn(...many((n) => `c${n}`)),
    ...many((n) => result(`c${CALLS - 1 - n}`)),
  ],
  'a message for each call': [user, ...many((n) => turn(`c${n}`)), ...many((n) => result(`c${n}`))],
  'results when all turns are over': [
    ...many((n) => [turn(`c${n}`), user]).flat(),
    ...many((n) => result(`c${CALLS - 1 - n}`)),
  ],
  'results of no calls': [...many((n) => [turn(`c${n}`), user]).flat(), ...many((n) => result(`d${n}`))],
};

const requestOf = (messages: readonly Message[]): ChatRequest => ({
  messages,
  tools: [],
  sampling: {},
  stream: false,
  options: {},
  extras: {},
});

describe.each(Object.entries(CONVERSATIONS))('%s', (_, messages) => {
  test.each(dialects.map((dialect) => [dialect.id, dialect] as const))('%s', (_id, dialect) => {
    const startedMs = performance.now();
    const { value } = dialect.upstream.encodeRequest(requestOf(messages), contextWith());
    expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
    expect(JSON.stringify(value.body).split('told').length - 1).toBe(CALLS);
  });
});
