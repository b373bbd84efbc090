import { describe, expect, test } from 'bun:test';
import type { ChatRequest, Message, Part, ReasoningDetail } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import type { HostQuirks, ModelTraits } from '../host.ts';
import { unsayable } from './request/media.ts';
import { encodeRequest } from './request.ts';
import { brokenRules } from './rules.ts';

const text = (words: string): Part => ({ type: 'text', text: words });
const user = (...content: Part[]): Message => ({ role: 'user', content });
const system = (words: string): Message => ({ role: 'system', content: [text(words)] });
const assistant = (words: string, more: Partial<Extract<Message, { role: 'assistant' }>> = {}): Message => ({
  role: 'assistant',
  content: words ? [text(words)] : [],
  toolCalls: [],
  reasoningDetails: [],
  ...more,
});
const call = (id: string, name = 'look', args = '{"at":"sky"}') => ({ id, name, arguments: args });
const result = (toolCallId: string, words: string): Message => ({ role: 'tool', toolCallId, content: [text(words)] });

const look = { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } };
const wave = { name: 'wave' };

const BUDGET: ModelTraits = { maxOutputTokens: 64_000, reasoning: { mandatory: false, budget: true } };
const ADAPTIVE: ModelTraits = {
  maxOutputTokens: 128_000,
  sampling: false,
  reasoning: { mandatory: false, budget: false, adaptive: true, efforts: ['low', 'medium', 'high', 'max'] },
};

function encode(
  request: Partial<ChatRequest>,
  traits: ModelTraits = {},
  quirks: HostQuirks = {},
  more: Partial<UpstreamContext> = {},
): { body: JsonObject; notes: string[]; headers: Readonly<Record<string, string>> } {
  const context: UpstreamContext = {
    upstreamModel: 'claude-test',
    traits,
    host: {
      providerId: 'p',
      providerName: 'P',
      usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
      quirks,
    },
    ...more,
  };
  const { value, notes } = encodeRequest(
    { messages: [user(text('Hi'))], tools: [], sampling: {}, stream: false, options: {}, extras: {}, ...request },
    context,
  );
  const body: Json = JSON.parse(JSON.stringify(value.body));
  if (!isJsonObject(body)) throw new Error('no body');
  expect(brokenRules(body)).toEqual([]);
  return { body, notes: notes.map((note) => `${note.code} ${note.field}`), headers: value.headers };
}

describe('the body', () => {
  test('a plain question', () => {
    const { body, notes, headers } = encode({ stream: true, user: 'u1', serviceTier: 'default' });
    expect(body).toEqual({
      model: 'claude-test',
      max_tokens: 8192,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      metadata: { user_id: 'u1' },
      service_tier: 'standard_only',
      stream: true,
    });
    expect(notes).toEqual([]);
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' });
  });

  test.each<[string, Partial<ChatRequest>, ModelTraits, number, string[]]>([
    ['the caller’s', { maxOutputTokens: 50 }, BUDGET, 50, []],
    ['the model’s where the caller gives none', {}, BUDGET, 64_000, []],
    ['lowered to the model’s', { maxOutputTokens: 70_000 }, BUDGET, 64_000, ['parameter.changed max_tokens']],
    ['what the context has left', {}, { maxOutputTokens: 4000, contextLength: 3000 }, 2978, []],
  ])('max_tokens is %s', (_, request, traits, limit, expected) => {
    const { body, notes } = encode(request, traits);
    expect(body['max_tokens']).toBe(limit);
    expect(notes).toEqual(expected);
  });

  test('what the grammar lacks is noted, what asks for the default is not', () => {
    const { notes } = encode({
      sampling: {
        seed: 1,
        n: 2,
        frequencyPenalty: 0,
        presencePenalty: 0.5,
        logprobs: true,
        logitBias: { '5': 1 },
        minP: 0,
      },
      verbosity: 'low',
      promptCacheKey: 'k',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      options: { prediction: {}, store: true },
      extras: { shiny: 1 },
    });
    expect(notes.map((note) => note.replace('parameter.dropped ', '')).sort()).toEqual(
      'logit_bias logprobs metadata n prediction presence_penalty prompt_cache_key seed service_tier shiny store verbosity'.split(
        ' ',
      ),
    );
  });

  test('a host’s quirks: refused, renamed and default fields', () => {
    const { body, notes } = encode(
      { user: 'u' },
      {},
      { rejects: ['metadata'], defaults: { temperature: 0.5, max_tokens: 5 } },
    );
    expect(body).toMatchObject({ max_tokens: 8192, temperature: 0.5 });
    expect(body).not.toHaveProperty('metadata');
    expect(notes).toEqual(['parameter.dropped metadata']);
  });
});

