import { describe, expect, test } from 'bun:test';
import { type Host, planOf, steady, targetsOf } from '../lab.fixture.ts';

const slow: Host = { name: 'slow', usd: 1, health: { throughput: steady(20), latency: steady(1.5) } };
const fast: Host = { name: 'fast', usd: 2, health: { throughput: steady(90), latency: steady(0.4) } };
const unknown: Host = { name: 'unknown', usd: 3 };
const hosts = [slow, fast, unknown];

describe('preferred speed', () => {
  test.each([
    [{ preferred_min_throughput: 50 }],
    [{ preferred_max_latency: 1 }],
    [{ preferred_min_throughput: { p90: 50 }, preferred_max_latency: { p50: 1 } }],
  ])('%j: who misses a cut-off goes to the end, what nobody measured stays', (provider) => {
    expect(targetsOf({ hosts, provider })).toEqual(['fast', 'unknown', 'slow']);
    expect(planOf({ hosts, provider }).reasons.map(({ because }) => because)).toContain('at the end of the list: Slow');
  });

  test('a cut-off may be met exactly', () => {
    expect(targetsOf({ hosts, provider: { preferred_min_throughput: 20, preferred_max_latency: 1.5 } })[0]).toBe(
      'slow',
    );
  });

  test('all of them must hold', () => {
    const spiky: Host = { name: 'spiky', usd: 1, health: { throughput: { p50: 90, p75: 80, p90: 10, p99: 5 } } };
    const ask = { hosts: [spiky, unknown] };
    expect(targetsOf({ ...ask, provider: { preferred_min_throughput: { p50: 80, p75: 80 } } })[0]).toBe('spiky');
    expect(targetsOf({ ...ask, provider: { preferred_min_throughput: { p50: 80, p90: 50 } } })[0]).toBe('unknown');
  });

  test('where all are slow, all stay: it never fails a request', () => {
    const both = [slow, { ...slow, name: 'slower', usd: 2 }];
    const ask = { hosts: both, provider: { preferred_min_throughput: 50 } };
    expect(targetsOf(ask)).toEqual(['slow', 'slower']);
    expect(planOf(ask).reasons.map(({ rule }) => rule)).toEqual(['price-weight']);
  });

  test('moves behind other models: a fallback model may come first', () => {
    const models = { 'a/one': [slow, unknown], 'b/two': [fast] };
    expect(targetsOf({ models, provider: { preferred_min_throughput: 50 } })).toEqual([
      'a/one unknown',
      'b/two fast',
      'a/one slow',
    ]);
  });

  test('keeps the order among those that go and those that stay', () => {
    const many = [slow, fast, { ...slow, name: 'slower', usd: 5 }, unknown];
    const provider = { preferred_min_throughput: 50, order: ['slower', 'unknown'] };
    expect(targetsOf({ hosts: many, provider })).toEqual(['unknown', 'fast', 'slower', 'slow']);
  });

  test('what rests stays behind the slow ones of its model, and before nobody else’s', () => {
    const rests: Host = { ...fast, name: 'rests', usd: 1, state: 'resting' };
    const models = { 'a/one': [rests, slow, fast], 'b/two': [rests, fast] };
    expect(targetsOf({ models, provider: { preferred_min_throughput: 50 } })).toEqual([
      'a/one fast',
      'b/two fast',
      'b/two rests',
      'a/one slow',
      'a/one rests',
    ]);
    const provider = { preferred_min_throughput: 50, sort: { by: 'price', partition: 'none' } };
    expect(targetsOf({ models, provider })).toEqual([
      'a/one fast',
      'b/two fast',
      'a/one slow',
      'a/one rests',
      'b/two rests',
    ]);
  });
});
