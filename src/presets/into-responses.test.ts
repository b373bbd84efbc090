import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../core/json.ts';
import { readFields } from './field-readers.ts';
import { RESPONSES_READERS } from './from-responses.ts';
import { asInstructions, intoResponses } from './into-responses.ts';

const own: JsonObject = {
  model: 'a/b',
  max_output_tokens: 9,
  text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: true }, verbosity: 'low' },
  tools: [
    { type: 'function', name: 'f', parameters: {} },
    { type: 'custom', name: 'p', format: { type: 'grammar', syntax: 'lark', definition: 'start: X' } },
    { type: 'openrouter:datetime' },
  ],
  tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
  reasoning: { effort: 'low' },
};

test('what was read as chat fields comes back in its own words', () => {
  const { config } = readFields(own, RESPONSES_READERS);
  expect(intoResponses(config)).toEqual(own);
});

test('a request in its own words is itself', () => {
  expect(intoResponses(own)).toBe(own);
});

describe('what the request says itself stands', () => {
  test.each([
    [{ max_output_tokens: 5, max_tokens: 9 }, { max_output_tokens: 5 }],
    [
      { text: { verbosity: 'high' }, verbosity: 'low', response_format: { type: 'json_object' } },
      { text: { verbosity: 'high', format: { type: 'json_object' } } },
    ],
    [{ reasoning: { effort: 'high' }, reasoning_effort: 'low' }, { reasoning: { effort: 'high' } }],
    [{ include_reasoning: false }, { reasoning: { exclude: true } }],
    [{ tool_choice: { type: 'function', function: { name: 'f' } } }, { tool_choice: { type: 'function', name: 'f' } }],
  ])('%j', (body: JsonObject, said) => expect<JsonObject>(intoResponses(body)).toEqual(said));
});

test("a preset's prompt is instructions, unless the request has its own", () => {
  expect(asInstructions({ input: 'hi' }, 'Be brief.')).toEqual({ input: 'hi', instructions: 'Be brief.' });
  for (const body of [{ instructions: 'Own.' }, { input: [{ role: 'developer', content: 'Own.' }] }]) {
    expect<JsonObject>(asInstructions(body, 'Be brief.')).toBe(body);
  }
});