describe('the service tier', () => {
  test('an endpoint of the priority tier asks for fast mode, whatever the caller said', () => {
    for (const asked of [undefined, 'auto', 'default', 'priority', 'fast']) {
      const { body, notes, headers } = encode(
        { ...(asked && { serviceTier: asked }) },
        {},
        {},
        { serviceTier: 'priority' },
      );
      expect(body['speed']).toBe('fast');
      expect(body).not.toHaveProperty('service_tier');
      expect(headers['anthropic-beta']).toBe('fast-mode-2026-02-01');
      expect(notes).toEqual([]);
    }
  });

  test('its beta stands once beside the caller’s own', () => {
    const { headers } = encode({}, {}, {}, { serviceTier: 'priority', betas: ['x-1', 'fast-mode-2026-02-01'] });
    expect(headers['anthropic-beta']).toBe('fast-mode-2026-02-01,x-1');
  });

  test('flex has no form here', () => {
    const { body, notes } = encode({ serviceTier: 'flex' }, {}, {}, { serviceTier: 'flex' });
    expect(body).not.toHaveProperty('service_tier');
    expect(body).not.toHaveProperty('speed');
    expect(notes).toEqual(['parameter.dropped service_tier']);
  });

  test.each(['priority', 'fast', 'flex', 'scale'])('any other endpoint is not asked for %s', (asked) => {
    const { body, notes, headers } = encode({ serviceTier: asked });
    expect(body).not.toHaveProperty('service_tier');
    expect(body).not.toHaveProperty('speed');
    expect(headers).not.toHaveProperty('anthropic-beta');
    expect(notes).toEqual(['parameter.dropped service_tier']);
  });
});

