import { describe, expect, test } from 'bun:test';
import { afterAnswer, COLD, expectedTokens, type WarmCache } from './warm-cache.ts';

const LIFE_MS = 300_000;

/** Turns of one conversation a minute apart, each `[prompt, read, written]`; what the one after them may expect. */
function after(...turns: readonly (readonly [number, number, number])[]): number {
  let cache: WarmCache = COLD;
  let atMs = 0;
  for (const [promptTokens, cachedTokens, cacheWriteTokens] of turns) {
    atMs += 60_000;
    cache = afterAnswer(cache, { atMs, promptTokens, cachedTokens, cacheWriteTokens }, atMs + LIFE_MS);
  }
  return expectedTokens(cache, atMs + 60_000);
}

describe('of a host that', () => {
  test('reports neither reads nor writes, nothing is expected', () => {
    expect(after([5000, 0, 0], [6000, 0, 0])).toBe(0);
  });

  test('reports writes, what it read and wrote is', () => {
    expect(after([5000, 0, 4000])).toBe(4000);
    expect(after([5000, 0, 4000], [6000, 4000, 1500])).toBe(5500);
    expect(after([5000, 0, 4000], [6000, 4000, 0])).toBe(4000);
  });

  test('reports reads and never a write, the prompt it saw last is', () => {
    expect(after([5000, 0, 0], [6000, 4992, 0])).toBe(6000);
    // It was evicted, and is written again unsaid.
    expect(after([6000, 4992, 0], [7000, 0, 0])).toBe(7000);
  });

  test('is asked without marks in between, what was marked before', () => {
    expect(after([5000, 0, 4000], [80, 0, 0])).toBe(4000);
  });
});

test('an unmarked question does not keep the marked prompt warm', () => {
  const written = afterAnswer(COLD, { atMs: 0, promptTokens: 10, cachedTokens: 0, cacheWriteTokens: 9 }, LIFE_MS);
  const asked = afterAnswer(
    written,
    { atMs: 200_000, promptTokens: 10, cachedTokens: 0, cacheWriteTokens: 0 },
    200_000 + LIFE_MS,
  );
  expect([expectedTokens(asked, LIFE_MS - 1), expectedTokens(asked, LIFE_MS)]).toEqual([9, 0]);
});

describe('a cache that is written and not read', () => {
  test('is believed after one miss, not after two in a row', () => {
    expect(after([5000, 0, 5000], [6000, 0, 6000])).toBe(6000);
    expect(after([5000, 0, 5000], [6000, 0, 6000], [7000, 0, 7000])).toBe(0);
    expect(after([5000, 0, 5000], [6000, 300, 5700], [7000, 300, 6700])).toBe(300);
  });

  test('is believed again once it is read', () => {
    expect(after([5000, 0, 5000], [6000, 0, 6000], [7000, 0, 7000], [8000, 7000, 1000])).toBe(8000);
  });

  test('a pause longer than its life is no miss', () => {
    let cache = COLD;
    for (let atMs = 0; atMs < 5 * LIFE_MS; atMs += LIFE_MS) {
      cache = afterAnswer(cache, { atMs, promptTokens: 50, cachedTokens: 0, cacheWriteTokens: 40 }, atMs + LIFE_MS);
    }
    expect(expectedTokens(cache, 4 * LIFE_MS + 1)).toBe(40);
  });
});

test('odd counts of a provider count nothing', () => {
  expect(after([Number.NaN, 10, Number.NaN])).toBe(10);
  expect(after([100, -5, 20])).toBe(20);
});
