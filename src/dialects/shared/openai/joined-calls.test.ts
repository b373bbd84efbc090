import { expect, test } from 'bun:test';
import type { AssistantMessage, Message } from '../../../core/chat.ts';
import { openAiChat } from '../../openai-chat/index.ts';
import { contextWith } from '../testing/context.ts';
import { joinCalls } from './joined-calls.ts';

const text = (said: string) => ({ type: 'text' as const, text: said });
const turn = (said: string, call: string, reasoning = ''): AssistantMessage => ({
  role: 'assistant',
  content: said ? [text(said)] : [],
  toolCalls: call ? [{ id: call, name: 'f', arguments: '{}' }] : [],
  reasoningDetails: reasoning ? [{ type: 'reasoning.text', text: reasoning }] : [],
  ...(reasoning && { reasoning }),
});
const user: Message = { role: 'user', content: [text('hi')] };
const result = (id: string): Message => ({ role: 'tool', toolCallId: id, content: [text('x')] });

test('what follows calls directly is one message with them', () => {
  const joined = joinCalls([
    user,
    turn('a', '1', 'r'),
    turn('', '2', 's'),
    turn('b', ''),
    result('1'),
    result('2'),
    turn('c', ''),
  ]);
  expect(joined).toEqual([
    user,
    {
      ...turn('', '', ''),
      content: [text('a'), text('b')],
      toolCalls: [
        { id: '1', name: 'f', arguments: '{}' },
        { id: '2', name: 'f', arguments: '{}' },
      ],
      reasoning: 'r\n\ns',
      reasoningDetails: [
        { type: 'reasoning.text', text: 'r' },
        { type: 'reasoning.text', text: 's' },
      ],
    },
    result('1'),
    result('2'),
    turn('c', ''),
  ]);
});

test('texts in a row, and calls that were answered, stay apart', () => {
  const messages = [user, turn('a', ''), turn('b', '1'), result('1'), turn('', '2'), result('2')];
  expect(joinCalls(messages)).toBe(messages);
});

test('a chat host gets results right after the message with all their calls', () => {
  const messages = [user, turn('', '1'), turn('', '2'), result('1'), result('2')];
  const request = { messages, tools: [], sampling: {}, stream: false, options: {}, extras: {} };
  const { body } = openAiChat.upstream.encodeRequest(request, contextWith()).value;
  expect(body['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ id: '1' }, { id: '2' }] },
    { role: 'tool', tool_call_id: '1' },
    { role: 'tool', tool_call_id: '2' },
  ]);
});
