import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { PriceAxes } from '../core/pricing.ts';
import type { Usage, UsageCounts } from '../core/usage.ts';
import { chargeFor } from './charge.ts';

const usage = (counts: UsageCounts): Usage => ({ counts, estimated: false });
/** 3 and 15 USD per million tokens. */
const BASE: PriceAxes = { prompt: 3_000_000n, completion: 15_000_000n };

describe('a charge is usage times price', () => {
  test('of plain tokens', () => {
    expect(chargeFor(usage({ promptTokens: 1000, completionTokens: 200 }), BASE)).toEqual({
      costNanoUsd: 6_000_000n,
      promptCostNanoUsd: 3_000_000n,
      completionCostNanoUsd: 3_000_000n,
      cacheDiscountNanoUsd: 0n,
    });
  });

  test('with cached tokens taken out of the prompt once, and their saving named', () => {
    const axes = { ...BASE, inputCacheRead: 300_000n };
    const charge = chargeFor(usage({ promptTokens: 1000, cachedTokens: 800 }), axes);
    expect(charge.costNanoUsd).toBe(200n * 3000n + 800n * 300n);
    expect(charge.cacheDiscountNanoUsd).toBe(800n * 2700n);
  });

  test('with cache writes of both lives, dearer than the prompt: a negative saving', () => {
    const axes = { ...BASE, inputCacheWrite: 3_750_000n, inputCacheWrite1h: 6_000_000n };
    const charge = chargeFor(usage({ promptTokens: 1000, cacheWriteTokens: 600, cacheWrite1hTokens: 100 }), axes);
    expect(charge.costNanoUsd).toBe(400n * 3000n + 500n * 3750n + 100n * 6000n);
    expect(charge.cacheDiscountNanoUsd).toBe(-(500n * 750n + 100n * 3000n));
  });

  test('with audio on both sides, cached audio at its own price', () => {
    const axes = {
      ...BASE,
      audio: 10_000_000n,
      audioOutput: 40_000_000n,
      inputCacheRead: 300_000n,
      inputAudioCache: 1_000_000n,
    };
    const counts = { promptTokens: 500, audioPromptTokens: 300, cachedTokens: 150, cachedAudioTokens: 100 };
    const charge = chargeFor(usage({ ...counts, completionTokens: 50, audioCompletionTokens: 40 }), axes);
    expect(charge.promptCostNanoUsd).toBe(150n * 3000n + 200n * 10_000n + 50n * 300n + 100n * 1000n);
    expect(charge.completionCostNanoUsd).toBe(10n * 15_000n + 40n * 40_000n);
    expect(charge.cacheDiscountNanoUsd).toBe(50n * 2700n + 100n * 9000n);
  });

  test('with reasoning priced apart only where it has a price', () => {
    const counts = { completionTokens: 100, reasoningTokens: 60 };
    expect(chargeFor(usage(counts), BASE).costNanoUsd).toBe(100n * 15_000n);
    expect(chargeFor(usage(counts), { ...BASE, internalReasoning: 20_000_000n }).costNanoUsd).toBe(
      40n * 15_000n + 60n * 20_000n,
    );
  });

  test('with images, searches and the fee per request', () => {
    const axes = { ...BASE, image: 5_000_000_000n, webSearch: 10_000_000_000n, request: 1_000_000_000n };
    expect(chargeFor(usage({ images: 2, webSearches: 3 }), axes).promptCostNanoUsd).toBe(
      10_000_000n + 30_000_000n + 1_000_000n,
    );
  });

  test('the fee per request for each search of a rerank', () => {
    const axes = { ...BASE, request: 2_000_000_000n };
    expect(chargeFor(usage({ searchUnits: 3 }), axes).costNanoUsd).toBe(6_000_000n);
    expect(chargeFor(usage({ promptTokens: 0 }), axes).costNanoUsd).toBe(2_000_000n);
    expect(chargeFor(usage({ searchUnits: 0 }), axes).costNanoUsd).toBe(0n);
  });

  test('what is billed, where that is another count than was read and written', () => {
    const counts = { promptTokens: 506, billedPromptTokens: 11, completionTokens: 5, billedCompletionTokens: 3 };
    const paid = chargeFor(usage({ promptTokens: 11, completionTokens: 3 }), BASE);
    expect(chargeFor(usage(counts), BASE)).toEqual(paid);
    expect(chargeFor(usage({ ...counts, cachedTokens: 448 }), BASE).costNanoUsd).toBe(paid.costNanoUsd);
    expect(chargeFor(usage({ promptTokens: 5, billedPromptTokens: 0 }), BASE).costNanoUsd).toBe(0n);
  });

  test('rounded up once on the total, what rounding leaves going to completions', () => {
    const axes = { prompt: 1n, completion: 1n };
    expect(chargeFor(usage({ promptTokens: 1, completionTokens: 1 }), axes)).toMatchObject({
      costNanoUsd: 1n,
      promptCostNanoUsd: 0n,
      completionCostNanoUsd: 1n,
    });
  });
});

