import { describe, expect, test } from 'bun:test';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { HostQuirks, ModelTraits } from '../../host.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { contextWith } from '../../shared/testing/context.ts';
import { parseMessagesRequest } from '../client/parse.ts';
import { canRelay } from './can-relay.ts';
import { retarget } from './retarget.ts';

const ask = (more: JsonObject = {}) =>
  parseMessagesRequest({ model: 'm', max_tokens: 4096, messages: [{ role: 'user', content: 'Hi' }], ...more });
const sent = (more: JsonObject, context: UpstreamContext = contextWith()) => {
  const { value, notes } = retarget(ask(more), context);
  return { ...value, notes: notes.map(({ code, field }) => `${code} ${field}`) };
};
const withHost = (quirks: HostQuirks) => contextWith({ quirks });
const withModel = (traits: ModelTraits) => contextWith({ traits });
const tool = { name: 'look', input_schema: { type: 'object' } };

const ADAPTIVE: ModelTraits = {
  sampling: false,
  prefill: false,
  forcedToolUse: false,
  maxOutputTokens: 8000,
  reasoning: { mandatory: false, efforts: ['low', 'high'], budget: false, adaptive: true },
};
const ASSUMED: ModelTraits = { reasoning: { mandatory: false, budget: true, assumed: true } };
const BUDGET: ModelTraits = { maxOutputTokens: 8000, reasoning: { mandatory: false, budget: true } };

describe('what goes on by value', () => {
  test('everything but the model and what is the gateway’s', () => {
    const body = {
      system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'global' } }],
      messages: [
        { role: 'assistant', content: [{ type: 'hologram', beam: 3 }] },
        { role: 'user', content: 'x' },
      ],
      tools: [
        { ...tool, defer_loading: true },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'low', task_budget: { type: 'tokens', total: 20_000 } },
      context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
      metadata: { user_id: 'u' },
      temperature: 0.3,
      brand_new: { deep: [1] },
    };
    const gateway = {
      provider: { sort: 'price' },
      models: ['b'],
      session_id: 's',
      user: 'u',
      plugins: [],
      route: 'fallback',
    };
    expect(sent({ ...body, ...gateway, stream: true })).toMatchObject({
      path: '/messages',
      headers: { 'anthropic-version': '2023-06-01' },
      body: { ...body, model: 'model-1', max_tokens: 4096, stream: true },
      notes: [],
    });
    expect(Object.keys(sent(gateway).body)).toEqual(['model', 'max_tokens', 'messages']);
  });

  test('previews that the caller named', () => {
    expect(retarget(ask(), { ...contextWith(), betas: ['a-1', 'b-2'] }).value.headers).toMatchObject({
      'anthropic-beta': 'a-1,b-2',
    });
  });

  test('the host’s own path where the model stands in it', () => {
    const modelInPath = { whole: 'rawPredict', stream: 'streamRawPredict', version: 'v' };
    const { path, body, headers } = sent({ stream: true }, withHost({ modelInPath }));
    expect([path, body['anthropic_version'], headers['anthropic-version']]).toEqual([
      '/models/model-1:streamRawPredict',
      'v',
      undefined,
    ]);
  });
});

describe('what a host does not take', () => {
  test('marks of what is to be cached, at any depth, but not inside an input', () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const input = { system: [mark], cache_control: 'mine' };
    const more = {
      ...mark,
      system: [{ type: 'text', text: 'a', ...mark }],
      tools: [{ ...tool, ...mark }],
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'look', input, ...mark }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'b', ...mark }] }],
        },
      ],
    };
    const { body, notes } = sent(more, withHost({ cacheControl: false }));
    expect(JSON.stringify(body).split('"cache_control"')).toHaveLength(3);
    expect(body['messages']).toMatchObject([{ content: [{ input }] }, {}]);
    expect(notes).toEqual(['parameter.dropped cache_control']);
  });

  test('fields by name, fields that it does not know, strict tools', () => {
    expect(sent({ metadata: { user_id: 'u' } }, withHost({ rejects: ['metadata'] })).notes).toEqual([
      'parameter.dropped metadata',
    ]);
    expect(sent({ brand_new: 1 }, withHost({ refusesUnknownFields: true })).notes).toEqual([
      'parameter.dropped brand_new',
    ]);
    const { body, notes } = sent({ tools: [{ ...tool, strict: true }] }, withHost({ strictTools: false }));
    expect([body['tools'], notes]).toEqual([[tool], ['parameter.dropped tools[0].strict']]);
  });

  test('words of another grammar, which presets are kept in', () => {
    const { body, notes } = sent({ seed: 1, presence_penalty: 0.5 });
    expect([body['seed'], notes]).toEqual([
      undefined,
      ['parameter.dropped seed', 'parameter.dropped presence_penalty'],
    ]);
  });

  test('a host that is a gateway is told more', () => {
    const context = {
      ...withHost({ gatewayFields: ['provider', 'models'] }),
      gateway: { provider: { zdr: true }, noPromptTraining: true },
    };
    const { body, headers } = sent({ models: ['b'], provider: { sort: 'price' }, session_id: 's' }, context);
    expect(body).toMatchObject({ models: ['b'], provider: { zdr: true } });
    expect(headers).toHaveProperty('x-openrouter-no-prompt-training', 'true');
    expect(body['session_id']).toBeUndefined();
  });
});

