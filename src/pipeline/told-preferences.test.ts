import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { decodePreferences } from '../core/preferences.ts';
import { mergePreferences } from '../routing/preferences.ts';
import { type PreferenceLayer, preferenceSources, toldPreferences } from './told-preferences.ts';

const layer = (from: PreferenceLayer['from'], provider: Parameters<typeof decodePreferences>[0]): PreferenceLayer => ({
  from,
  said: decodePreferences(provider),
});

function told(...layers: readonly PreferenceLayer[]) {
  const preferences = toldPreferences(mergePreferences(layers.map(({ said }) => said)));
  return { preferences, sources: preferenceSources(preferences, layers) };
}

describe('what is in force, and whose word it is', () => {
  test('nothing where nobody says anything', () => {
    expect(told(layer('account', {}), layer('request', { allow_fallbacks: true, zdr: false }))).toEqual({
      preferences: {},
      sources: {},
    });
  });

  test('policies add up: everybody who made them stricter is named', () => {
    const { preferences, sources } = told(
      layer('account', { only: ['a', 'b'], ignore: ['x'], zdr: true, max_price: { prompt: '2' } }),
      layer('key', { only: ['a'], data_collection: 'allow', max_price: { prompt: 1, completion: 0.25 } }),
      layer('request', { ignore: ['x', 'y'], zdr: false, data_collection: 'deny', require_parameters: true }),
      { from: 'header', said: { dataCollection: 'deny' } },
    );
    expect(preferences).toEqual({
      only: [['a', 'b'], ['a']],
      ignore: ['x', 'y'],
      require_parameters: true,
      data_collection: 'deny',
      zdr: true,
      max_price: { prompt: '1', completion: '0.25' },
    });
    expect(sources).toEqual({
      only: ['account', 'key'],
      ignore: ['account', 'request'],
      require_parameters: ['request'],
      data_collection: ['request', 'header'],
      zdr: ['account'],
      max_price: ['account', 'key'],
    });
  });

  test('taste is the last one’s', () => {
    expect(
      told(
        layer('account', { sort: 'price', preferred_max_latency: 3 }),
        layer('key', { sort: { by: 'throughput', partition: 'none' } }),
        layer('request', { preferred_max_latency: { p90: 5 } }),
      ),
    ).toEqual({
      preferences: { sort: { by: 'throughput', partition: 'none' }, preferred_max_latency: { p90: 5 } },
      sources: { sort: ['key'], preferred_max_latency: ['request'] },
    });
    expect(told(layer('account', { sort: 'price' }), layer('request', { order: ['a'] }))).toEqual({
      preferences: { order: ['a'] },
      sources: { order: ['request'] },
    });
  });

  test('said again in its own words it means the same', () => {
    const slugs = fc.array(fc.constantFrom('a', 'b', 'c/turbo'), { minLength: 1, maxLength: 3 });
    const usd = fc.constantFrom('0', '0.25', '3', '100.000001');
    const bounds = fc.record({ p50: fc.nat(9), p90: fc.nat(9) }, { requiredKeys: ['p50'] });
    const provider = fc.record(
      {
        order: slugs,
        only: slugs,
        ignore: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
        allow_fallbacks: fc.boolean(),
        require_parameters: fc.boolean(),
        data_collection: fc.constantFrom('allow', 'deny'),
        zdr: fc.boolean(),
        enforce_distillable_text: fc.boolean(),
        quantizations: slugs,
        sort: fc.oneof(
          fc.constantFrom('price', 'exacto'),
          fc.record({ by: fc.constant('latency'), partition: fc.constantFrom('model', 'none') }),
        ),
        max_price: fc.record({ prompt: usd, request: usd, audio: usd }, { requiredKeys: [] }),
        preferred_min_throughput: bounds,
        preferred_max_latency: bounds,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(provider, (said) => {
        const effective = mergePreferences([decodePreferences(said)]);
        expect(mergePreferences([decodePreferences(toldPreferences(effective))])).toEqual(effective);
      }),
      { numRuns: 100 },
    );
  });
});
