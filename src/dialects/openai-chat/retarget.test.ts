/** The relay lane's request: the caller's own value with our changes, and nothing else changed. */
import { describe, expect, test } from 'bun:test';
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt } from '../../core/json.ts';
import type { HostQuirks, ModelTraits } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { parseChatRequest } from './client-request.ts';
import { retarget } from './retarget.ts';

const hello: Json = [{ role: 'user', content: 'Hello' }];

function send(fields: JsonObject, quirks: HostQuirks = {}, traits: ModelTraits = {}) {
  const body: JsonObject = { model: 'author/model', messages: hello, ...fields };
  const before = JSON.stringify(body);
  const { value, notes } = retarget(parseChatRequest(body), contextWith({ quirks, traits }));
  // The caller's value may be sent to the next host too.
  expect(JSON.stringify(body)).toBe(before);
  const messages = isJsonArray(value.body['messages']) ? value.body['messages'].filter(isJsonObject) : [];
  return { ...value, messages, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

describe('the body', () => {
  test('known and unknown fields go on by value, under the upstream’s model', () => {
    const fields: JsonObject = {
      temperature: 0.3,
      stop: ['a', 'b'],
      logit_bias: { '5': -1 },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' }, strict: true } },
      metadata: { a: 'b' },
      safe_prompt: true,
      x_unknown: { deep: [1, null, { ü: '🚂' }] },
    };
    const { path, body, notes } = send(fields);
    expect(path).toBe('/chat/completions');
    expect(body).toEqual({ ...fields, model: 'model-1', messages: hello });
    expect(notes).toEqual([]);
  });

  test('messages that need no change are the caller’s own, not a copy', () => {
    const messages: Json = [
      { role: 'system', content: 'Be brief.', name: 'sys' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'https://i.example/a.png' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, own: 1 }],
      },
      { role: 'tool', tool_call_id: 'a', content: '1', own: { b: 2 } },
    ];
    expect(send({ messages }).body['messages']).toBe(messages);
  });

  test('fields of the gateway stay here', () => {
    const ours: JsonObject = {
      models: ['a/b'],
      provider: { order: ['x'] },
      route: 'fallback',
      plugins: [{ id: 'web' }, { id: 'fusion' }],
      transforms: ['middle-out'],
      usage: { include: true },
      session_id: 's',
      trace: { trace_id: 't' },
      debug: { echo_upstream_body: true },
      max_tool_calls: 3,
      stream_options: { include_usage: false },
    };
    expect(Object.keys(send(ours).body).sort()).toEqual(['messages', 'model']);
    const gateway = send(ours, { gatewayFields: ['provider', 'plugins'] }).body;
    expect(gateway).toMatchObject({ provider: { order: ['x'] }, plugins: [{ id: 'fusion' }] });
    expect(gateway).not.toHaveProperty('models');
  });

  test('a null says nothing', () => {
    const { body } = send({
      temperature: null,
      tools: null,
      max_tokens: null,
      reasoning: null,
      x_unknown: null,
      stream: null,
    });
    expect(Object.keys(body).sort()).toEqual(['messages', 'model']);
  });

  test('an empty list of tools is left out with what says how to use them', () => {
    const { body } = send({ tools: [], tool_choice: 'auto', parallel_tool_calls: false });
    expect(Object.keys(body).sort()).toEqual(['messages', 'model']);
  });

  test('a stream always asks for its usage', () => {
    expect(send({ stream: true }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(send({ stream: true, stream_options: { include_usage: false } }).body).toMatchObject({
      stream_options: { include_usage: true },
    });
    expect(send({ stream: true }, { obfuscationOption: true }).body).toMatchObject({
      stream_options: { include_usage: true, include_obfuscation: false },
    });
    expect(send({ stream: true }, { streamOptions: false }).body).not.toHaveProperty('stream_options');
    expect(send({ stream: false }).body).not.toHaveProperty('stream');
  });
});

describe('what hosts name, refuse or limit', () => {
  const rows: readonly (readonly [string, JsonObject, HostQuirks, ModelTraits, JsonObject, readonly string[]])[] = [
    ['the newer limit under the older name', { max_completion_tokens: 9 }, {}, {}, { max_tokens: 9 }, []],
    [
      'the older limit under the newer name',
      { max_tokens: 9 },
      { maxTokensField: 'max_completion_tokens' },
      {},
      { max_completion_tokens: 9 },
      [],
    ],
    ['both limits: the newer counts', { max_tokens: 5, max_completion_tokens: 9 }, {}, {}, { max_tokens: 9 }, []],
    [
      'more than the endpoint gives',
      { max_tokens: 900 },
      {},
      { maxOutputTokens: 100 },
      { max_tokens: 100 },
      ['parameter.changed max_tokens'],
    ],
    ['a renamed field', { seed: 4 }, { renames: { seed: 'random_seed' } }, {}, { random_seed: 4 }, []],
    [
      'a refused field',
      { logprobs: true, seed: 1 },
      { rejects: ['logprobs'] },
      {},
      { seed: 1 },
      ['parameter.dropped logprobs'],
    ],
    [
      'an unknown field where those are refused',
      { x_own: 1, safe_prompt: true, top_p: 0.5 },
      { refusesUnknownFields: true, ownFields: ['safe_prompt'] },
      {},
      { safe_prompt: true, top_p: 0.5 },
      ['parameter.dropped x_own'],
    ],
    [
      'too hot',
      { temperature: 1.9 },
      { maxTemperature: 1.5 },
      {},
      { temperature: 1.5 },
      ['parameter.changed temperature'],
    ],
    [
      'defaults, which the caller may overrule',
      { reasoning_split: false },
      { defaults: { reasoning_split: true, own: 1 } },
      {},
      { reasoning_split: false, own: 1 },
      [],
    ],
    [
      'cache marks where the host caches by itself',
      { cache_control: { type: 'ephemeral' } },
      {},
      {},
      {},
      ['parameter.dropped cache_control'],
    ],
    [
      'cache marks where it does not',
      { cache_control: { type: 'ephemeral' } },
      { cacheControl: true },
      {},
      { cache_control: { type: 'ephemeral' } },
      [],
    ],
  ];
  for (const [name, fields, quirks, traits, expected, notes] of rows) {
    test(name, () => {
      const sent = send(fields, quirks, traits);
      const { model: _, messages: __, ...rest } = sent.body;
      expect(rest).toEqual(expected);
      expect(sent.notes).toEqual([...notes]);
    });
  }

  test('tools: a type where there is none; strict and cache marks only where they are taken', () => {
    const tools: Json = [
      {
        function: { name: 'f', parameters: { type: 'object' }, strict: true, own: 1 },
        cache_control: { type: 'ephemeral' },
      },
    ];
    expect(send({ tools }).body['tools']).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true, own: 1 } },
    ]);
    const plain = send({ tools }, { strictTools: false });
    expect(plain.body['tools']).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object' }, own: 1 } },
    ]);
    expect(plain.notes).toEqual([
      'parameter.dropped tools[0].cache_control',
      'parameter.dropped tools[0].function.strict',
    ]);
    expect(send({ tools }, { cacheControl: true }).body['tools']).toEqual(tools);
  });
});

