import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../../core/json.ts';
import {
  demandOf,
  excludesReasoning,
  openingOf,
  toolsOf,
  withoutParameters,
  withReasoning,
  withUser,
} from './demand.ts';
import { measure } from './measure.ts';
import { parseMessagesRequest } from './parse.ts';

const parse = (more: JsonObject = {}) =>
  parseMessagesRequest({ model: 'a', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }], ...more });
const tool = { name: 'look', input_schema: { type: 'object' } };
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };

test('every wish that routing knows', () => {
  const wire = parse({
    fallbacks: [{ model: 'b' }, { model: 'a' }],
    stream: true,
    temperature: 1,
    stop_sequences: ['x'],
    tools: [{ ...tool, cache_control: { type: 'ephemeral' } }],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: {} } },
    metadata: { user_id: 'u' },
    speed: 'fast',
    provider: { order: ['p'] },
    session_id: 's',
  });
  expect(demandOf(wire)).toMatchObject({
    models: ['a', 'b'],
    preferences: { order: ['p'] },
    stream: true,
    parameters: [
      'temperature',
      'stop',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'structured_outputs',
      'reasoning',
    ],
    maxOutputTokens: 64,
    sessionId: 's',
    marksCache: true,
    user: 'u',
    hasTools: true,
    serviceTier: 'fast',
  });
});

test('a parameter goes from every place that says it', () => {
  const wire = parse({
    thinking: { type: 'adaptive' },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: {} } },
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    stop_sequences: ['x'],
  });
  const kept = withoutParameters(wire, ['reasoning', 'parallel_tool_calls', 'stop', 'structured_outputs']);
  expect(demandOf(kept).parameters).toEqual(['tool_choice', 'structured_outputs']);
  expect(demandOf(wire).parameters).toContain('reasoning');
});

test('the end user’s id is replaced wherever it stands', () => {
  const wire = withUser(parse({ user: 'anna', metadata: { user_id: 'anna', more: 1 } }), 'token');
  expect(JSON.stringify(wire)).not.toContain('anna');
  expect<unknown>(wire.metadata).toEqual({ user_id: 'token', more: 1 });
});

test('reasoning is switched on unless the request says something of it', () => {
  expect(withReasoning(parse()).thinking).toEqual({ type: 'adaptive' });
  const said = parse({ thinking: { type: 'disabled' } });
  expect(withReasoning(said)).toBe(said);
  expect(excludesReasoning(parse({ thinking: { type: 'adaptive', display: 'omitted' } }))).toBe(true);
  expect(excludesReasoning(parse({ thinking: { type: 'adaptive', display: 'summarized' } }))).toBe(false);
});

test('tools by name, those of the grammar’s owner too', () => {
  const tools = [tool, { type: 'bash_20250124', name: 'bash' }, { type: 'web_search_20250305', name: 'web_search' }];
  expect(toolsOf(parse({ tools })).map(({ name }) => name)).toEqual(['look', 'bash', 'web_search']);
});

test('the opening is what stays the same: no accounting line, no tool results', () => {
  const line = { type: 'text', text: 'x-anthropic-billing-header: cch=1;' };
  const wire = parse({
    system: [line, { type: 'text', text: 'Be kind.' }],
    messages: [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'look', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'seen' }] },
    ],
  });
  expect(openingOf(wire)).toEqual({ system: 'Be kind.', first: 'first', last: 'first', lastModel: '' });
});

describe('size', () => {
  test('grows with everything that is sent', () => {
    const sizes = [
      parse(),
      parse({ system: 'You are a helpful assistant.' }),
      parse({ tools: [tool] }),
      parse({ messages: [{ role: 'user', content: [png] }] }),
      parse({
        messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: [png, png] }] }],
      }),
      parse({ messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'x'.repeat(400) }] }] }),
    ].map((wire) => measure(wire).tokens);
    expect(sizes).toEqual([5, 12, 17, 804, 1604, 104]);
  });

  test('a character beyond Latin is more than a quarter of a token', () => {
    const tokens = (content: string) => measure(parse({ messages: [{ role: 'user', content }] })).tokens - 4;
    expect([tokens('a'.repeat(100)), tokens('漢'.repeat(100))]).toEqual([25, 75]);
  });

  test('what is plain text asks for no reader of files', () => {
    const block = (shown: JsonObject) => measure(parse({ messages: [{ role: 'user', content: [shown] }] })).modalities;
    const document = (source: JsonObject) => block({ type: 'document', source });
    expect([...document({ type: 'text', data: 'x' })]).toEqual([]);
    expect([...document({ type: 'base64', data: 'x' })]).toEqual(['file']);
    expect([...document({ type: 'url', url: 'https://a/b.png' })]).toEqual(['image']);
    expect([...block({ type: 'container_upload', file_id: 'f' })]).toEqual(['file']);
  });
});
