import { describe, expect, test } from 'bun:test';
import { type Ask, type Host, planOf, targetsOf } from '../lab.fixture.ts';

/** With a warm cache it costs what its prompt is read for. */
const holder: Host = { name: 'holder', usd: 2, prices: { inputCacheRead: 0 } };
const demand = { promptTokensEstimate: 1000, maxOutputTokens: 1000 };
const ask = (other: number, more: Partial<Ask> = {}): Ask => ({
  hosts: [{ name: 'other', usd: other }, holder],
  demand,
  sticky: { name: 'holder', cachedTokens: 1000 },
  ...more,
});

describe('a conversation', () => {
  test('stays at its cache, whatever is drawn', () => {
    for (const point of [0, 0.5, 0.999]) expect(targetsOf(ask(1.5, { point }))).toEqual(['holder', 'other']);
    expect(planOf(ask(1.5)).reasons).toContainEqual({
      rule: 'session',
      because: 'the conversation stays at Holder, which holds its prompt cache',
    });
  });

  test('moves where another endpoint is more than a tenth cheaper with a cold cache', () => {
    // Warm here: 2 USD per million such requests; cold there: twice its price.
    expect(targetsOf(ask(0.91))[0]).toBe('holder');
    expect(targetsOf(ask(0.9))[0]).toBe('other');
    expect(planOf(ask(0.9)).reasons.map(({ rule }) => rule)).toContain('session');
  });

  test('that has a name stays at any price', () => {
    expect(targetsOf(ask(0.1, { sticky: { name: 'holder', isNamed: true } }))[0]).toBe('holder');
  });

  test('leaves what is not ready', () => {
    for (const state of ['outage', 'resting', 'key rests'] as const) {
      const hosts: readonly Host[] = [
        { name: 'other', usd: 1.5 },
        { ...holder, state },
      ];
      expect(targetsOf(ask(0, { hosts, sticky: { name: 'holder', isNamed: true } }))).toEqual(['other', 'holder']);
    }
  });

  test('an endpoint in trouble is no cheaper place to move to', () => {
    const hosts: readonly Host[] = [{ name: 'other', usd: 0.1, state: 'outage' }, { name: 'third', usd: 2 }, holder];
    expect(targetsOf(ask(0, { hosts, point: 0.999 }))[0]).toBe('holder');
  });

  test('is not held against an order, a sort or a filter', () => {
    const named = { sticky: { name: 'holder', isNamed: true } };
    expect(targetsOf(ask(1.5, { ...named, provider: { order: ['other'] } }))).toEqual(['other', 'holder']);
    expect(targetsOf(ask(0.5, { ...named, provider: { sort: 'price' } }))).toEqual(['other', 'holder']);
    expect(targetsOf(ask(1.5, { ...named, provider: { ignore: ['holder'] } }))).toEqual(['other']);
  });

  test('stays within its model: an earlier one comes first', () => {
    const models = { 'a/one': [{ name: 'other', usd: 9 }], 'b/two': [{ name: 'third', usd: 2 }, holder] };
    const { hosts: _, ...rest } = ask(0, { models });
    expect(targetsOf(rest)).toEqual(['a/one other', 'b/two holder', 'b/two third']);
  });
});
