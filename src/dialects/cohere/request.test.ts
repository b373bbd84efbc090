import { describe, expect, test } from 'bun:test';
import type { AssistantMessage, ChatRequest, Message, Part, ToolDefinition } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, type Json, type JsonObject } from '../../core/json.ts';
import type { ModelTraits } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { encodeWith, requestWith } from '../shared/testing/request.ts';
import { cohere } from './index.ts';

const THINKS: ModelTraits = { reasoning: { mandatory: false, budget: true }, maxOutputTokens: 32_000 };

function encode(members: Partial<ChatRequest>, traits: ModelTraits = {}) {
  return encodeWith(cohere.upstream, members, contextWith({ traits }));
}

function messagesOf(
  messages: readonly Message[],
  traits: ModelTraits = {},
): { messages: readonly Json[]; notes: readonly string[] } {
  const { body, notes } = encode({ messages }, traits);
  return { messages: arrayAt(body, 'messages') ?? [], notes };
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
const wireCall = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
const result = (content: readonly Part[], members: JsonObject = {}): Message => ({
  role: 'tool',
  toolCallId: 'c1',
  content,
  ...members,
});

describe('messages', () => {
  test('what opens the conversation is one system message, what comes later is told as user text', () => {
    const { messages, notes } = messagesOf([
      { role: 'system', content: [text('A')] },
      { role: 'developer', content: [text('B')] },
      user('Hi'),
      { role: 'system', content: [text('C')] },
    ]);
    expect(messages).toEqual([
      { role: 'system', content: 'A\n\nB' },
      { role: 'user', content: 'Hi' },
      { role: 'user', content: '<system>\nC\n</system>' },
    ]);
    expect(notes).toEqual(['message.changed messages[3]']);
  });

  test('somebody must speak', () => {
    expect(messagesOf([{ role: 'system', content: [text('A')] }]).messages).toEqual([
      { role: 'user', content: '<system>\nA\n</system>' },
    ]);
    const { messages, notes } = messagesOf([user('')]);
    expect(messages).toEqual([{ role: 'user', content: '(The message is empty.)' }]);
    expect(notes).toEqual(['message.dropped messages[0]', 'message.changed messages']);
  });

  test('images keep their address, bytes and detail; names lead the text; text files are quoted', () => {
    const { messages, notes } = messagesOf([
      {
        role: 'user',
        name: 'Ada',
        content: [
          text('What is it?'),
          { type: 'image', source: { kind: 'url', url: 'https://host/a.png' }, detail: 'low' },
          { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } },
          { type: 'file', source: { kind: 'data', mediaType: 'text/plain', base64: btoa('note') }, filename: 'a.txt' },
        ],
      },
    ]);
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Ada: What is it?' },
          { type: 'image_url', image_url: { url: 'https://host/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'text', text: '<file name="a.txt">\nnote\n</file>' },
        ],
      },
    ]);
    expect(notes).toEqual(['part.converted messages[0].content[3]']);
  });

  test('other files, sound and video are named before they are tried', () => {
    const content: readonly Part[] = [
      { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'JVBERi0=' } },
      { type: 'audio', base64: 'AAAA', format: 'wav' },
      { type: 'file', source: { kind: 'id', id: 'file-1' } },
    ];
    const request = requestWith({ messages: [{ role: 'user', content }] });
    expect(cohere.unsayable(request)).toEqual(['application/pdf', 'audio', 'a file elsewhere']);
    expect(() => cohere.upstream.encodeRequest(request, contextWith())).toThrow(GatewayError);
  });

  test('a turn in several messages is one: blocks, calls and results in their order', () => {
    const { messages, notes } = messagesOf([
      user('Add.'),
      assistant({ content: [text('Let me see.')] }),
      assistant({ content: [text('Adding.')], toolCalls: [call, { id: 'c2', name: 'now', arguments: '' }] }),
      result([text('2')]),
      { role: 'tool', toolCallId: 'c2', content: [text('a'), text('b')] },
    ]);
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me see.' },
          { type: 'text', text: 'Adding.' },
        ],
        tool_calls: [wireCall, { id: 'c2', type: 'function', function: { name: 'now', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '2' },
      {
        role: 'tool',
        tool_call_id: 'c2',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ]);
    expect(notes).toEqual([]);
  });

  test('media of results follow all of them; an error is told as one; a result of no call as text', () => {
    const image: Part = { type: 'image', source: { kind: 'url', url: 'https://host/a.png' } };
    const { messages, notes } = messagesOf([
      user('Add.'),
      assistant({ toolCalls: [call] }),
      { role: 'tool', toolCallId: 'lost', content: [text('7')] },
      result([text('failed'), image], { isError: true }),
    ]);
    expect(messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'c1', content: '{"error":"failed"}' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Result of tool call lost: 7' },
          { type: 'image_url', image_url: { url: 'https://host/a.png' } },
        ],
      },
    ]);
    expect(notes).toEqual(['message.changed messages[2]', 'part.converted messages[3].content']);
  });
});

