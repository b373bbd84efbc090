import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { JsonObject } from '../core/json.ts';
import { decodePreferences } from '../core/preferences.ts';
import { pico } from './lab.fixture.ts';
import { type EffectivePreferences, mergePreferences, NO_EFFECTIVE_PREFERENCES } from './preferences.ts';
import { wishes } from './questions.fixture.ts';

const merged = (...layers: readonly JsonObject[]): EffectivePreferences =>
  mergePreferences(layers.map(decodePreferences));

describe('as the wire says them', () => {
  test('caps are numbers or strings: per million tokens, per request and image', () => {
    const caps = { prompt: 1.5, completion: '2.25', request: 0.01, image: '0.02', audio: 3 };
    expect(decodePreferences({ max_price: caps }).maxPrice).toEqual({
      prompt: pico(1.5),
      completion: pico(2.25),
      request: 10_000_000_000n,
      image: 20_000_000_000n,
      audio: pico(3),
    });
  });

  test('a cap between two prices is the lower one', () => {
    expect(decodePreferences({ max_price: { prompt: '0.0000019' } }).maxPrice).toEqual({ prompt: 1n });
    expect(decodePreferences({ max_price: { prompt: 0.1 + 0.2, request: 0.1 + 0.2 } }).maxPrice).toEqual({
      prompt: pico(0.3),
      request: 300_000_000_000n,
    });
    expect(decodePreferences({ max_price: { prompt: 1e-7 } }).maxPrice).toEqual({ prompt: 0n });
  });

  test('a sort is a word or an object, a speed a number or percentiles', () => {
    expect(decodePreferences({ sort: 'latency' })).toEqual({ sort: 'latency' });
    expect(decodePreferences({ sort: { by: 'price', partition: 'none' } })).toEqual({
      sort: 'price',
      partition: 'none',
    });
    expect(decodePreferences({ preferred_max_latency: 2, preferred_min_throughput: { p90: 40, p50: 60 } })).toEqual({
      maxLatency: { p50: 2 },
      minThroughput: { p50: 60, p90: 40 },
    });
  });

  test('null says nothing', () => {
    const nulls = { order: null, only: null, zdr: null, sort: null, max_price: null, preferred_max_latency: null };
    expect(decodePreferences(nulls)).toEqual({});
  });
});

describe('policies only get stricter', () => {
  test.each<[JsonObject, JsonObject, Partial<EffectivePreferences>]>([
    [{ only: ['a'] }, { only: ['b'] }, { only: [['a'], ['b']] }],
    [{ ignore: ['a'] }, { ignore: ['b'] }, { ignore: ['a', 'b'] }],
    [{ quantizations: ['fp8'] }, { quantizations: ['bf16'] }, { quantizations: [['fp8'], ['bf16']] }],
    [{ zdr: true }, { zdr: false }, { zdr: true }],
    [{ require_parameters: true }, { require_parameters: false }, { requireParameters: true }],
    [{ enforce_distillable_text: true }, { enforce_distillable_text: false }, { enforceDistillableText: true }],
    [{ data_collection: 'deny' }, { data_collection: 'allow' }, { dataCollection: 'deny' }],
    [
      { max_price: { prompt: 1, completion: 5 } },
      { max_price: { prompt: 2, completion: 4, image: 1 } },
      { maxPrice: { prompt: pico(1), completion: pico(4), image: 1_000_000_000_000n } },
    ],
  ])('%j and %j', (one, other, expected) => {
    expect(merged(one, other)).toMatchObject(expected);
    // Whoever says it.
    const turned = merged(other, one);
    expect(merged(one, {}, other)).toEqual(merged(one, other));
    for (const flag of ['zdr', 'requireParameters', 'enforceDistillableText', 'dataCollection', 'maxPrice'] as const)
      expect(turned[flag]).toEqual(merged(one, other)[flag]);
  });
});