describe('odd usage bills no token twice and nothing negative', () => {
  const CHEAP: PriceAxes = { ...BASE, inputCacheRead: 300_000n, inputCacheWrite: 3_750_000n, audio: 10_000_000n };
  test.each([
    ['more cached than prompt', { promptTokens: 100, cachedTokens: 500 }, 100n * 300n],
    [
      'cached and written overlap',
      { promptTokens: 100, cachedTokens: 80, cacheWriteTokens: 80 },
      80n * 300n + 20n * 3750n,
    ],
    [
      'audio beyond what is left',
      { promptTokens: 100, cachedTokens: 90, audioPromptTokens: 100 },
      90n * 300n + 10n * 10_000n,
    ],
    [
      'more one-hour than written',
      { promptTokens: 10, cacheWriteTokens: 4, cacheWrite1hTokens: 9 },
      6n * 3000n + 4n * 3750n,
    ],
    ['negative', { promptTokens: -5, completionTokens: -7, cachedTokens: -9 }, 0n],
    ['fractions', { promptTokens: 1.9 }, 3000n],
    ['no number', { promptTokens: Number.NaN, completionTokens: Number.NEGATIVE_INFINITY }, 0n],
  ])('%s', (_, counts, costNanoUsd) => {
    expect(chargeFor(usage(counts), CHEAP).costNanoUsd).toBe(costNanoUsd);
  });
});

const anyCount = fc.oneof(fc.integer({ min: -10, max: 10_000_000 }), fc.double(), fc.constant(undefined));
const anyUsage = fc
  .record({
    promptTokens: anyCount,
    completionTokens: anyCount,
    cachedTokens: anyCount,
    cacheWriteTokens: anyCount,
    cacheWrite1hTokens: anyCount,
    reasoningTokens: anyCount,
    audioPromptTokens: anyCount,
    cachedAudioTokens: anyCount,
    audioCompletionTokens: anyCount,
    imageCompletionTokens: anyCount,
    images: anyCount,
    webSearches: anyCount,
  })
  .map((counts): Usage => {
    const present = Object.entries(counts).filter((entry): entry is [string, number] => entry[1] !== undefined);
    return usage(Object.fromEntries(present));
  });
const anyPrice = fc.bigInt({ min: 0n, max: 10n ** 12n });
const anyAxes: fc.Arbitrary<PriceAxes> = fc.record(
  {
    prompt: anyPrice,
    completion: anyPrice,
    request: anyPrice,
    image: anyPrice,
    imageOutput: anyPrice,
    audio: anyPrice,
    audioOutput: anyPrice,
    inputAudioCache: anyPrice,
    webSearch: anyPrice,
    internalReasoning: anyPrice,
    inputCacheRead: anyPrice,
    inputCacheWrite: anyPrice,
    inputCacheWrite1h: anyPrice,
  },
  { requiredKeys: ['prompt', 'completion'] },
);

describe('for any usage and any prices', () => {
  test('the parts add up to the total and none is negative', () => {
    fc.assert(
      fc.property(anyUsage, anyAxes, (used, axes) => {
        const charge = chargeFor(used, axes);
        expect(charge.promptCostNanoUsd + charge.completionCostNanoUsd).toBe(charge.costNanoUsd);
        expect(charge.promptCostNanoUsd >= 0n && charge.completionCostNanoUsd >= 0n).toBe(true);
      }),
    );
  });

  test('one token more on either side never costs less', () => {
    const whole = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(
        anyAxes,
        fc.record({ promptTokens: whole, completionTokens: whole, cachedTokens: whole }),
        (axes, counts) => {
          const before = chargeFor(usage(counts), axes).costNanoUsd;
          const more = { ...counts, completionTokens: counts.completionTokens + 1 };
          expect(chargeFor(usage(more), axes).costNanoUsd >= before).toBe(true);
          // A prompt token more must not move another one to a cheaper part.
          const longer = { ...counts, promptTokens: counts.promptTokens + 1 };
          expect(chargeFor(usage(longer), axes).costNanoUsd >= before).toBe(true);
        },
      ),
    );
  });

  test('with one price for everything, every token is billed exactly once however the parts are cut', () => {
    fc.assert(
      fc.property(anyUsage, anyPrice, (used, price) => {
        const { images: _, webSearches: __, ...tokens } = used.counts;
        const whole = (count: number | undefined) =>
          count !== undefined && count > 0 ? BigInt(Math.min(Math.trunc(count), Number.MAX_SAFE_INTEGER)) : 0n;
        const total = (whole(tokens.promptTokens) + whole(tokens.completionTokens)) * price;
        expect(chargeFor(usage(tokens), { prompt: price, completion: price }).costNanoUsd).toBe((total + 999n) / 1000n);
      }),
    );
  });

  test('without cache prices there is no cache discount', () => {
    fc.assert(
      fc.property(anyUsage, anyPrice, anyPrice, (used, prompt, completion) => {
        expect(chargeFor(used, { prompt, completion }).cacheDiscountNanoUsd).toBe(0n);
      }),
    );
  });
});
