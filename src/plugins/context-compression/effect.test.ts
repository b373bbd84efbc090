import { describe, expect, test } from 'bun:test';
import { assistant, endpointOf, requestOf, user } from '../samples.fixture.ts';
import { compressionEffect, SHORT_CONTEXT } from './effect.ts';

const request = requestOf(
  Array.from({ length: 41 }, (_, at) => (at % 2 === 0 ? user('lorem '.repeat(200)) : assistant('ipsum '.repeat(200)))),
);
const size = { promptTokens: 12_500, maxOutputTokens: null };

describe('compressionEffect', () => {
  test('tells in a stage and a note what was done', () => {
    const { value, notes, stages } =
      compressionEffect(SHORT_CONTEXT, size).editRequest?.(request, endpointOf(8192)) ?? {};
    const dropped = request.messages.length - (value?.messages.length ?? 0);
    expect(stages).toEqual([
      {
        type: 'context_compression',
        name: 'middle-out',
        summary: `Fitted a prompt of about 12464 tokens to a context of 8192: left out ${dropped} messages from the middle.`,
        data: {
          context_length: 8192,
          tokens_before: 12464,
          tokens_after: 304 * (41 - dropped),
          messages_dropped: dropped,
          texts_shortened: 0,
          fits: true,
        },
      },
    ]);
    expect(notes).toMatchObject([{ code: 'message.dropped', field: 'messages' }]);
  });

  test.each([
    ['a longer context than it is for', endpointOf(SHORT_CONTEXT + 1)],
    ['a context that nobody said', endpointOf(4096, { contextIsAssumed: true })],
    ['a model that gives images only', endpointOf(4096, { outputModalities: ['image'] })],
  ])('leaves %s alone', (_, endpoint) => {
    const effect = compressionEffect(SHORT_CONTEXT, size);
    expect(effect.mayEditRequest?.(endpoint)).toBe(false);
    expect(effect.editRequest?.(request, endpoint)).toEqual({ value: request, notes: [], stages: [] });
  });

  test('compresses for a model that gives images and text', () => {
    const effect = compressionEffect(SHORT_CONTEXT, size);
    expect(effect.mayEditRequest?.(endpointOf(8192, { outputModalities: ['image', 'text'] }))).toBe(true);
  });

  test('asked for, it fits any context', () => {
    const effect = compressionEffect(Number.POSITIVE_INFINITY, size);
    expect(effect.mayEditRequest?.(endpointOf(10_000))).toBe(true);
    expect(effect.editRequest?.(request, endpointOf(10_000)).stages).toHaveLength(1);
  });

  test('a short prompt needs no closer look', () => {
    const effect = compressionEffect(SHORT_CONTEXT, { promptTokens: 400, maxOutputTokens: 500 });
    expect(effect.mayEditRequest?.(endpointOf(8192))).toBe(false);
    expect(effect.mayEditRequest?.(endpointOf(8192, { maxMessages: 80 }))).toBe(true);
    // Text of other scripts may be four times as many tokens as the estimate says.
    expect(effect.mayEditRequest?.(endpointOf(2000))).toBe(true);
  });
});
