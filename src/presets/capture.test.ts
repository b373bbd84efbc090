import { describe, expect, test } from 'bun:test';
import { GatewayError, invalidRequest } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { parseChatRequest } from '../dialects/openai-chat/client-request.ts';
import { expandPreset } from './apply-preset.ts';
import { capturePreset, inGrammarOf, type PresetGrammar } from './capture.ts';
import { samplePreset } from './sample-preset.ts';

const placeholder = [{ role: 'user', content: '' }];
/** As the routes do it: what is captured is a chat request but for its messages. */
function capture(grammar: PresetGrammar, body: JsonObject) {
  const captured = capturePreset(grammar, body);
  parseChatRequest({ ...captured.config, messages: placeholder });
  return captured;
}

function refusal(grammar: PresetGrammar, body: JsonObject): string | undefined {
  try {
    capturePreset(grammar, body);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'client.invalid_request') return error.details.field;
    throw error;
  }
  throw new Error('the body was accepted');
}

describe('a chat request', () => {
  test('is kept but for what belongs to one request', () => {
    const config = {
      model: 'a/b',
      temperature: 0.5,
      provider: { sort: 'price' },
      safe_prompt: true,
      cache_enabled: true,
    };
    const transient = {
      stream: true,
      stream_options: {},
      prompt: 'p',
      input: 'i',
      session_id: 's',
      trace: {},
      user: 'u',
    };
    const captured = capture('chat', {
      ...transient,
      ...config,
      stop: null,
      messages: [{ role: 'user', content: 'x' }],
    });
    expect<JsonObject>(captured.config).toEqual(config);
    expect(captured.systemPrompt).toBeNull();
  });

  test('gives its system and developer messages as the prompt, in their order', () => {
    const messages = [
      { role: 'system', content: 'One.' },
      { role: 'user', content: 'x' },
      {
        role: 'developer',
        content: [{ type: 'text', text: 'Two.' }, { type: 'image_url' }, { type: 'text', text: 'Three.' }],
      },
      { role: 'system', content: '' },
    ];
    expect(capture('chat', { model: 'a/b', messages }).systemPrompt).toBe('One.\n\nTwo.\nThree.');
  });

  test('needs no messages', () => {
    expect(capture('chat', { model: 'a/b' })).toMatchObject({ config: { model: 'a/b' }, systemPrompt: null });
  });
});

describe('a messages request, in the words of chat', () => {
  test.each<[JsonObject, JsonObject]>([
    [
      { model: 'a/b', max_tokens: 9, top_k: 3, stream: true },
      { model: 'a/b', max_tokens: 9, top_k: 3 },
    ],
    [{ stop_sequences: ['END'] }, { stop: ['END'] }],
    [{ fallbacks: [{ model: 'c/d' }] }, { models: ['c/d'] }],
    [{ speed: 'fast' }, { service_tier: 'priority' }],
    [{ speed: 'standard', service_tier: 'auto' }, { service_tier: 'auto' }],
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { reasoning: { max_tokens: 2000 } }],
    [{ thinking: { type: 'disabled' } }, { reasoning: { enabled: false } }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      { reasoning: { enabled: true, effort: 'low' } },
    ],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } } },
    ],
    [
      {
        tools: [
          { name: 'f', description: 'd', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } },
        ],
      },
      {
        tools: [
          {
            type: 'function',
            function: { name: 'f', description: 'd', parameters: { type: 'object' } },
            cache_control: { type: 'ephemeral' },
          },
        ],
      },
    ],
    [
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }, { type: 'openrouter:datetime' }] },
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }, { type: 'openrouter:datetime' }] },
    ],
    [
      { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      { tool_choice: 'required', parallel_tool_calls: false },
    ],
    [{ tool_choice: { type: 'none' } }, { tool_choice: 'none' }],
    [{ tool_choice: { type: 'tool', name: 'f' } }, { tool_choice: { type: 'function', function: { name: 'f' } } }],
    [{ context_management: {}, metadata: { user_id: 'u' }, messages: [] }, {}],
  ])('%j', (body, config) => expect<JsonObject>(capture('messages', body).config).toEqual(config));

  test.each<[JsonObject, string | null]>([
    [{ system: 'Be brief.' }, 'Be brief.'],
    [
      {
        system: [
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
        ],
      },
      'One.\nTwo.',
    ],
    [{ system: '' }, null],
    [{}, null],
  ])('its system prompt: %j', (body, prompt) => expect(capture('messages', body).systemPrompt).toBe(prompt));
});