describe('messages', () => {
  const calls: Json = [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }];

  test('developer is system where it is unknown', () => {
    const messages: Json = [{ role: 'developer', content: 'x' }];
    expect(send({ messages }).messages).toEqual([{ role: 'system', content: 'x' }]);
    expect(send({ messages }, { developerRole: true }).messages).toEqual([{ role: 'developer', content: 'x' }]);
  });

  test('texts as one string, which every host takes; marked ones as they are where marks are known', () => {
    const messages: Json = [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'c' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'd' },
          { type: 'text', text: 'e' },
        ],
      },
    ];
    expect(send({ messages }).messages.map(({ content }) => content)).toEqual([
      'ab',
      'c',
      [
        { type: 'text', text: 'd' },
        { type: 'text', text: 'e' },
      ],
    ]);
    expect(send({ messages }, { cacheControl: true }).body['messages']).toEqual(messages);
  });

  test('cache marks on parts and messages', () => {
    const mark = { type: 'ephemeral', ttl: '1h' };
    const messages: Json = [
      { role: 'system', content: [{ type: 'text', text: 'a', cache_control: mark }] },
      { role: 'tool', tool_call_id: 'x', content: 'y', cache_control: mark },
    ];
    const plain = send({ messages });
    expect(plain.messages).toEqual([
      { role: 'system', content: 'a' },
      { role: 'tool', tool_call_id: 'x', content: 'y' },
    ]);
    expect(plain.notes).toEqual([
      'parameter.dropped messages[0].content[0].cache_control',
      'parameter.dropped messages[1].cache_control',
    ]);
    expect(send({ messages }, { cacheControl: true }).body['messages']).toEqual(messages);
  });

  test('nine-character ids: a call and its result still find each other, and good ids stay', () => {
    const messages: Json = [
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'call_1', content: '1' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'abcdef123', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'abcdef123', content: '1' },
    ];
    const sent = send({ messages }, { nineCharacterToolIds: true }).messages;
    const idAt = (at: number): Json | undefined => {
      const list = sent[at]?.['tool_calls'];
      return isJsonArray(list) && isJsonObject(list[0]) ? list[0]['id'] : undefined;
    };
    expect(idAt(0)).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(sent[1]?.['tool_call_id']).toBe(idAt(0));
    expect([idAt(2), sent[3]?.['tool_call_id']]).toEqual(['abcdef123', 'abcdef123']);
  });

  test('addresses as plain strings where the host wants them so', () => {
    const messages: Json = [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://i.example/a.png', detail: 'low' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        ],
      },
    ];
    expect(send({ messages }, { plainMediaUrls: true }).messages[0]?.['content']).toEqual([
      { type: 'image_url', image_url: 'https://i.example/a.png' },
      { type: 'input_audio', input_audio: 'AAAA' },
    ]);
  });
});