describe('messages', () => {
  const turns = (messages: Message[], traits: ModelTraits = {}) => {
    const { body, notes } = encode({ messages, tools: [look, wave] }, traits);
    return { system: body['system'], messages: body['messages'], notes };
  };

  test('leading system and developer messages are the system prompt', () => {
    const {
      system: prompt,
      messages,
      notes,
    } = turns([system('One.'), { role: 'developer', content: [text('Two.')] }, user(text('Hi'))]);
    expect(prompt).toEqual([
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ]);
    expect(messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]);
    expect(notes).toEqual([]);
  });

  test('a later system message stays in its place as user text', () => {
    const { messages, notes } = turns([user(text('Hi')), assistant('Hello'), system('Be brief.'), user(text('Go'))]);
    expect(messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant' },
      { role: 'user', content: [{ text: '<system>\nBe brief.\n</system>' }, { text: 'Go' }] },
    ]);
    expect(notes).toEqual(['message.changed messages[2]']);
  });

  test('system messages alone are said by the user', () => {
    const { system: prompt, messages, notes } = turns([system('Say hi.')]);
    expect(prompt).toBeUndefined();
    expect(messages).toMatchObject([{ role: 'user', content: [{ text: 'Say hi.' }] }]);
    expect(notes).toEqual(['message.changed messages[0]']);
  });

  test('messages of one side merge, empty ones vanish, the first is the user’s', () => {
    const { messages, notes } = turns([
      assistant('A'),
      assistant('B'),
      user(text('')),
      user(text(' \n')),
      user(text('C')),
      user(text('D')),
    ]);
    expect(messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ text: 'A' }, { text: 'B' }] },
      { role: 'user', content: [{ text: 'C' }, { text: 'D' }] },
    ]);
    expect(notes).toEqual(['part.dropped messages[3].content[0]', 'message.changed messages[0]']);
  });

  test('a conversation that says nothing still asks', () => {
    const { messages, notes } = turns([user(text(''))]);
    expect(messages).toMatchObject([{ role: 'user', content: [{ type: 'text' }] }]);
    expect(notes).toEqual(['message.changed messages']);
  });

  test('names lead their text', () => {
    const { messages } = turns([{ role: 'user', content: [text('Hi')], name: 'ann' }]);
    expect(messages).toMatchObject([{ content: [{ text: 'ann: Hi' }] }]);
  });

  test('a refusal in the history stays as text', () => {
    const { messages } = turns([user(text('x')), assistant('', { refusal: 'No.' }), user(text('y'))]);
    expect(messages).toMatchObject([{}, { content: [{ type: 'text', text: 'No.' }] }, {}]);
  });

  test.each<[string, string, ModelTraits, Json, string[]]>([
    [
      'is trimmed',
      'The answer is ',
      {},
      [{ role: 'user' }, { role: 'assistant', content: [{ text: 'The answer is' }] }],
      ['message.changed messages'],
    ],
    ['stands', 'The', {}, [{ role: 'user' }, { role: 'assistant', content: [{ text: 'The' }] }], []],
    [
      'becomes a request to go on where refused',
      'The',
      { prefill: false },
      [{}, { role: 'assistant' }, { role: 'user' }],
      ['message.changed messages'],
    ],
  ])('a prefill %s', (_, words, traits, expected, noted) => {
    const { messages, notes } = turns([user(text('Q')), assistant(words)], traits);
    expect<unknown>(messages).toMatchObject(Array.isArray(expected) ? expected : []);
    expect(notes).toEqual(noted);
  });
});