describe('what a model does not take', () => {
  test.each<[string, JsonObject, ModelTraits, JsonObject, string[]]>([
    ['no limit', { max_tokens: null }, BUDGET, { max_tokens: 8000 }, []],
    ['a limit too high', { max_tokens: 9000 }, BUDGET, { max_tokens: 8000 }, ['parameter.changed max_tokens']],
    [
      'sampling',
      { temperature: 0.5, top_k: 3 },
      ADAPTIVE,
      { temperature: undefined, top_k: undefined },
      ['parameter.dropped temperature', 'parameter.dropped top_k'],
    ],
    ['too hot', { temperature: 1.5 }, {}, { temperature: 1 }, ['parameter.changed temperature']],
    [
      'a forced tool',
      { tools: [tool], tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true } },
      ADAPTIVE,
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      ['parameter.changed tool_choice'],
    ],
    [
      'an empty list of tools',
      { tools: [], tool_choice: { type: 'auto' } },
      {},
      { tools: undefined, tool_choice: undefined },
      [],
    ],
    [
      'a budget where it thinks adaptively',
      { thinking: { type: 'enabled', budget_tokens: 3900 } },
      ADAPTIVE,
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
      ['parameter.changed reasoning.max_tokens'],
    ],
    [
      'adaptive thinking where it takes a budget',
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low', format: null } },
      BUDGET,
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      [],
    ],
    [
      'an effort that it does not know',
      { output_config: { effort: 'max', task_budget: 1 } },
      ADAPTIVE,
      { output_config: { effort: 'high', task_budget: 1 }, thinking: undefined },
      ['parameter.changed output_config.effort'],
    ],
    [
      'an effort where it has none',
      { output_config: { effort: 'max' } },
      BUDGET,
      { output_config: undefined, thinking: undefined },
      ['parameter.dropped output_config.effort'],
    ],
    [
      'what it takes stands',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      ADAPTIVE,
      { output_config: { effort: 'low' } },
      [],
    ],
  ])('%s', (_, more, traits, expected, notes) => {
    const request = sent(more, withModel(traits));
    for (const [field, value] of Object.entries(expected)) expect<Json | undefined>(request.body[field]).toEqual(value);
    expect(request.notes).toEqual(notes);
  });

  test('a prefill: it is asked to go on; a turn that a server tool paused is none', () => {
    const prefill = {
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    };
    const { body, notes } = sent(prefill, withModel(ADAPTIVE));
    expect(body['messages']).toMatchObject([{}, { content: 'b' }, { role: 'user' }]);
    expect(notes).toEqual(['message.changed messages']);
    const paused = { role: 'assistant', content: [{ type: 'server_tool_use', id: 's', name: 'x', input: {} }] };
    expect(sent({ messages: [{ role: 'user', content: 'a' }, paused] }, withModel(ADAPTIVE)).notes).toEqual([]);
  });

  test('instructions in the conversation, before the newest models', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b' },
      { role: 'assistant', content: 'c' },
      { role: 'user', content: 'd' },
    ];
    expect(sent({ messages }, withModel(ADAPTIVE)).body['messages']).toEqual(messages);
    expect(sent({ messages }, withModel(ASSUMED)).body['messages']).toEqual(messages);
    expect(sent({ messages }, withModel(BUDGET)).body['messages']).toMatchObject([
      {},
      { role: 'user', content: [{ type: 'text', text: '<system>\nb\n</system>' }] },
      {},
      {},
    ]);
  });
});

test('a model that nobody described is asked to think as the caller wrote', () => {
  const asked = { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } };
  const { body, notes } = sent(asked, withModel(ASSUMED));
  expect([body, notes]).toMatchObject([asked, []]);
  expect(sent(asked, withModel(BUDGET)).body['thinking']).toMatchObject({ type: 'enabled' });
});

