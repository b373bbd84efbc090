import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { priceAt } from '../catalog/price.ts';
import { candidateOf, NOW_MS, PRICE_AXES, pico } from './lab.fixture.ts';
import { offersOf, priceInForce } from './offers.ts';
import { overridesOf } from './questions.fixture.ts';

const [offer] = offersOf([candidateOf({ name: 'Alpha', variant: 'EU', tier: 'flex' })]).offers;

test('slugs are in lower case, whatever the catalogue writes', () => {
  expect(offer).toMatchObject({ tag: 'alpha/eu/flex', name: 'alpha', fullName: 'alpha/flex' });
});

test('made once for a list of candidates', () => {
  const candidates = [candidateOf({ name: 'a' })];
  expect(offersOf(candidates)).toBe(offersOf(candidates));
});

test('what every endpoint of a model has in common', () => {
  const model = offersOf([
    candidateOf({ name: 'a', endpoint: { inputModalities: ['text', 'image'], contextLength: 10, maxPromptTokens: 5 } }),
    candidateOf({ name: 'b', endpoint: { inputModalities: ['image', 'text', 'audio'], contextLength: 7 } }),
    candidateOf({ name: 'c', tier: 'flex', endpoint: { contextLength: 1, contextIsAssumed: true } }),
  ]);
  expect(model).toMatchObject({ inputs: ['text', 'image'], outputs: ['text'], leastRoom: 5, hasTiers: true });
  expect(offersOf([])).toMatchObject({ inputs: [], outputs: [], hasTiers: false });
});

describe('the price in force', () => {
  test('is what the catalogue says, for any conditions, length and time', () => {
    const situations = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 14 * 24 * 60 })),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(overridesOf(4), fc.constantFrom(undefined, 0.25), situations, (overrides, discount, asked) => {
        const candidate = candidateOf({ name: 'a', overrides, ...(discount !== undefined && { discount }) });
        const [each] = offersOf([candidate]).offers;
        for (const [promptTokens, minutes] of asked) {
          const nowMs = NOW_MS + minutes * 60_000;
          const expected = priceAt(candidate.endpoint.pricing, { promptTokens, nowMs });
          for (const axis of PRICE_AXES)
            expect(each && priceInForce(each, promptTokens, nowMs).axes[axis]).toBe(expected[axis]);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('as floats, with the prompt’s for what has none', () => {
    const [plain] = offersOf([candidateOf({ name: 'a', usd: 2, prices: { request: 5, inputCacheRead: 1 } })]).offers;
    expect(plain?.price).toMatchObject({
      prompt: Number(pico(2)),
      request: Number(pico(5)),
      cacheRead: Number(pico(1)),
      cacheWrite: Number(pico(2)),
    });
  });
});