describe('tool calls and results', () => {
  const turns = (messages: Message[]) => {
    const { body, notes } = encode({ messages, tools: [look, wave] });
    return { messages: body['messages'], notes };
  };

  test('parallel calls: results first in the very next user turn', () => {
    const { messages, notes } = turns([
      user(text('Look')),
      assistant('Looking', { toolCalls: [call('a'), call('b', 'wave', '')] }),
      result('b', 'waved'),
      result('a', 'blue'),
      user(text('And?')),
    ]);
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Look' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Looking' },
          { type: 'tool_use', id: 'a', name: 'look', input: { at: 'sky' } },
          { type: 'tool_use', id: 'b', name: 'wave', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'b', content: 'waved' },
          { type: 'tool_result', tool_use_id: 'a', content: 'blue' },
          { type: 'text', text: 'And?' },
        ],
      },
    ]);
    expect(notes).toEqual([]);
  });

  test('a result that comes late is moved to its call', () => {
    const { messages, notes } = turns([
      user(text('Look')),
      assistant('', { toolCalls: [call('a'), call('b')] }),
      result('a', '1'),
      user(text('wait')),
      assistant('ok'),
      result('b', '2'),
    ]);
    expect(messages).toMatchObject([
      {},
      {},
      { content: [{ tool_use_id: 'a', content: '1' }, { tool_use_id: 'b', content: '2' }, { text: 'wait' }] },
      { content: [{ text: 'ok' }] },
    ]);
    expect(notes).toEqual(['message.changed messages[5]']);
  });

  test('a result for no call is said as text, a call without a result is answered', () => {
    const { messages, notes } = turns([
      user(text('Q')),
      assistant('', { toolCalls: [call('a')] }),
      result('zzz', 'stray'),
    ]);
    expect(messages).toMatchObject([
      {},
      {},
      {
        content: [
          { type: 'tool_result', tool_use_id: 'a', is_error: true },
          { text: 'Result of tool call zzz:' },
          { text: 'stray' },
        ],
      },
    ]);
    expect(notes).toEqual(['message.changed messages[2]', 'tool.changed messages[1].tool_calls[0]']);
  });

  test('foreign and repeated ids become plain and unique, the same way every time', () => {
    const history = [
      user(text('Q')),
      assistant('', { toolCalls: [call('functions.look:0'), call('')] }),
      result('functions.look:0', '1'),
      result('', '2'),
      assistant('', { toolCalls: [call('functions.look:0')] }),
      result('functions.look:0', '3'),
    ];
    const { messages } = turns(history);
    expect(messages).toMatchObject([
      {},
      { content: [{ id: 'functions_look_0' }, { id: 'call' }] },
      {
        content: [
          { tool_use_id: 'functions_look_0', content: '1' },
          { tool_use_id: 'call', content: '2' },
        ],
      },
      { content: [{ id: 'functions_look_0_2' }] },
      { content: [{ tool_use_id: 'functions_look_0_2', content: '3' }] },
    ]);
    expect(turns(history).messages).toEqual(messages);
  });

  test.each<[string, Json, string[]]>([
    ['', {}, []],
    ['{"a":1}', { a: 1 }, []],
    ['{"a":', { _raw: '{"a":' }, ['tool.changed messages[1].tool_calls[0].function.arguments']],
    ['[1]', { _raw: '[1]' }, ['tool.changed messages[1].tool_calls[0].function.arguments']],
  ])('arguments %p are the object %p', (args, input, noted) => {
    const { messages, notes } = turns([
      user(text('Q')),
      assistant('', { toolCalls: [call('a', 'look', args)] }),
      result('a', 'r'),
    ]);
    expect<unknown>(messages).toMatchObject([{}, { content: [{ input }] }, {}]);
    expect(notes).toEqual(noted);
  });

  test('a result keeps images, errors and cache marks', () => {
    const { messages } = turns([
      user(text('Q')),
      assistant('', { toolCalls: [call('a')] }),
      {
        role: 'tool',
        toolCallId: 'a',
        isError: true,
        cacheControl: {},
        content: [text('see'), { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } }],
      },
    ]);
    expect(messages).toMatchObject([
      {},
      {},
      {
        content: [
          {
            type: 'tool_result',
            is_error: true,
            cache_control: { type: 'ephemeral' },
            content: [
              { type: 'text', text: 'see' },
              { type: 'image', source: { type: 'url' } },
            ],
          },
        ],
      },
    ]);
  });
});