describe('a responses request, in the words of chat', () => {
  test.each<[JsonObject, JsonObject]>([
    [
      { model: 'a/b', max_output_tokens: 9, input: 'x', store: false },
      { model: 'a/b', max_tokens: 9 },
    ],
    [{ reasoning: { effort: 'low', summary: 'auto' } }, { reasoning: { effort: 'low', summary: 'auto' } }],
    [
      { text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: true }, verbosity: 'low' } },
      {
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: true } },
        verbosity: 'low',
      },
    ],
    [{ text: { format: { type: 'text' } } }, { response_format: { type: 'text' } }],
    [
      { tools: [{ type: 'function', name: 'f', parameters: {}, strict: true }, { type: 'web_search_preview' }] },
      {
        tools: [
          { type: 'function', function: { name: 'f', parameters: {}, strict: true } },
          { type: 'web_search_preview' },
        ],
      },
    ],
    [
      { tools: [{ type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'd' } }] },
      {
        tools: [
          {
            type: 'custom',
            custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'd' } } },
          },
        ],
      },
    ],
    [{ tool_choice: 'required' }, { tool_choice: 'required' }],
    [{ tool_choice: { type: 'function', name: 'f' } }, { tool_choice: { type: 'function', function: { name: 'f' } } }],
    [
      { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] } },
      {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
        },
      },
    ],
  ])('%j', (body, config) => expect<JsonObject>(capture('responses', body).config).toEqual(config));

  test('its instructions are the prompt', () => {
    expect(capture('responses', { instructions: 'Be brief.', input: 'x' }).systemPrompt).toBe('Be brief.');
  });
});

test('a request captured and applied to its own messages is that request again', () => {
  const messages = [{ role: 'user', content: 'Hello' }];
  const body = {
    model: 'a/b',
    models: ['c/d'],
    temperature: 0.5,
    tools: [{ type: 'function', function: { name: 'f' } }],
    provider: { sort: 'price' },
    messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
  };
  const record = samplePreset('mine', {}, capture('chat', body));
  const { body: expanded } = expandPreset({ model: '@preset/mine', messages }, () => record);
  expect<JsonObject>(expanded).toEqual(body);
  expect<unknown>(parseChatRequest(expanded)).toBe(expanded);
});

describe('what is refused', () => {
  test.each<[PresetGrammar, JsonObject, string]>([
    ['chat', { model: '@preset/other' }, 'model'],
    ['chat', { model: 'a/b', preset: 'other' }, 'preset'],
    ['responses', { models: ['a/b@preset/other'] }, 'models[0]'],
    ['chat', { cache_enabled: 'yes' }, 'cache_enabled'],
    ['messages', { cache_ttl_seconds: 0 }, 'cache_ttl_seconds'],
    ['messages', { system: 4 }, 'system'],
    ['responses', { instructions: {} }, 'instructions'],
  ])('%s: %j', (grammar, body, field) => expect(refusal(grammar, body)).toBe(field));

  test('by the chat rules, with the path that the caller wrote', () => {
    const { config, sources } = capturePreset('messages', { stop_sequences: ['a', 4], thinking: 'on', tools: 'f' });
    expect<JsonObject>(config).toEqual({ stop: ['a', 4], reasoning: 'on', tools: 'f' });
    expect(sources).toEqual({ stop: 'stop_sequences', reasoning: 'thinking' });
    const said = inGrammarOf(invalidRequest('stop[1]', 'got number'), sources);
    expect([said.message, said.details.field]).toEqual(['stop_sequences[1]: got number', 'stop_sequences[1]']);
    const same = invalidRequest('tools', 'got string');
    expect(inGrammarOf(same, sources)).toBe(same);
  });
});