describe('thinking that comes back', () => {
  const format = 'anthropic-claude-v1';
  const back = (block: JsonObject, quirks: HostQuirks) => {
    const messages = [
      { role: 'assistant', content: [block, { type: 'text', text: 'x' }] },
      { role: 'user', content: 'y' },
    ];
    const { body, notes } = sent({ messages }, withHost(quirks));
    const [first] = Array.isArray(body['messages']) ? body['messages'] : [];
    return [first?.content.slice(0, -1), notes];
  };
  const signed = { type: 'thinking', thinking: 'hm', signature: 's' };
  const dropped = ['reasoning.dropped messages[0].content[0]'];

  test('signed by the grammar’s owner, to the owner only', () => {
    expect(back(signed, { reasoningFormat: format })).toEqual([[signed], []]);
    expect(back(signed, {})).toEqual([[signed], []]);
    expect(back(signed, { reasoningFormat: 'minimax-v1' })).toEqual([[], dropped]);
  });

  test('unsigned, to whoever is not the owner', () => {
    const unsigned = { type: 'thinking', thinking: 'hm', signature: '' };
    expect(back(unsigned, {})).toEqual([[unsigned], []]);
    expect(back(unsigned, { reasoningFormat: format })).toEqual([[], dropped]);
  });

  test('a seal of ours never leaves: unpacked for its own kind, dropped for others', () => {
    const details = [
      { type: 'reasoning.text', text: 'hm', signature: 's', format: 'minimax-v1' },
      { type: 'reasoning.encrypted', data: 'd', format: 'minimax-v1' },
    ] as const;
    const sealed = { type: 'thinking', thinking: 'hm', signature: sealReasoning(details) };
    const unpacked = [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
    ];
    expect(back(sealed, { reasoningFormat: 'minimax-v1' })).toEqual([unpacked, []]);
    expect(back(sealed, { reasoningFormat: format })).toEqual([[], dropped]);
    expect(back({ type: 'redacted_thinking', data: sealReasoning(details) }, {})).toEqual([[], dropped]);
  });

  test('a tool loop that another model began goes on without a budget', () => {
    const details = [{ type: 'reasoning.text', text: 'hm', format: 'unknown' }] as const;
    const messages = [
      { role: 'user', content: 'a' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: sealReasoning(details) },
          { type: 'tool_use', id: 'functions.look:0', name: 'look', input: {} },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions.look:0', content: 'b' }] },
    ];
    const { body, notes } = sent(
      { messages, tools: [tool], thinking: { type: 'enabled', budget_tokens: 2000 } },
      withModel(BUDGET),
    );
    expect(body['thinking']).toBeUndefined();
    expect(body['messages']).toMatchObject([
      {},
      { content: [{ id: 'functions_look_0' }] },
      { content: [{ tool_use_id: 'functions_look_0' }] },
    ]);
    expect(notes).toEqual([
      'reasoning.dropped messages[1].content[0]',
      'tool.changed messages[1].content[1].id',
      'tool.changed messages[2].content[0].tool_use_id',
      'parameter.dropped thinking',
    ]);
  });
});

describe('tiers', () => {
  test('fast mode only where its price was planned with', () => {
    const fast = sent({ speed: 'fast' }, contextWith({ serviceTier: 'priority' }));
    expect(fast.body['speed']).toBe('fast');
    expect(fast.headers['anthropic-beta']).toBe('fast-mode-2026-02-01');
    expect(sent({ speed: 'fast' })).toMatchObject({ notes: ['parameter.dropped service_tier'] });
    expect(sent({ speed: 'fast' }).body['speed']).toBeUndefined();
  });

  test.each([
    ['auto', 'auto'],
    ['standard_only', 'standard_only'],
    ['default', 'standard_only'],
  ])('%s is %s', (asked, said) => {
    expect(sent({ service_tier: asked }).body['service_tier']).toBe(said);
  });
});

describe('what is translated instead', () => {
  test.each<[JsonObject, UpstreamContext, boolean]>([
    [{}, contextWith(), true],
    [{ tools: [{ type: 'openrouter:datetime' }] }, contextWith(), false],
    [{ tools: [{ type: 'openrouter:datetime' }] }, withHost({ gatewayFields: ['plugins'] }), true],
    [{ output_config: { format: { type: 'json_schema', schema: {} } } }, contextWith(), true],
    [{ output_config: { format: { type: 'json_schema', schema: {} } } }, withModel({ jsonSchema: false }), false],
    [{ output_format: { type: 'json_schema', schema: {} } }, withModel({ jsonSchema: false }), false],
  ])('%#', (more, context, relays) => expect(canRelay(context, ask(more))).toBe(relays));
});
