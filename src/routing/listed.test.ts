import { expect, test } from 'bun:test';
import { listed, shortened } from './listed.ts';

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a, b, c'],
  [Array.from({ length: 10_000 }, (_, i) => `p${i}`), 'p0, p1, p2, p3, p4, p5, p6, p7 and 9992 more'],
])('%#: a list of words, and how many are left out', (words, text) => {
  expect(listed(words)).toBe(text);
});

test('whatever is sent, the sentence is short', () => {
  const long = 'x'.repeat(1_000_000);
  expect(listed(Array.from({ length: 100 }, () => long)).length).toBeLessThan(600);
  expect(shortened(long)).toBe(`${'x'.repeat(64)}…`);
  expect(shortened('deepinfra/turbo')).toBe('deepinfra/turbo');
});