describe('media', () => {
  const base64 = (words: string): string => btoa(words);
  const data = (mediaType: string, bytes = 'x') => ({ kind: 'data', mediaType, base64: base64(bytes) }) as const;

  test.each<[string, Part, Json]>([
    [
      'an image by URL',
      { type: 'image', source: { kind: 'url', url: 'https://x.test/i' } },
      { type: 'image', source: { type: 'url', url: 'https://x.test/i' } },
    ],
    [
      'an image as bytes',
      { type: 'image', source: data('image/jpg') },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: base64('x') } },
    ],
    [
      'a data URL',
      { type: 'image', source: { kind: 'url', url: `data:image/png;base64,${base64('x')}` } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64('x') } },
    ],
    [
      'a PDF',
      { type: 'file', filename: 'a.pdf', source: data('application/pdf') },
      {
        type: 'document',
        title: 'a.pdf',
        source: { type: 'base64', media_type: 'application/pdf', data: base64('x') },
      },
    ],
    [
      'a nameless PDF',
      { type: 'file', source: data('application/octet-stream', '%PDF-1.7') },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: base64('%PDF-1.7') } },
    ],
    [
      'a PDF by URL',
      { type: 'file', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
      { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
    ],
    [
      'an image file by URL',
      { type: 'file', source: { kind: 'url', url: 'https://x.test/a.png?b' } },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png?b' } },
    ],
    [
      'a text file',
      { type: 'file', source: data('text/csv', 'a,b') },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
    ],
  ])('%s', (_, part, block) => {
    const { body } = encode({ messages: [user(text('see'), part)] });
    expect(body['messages']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'see' }, block] }]);
  });

  test('a file id needs the beta of the files API', () => {
    const { body, headers } = encode({ messages: [user({ type: 'file', source: { kind: 'id', id: 'file_1' } })] });
    expect(body['messages']).toMatchObject([
      { content: [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }] },
    ]);
    expect(headers['anthropic-beta']).toBe('files-api-2025-04-14');
  });

  test.each<[string, Part]>([
    ['audio', { type: 'audio', base64: 'AAAA', format: 'wav' }],
    ['video', { type: 'video', source: { kind: 'url', url: 'https://x.test/v' } }],
    ['image/svg+xml', { type: 'image', source: data('image/svg+xml') }],
    ['application/zip', { type: 'file', source: data('application/zip') }],
  ])('%s cannot be said: listed beforehand, refused by field if asked', (kind, part) => {
    const messages = [user(text('a')), user(text('b'), part)];
    const request = { messages, tools: [], sampling: {}, stream: false, options: {}, extras: {} };
    expect(unsayable(request)).toEqual([kind]);
    expect(() => encode({ messages })).toThrow(GatewayError);
    try {
      encode({ messages });
    } catch (error) {
      expect(error instanceof GatewayError && [error.code, error.details.field]).toEqual([
        'client.invalid_request',
        'messages[1].content[1]',
      ]);
    }
  });

  test('an image of the assistant follows in the user’s turn', () => {
    const image: Part = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } };
    const { body, notes } = encode({
      messages: [user(text('draw')), assistant('', { content: [text('Here'), image] })],
    });
    expect(body['messages']).toMatchObject([
      {},
      { content: [{ text: 'Here' }] },
      { role: 'user', content: [{ type: 'image' }] },
    ]);
    expect(notes).toEqual(['part.converted messages[1]']);
  });
});

describe('tools', () => {
  test('a definition has an object schema', () => {
    const { body, notes } = encode({
      tools: [
        { name: 'a', description: 'A', parameters: { properties: { x: {} } } },
        wave,
        {
          name: 'u',
          parameters: {
            anyOf: [
              { properties: { p: {} }, required: ['p', 'q'] },
              { properties: { q: {} }, required: ['q'] },
            ],
          },
        },
      ],
    });
    expect(body['tools']).toEqual([
      { name: 'a', description: 'A', input_schema: { type: 'object', properties: { x: {} } } },
      { name: 'wave', input_schema: { type: 'object', properties: {} } },
      { name: 'u', input_schema: { type: 'object', properties: { p: {}, q: {} }, required: ['q'] } },
    ]);
    expect(notes).toEqual(['schema.simplified tools[2].function.parameters']);
  });

  test('strict closes objects and says in words what it cannot enforce', () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 1, description: 'N' } } };
    const { body, notes } = encode({ tools: [{ name: 'a', strict: true, parameters }] });
    expect(body['tools']).toEqual([
      {
        name: 'a',
        strict: true,
        input_schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: 'N\n\n{minimum: 1}' } },
          additionalProperties: false,
        },
      },
    ]);
    expect(notes).toEqual(['schema.simplified tools[0].function.parameters']);
    expect(encode({ tools: [{ name: 'a', strict: true }] }, { jsonSchema: false }).notes).toEqual([
      'parameter.dropped tools[0].function.strict',
    ]);
  });

  test.each<[Partial<ChatRequest>, ModelTraits, Json, string[]]>([
    [{ toolChoice: { type: 'none' } }, {}, { type: 'none' }, []],
    [{ toolChoice: { type: 'auto' } }, {}, { type: 'auto' }, []],
    [{ toolChoice: { type: 'required' } }, {}, { type: 'any' }, []],
    [{ toolChoice: { type: 'tool', name: 'look' } }, {}, { type: 'tool', name: 'look' }, []],
    [{ parallelToolCalls: false }, {}, { type: 'auto', disable_parallel_tool_use: true }, []],
    [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, {}, { type: 'none' }, []],
    [
      { toolChoice: { type: 'required' } },
      { forcedToolUse: false },
      { type: 'auto' },
      ['parameter.changed tool_choice'],
    ],
    [
      { toolChoice: { type: 'required' }, reasoning: { enabled: true, exclude: false } },
      BUDGET,
      { type: 'auto' },
      ['parameter.changed tool_choice'],
    ],
    [{ toolChoice: { type: 'required' }, reasoning: { enabled: true, exclude: false } }, ADAPTIVE, { type: 'any' }, []],
    [
      { toolChoice: { type: 'allowed', mode: 'required', names: ['look'] } },
      {},
      { type: 'any' },
      ['tool.changed tool_choice'],
    ],
  ])('choice %j with %j is %j', (request, traits, choice, noted) => {
    const { body, notes } = encode({ tools: [look, wave], ...request }, traits);
    expect<unknown>(body['tool_choice']).toEqual(choice);
    expect(notes).toEqual(noted);
  });

  test('allowed tools are the only ones sent', () => {
    const { body } = encode({ tools: [look, wave], toolChoice: { type: 'allowed', mode: 'auto', names: ['wave'] } });
    expect(body['tools']).toMatchObject([{ name: 'wave' }]);
  });
});

