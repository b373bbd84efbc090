import { describe, expect, test } from 'bun:test';
import type { Json, JsonObject } from '../../../core/json.ts';
import { contextOf, responseOf, usage } from '../test-kit.ts';
import { decodeResponsesResponse } from './response.ts';

const decode = (body: Json) => decodeResponsesResponse(body, contextOf());
const errorOf = (body: Json): unknown => {
  try {
    return decode(body);
  } catch (error) {
    return error;
  }
};
const said = (text: string): JsonObject => ({
  type: 'message',
  content: [{ type: 'output_text', text, annotations: [] }],
});

describe('how an answer ended', () => {
  test.each([
    [{}, 'stop', 'completed'],
    // mistral.rs names no status, an old SDK's fixture another word for it.
    [{ status: undefined }, 'stop', 'completed'],
    [{ status: 'complete' }, 'stop', 'complete'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length', 'max_output_tokens'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'content_filter', 'content_filter'],
    [{ status: 'incomplete', incomplete_details: {} }, 'length', 'incomplete'],
    [{ status: 'incomplete', incomplete_details: { reason: 'steered' } }, 'stop', 'steered'],
  ])('%j', (more, finishReason, nativeFinishReason) => {
    const { choices } = decode(responseOf({ output: [said('Hi')], ...more }));
    expect(choices).toHaveLength(1);
    expect(choices[0]).toMatchObject({ content: 'Hi', finishReason, nativeFinishReason });
  });

  test('an answer of nothing is an answer', () => {
    expect(decode(responseOf({ output: [] })).choices[0]).toMatchObject({ content: null, finishReason: 'stop' });
  });
});

describe('what is no answer', () => {
  test.each([
    ['nothing', null, 'provider.bad_answer'],
    ['another grammar’s reply', { choices: [] }, 'provider.bad_answer'],
    ['one that runs in the background', responseOf({ status: 'queued', output: [] }), 'provider.bad_answer'],
    ['one that still runs', responseOf({ status: 'in_progress', output: [] }), 'provider.bad_answer'],
    [
      'one that failed',
      responseOf({ status: 'failed', error: { code: 'server_error', message: 'x' } }),
      'provider.failed',
    ],
    ['one that failed without a reason', responseOf({ status: 'failed' }), 'provider.bad_answer'],
    ['an error with status 200', { error: { message: 'x', code: 'model_not_found' } }, 'provider.not_found'],
  ])('%s', (_, body, code) => expect(errorOf(body)).toMatchObject({ code }));
});

describe('searches that are billed apart', () => {
  const search = (type?: string): JsonObject => ({ type: 'web_search_call', ...(type && { action: { type } }) });
  const searchesOf = (more: JsonObject): unknown =>
    decode(responseOf({ output: [], ...more })).usage?.counts['webSearches'];

  test.each([
    [
      'as the output shows them',
      { output: [search('search'), search(), search('open_page'), search('find_in_page')] },
      2,
    ],
    ['as OpenAI counts them', { output: [search()], tool_usage: { web_search: { num_requests: 3 } } }, 3],
    ['as xAI counts them', { usage: { ...usage, server_side_tool_usage_details: { web_search_calls: 4 } } }, 4],
    ['none', { output: [said('Hi')] }, undefined],
  ])('%s', (_, more, count) => expect(searchesOf(more)).toBe(count));
});

test('two items of one id are two items, as xAI sends them', () => {
  const item = (encrypted_content: string): JsonObject => ({
    id: 'same',
    type: 'reasoning',
    summary: [],
    encrypted_content,
  });
  const { choices } = decode(responseOf({ output: [item('A'), item('B')] }));
  expect(choices[0]?.reasoningDetails.map((detail) => 'data' in detail && detail.data)).toEqual(['A', 'B']);
});

test('the order of parts is kept where it is not the usual one', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
  expect(decode(responseOf({ output: [call, said('Hi')] })).choices[0]?.order).toEqual([
    { of: 'tools', count: 1 },
    { of: 'content', count: 2 },
  ]);
});
