import { describe, expect, test } from 'bun:test';
import type { AssistantMessage, ChatRequest, Message, Part } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, type Json } from '../../core/json.ts';
import type { ModelTraits } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { encodeWith, requestWith } from '../shared/testing/request.ts';
import { ollama } from './index.ts';

function encode(members: Partial<ChatRequest>, traits: ModelTraits = {}, upstreamModel = 'qwen3:4b') {
  return encodeWith(ollama.upstream, members, { ...contextWith({ traits }), upstreamModel });
}

const text = (value: string): Part => ({ type: 'text', text: value });
const user = (value: string): Message => ({ role: 'user', content: [text(value)] });
const assistant = (members: Partial<AssistantMessage>): AssistantMessage => ({
  role: 'assistant',
  content: [],
  toolCalls: [],
  reasoningDetails: [],
  ...members,
});
const call = { id: 'c1', name: 'add', arguments: '{"a":1}' };

describe('messages', () => {
  const messagesOf = (messages: readonly Message[]) => {
    const { body, notes } = encode({ messages });
    return { messages: arrayAt(body, 'messages'), notes };
  };

  test('are one text each, with images beside it', () => {
    const content: readonly Part[] = [
      text('What'),
      { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } },
      text('is it?'),
      { type: 'file', source: { kind: 'data', mediaType: 'image/jpeg', base64: 'BBBB' } },
      { type: 'file', source: { kind: 'data', mediaType: 'text/csv', base64: btoa('a,b') } },
    ];
    const { messages, notes } = messagesOf([
      { role: 'developer', content: [text('Be brief.')] },
      { role: 'user', name: 'Ada', content },
    ]);
    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Ada: What\nis it?\na,b', images: ['AAAA', 'BBBB'] },
    ]);
    expect(notes).toEqual(['part.converted messages[1].content[3]', 'part.converted messages[1].content[4]']);
  });

  test('an image elsewhere, other files, sound and video are named before they are tried', () => {
    const content: readonly Part[] = [
      { type: 'image', source: { kind: 'url', url: 'https://host/a.png' } },
      { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'JVBERi0=' } },
      { type: 'video', source: { kind: 'url', url: 'https://host/a.mp4' } },
    ];
    const request = requestWith({ messages: [{ role: 'user', content }] });
    expect(ollama.unsayable(request)).toEqual([
      'an image by its address (send it as a data URL)',
      'application/pdf',
      'video',
    ]);
    expect(() => ollama.upstream.encodeRequest(request, contextWith())).toThrow(GatewayError);
  });

  test('calls have objects for arguments, results the names of their tools', () => {
    const { messages, notes } = messagesOf([
      user('Add.'),
      assistant({ reasoning: 'Hm.', toolCalls: [call, { id: 'c2', name: 'now', arguments: '' }] }),
      { role: 'tool', toolCallId: 'c2', content: [text('noon')] },
      { role: 'tool', toolCallId: 'c1', content: [text('failed')], isError: true },
    ]);
    expect(messages?.slice(1)).toEqual([
      {
        role: 'assistant',
        content: '',
        thinking: 'Hm.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'add', arguments: { a: 1 } } },
          { id: 'c2', type: 'function', function: { name: 'now', arguments: {} } },
        ],
      },
      { role: 'tool', content: 'noon', tool_name: 'now', tool_call_id: 'c2' },
      { role: 'tool', content: 'Error: failed', tool_name: 'add', tool_call_id: 'c1' },
    ]);
    expect(notes).toEqual([]);
  });

  test('a turn in several messages is one; arguments that are no object are kept word for word', () => {
    const { messages, notes } = messagesOf([
      user('Add.'),
      assistant({ reasoning: 'A', content: [text('One.')] }),
      assistant({ reasoning: 'B', content: [text('Two.')], toolCalls: [{ id: 'c', name: 'x', arguments: '[1' }] }),
    ]);
    expect(messages?.[1]).toEqual({
      role: 'assistant',
      content: 'One.\n\nTwo.',
      thinking: 'A\n\nB',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'x', arguments: { _raw: '[1' } } }],
    });
    expect(notes).toEqual(['tool.changed messages[2].tool_calls[0].function.arguments']);
  });

  test('of a turn in several messages the images are kept', () => {
    const image = (base64: string): Part => ({
      type: 'image',
      source: { kind: 'data', mediaType: 'image/png', base64 },
    });
    const { messages } = messagesOf([
      user('Draw.'),
      assistant({ content: [image('AAAA')] }),
      assistant({ content: [text('Two.'), image('BBBB')] }),
    ]);
    expect(messages?.slice(1)).toEqual([{ role: 'assistant', content: 'Two.', images: ['AAAA', 'BBBB'] }]);
  });

  test('plain reasoning goes back, what another provider signed does not', () => {
    const details = [
      { type: 'reasoning.text', text: 'Mine.', format: 'unknown' },
      { type: 'reasoning.encrypted', data: 'x', format: 'openai-responses-v1' },
    ] as const;
    const { messages, notes } = messagesOf([
      user('Hi'),
      assistant({ reasoningDetails: details, content: [text('Yes.')] }),
    ]);
    expect(messages?.[1]).toEqual({ role: 'assistant', content: 'Yes.', thinking: 'Mine.' });
    expect(notes).toEqual(['reasoning.dropped messages[1].reasoning_details[1]']);
  });
});

