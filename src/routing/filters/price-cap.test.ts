import { describe, expect, test } from 'bun:test';
import type { PriceOverride } from '../../core/pricing.ts';
import { type Ask, type Host, NOW_MS, pico, planOf, targetsOf } from '../lab.fixture.ts';

const reasonsOf = (ask: Ask) => planOf(ask).excluded.map(({ because }) => because);

describe('max_price', () => {
  test('is in USD per million tokens, as a number or a string, and may be met exactly', () => {
    const hosts: readonly Host[] = [
      { name: 'under', usd: 0.5 },
      { name: 'at', usd: 1.25 },
      { name: 'over', usd: 1.250001 },
    ];
    for (const cap of [1.25, '1.25', '1.250000'])
      expect(targetsOf({ hosts, provider: { max_price: { prompt: cap } } })).toEqual(['under', 'at']);
  });

  test('of zero leaves what costs nothing', () => {
    const hosts: readonly Host[] = [
      { name: 'free', usd: 0 },
      { name: 'paid', usd: 0.001 },
    ];
    expect(targetsOf({ hosts, provider: { max_price: { prompt: 0, completion: '0' } } })).toEqual(['free']);
  });

  test('holds on every axis that is capped', () => {
    const hosts: readonly Host[] = [
      { name: 'prompts', prices: { prompt: 3, completion: 1 } },
      { name: 'completions', prices: { prompt: 1, completion: 3 } },
      { name: 'requests', prices: { prompt: 1, completion: 1, request: 30_000 } },
      { name: 'images', prices: { prompt: 1, completion: 1, image: 30_000 } },
      { name: 'sounds', prices: { prompt: 1, completion: 1, audio: 30 } },
      { name: 'none', prices: { prompt: 1, completion: 1 } },
    ];
    const max_price = { prompt: 2, completion: 2, request: 0.02, image: 0.02, audio: 20 };
    expect(targetsOf({ hosts, provider: { max_price } })).toEqual(['none']);
    expect(planOf({ hosts, provider: { max_price } }).excluded.map(({ field }) => field)).toEqual([
      'provider.max_price.prompt',
      'provider.max_price.completion',
      'provider.max_price.request',
      'provider.max_price.image',
      'provider.max_price.audio',
    ]);
  });

  test('the lowest of account, key and request wins on each axis', () => {
    const hosts: readonly Host[] = [
      { name: 'a', usd: 1 },
      { name: 'b', usd: 2 },
      { name: 'c', usd: 3 },
    ];
    const defaults = [{ max_price: { prompt: 2.5 } }, { max_price: { completion: 1.5 } }];
    expect(targetsOf({ hosts, defaults, provider: { max_price: { prompt: 100, completion: 100 } } })).toEqual(['a']);
  });

  test('a discount counts', () => {
    const hosts: readonly Host[] = [
      { name: 'half', usd: 4, discount: 0.5 },
      { name: 'full', usd: 4 },
    ];
    expect(targetsOf({ hosts, provider: { max_price: { prompt: 2 } } })).toEqual(['half']);
  });

  test('a tier endpoint is measured by its own price', () => {
    const hosts: readonly Host[] = [
      { name: 'a', tier: 'priority', usd: 4 },
      { name: 'a', usd: 2 },
    ];
    const ask = { hosts, demand: { serviceTier: 'priority' }, provider: { max_price: { prompt: 3 } } };
    expect(targetsOf(ask)).toEqual(['a']);
  });
});

describe('units with a price of their own', () => {
  const provider = { max_price: { prompt: 2, completion: 2 } };

  test('cache reads count always, cache writes where the request may write', () => {
    const reads: Host = { name: 'reads', prices: { inputCacheRead: 3 } };
    const writes: Host = { name: 'writes', prices: { inputCacheWrite: 3 } };
    const writesLong: Host = { name: 'writes-long', prices: { inputCacheWrite1h: 3 } };
    const unasked: Host = {
      ...writes,
      name: 'unasked',
      provider: { writesCache: true },
      endpoint: { supportsImplicitCaching: true },
    };
    const hosts = [reads, writes, writesLong, unasked];
    expect(targetsOf({ hosts, provider })).toEqual(['writes', 'writes-long']);
    expect(targetsOf({ hosts, provider, demand: { marksCache: true } })).toEqual([]);
    expect(reasonsOf({ hosts: [unasked], provider })).toEqual([
      'its input_cache_write price of $3 a million is above the cap of $2 a million',
    ]);
  });

  test('reasoning counts as completion, and images where they are asked for', () => {
    const thinks: Host = { name: 'thinks', prices: { internalReasoning: 3 } };
    const draws: Host = {
      name: 'draws',
      prices: { imageOutput: 3 },
      endpoint: { outputModalities: ['text', 'image'] },
    };
    expect(targetsOf({ hosts: [thinks, draws], provider })).toEqual(['draws']);
    expect(targetsOf({ hosts: [draws], provider, demand: { outputModalities: ['image', 'text'] } })).toEqual([]);
  });

  test('sound without a price of its own costs what a prompt costs', () => {
    const hears: Host = { name: 'hears', usd: 5, endpoint: { inputModalities: ['text', 'audio'] } };
    const sounds: Ask = { hosts: [hears], provider: { max_price: { audio: 4 } } };
    expect(targetsOf(sounds)).toEqual(['hears']);
    expect(targetsOf({ ...sounds, demand: { inputModalities: ['audio'] } })).toEqual([]);
  });
});

