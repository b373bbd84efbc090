import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { parseMessagesRequest } from './parse.ts';

const ask = (more: JsonObject = {}): JsonObject => ({
  model: 'm',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
});
const saying = (...content: Json[]): JsonObject => ask({ messages: [{ role: 'user', content }] });

function refusal(body: Json): string {
  try {
    parseMessagesRequest(body);
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'client.invalid_request') return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

describe('what is taken', () => {
  test('the value that comes back is the one that went in', () => {
    const body = ask({ surprise: { deep: [1] }, thinking: { type: 'adaptive', display: 'omitted' } });
    expect<unknown>(parseMessagesRequest(body)).toBe(body);
  });

  test.each<[string, JsonObject]>([
    ['no max_tokens', ask({ max_tokens: null })],
    ['a request that only fills the cache', ask({ max_tokens: 0 })],
    [
      'nulls of typed clients',
      ask({ system: null, tools: null, thinking: null, metadata: null, stop_sequences: null }),
    ],
    ['a system prompt of blocks', ask({ system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] })],
    [
      'instructions in the conversation',
      ask({
        messages: [
          { role: 'user', content: 'a' },
          { role: 'system', content: 'b' },
        ],
      }),
    ],
    ['a way to show thinking that is a preview', ask({ thinking: { type: 'adaptive', display: 'updates' } })],
    ['blocks of tools that run elsewhere', saying({ type: 'web_search_tool_result', tool_use_id: 'x', content: [] })],
    ['blocks that are newer than this file', saying({ type: 'hologram', beam: 3 })],
    [
      'a mark with words of a preview',
      saying({ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'global' } }),
    ],
    [
      'tools of the grammar’s owner',
      ask({ tools: [{ type: 'web_search_20260318', name: 'web_search', max_uses: 2 }] }),
    ],
    ['tools of the gateway', ask({ tools: [{ type: 'openrouter:datetime' }] })],
    [
      'a tool with words of its own',
      ask({ tools: [{ name: 't', input_schema: {}, defer_loading: true, input_examples: [{}] }] }),
    ],
    ['other models after the first', ask({ fallbacks: [{ model: 'b' }] })],
    ['a container by id or by object', ask({ container: { id: 'c', skills: [] } })],
    ['gateway fields', ask({ provider: { sort: 'price' }, plugins: [{ id: 'web' }], session_id: 's' })],
  ])('%s', (_, body) => expect(refusal(body)).toBe('accepted'));
});

describe('what is refused, with the field’s path', () => {
  test.each<[Json, string]>([
    [null, 'body: expected a JSON object with `model` and `messages`, got null'],
    [{ model: 'm', max_tokens: 1 }, 'messages: required: array'],
    [ask({ messages: [] }), 'messages: must hold at least one message'],
    [ask({ messages: [{ role: 'tool', content: 'x' }] }), 'messages[0].role: got "tool"'],
    [ask({ messages: [{ role: 'user' }] }), 'messages[0].content: required'],
    [ask({ max_tokens: '64' }), 'max_tokens: got string; accepted: number'],
    [ask({ temperature: 3 }), 'temperature: got 3; accepted: at most 2'],
    [ask({ system: 5 }), 'system: '],
    [saying({ type: 'text', text: 5 }), 'messages[0].content[0].text: got number; accepted: string'],
    [saying({ text: 'x' }), 'messages[0].content[0].type: required: string'],
    [saying({ type: 'image' }), 'messages[0].content[0].source: required'],
    [
      saying({ type: 'image', source: { type: 'base64', data: 'x' } }),
      'messages[0].content[0].source.media_type: required',
    ],
    [saying({ type: 'tool_result', content: 'x' }), 'messages[0].content[0].tool_use_id: required'],
    [
      saying({ type: 'tool_result', tool_use_id: 'x', content: [{ type: 'text' }] }),
      'messages[0].content[0].content[0].text: required',
    ],
    [saying({ type: 'tool_use', id: 'x', name: 'y', input: '{}' }), 'messages[0].content[0].input: '],
    [ask({ thinking: { type: 'enabled' } }), 'thinking.budget_tokens: required'],
    [ask({ thinking: { type: 'sometimes' } }), 'thinking.type: got "sometimes"'],
    [ask({ output_config: { effort: 'huge' } }), 'output_config.effort: got "huge"'],
    [ask({ output_config: { format: { type: 'json_schema' } } }), 'output_config.format.schema: required'],
    [ask({ tools: [{ input_schema: {} }] }), 'tools[0].name: required: a string'],
    [ask({ tools: [{ name: 'a b', input_schema: {} }] }), 'tools[0].name: '],
    [ask({ tools: [{ name: 't' }] }), 'tools[0].input_schema: required: a JSON Schema of type object'],
    [ask({ tool_choice: { type: 'tool' } }), 'tool_choice.name: required'],
    [
      ask({ tool_choice: { type: 'required' } }),
      'tool_choice.type: got "required"; accepted: "auto", "any", "tool", "none"',
    ],
    [ask({ fallbacks: [{ model: 'a' }], models: ['b'] }), 'fallbacks: says the same as `models`'],
    [ask({ fallbacks: Array(4).fill({ model: 'a' }) }), 'fallbacks: got '],
  ])('%j', (body, words) => expect(refusal(body)).toStartWith(words));
});
