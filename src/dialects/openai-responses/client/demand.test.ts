import { describe, expect, test } from 'bun:test';
import type { Json } from '../../../core/json.ts';
import {
  demandOf,
  excludesReasoning,
  messagesOf,
  openingOf,
  toolsOf,
  withoutParameters,
  withReasoning,
  withUser,
} from './demand.ts';
import { parseResponsesRequest } from './parse.ts';

const wireOf = (more: object) => {
  const body: Json = JSON.parse(JSON.stringify({ model: 'a/b', input: 'hi', ...more }));
  return parseResponsesRequest(body);
};

test('what an endpoint is asked for', () => {
  const demand = demandOf(
    wireOf({
      models: ['c/d'],
      stream: true,
      max_output_tokens: 50,
      temperature: 1,
      include: ['message.output_text.logprobs'],
      text: { format: { type: 'json_schema', name: 'n', schema: {} }, verbosity: 'low' },
      tools: [{ type: 'function', name: 'f' }],
      tool_choice: 'required',
      reasoning: { effort: 'low' },
      safety_identifier: 's',
      session_id: 'x',
      prompt_cache_key: 'k',
      service_tier: 'flex',
      provider: { only: ['p'] },
      plugins: [{ id: 'web' }],
      input: [
        { role: 'user', content: [{ type: 'input_image', image_url: 'https://x.test/a.png' }] },
        { role: 'user', content: [{ type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } }] },
        {
          type: 'function_call_output',
          call_id: 'c',
          output: [{ type: 'input_file', file_url: 'https://x.test/a.pdf' }],
        },
      ],
    }),
  );
  expect(demand).toMatchObject({
    models: ['a/b', 'c/d'],
    preferences: { only: ['p'] },
    stream: true,
    inputModalities: ['image', 'file'],
    outputModalities: ['text'],
    maxOutputTokens: 50,
    sessionId: 'x',
    promptCacheKey: 'k',
    marksCache: true,
    user: 's',
    hasTools: true,
    serviceTier: 'flex',
    plugins: [{ id: 'web' }],
  });
  expect([...demand.parameters].sort()).toEqual([
    'logprobs',
    'reasoning',
    'structured_outputs',
    'temperature',
    'tool_choice',
    'tools',
    'verbosity',
  ]);
});

test('a plain request asks for nothing', () => {
  expect(demandOf(wireOf({ tools: [], text: { format: { type: 'text' } } }))).toMatchObject({
    parameters: [],
    inputModalities: [],
    hasTools: false,
    marksCache: false,
    user: null,
    maxOutputTokens: null,
  });
});

test('every text counts towards the estimate', () => {
  const base = demandOf(wireOf({ input: [{ role: 'user', content: '' }] })).promptTokensEstimate;
  const text = 'x'.repeat(400);
  for (const item of [
    { role: 'user', content: text },
    { role: 'user', content: [{ type: 'input_text', text }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: text },
    { type: 'custom_tool_call', call_id: 'c', name: 'f', input: text },
    { type: 'function_call_output', call_id: 'c', output: text },
    { type: 'reasoning', summary: [{ type: 'summary_text', text }] },
  ]) {
    expect(demandOf(wireOf({ input: [item] })).promptTokensEstimate - base).toBe(100);
  }
});

describe('without parameters that an endpoint lacks', () => {
  test('under every field that says them', () => {
    const wire = wireOf({
      temperature: 1,
      top_logprobs: 2,
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      text: { format: { type: 'json_object' }, verbosity: 'low' },
    });
    const kept = withoutParameters(wire, ['temperature', 'logprobs', 'response_format', 'verbosity']);
    expect<object>(kept).toEqual({ model: 'a/b', input: 'hi', include: ['reasoning.encrypted_content'], text: {} });
    expect(wire.temperature).toBe(1);
  });

  test('a schema stays for the upstream face to say what is left of it', () => {
    const text = { format: { type: 'json_schema', name: 'n', schema: {} } };
    expect<object | null | undefined>(withoutParameters(wireOf({ text }), ['structured_outputs']).text).toEqual(text);
  });
});

test("the end user's id, under every name that gave one", () => {
  expect<object>(withUser(wireOf({ user: 'u' }), 't')).toMatchObject({ user: 't' });
  expect<object>(withUser(wireOf({ safety_identifier: 'u' }), 't')).toEqual({
    model: 'a/b',
    input: 'hi',
    safety_identifier: 't',
  });
});

test('reasoning on, unless the request says something of it', () => {
  expect(withReasoning(wireOf({})).reasoning).toEqual({ enabled: true });
  expect(withReasoning(wireOf({ reasoning: { effort: 'none' } })).reasoning).toEqual({ effort: 'none' });
  expect(excludesReasoning(wireOf({ reasoning: { exclude: true } }))).toBe(true);
  expect(excludesReasoning(wireOf({}))).toBe(false);
});

test('tools by the names that they have elsewhere', () => {
  const parameters = { type: 'object' };
  const tools = [
    { type: 'function', name: 'f', parameters },
    { type: 'namespace', name: 'crm', tools: [{ type: 'custom', name: 'note' }] },
    { type: 'web_search' },
  ];
  expect(toolsOf(wireOf({ tools }))).toEqual([{ name: 'f', parameters }, { name: 'crm__note' }]);
});

test('the texts that open and close the conversation', () => {
  const input = [
    { role: 'developer', content: 'rules' },
    { role: 'user', content: [{ type: 'input_text', text: 'first' }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    { role: 'assistant', content: 'said' },
    { role: 'user', content: 'last' },
  ];
  expect(openingOf(wireOf({ input }))).toEqual({ system: 'rules', first: 'first', last: 'last', lastModel: '' });
  expect(openingOf(wireOf({ input, instructions: 'Own.' })).system).toBe('Own.');
  expect(openingOf(wireOf({}))).toEqual({ system: '', first: 'hi', last: 'hi', lastModel: '' });
});

test('what was read of a file is found on the message that brought it back', () => {
  const annotation = { type: 'file', file: { hash: 'h', content: [] } };
  const content = [{ type: 'output_text', text: 'so', annotations: [annotation] }];
  expect(messagesOf(wireOf({ input: [{ role: 'assistant', content }] }))).toMatchObject([
    { annotations: [annotation] },
  ]);
});
