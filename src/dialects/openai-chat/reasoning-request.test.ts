import { describe, expect, test } from 'bun:test';
import type { ReasoningRequest } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ModelTraits, ReasoningStyle } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { encodeReasoning } from './reasoning-request.ts';

type Asked = Partial<ReasoningRequest>;

function encode(asked: Asked, reasoningStyle?: ReasoningStyle, traits: ModelTraits = {}) {
  const context = contextWith({ quirks: reasoningStyle ? { reasoningStyle } : {}, traits });
  return encodeReasoning({ enabled: true, exclude: false, ...asked }, 1000, context);
}

describe('the words of each host', () => {
  const low: Asked = { effort: 'low' };
  const off: Asked = { enabled: false };
  const rows: readonly (readonly [ReasoningStyle, Asked, JsonObject])[] = [
    ['reasoning_effort', low, { reasoning_effort: 'low' }],
    ['reasoning_effort', { maxTokens: 800 }, { reasoning_effort: 'high' }],
    ['reasoning_effort', off, { reasoning_effort: 'none' }],
    ['reasoning_object', { maxTokens: 800 }, { reasoning: { max_tokens: 800 } }],
    ['reasoning_object', {}, { reasoning: { enabled: true } }],
    ['reasoning_object', off, { reasoning: { enabled: false } }],
    ['reasoning_enabled_and_effort', low, { reasoning: { enabled: true }, reasoning_effort: 'low' }],
    ['enable_thinking', low, { enable_thinking: true, thinking_budget: 200 }],
    ['enable_thinking', off, { enable_thinking: false }],
    ['thinking_type', low, { thinking: { type: 'enabled' } }],
    ['thinking_type', off, { thinking: { type: 'disabled' } }],
    ['thinking_type_and_effort', low, { thinking: { type: 'enabled' }, reasoning_effort: 'low' }],
    ['chat_template_kwargs', off, { chat_template_kwargs: { enable_thinking: false } }],
    ['none', low, {}],
  ];
  for (const [style, asked, expected] of rows) {
    test(`${style} ← ${JSON.stringify(asked)}`, () => {
      expect(encode(asked, style).value).toEqual(expected);
    });
  }

  test('a wish that is only about showing it switches nothing on, in any style', () => {
    for (const [style] of rows) expect(encode({ byDefault: true, exclude: true }, style).value).toEqual({});
  });

  test('an effort that the model lacks becomes the nearest it has, with a note', () => {
    const { value, notes } = encode({ effort: 'xhigh' }, undefined, {
      reasoning: { mandatory: false, budget: false, efforts: ['low', 'high'] },
    });
    expect(value).toEqual({ reasoning_effort: 'high' });
    expect(notes).toMatchObject([{ code: 'parameter.changed', field: 'reasoning.effort' }]);
  });

  test('a host without a way to ask is told nothing, and the note says so', () => {
    expect(encode({ effort: 'low' }, 'none').notes).toMatchObject([{ code: 'parameter.dropped', field: 'reasoning' }]);
  });
});
