import { expect, test } from 'bun:test';
import { MOST_SEARCHES, MOST_TOKENS, reportedCost, searchCountAt, tokenCountAt } from './token-count.ts';

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

test('more searches than any answer is worth are not said', () => {
  expect(searchCountAt({ searches: MOST_SEARCHES }, 'searches')).toBe(MOST_SEARCHES);
  expect(searchCountAt({ searches: MOST_SEARCHES + 1 }, 'searches')).toBeUndefined();
});

test.each([
  [0.25, 250_000_000n],
  [1e6, 1_000_000_000_000_000n],
  [1e6 + 1, undefined],
  [1e300, undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  ['1', undefined],
])('a cost of %p is %p', (usd, cost) => {
  expect(reportedCost(usd)).toBe(cost);
});