describe('reasoning of earlier turns goes back where the host wants it', () => {
  const details: Json = [{ type: 'reasoning.text', text: 'hm', signature: 's', format: 'unknown', index: 0 }];
  const turn: JsonObject = { role: 'assistant', content: 'x', reasoning: 'hm', reasoning_details: details };
  const rows: readonly (readonly [string, HostQuirks, JsonObject, JsonObject, readonly string[]])[] = [
    ['dropped with a note', {}, turn, { role: 'assistant', content: 'x' }, ['reasoning.dropped messages[0].reasoning']],
    [
      'as the caller wrote it, to a host that nobody described',
      { reasoningReplay: 'as-written' },
      turn,
      { role: 'assistant', content: 'x', reasoning: 'hm' },
      [],
    ],
    [
      'as the caller wrote it: details alone have no word there',
      { reasoningReplay: 'as-written' },
      { role: 'assistant', content: 'x', reasoning_details: details },
      { role: 'assistant', content: 'x' },
      ['reasoning.dropped messages[0].reasoning'],
    ],
    [
      'as reasoning_content',
      { reasoningReplay: 'reasoning_content' },
      turn,
      { role: 'assistant', content: 'x', reasoning_content: 'hm' },
      [],
    ],
    ['as reasoning', { reasoningReplay: 'reasoning' }, turn, { role: 'assistant', content: 'x', reasoning: 'hm' }, []],
    ['whole, to a host of the whole contract', { reasoningReplay: 'reasoning_details' }, turn, turn, []],
    [
      'whole, what Python’s stream helper joined as it was written',
      { reasoningReplay: 'reasoning_details' },
      {
        ...turn,
        reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 's', format: 'unknownunknown', index: 0 }],
      },
      turn,
      [],
    ],
    [
      'from the details alone',
      { reasoningReplay: 'reasoning_content' },
      { role: 'assistant', content: 'x', reasoning_details: details },
      { role: 'assistant', content: 'x', reasoning_content: 'hm' },
      [],
    ],
    [
      'nothing said, nothing noted',
      {},
      { role: 'assistant', content: 'x', reasoning: '', reasoning_details: [] },
      { role: 'assistant', content: 'x' },
      [],
    ],
  ];
  for (const [name, quirks, message, expected, notes] of rows) {
    test(name, () => {
      const sent = send({ messages: [message, { role: 'user', content: 'y' }] }, quirks);
      expect(sent.messages[0]).toEqual(expected);
      expect(sent.notes).toEqual([...notes]);
    });
  }

  test('empty beside tool calls where it must be there while thinking', () => {
    const quirks: HostQuirks = {
      reasoningReplay: 'reasoning_content',
      requiresReasoningContent: true,
      reasoningStyle: 'thinking_type',
    };
    const messages: Json = [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ];
    const sent = (fields: JsonObject, traits: ModelTraits = {}) =>
      send({ messages, ...fields }, quirks, traits).messages[0];
    expect(sent({ reasoning: { enabled: true } })).toMatchObject({ reasoning_content: '' });
    expect(sent({}, { reasoning: { mandatory: false, budget: false } })).toMatchObject({ reasoning_content: '' });
    expect(sent({ reasoning: { enabled: false } })).not.toHaveProperty('reasoning_content');
    expect(sent({})).not.toHaveProperty('reasoning_content');
  });
});

describe('reasoning asked for', () => {
  test('in the host’s words, under any of ours', () => {
    const quirks: HostQuirks = { reasoningStyle: 'enable_thinking' };
    for (const fields of [{ reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }]) {
      expect(send({ ...fields, max_tokens: 1000 }, quirks).body).toEqual({
        model: 'model-1',
        messages: hello,
        max_tokens: 1000,
        enable_thinking: true,
        thinking_budget: 200,
      });
    }
    expect(send({ include_reasoning: false }).body).toEqual({ model: 'model-1', messages: hello });
    const none = send({ reasoning: { effort: 'high' } }, { reasoningStyle: 'none' });
    expect([Object.keys(none.body).sort(), none.notes]).toEqual([
      ['messages', 'model'],
      ['parameter.dropped reasoning'],
    ]);
  });

  test('what else the caller said under the host’s own name for it stands', () => {
    const { body } = send(
      { thinking: { type: 'disabled', clear_thinking: false }, reasoning: { enabled: true } },
      { reasoningStyle: 'thinking_type' },
    );
    expect(objectAt(body, 'thinking')).toEqual({ type: 'enabled', clear_thinking: false });
  });
});

test('a field named __proto__ is plain data and goes on by value', () => {
  const wire = parseChatRequest(
    JSON.parse('{"model":"a/b","messages":[{"role":"user","content":"x"}],"__proto__":{"a":1}}'),
  );
  const { value } = retarget(wire, contextWith());
  expect(JSON.stringify(value.body)).toContain('"__proto__":{"a":1}');
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});