test('a second result of one call is told as text', () => {
  const { messages, notes } = messagesOf([
    user('Add.'),
    assistant({ toolCalls: [call] }),
    result([text('1')]),
    result([text('2')]),
  ]);
  expect(messages.slice(2)).toEqual([
    { role: 'tool', tool_call_id: 'c1', content: '1' },
    { role: 'user', content: [{ type: 'text', text: 'Result of tool call c1: 2' }] },
  ]);
  expect(notes).toEqual(['message.changed messages[3]']);
});

describe('reasoning of earlier turns', () => {
  const plan = { type: 'reasoning.text', text: 'First add.', id: 'tool_plan', format: 'unknown' } as const;
  const thought = { type: 'reasoning.text', text: 'Hm.', format: 'unknown', index: 0 } as const;

  test('goes back as what it was: thinking, and the plan before the calls', () => {
    const { messages, notes } = messagesOf(
      [user('Add.'), assistant({ reasoningDetails: [thought, plan], toolCalls: [call] })],
      THINKS,
    );
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'Hm.' }],
      tool_plan: 'First add.',
      tool_calls: [wireCall],
    });
    expect(notes).toEqual([]);
  });

  test('of neighbouring turns is one plan', () => {
    const { messages } = messagesOf([
      user('Add.'),
      assistant({ reasoning: 'Hm.', toolCalls: [call] }),
      assistant({ reasoning: 'Twice.', toolCalls: [call] }),
    ]);
    expect(messages.slice(1)).toEqual([
      { role: 'assistant', tool_plan: 'Hm.\nTwice.', tool_calls: [wireCall, wireCall] },
    ]);
  });

  test('a model that does not think takes it as its plan, or not at all', () => {
    const planned = messagesOf([user('Add.'), assistant({ reasoning: 'Hm.', toolCalls: [call] })]);
    expect(planned.messages[1]).toEqual({ role: 'assistant', tool_plan: 'Hm.', tool_calls: [wireCall] });
    const { messages, notes } = messagesOf([
      user('Hi'),
      assistant({ reasoningDetails: [thought], content: [text('Yes.')] }),
    ]);
    expect(messages[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] });
    expect(notes).toEqual(['reasoning.dropped messages[1].reasoning']);
  });

  test('what another provider signed stays away', () => {
    const signed = { type: 'reasoning.text', text: 'Hm.', signature: 's', format: 'anthropic-claude-v1' } as const;
    const { messages, notes } = messagesOf(
      [user('Hi'), assistant({ reasoningDetails: [signed], content: [text('Yes.')] })],
      THINKS,
    );
    expect(messages[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] });
    expect(notes).toEqual(['reasoning.dropped messages[1].reasoning_details[0]']);
  });
});

describe('parameters', () => {
  test('have names and ranges of their own', () => {
    const { body, notes } = encode({
      maxOutputTokens: 100,
      sampling: {
        temperature: 1.5,
        topP: 1,
        topK: 900,
        seed: 7,
        stop: ['a'],
        frequencyPenalty: -1,
        presencePenalty: 0.5,
        logprobs: true,
        n: 1,
      },
    });
    expect(body).toMatchObject({
      temperature: 1,
      p: 0.99,
      k: 500,
      seed: 7,
      stop_sequences: ['a'],
      presence_penalty: 0.5,
      logprobs: true,
      max_tokens: 100,
    });
    expect(body).not.toHaveProperty('frequency_penalty');
    expect(notes.toSorted()).toEqual(
      ['frequency_penalty', 'temperature', 'top_k', 'top_p'].map((field) => `parameter.changed ${field}`),
    );
  });

  test('what it lacks is noted, and so is the second penalty', () => {
    const { body, notes } = encode({
      sampling: {
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        minP: 0.1,
        topA: 0.1,
        repetitionPenalty: 1.1,
        logitBias: { 1: 1 },
        topLogprobs: 3,
        n: 2,
      },
      user: 'u',
      metadata: { a: 'b' },
      verbosity: 'low',
      promptCacheKey: 'k',
      serviceTier: 'flex',
      cacheControl: {},
      options: { store: true },
      extras: { what: 1 },
    });
    expect(Object.keys(body).toSorted()).toEqual(['frequency_penalty', 'messages', 'model']);
    const missing = [
      'presence_penalty',
      'min_p',
      'top_a',
      'repetition_penalty',
      'logit_bias',
      'top_logprobs',
      'n',
      'user',
      'metadata',
    ];
    const more = ['verbosity', 'prompt_cache_key', 'service_tier', 'cache_control', 'store', 'what'];
    expect(notes.toSorted()).toEqual([...missing, ...more].map((field) => `parameter.dropped ${field}`).toSorted());
  });

  test('its own fields pass under their names', () => {
    const extras = {
      documents: [{ id: 'd', data: { text: 'x' } }],
      citation_options: { mode: 'FAST' },
      safety_mode: 'STRICT',
      priority: 3,
    };
    const { body, notes } = encode({ extras });
    expect(body).toMatchObject(extras);
    expect(notes).toEqual([]);
  });

  test.each<[ChatRequest['reasoning'], Json | undefined]>([
    [{ enabled: true, exclude: false }, { type: 'enabled' }],
    [
      { enabled: true, exclude: false, maxTokens: 500 },
      { type: 'enabled', token_budget: 500 },
    ],
    [
      { enabled: true, exclude: false, effort: 'high' },
      { type: 'enabled', token_budget: 800 },
    ],
    [{ enabled: false, exclude: false }, { type: 'disabled' }],
    [{ enabled: true, exclude: true, byDefault: true }, undefined],
  ])('reasoning %o', (reasoning, thinking) => {
    expect(encode({ maxOutputTokens: 1000, ...(reasoning && { reasoning }) }, THINKS).body['thinking']).toEqual(
      thinking,
    );
  });

  test('a model that does not reason is not asked to', () => {
    const { body, notes } = encode({ reasoning: { enabled: true, exclude: false } });
    expect(body).not.toHaveProperty('thinking');
    expect(notes).toEqual(['parameter.dropped reasoning']);
  });
});