describe('reasoning', () => {
  const ask = (
    reasoning: Partial<NonNullable<ChatRequest['reasoning']>>,
    traits: ModelTraits,
    maxOutputTokens?: number,
  ) =>
    encode(
      { reasoning: { enabled: true, exclude: false, ...reasoning }, ...(maxOutputTokens && { maxOutputTokens }) },
      traits,
    );

  test.each<[Partial<NonNullable<ChatRequest['reasoning']>>, number, number, number, string[]]>([
    [{ effort: 'high' }, 10_000, 8000, 10_000, []],
    [{ effort: 'minimal' }, 20_000, 2000, 20_000, []],
    [{}, 10_000, 5000, 10_000, []],
    [{ maxTokens: 3000 }, 10_000, 3000, 10_000, []],
    [{ maxTokens: 100 }, 10_000, 1024, 10_000, ['parameter.changed reasoning.max_tokens']],
    [{ effort: 'low' }, 500, 1024, 1524, ['parameter.changed max_tokens']],
    [{ maxTokens: 70_000 }, 10_000, 62_976, 64_000, ['parameter.changed max_tokens']],
  ])('budget: %j of %d tokens is %d below %d', (reasoning, limit, budget, max, noted) => {
    const { body, notes } = ask(reasoning, BUDGET, limit);
    expect(body).toMatchObject({ thinking: { type: 'enabled', budget_tokens: budget }, max_tokens: max });
    expect(notes).toEqual(noted);
  });

  test.each<[Partial<NonNullable<ChatRequest['reasoning']>>, string, string[]]>([
    [{ effort: 'high' }, 'high', []],
    [{}, 'medium', []],
    [{ effort: 'minimal' }, 'low', ['parameter.changed reasoning.effort']],
    [{ effort: 'xhigh' }, 'high', ['parameter.changed reasoning.effort']],
    [{ maxTokens: 2100 }, 'low', ['parameter.changed reasoning.max_tokens']],
  ])('adaptive: %j is effort %s', (reasoning, effort, noted) => {
    const { body, notes } = ask(reasoning, ADAPTIVE, 10_000);
    expect(body).toMatchObject({ thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort } });
    expect(notes).toEqual(noted);
  });

  test('off, excluded, by default, impossible', () => {
    expect(ask({ enabled: false }, ADAPTIVE).body['thinking']).toEqual({ type: 'disabled' });
    expect(ask({ enabled: false }, BUDGET).body).not.toHaveProperty('thinking');
    expect(ask({ exclude: true }, ADAPTIVE).body['thinking']).toEqual({ type: 'adaptive', display: 'omitted' });
    expect(ask({ byDefault: true, exclude: true }, BUDGET).body).not.toHaveProperty('thinking');
    expect(ask({ effort: 'high' }, {}).notes).toEqual(['parameter.dropped reasoning']);
    const mandatory = { reasoning: { mandatory: true, budget: false, adaptive: true } };
    expect(() => ask({ enabled: false }, mandatory)).toThrow('cannot be turned off');
  });

  test('while thinking, sampling and prefill give way', () => {
    const { body, notes } = encode(
      {
        messages: [user(text('Q')), assistant('A')],
        reasoning: { enabled: true, exclude: false },
        sampling: { temperature: 0.2, topP: 0.5, topK: 5 },
      },
      BUDGET,
    );
    expect(body).not.toHaveProperty('temperature');
    expect(body['messages']).toMatchObject([{}, {}, { role: 'user' }]);
    expect(notes.sort()).toEqual([
      'message.changed messages',
      'parameter.dropped temperature',
      'parameter.dropped top_k',
      'parameter.dropped top_p',
    ]);
  });

  const signed: ReasoningDetail[] = [
    { type: 'reasoning.text', text: 'Let me ', format: 'anthropic-claude-v1', index: 0 },
    { type: 'reasoning.text', text: 'look. ', format: 'anthropic-claude-v1', index: 0 },
    { type: 'reasoning.text', signature: 'SIG==', format: 'anthropic-claude-v1', index: 0 },
    { type: 'reasoning.encrypted', data: 'XX', format: 'anthropic-claude-v1', index: 1 },
  ];
  const loop = (details: ReasoningDetail[]): Message[] => [
    user(text('Q')),
    assistant('Looking', { reasoning: 'Let me look. ', reasoningDetails: details, toolCalls: [call('a')] }),
    result('a', 'blue'),
  ];

  test('signed thinking comes back first, in order, byte for byte', () => {
    const { body, notes } = encode(
      { messages: loop(signed), tools: [look], reasoning: { enabled: true, exclude: false } },
      BUDGET,
    );
    expect(body['messages']).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'Let me look. ', signature: 'SIG==' },
          { type: 'redacted_thinking', data: 'XX' },
          { type: 'text', text: 'Looking' },
          { type: 'tool_use' },
        ],
      },
      {},
    ]);
    expect(body['thinking']).toMatchObject({ type: 'enabled' });
    expect(notes).toEqual([]);
  });

  test('foreign and unsigned reasoning stays out, and a loop without it goes on without thinking', () => {
    const foreign: ReasoningDetail[] = [
      { type: 'reasoning.encrypted', data: 'G', format: 'google-gemini-v1', index: 0 },
      { type: 'reasoning.text', text: 't', format: 'anthropic-claude-v1', index: 1 },
    ];
    const { body, notes } = encode(
      { messages: loop(foreign), tools: [look], reasoning: { enabled: true, exclude: false } },
      BUDGET,
    );
    expect(body['messages']).toMatchObject([{}, { content: [{ type: 'text' }, { type: 'tool_use' }] }, {}]);
    expect(body).not.toHaveProperty('thinking');
    expect(notes).toEqual([
      'reasoning.dropped messages[1].reasoning_details[0]',
      'reasoning.dropped messages[1].reasoning_details[1]',
      'parameter.dropped reasoning',
    ]);
  });
});

