import { describe, expect, test } from 'bun:test';
import { choiceOf, responseOf } from '../samples.fixture.ts';
import { asksForJson, healingEffect } from './effect.ts';

const healing = healingEffect({ type: 'json_object' });

describe('healingEffect', () => {
  test('repairs what can be repaired and says so', () => {
    const call = { id: 'c', name: 'look', arguments: '{' };
    const response = responseOf(
      choiceOf('```json\n{"a": 1,}\n```'),
      choiceOf('{"b": 2}', { index: 1 }),
      choiceOf('no idea', { index: 2 }),
      choiceOf(null, { index: 3, refusal: 'I will not.' }),
      choiceOf('I look first', { index: 4, toolCalls: [call] }),
    );
    const { value, notes, stages } = healing.editReply?.(response) ?? {};
    expect(value?.choices.map(({ content }) => content)).toEqual([
      '{"a":1}',
      '{"b": 2}',
      'no idea',
      null,
      'I look first',
    ]);
    expect(value?.choices.slice(1)).toEqual(response.choices.slice(1));
    expect(notes).toEqual([]);
    expect(stages).toEqual([
      {
        type: 'response_healing',
        name: 'response-healing',
        summary:
          'Response healing repaired the JSON of 1 choice and found no JSON to repair in 1 choice, left as it is.',
        data: { choices_repaired: 1, choices_left: 1 },
      },
    ]);
  });

  test('a valid reply is the same object', () => {
    const response = responseOf(choiceOf(' {"a": [1, 2]}\n'));
    expect(healing.editReply?.(response)).toEqual({ value: response, notes: [], stages: [] });
    expect(healing.editReply?.(response).value).toBe(response);
  });

  test('what cannot be repaired is the same object, and a stage says so', () => {
    const response = responseOf(choiceOf('Sorry, no.'));
    const result = healing.editReply?.(response);
    expect(result?.value).toBe(response);
    expect(result?.stages).toMatchObject([{ data: { choices_repaired: 0, choices_left: 1 } }]);
  });

  test('prefers a list where the schema asks for one', () => {
    const lists = healingEffect({ type: 'json_schema', name: 'l', schema: { type: 'array' } });
    const response = responseOf(choiceOf('For example {"a": "long long"}: [1, 2]'));
    expect(lists.editReply?.(response).value.choices[0]?.content).toBe('[1, 2]');
  });

  test('leaves streams alone', () => {
    expect(healing.openStreamEdit).toBeUndefined();
  });
});

test('only requests for JSON are meant', () => {
  expect(asksForJson({ type: 'json_object' })).toBe(true);
  expect(asksForJson({ type: 'json_schema', name: 'x' })).toBe(true);
  expect(asksForJson({ type: 'text' })).toBe(false);
  expect(asksForJson({ type: 'other', value: { type: 'grammar' } })).toBe(false);
  expect(asksForJson(undefined)).toBe(false);
});