describe('parameters', () => {
  test('are options under its own names', () => {
    const { body, notes } = encode(
      {
        maxOutputTokens: 5000,
        sampling: {
          temperature: 0.1,
          topP: 0.9,
          topK: 40,
          minP: 0.05,
          repetitionPenalty: 1.1,
          presencePenalty: 0.2,
          frequencyPenalty: 0.3,
          seed: 7,
          stop: ['a'],
          logprobs: true,
          topLogprobs: 2,
          n: 1,
        },
      },
      { maxOutputTokens: 4096 },
    );
    expect(body).toMatchObject({
      options: {
        temperature: 0.1,
        top_p: 0.9,
        top_k: 40,
        min_p: 0.05,
        repeat_penalty: 1.1,
        presence_penalty: 0.2,
        frequency_penalty: 0.3,
        seed: 7,
        stop: ['a'],
        num_predict: 4096,
      },
      logprobs: true,
      top_logprobs: 2,
    });
    expect(notes).toEqual(['parameter.changed max_tokens']);
  });

  test('what only this grammar has passes, as options or under its own name', () => {
    const { body, notes } = encode({
      sampling: { seed: 1 },
      extras: { num_ctx: 8192, options: { mirostat: 1, seed: 9 }, keep_alive: '5m' },
    });
    expect(body).toMatchObject({ options: { num_ctx: 8192, mirostat: 1, seed: 1 }, keep_alive: '5m' });
    expect(notes).toEqual([]);
  });

  test('what it lacks is noted', () => {
    const { body, notes } = encode({
      sampling: { topA: 0.1, logitBias: { 1: 1 }, n: 2 },
      user: 'u',
      options: { store: true },
      extras: { what: 1 },
    });
    expect(body).not.toHaveProperty('options');
    expect(notes).toEqual(
      ['top_a', 'logit_bias', 'n', 'store', 'what', 'user'].map((field) => `parameter.dropped ${field}`),
    );
  });

  test('whether to stream is always said: silence means yes', () => {
    expect(encode({}).body['stream']).toBe(false);
    expect(encode({ stream: true }).body['stream']).toBe(true);
  });

  test.each<[ChatRequest['reasoning'], string, Json | undefined, readonly string[]]>([
    [{ enabled: true, exclude: false }, 'qwen3:4b', true, []],
    [{ enabled: false, exclude: false, effort: 'none' }, 'qwen3:4b', false, []],
    [{ enabled: true, exclude: false, effort: 'high' }, 'qwen3:4b', true, ['parameter.changed reasoning.effort']],
    [{ enabled: true, exclude: false, maxTokens: 9 }, 'qwen3:4b', true, ['parameter.changed reasoning.max_tokens']],
    [{ enabled: true, exclude: false, effort: 'high' }, 'gpt-oss:20b', 'high', []],
    [{ enabled: true, exclude: false, effort: 'xhigh' }, 'gpt-oss:20b', 'high', ['parameter.changed reasoning.effort']],
    [
      { enabled: true, exclude: false, effort: 'minimal' },
      'gpt-oss:20b',
      'low',
      ['parameter.changed reasoning.effort'],
    ],
    [{ enabled: true, exclude: true, byDefault: true }, 'gpt-oss:20b', undefined, []],
  ])('reasoning %o at %s is think: %p', (reasoning, model, think, notes) => {
    const encoded = encode({ ...(reasoning && { reasoning }) }, {}, model);
    expect(encoded.body['think']).toEqual(think);
    expect(encoded.notes).toEqual(notes);
  });

  test('the levels of a model that the catalogue knows are its own', () => {
    const traits = { reasoning: { mandatory: false, budget: false, efforts: ['low', 'max'] } };
    expect(encode({ reasoning: { enabled: true, exclude: false, effort: 'max' } }, traits).body['think']).toBe('max');
  });
});

describe('tools and format', () => {
  const tools = [
    { name: 'add', description: 'Adds.', parameters: { type: 'object' } },
    { name: 'now', strict: true },
  ];

  test('tools have parameters always, and no strictness', () => {
    const { body, notes } = encode({ tools, parallelToolCalls: false });
    expect(body['tools']).toEqual([
      { type: 'function', function: { name: 'add', description: 'Adds.', parameters: { type: 'object' } } },
      { type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } },
    ]);
    expect(notes).toEqual(['parameter.dropped parallel_tool_calls', 'parameter.dropped tools[].function.strict']);
  });

  test.each<[ChatRequest['toolChoice'], number, readonly string[]]>([
    [{ type: 'auto' }, 2, []],
    [{ type: 'none' }, 0, ['tool.changed tool_choice']],
    [{ type: 'required' }, 2, ['parameter.dropped tool_choice']],
    [{ type: 'tool', name: 'now' }, 1, ['parameter.dropped tool_choice', 'tool.changed tool_choice']],
    [{ type: 'allowed', mode: 'auto', names: ['add'] }, 1, ['tool.changed tool_choice']],
  ])('choice %o', (toolChoice, offered, expected) => {
    const plain = tools.map(({ strict: _, ...tool }) => tool);
    const { body, notes } = encode({ tools: plain, ...(toolChoice && { toolChoice }) });
    expect(arrayAt(body, 'tools')?.length ?? 0).toBe(offered);
    expect(notes).toEqual(expected);
  });

  test('the format is a word or the schema itself', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    expect(encode({ responseFormat: { type: 'json_schema', name: 'x', schema } }).body['format']).toEqual(schema);
    expect(encode({ responseFormat: { type: 'json_object' } }).body['format']).toBe('json');
    expect(encode({ responseFormat: { type: 'text' } }).body).not.toHaveProperty('format');
  });
});

test('it is asked at its native path', () => {
  const { value } = ollama.upstream.encodeRequest(requestWith(), contextWith());
  expect(value).toMatchObject({ path: '/api/chat', headers: {}, body: { model: 'model-1' } });
});