describe('tools', () => {
  const tool = (name: string, members: Partial<ToolDefinition> = {}): ToolDefinition => ({ name, ...members });
  const tools = [tool('add', { description: 'Adds.', parameters: { type: 'object' } }), tool('now')];

  test('have parameters always', () => {
    expect(encode({ tools }).body['tools']).toEqual([
      { type: 'function', function: { name: 'add', description: 'Adds.', parameters: { type: 'object' } } },
      { type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } },
    ]);
  });

  test.each<[ChatRequest['toolChoice'], string | undefined, number]>([
    [{ type: 'auto' }, undefined, 2],
    [{ type: 'none' }, 'NONE', 2],
    [{ type: 'required' }, 'REQUIRED', 2],
    [{ type: 'tool', name: 'now' }, 'REQUIRED', 1],
    [{ type: 'allowed', mode: 'auto', names: ['now'] }, undefined, 1],
    [{ type: 'allowed', mode: 'required', names: ['add', 'now'] }, 'REQUIRED', 2],
  ])('choice %o', (toolChoice, word, offered) => {
    const { body, notes } = encode({ tools, ...(toolChoice && { toolChoice }) });
    expect(body['tool_choice']).toBe(word);
    expect(arrayAt(body, 'tools')).toHaveLength(offered);
    expect(notes).toEqual(offered === 2 ? [] : ['tool.changed tool_choice']);
  });

  test('a model that cannot be forced is left to choose', () => {
    const { body, notes } = encode({ tools, toolChoice: { type: 'required' } }, { forcedToolUse: false });
    expect(body).not.toHaveProperty('tool_choice');
    expect(notes).toEqual(['parameter.changed tool_choice']);
  });

  test('are strict all at once, or not at all', () => {
    const strict = tools.map((each) => ({ ...each, strict: true }));
    expect(encode({ tools: strict }).body['strict_tools']).toBe(true);
    const { body, notes } = encode({ tools: [tool('a', { strict: true }), tool('b')] });
    expect(body).not.toHaveProperty('strict_tools');
    expect(notes).toEqual(['parameter.dropped tools[].function.strict']);
  });

  test('the answer’s format is a JSON object, with a schema or without', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const asked = { responseFormat: { type: 'json_schema', name: 'x', schema } } as const;
    expect(encode(asked).body['response_format']).toEqual({ type: 'json_object', json_schema: schema });
    expect(encode({ responseFormat: { type: 'json_object' } }).body['response_format']).toEqual({
      type: 'json_object',
    });
    const { body, notes } = encode(asked, { jsonSchema: false });
    expect(body['response_format']).toEqual({ type: 'json_object' });
    expect(notes).toEqual(['parameter.changed response_format']);
  });
});

test('a stream is asked for where one is wanted', () => {
  const { value } = cohere.upstream.encodeRequest(requestWith({ stream: true }), contextWith());
  expect(value).toMatchObject({ path: '/chat', headers: {}, body: { model: 'model-1', stream: true } });
  expect(encode({}).body).not.toHaveProperty('stream');
});
