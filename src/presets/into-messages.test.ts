import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../core/json.ts';
import { asSystem, intoMessages } from './into-messages.ts';

test('a body without chat fields is the very one', () => {
  const body = { model: 'm', messages: [], tools: [{ name: 't', input_schema: {} }], tool_choice: { type: 'auto' } };
  expect(intoMessages(body)).toBe(body);
});

describe('chat fields in the grammar’s own words', () => {
  test.each<[JsonObject, JsonObject]>([
    [{ max_completion_tokens: 5 }, { max_tokens: 5 }],
    [{ max_tokens: 4, max_completion_tokens: 5 }, { max_tokens: 4 }],
    [{ stop: 'END' }, { stop_sequences: ['END'] }],
    [{ stop: ['a'], stop_sequences: ['b'] }, { stop_sequences: ['b'] }],
    [{ reasoning: { enabled: false } }, { thinking: { type: 'disabled' } }],
    [{ reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    [{ reasoning: { max_tokens: 2048 } }, { thinking: { type: 'enabled', budget_tokens: 2048 } }],
    [
      { reasoning: { effort: 'minimal', exclude: true } },
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low' } },
    ],
    [
      { reasoning_effort: 'high', thinking: { type: 'disabled' }, output_config: { effort: 'low' } },
      { thinking: { type: 'disabled' }, output_config: { effort: 'low' } },
    ],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } } },
      { output_config: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } } },
    ],
    [{ response_format: { type: 'text' } }, {}],
    [
      {
        tools: [
          { type: 'function', function: { name: 'f', strict: true }, cache_control: { type: 'ephemeral' } },
          { name: 't', input_schema: {} },
        ],
        tool_choice: 'required',
        parallel_tool_calls: false,
      },
      {
        tools: [
          { name: 'f', strict: true, input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } },
          { name: 't', input_schema: {} },
        ],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      },
    ],
    [{ tool_choice: { type: 'function', function: { name: 'f' } } }, { tool_choice: { type: 'tool', name: 'f' } }],
    [{ parallel_tool_calls: false }, { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }],
  ])('%j', (body, expected) => expect(intoMessages(body)).toEqual(expected));
});

test('the prompt is the system prompt, unless the request has its own', () => {
  expect(asSystem({ model: 'm' }, 'Be brief.')).toEqual({ model: 'm', system: 'Be brief.' });
  for (const own of [{ system: 'Mine.' }, { system: [{ type: 'text', text: 'Mine.' }] }]) {
    expect(asSystem(own, 'Be brief.')).toBe(own);
  }
});
