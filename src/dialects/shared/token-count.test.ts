import { expect, test } from 'bun:test';
import { MOST_TOKENS, tokenCountAt } from './token-count.ts';

test.each([
  [7, 7],
  [0, 0],
  ['7', 7],
  [7.5, 7],
  [-1, undefined],
  [null, undefined],
  ['many', undefined],
  ['-3', undefined],
  [Number.NaN, undefined],
  [MOST_TOKENS + 1, undefined],
  [[7], undefined],
])('%p counts as %p', (told, count) => {
  expect(tokenCountAt({ tokens: told }, 'tokens')).toBe(count);
});

test('what is absent is not said', () => {
  expect(tokenCountAt({}, 'tokens')).toBeUndefined();
});
