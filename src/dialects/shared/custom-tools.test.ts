import { describe, expect, test } from 'bun:test';
import type { ChatRequest, ChatResponse } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { asFunctions, customToolNames, openCustomCalls, withCustomCalls } from './custom-tools.ts';

const request: ChatRequest = {
  messages: [
    {
      role: 'assistant',
      content: [],
      reasoningDetails: [],
      toolCalls: [
        { id: 'a', name: 'patch', arguments: '*** "x"\n', custom: true },
        { id: 'b', name: 'read', arguments: '{"path":"x"}' },
      ],
    },
  ],
  tools: [
    {
      name: 'patch',
      description: 'Edit',
      custom: { format: { type: 'grammar', syntax: 'lark', definition: 'start: X' } },
    },
    { name: 'read', parameters: { type: 'object' } },
  ],
  sampling: {},
  stream: false,
  options: {},
  extras: {},
};
const NAMES = customToolNames(request);

test('a custom tool is offered as a function of one string, its calls in the history too, and that is noted', () => {
  const { value, notes } = asFunctions(request);
  expect(value.tools[0]).toEqual({
    name: 'patch',
    description: 'Edit\n\nThe input must match this lark grammar:\nstart: X',
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
      required: ['input'],
      additionalProperties: false,
    },
  });
  expect(value.tools[1]).toBe(request.tools[1]);
  const [message] = value.messages;
  expect(message?.role === 'assistant' && message.toolCalls).toEqual([
    { id: 'a', name: 'patch', arguments: '{"input":"*** \\"x\\"\\n"}' },
    { id: 'b', name: 'read', arguments: '{"path":"x"}' },
  ]);
  expect(notes.map(({ code, field }) => [code, field])).toEqual([['tool.changed', 'tools[0]']]);
});

test('a request without them is itself', () => {
  const plain = { ...request, tools: [], messages: [] };
  expect(asFunctions(plain).value).toBe(plain);
});

const replyWith = (written: string): ChatResponse => ({
  choices: [
    {
      index: 0,
      content: null,
      reasoning: null,
      reasoningDetails: [],
      toolCalls: [{ id: 'c', name: 'patch', arguments: written }],
      refusal: null,
      images: [],
      annotations: [],
      finishReason: 'tool_calls',
      nativeFinishReason: 'tool_calls',
    },
  ],
});

describe('what the model writes comes back as free text', () => {
  test.each([
    ['{"input":"a \\"b\\""}', 'a "b"'],
    ['not wrapped', 'not wrapped'],
    ['{"patch":"x"}', '{"patch":"x"}'],
  ])('%s', (written, text) => {
    const [choice] = withCustomCalls(replyWith(written), NAMES).choices;
    expect(choice?.toolCalls).toEqual([{ id: 'c', name: 'patch', arguments: text, custom: true }]);
  });

  test('in a stream it is held until it is whole, and other calls are not', () => {
    const convert = openCustomCalls(NAMES);
    const events: ChatEvent[] = [
      { type: 'tool-call-start', choice: 0, index: 0, id: 'c', name: 'patch' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{"inp' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: 'ut":"a\\n"}' },
      { type: 'tool-call-start', choice: 0, index: 1, id: 'd', name: 'read' },
      { type: 'tool-call-delta', choice: 0, index: 1, arguments: '{}' },
      { type: 'choice-end', choice: 0, finishReason: 'tool_calls', nativeFinishReason: 'tool_calls' },
    ];
    expect(events.map((event) => convert(event))).toEqual([
      [{ type: 'tool-call-start', choice: 0, index: 0, id: 'c', name: 'patch', custom: true }],
      [],
      [],
      [{ type: 'tool-call-delta', choice: 0, index: 0, arguments: 'a\n' }, events[3] ?? expect.anything()],
      [{ type: 'tool-call-delta', choice: 0, index: 1, arguments: '{}' }],
      [{ type: 'choice-end', choice: 0, finishReason: 'tool_calls', nativeFinishReason: 'tool_calls' }],
    ]);
  });

  test('a call that another one interrupts goes on to its end', () => {
    const convert = openCustomCalls(NAMES);
    const events: ChatEvent[] = [
      { type: 'tool-call-start', choice: 0, index: 0, id: 'c', name: 'patch' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{"input":' },
      { type: 'tool-call-start', choice: 0, index: 1, id: 'd', name: 'read' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: '"x"}' },
      { type: 'choice-end', choice: 0, finishReason: 'tool_calls', nativeFinishReason: 'tool_calls' },
    ];
    const texts = events.flatMap((event) => convert(event)).filter((event) => event.type === 'tool-call-delta');
    expect(texts).toEqual([{ type: 'tool-call-delta', choice: 0, index: 0, arguments: 'x' }]);
  });
});