describe('sampling', () => {
  test.each<[ChatRequest['sampling'], ModelTraits, JsonObject, string[]]>([
    [{ temperature: 0.7, topK: 5 }, {}, { temperature: 0.7, top_k: 5 }, []],
    [{ temperature: 1.6 }, {}, { temperature: 1 }, ['parameter.changed temperature']],
    [{ topP: 0.9 }, {}, { top_p: 0.9 }, []],
    [{ temperature: 0.5, topP: 0.9 }, {}, { temperature: 0.5 }, ['parameter.dropped top_p']],
    [{ temperature: 0.5, topP: 0.9 }, { oneSamplingParameter: false }, { temperature: 0.5, top_p: 0.9 }, []],
    [{ temperature: 0.5, topP: 1 }, {}, { temperature: 0.5 }, []],
    [
      { temperature: 0.5, topP: 0.9, topK: 1 },
      { sampling: false },
      {},
      ['parameter.dropped temperature', 'parameter.dropped top_p', 'parameter.dropped top_k'],
    ],
    [{ stop: ['END', '\n'] }, {}, { stop_sequences: ['END'] }, ['parameter.changed stop']],
  ])('%j with %j is %j', (sampling, traits, sent, noted) => {
    const { body, notes } = encode({ sampling }, traits);
    const { model: _m, max_tokens: _t, messages: _ms, ...rest } = body;
    expect(rest).toEqual(sent);
    expect(notes).toEqual(noted);
  });
});