describe('taste is the last one’s who says it', () => {
  test.each<[JsonObject, JsonObject, Partial<EffectivePreferences>]>([
    [{ order: ['a'] }, { order: ['b'] }, { order: ['b'] }],
    [{ order: ['a'] }, {}, { order: ['a'] }],
    [{ sort: 'price' }, { sort: 'latency' }, { sort: 'latency' }],
    [{ allow_fallbacks: false }, { allow_fallbacks: true }, { allowFallbacks: true }],
    [{ preferred_min_throughput: 10 }, { preferred_min_throughput: 20 }, { minThroughput: { p50: 20 } }],
    [{ preferred_max_latency: 1 }, { zdr: true }, { maxLatency: { p50: 1 } }],
  ])('%j and %j', (one, other, expected) => {
    expect(merged(one, other)).toMatchObject(expected);
  });

  test('who names an order wants no sort from below, and the other way round', () => {
    expect(merged({ sort: 'price' }, { order: ['a'] })).toMatchObject({ sort: null, order: ['a'] });
    expect(merged({ order: ['a'] }, { sort: 'price' })).toMatchObject({ sort: 'price', order: [] });
    expect(merged({ order: ['a'], sort: 'price' }, {})).toMatchObject({ sort: 'price', order: ['a'] });
  });

  test('a sort brings its own partition', () => {
    const across = { sort: { by: 'price', partition: 'none' } };
    expect(merged(across)).toMatchObject({ partition: 'none' });
    expect(merged(across, { sort: 'latency' })).toMatchObject({ sort: 'latency', partition: 'model' });
    expect(merged(across, { order: ['a'] })).toMatchObject({ partition: 'model' });
    expect(merged(across, { sort: { partition: 'model' } })).toMatchObject({ partition: 'model' });
    expect(merged(across, { zdr: true })).toMatchObject({ sort: 'price', partition: 'none' });
  });
});

test('nobody says anything: nothing is wished', () => {
  expect(merged()).toBe(NO_EFFECTIVE_PREFERENCES);
  expect(merged({}, {}, {})).toBe(NO_EFFECTIVE_PREFERENCES);
});

/** What of the preferences decides who may serve; lists as sets. */
function policiesOf(preferences: EffectivePreferences) {
  const { only, ignore, quantizations } = preferences;
  const { requireParameters, dataCollection, zdr, enforceDistillableText, maxPrice } = preferences;
  const asSet = (lists: readonly (readonly string[])[]) => lists.map((list) => [...new Set(list)].sort().join()).sort();
  return {
    only: asSet(only),
    ignore: [...new Set(ignore)].sort(),
    quantizations: asSet(quantizations),
    ...{ requireParameters, dataCollection, zdr, enforceDistillableText, maxPrice },
  };
}

test('it does not matter to policies who says them: account, key or request, in any order', () => {
  fc.assert(
    fc.property(fc.array(wishes, { maxLength: 3 }), fc.nat(), (layers, turn) => {
      const [first = {}, second = {}, third = {}] = layers;
      const orders = [
        [first, second, third],
        [second, first, third],
        [third, first, second],
        [second, third, first],
      ];
      const other = orders[turn % orders.length] ?? [];
      expect(policiesOf(merged(...other))).toEqual(policiesOf(merged(first, second, third)));
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('saying it twice is saying it once, and what was said stays as it is', () => {
  fc.assert(
    fc.property(wishes, wishes, (one, other) => {
      const layers = [one, other].map(decodePreferences);
      const before = structuredClone(layers);
      const { only, quantizations, ...rest } = policiesOf(mergePreferences(layers));
      const twice = policiesOf(mergePreferences([...layers, ...layers]));
      expect(twice).toMatchObject(rest);
      expect(new Set(twice.only)).toEqual(new Set(only));
      expect(new Set(twice.quantizations)).toEqual(new Set(quantizations));
      expect(layers).toEqual(before);
    }),
    { seed: 3, numRuns: 100 },
  );
});