describe('prices under conditions', () => {
  const provider = { max_price: { prompt: 2 } };
  const long = (minPromptTokens: number): PriceOverride => ({ minPromptTokens, axes: { prompt: pico(3) } });
  const served = (overrides: readonly PriceOverride[], more: Partial<Ask> = {}): boolean =>
    targetsOf({ hosts: [{ name: 'host', overrides }], provider, ...more }).length > 0;
  const tokens = (promptTokensEstimate: number) => ({ demand: { promptTokensEstimate } });

  test('a prompt may be two thirds longer than its estimate', () => {
    expect(served([long(1000)], tokens(500))).toBe(true);
    expect(served([long(1000)], tokens(600))).toBe(true);
    expect(served([long(1000)], tokens(601))).toBe(false);
    expect(served([long(999)], tokens(600))).toBe(false);
    expect(served([long(1000)], tokens(5000))).toBe(false);
  });

  test('a tier that begins and ends in between counts', () => {
    const between = [long(1100), { minPromptTokens: 1200, axes: { prompt: pico(1) } }];
    expect(served(between, tokens(1000))).toBe(false);
    expect(served(between, tokens(3000))).toBe(true);
  });

  test('a prompt may be two fifths shorter, or any length where it is fitted', () => {
    const cheaperWhenLong: Host = {
      name: 'host',
      usd: 3,
      overrides: [{ minPromptTokens: 1000, axes: { prompt: 0n } }],
    };
    const ask = { hosts: [cheaperWhenLong], provider };
    expect(targetsOf({ ...ask, ...tokens(1600) })).toEqual([]);
    expect(targetsOf({ ...ask, ...tokens(1700) })).toEqual(['host']);
    expect(targetsOf({ ...ask, ...tokens(1700), fitsContextUpTo: 128_000 })).toEqual([]);
  });

  const daily = (utcStart: number, utcEnd: number): PriceOverride => ({ utcStart, utcEnd, axes: { prompt: pico(3) } });

  test('a tariff that begins within half an hour counts, however short it is', () => {
    // Noon.
    expect(served([daily(1100, 1200)])).toBe(true);
    expect(served([daily(1100, 1201)])).toBe(false);
    expect(served([daily(1230, 1400)])).toBe(false);
    expect(served([daily(1231, 1400)])).toBe(true);
    expect(served([daily(1210, 1211)])).toBe(false);
    expect(served([daily(2300, 1159)])).toBe(true);
  });

  test('one that ends within half an hour gives way to what follows', () => {
    const cheapUntil = (utcEnd: number): Host => ({
      name: 'host',
      usd: 3,
      overrides: [{ utcStart: 0, utcEnd, axes: { prompt: pico(1) } }],
    });
    expect(targetsOf({ hosts: [cheapUntil(1220)], provider })).toEqual([]);
    expect(targetsOf({ hosts: [cheapUntil(1240)], provider })).toEqual(['host']);
  });

  test('days change at midnight', () => {
    const sundays: PriceOverride = { utcDays: ['sun'], axes: { prompt: pico(3) } };
    const at = (time: string) => ({ nowMs: Date.parse(`2026-11-21T${time}Z`) });
    expect(served([sundays], at('23:29:00'))).toBe(true);
    expect(served([sundays], at('23:31:00'))).toBe(false);
    expect(served([sundays], { nowMs: NOW_MS })).toBe(true);
  });

  test('length and time together', () => {
    const both: PriceOverride = { minPromptTokens: 1000, utcStart: 1220, utcEnd: 1225, axes: { prompt: pico(3) } };
    expect(served([both], tokens(500))).toBe(true);
    expect(served([both], tokens(700))).toBe(false);
  });
});