describe('response_format', () => {
  const schema = { type: 'object', properties: { a: { type: 'string', pattern: '^x' } }, required: ['a'] };
  const format = { type: 'json_schema', name: 'r', schema } as const;

  test('a schema is native where the model has it', () => {
    const { body, notes } = encode({ responseFormat: format });
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { a: { type: 'string', description: '{pattern: "^x"}' } },
          required: ['a'],
          additionalProperties: false,
        },
      },
    });
    expect(notes).toEqual(['schema.simplified response_format.json_schema.schema']);
  });

  test('else it is asked for in words, as JSON mode is', () => {
    const { body, notes } = encode(
      { responseFormat: format, messages: [system('S'), user(text('Q'))] },
      { jsonSchema: false },
    );
    expect(JSON.stringify(body['system'])).toContain(JSON.stringify(JSON.stringify(schema)).slice(1, -1));
    expect(body['system']).toMatchObject([{ text: 'S' }, {}]);
    expect(notes).toEqual(['parameter.changed response_format']);
    expect(encode({ responseFormat: { type: 'json_object' } }).notes).toEqual(['parameter.changed response_format']);
    expect(encode({ responseFormat: { type: 'text' } }).notes).toEqual([]);
  });
});

describe('cache marks', () => {
  const marked = (words: string, ttl?: '5m' | '1h'): Part => ({
    type: 'text',
    text: words,
    cacheControl: ttl ? { ttl } : {},
  });

  test('stand on system, tools, messages and the top', () => {
    const { body, notes } = encode({
      messages: [{ role: 'system', content: [marked('S', '1h')] }, user(marked('Q'))],
      tools: [{ ...look, cacheControl: { ttl: '1h' } }],
      cacheControl: {},
    });
    expect(body).toMatchObject({
      system: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      tools: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [{ content: [{ cache_control: { type: 'ephemeral' } }] }],
      cache_control: { type: 'ephemeral' },
    });
    expect(notes).toEqual([]);
  });

  test('of more than four the oldest in the messages go', () => {
    const { body, notes } = encode({
      messages: [{ role: 'system', content: [marked('S')] }, user(...['1', '2', '3', '4', '5'].map((w) => marked(w)))],
    });
    const [turn] = Array.isArray(body['messages']) ? body['messages'] : [];
    expect(turn.content.map((block: JsonObject) => 'cache_control' in block)).toEqual([false, false, true, true, true]);
    expect(body['system']).toMatchObject([{ cache_control: {} }]);
    expect(notes).toEqual(['parameter.dropped cache_control']);
  });

  test('an hour may not follow five minutes; a host without marks gets none', () => {
    const messages = [user(marked('1'), marked('2', '1h'))];
    expect(encode({ messages }).body['messages']).toMatchObject([
      { content: [{ cache_control: { type: 'ephemeral' } }, { cache_control: { ttl: '5m' } }] },
    ]);
    expect(JSON.stringify(encode({ messages, cacheControl: {} }, {}, { cacheControl: false }).body)).not.toContain(
      'cache_control',
    );
  });
});
