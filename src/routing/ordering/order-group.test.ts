import { describe, expect, test } from 'bun:test';
import { type Host, planOf, steady, targetsOf } from '../lab.fixture.ts';

const measured = (name: string, usd: number, speed: number | null, seconds: number | null): Host => ({
  name,
  usd,
  health: { throughput: speed === null ? null : steady(speed), latency: seconds === null ? null : steady(seconds) },
});
const hosts = [
  measured('unknown-dear', 9, null, null),
  measured('quick', 3, 40, 0.2),
  measured('fast', 4, 90, 0.9),
  measured('cheap', 1, 20, 0.5),
  measured('unknown', 2, null, null),
];

describe('sort', () => {
  test.each([
    ['price', ['cheap', 'unknown', 'quick', 'fast', 'unknown-dear']],
    ['throughput', ['fast', 'quick', 'cheap', 'unknown', 'unknown-dear']],
    ['latency', ['quick', 'cheap', 'fast', 'unknown', 'unknown-dear']],
  ])('by %s: what nobody measured comes last, the cheapest first; nothing is drawn', (sort, expected) => {
    for (const point of [0, 0.999]) expect(targetsOf({ hosts, provider: { sort }, point })).toEqual([...expected]);
    expect(targetsOf({ hosts, provider: { sort: { by: sort } } })).toEqual([...expected]);
  });

  test('by exacto: the best by our own measurements first', () => {
    const of = (name: string, usd: number, successes30m: number): Host => ({
      name,
      usd,
      health: { attempts30m: 1000, successes30m },
    });
    const tried = [of('bad', 1, 500), of('good', 3, 1000), of('fair', 2, 900)];
    expect(targetsOf({ hosts: tried, provider: { sort: 'exacto' } })).toEqual(['good', 'fair', 'bad']);
  });

  test('is kept through an outage; what rests comes last', () => {
    const troubled: readonly Host[] = [
      { name: 'a', usd: 1, state: 'resting' },
      { name: 'b', usd: 2, state: 'outage' },
      { name: 'c', usd: 3 },
    ];
    expect(targetsOf({ hosts: troubled, provider: { sort: 'price' } })).toEqual(['b', 'c', 'a']);
    expect(planOf({ hosts: troubled, provider: { sort: 'price' } }).reasons).toEqual([
      { rule: 'sort', because: 'sorted by price' },
      { rule: 'health', because: 'behind the others: A (resting)' },
    ]);
  });

  test('of the request wins over that of the variant, and that over the account’s', () => {
    expect(targetsOf({ hosts, variant: { sort: 'throughput' } })[0]).toBe('fast');
    expect(targetsOf({ hosts, variant: { sort: 'throughput' }, provider: { sort: 'latency' } })[0]).toBe('quick');
    expect(targetsOf({ hosts, variant: { sort: 'throughput' }, defaults: [{ sort: 'price' }] })[0]).toBe('fast');
    expect(targetsOf({ hosts, defaults: [{ sort: 'throughput' }] })[0]).toBe('fast');
  });

  test('with tools, too: nothing is reordered by quality', () => {
    const worse = hosts.map((each) => ({ ...each, health: { ...each.health, attempts30m: 100, successes30m: 1 } }));
    expect(targetsOf({ hosts: worse, provider: { sort: 'price' }, demand: { hasTools: true } })[0]).toBe('cheap');
  });
});

describe('order', () => {
  test('these first, in this order, then the others by price; nothing is drawn', () => {
    for (const point of [0, 0.999]) {
      const provider = { order: ['fast', 'quick'] };
      expect(targetsOf({ hosts, provider, point })).toEqual(['fast', 'quick', 'cheap', 'unknown', 'unknown-dear']);
    }
  });

  test('the others by the sort where both are asked for', () => {
    const provider = { order: ['cheap'], sort: 'throughput' };
    expect(targetsOf({ hosts, provider })).toEqual(['cheap', 'fast', 'quick', 'unknown', 'unknown-dear']);
  });

  test('endpoints that one slug names come by price; one that nobody hosts is skipped', () => {
    const variants: readonly Host[] = [
      { name: 'a', usd: 2 },
      { name: 'a', variant: 'turbo', usd: 1 },
      { name: 'b', usd: 0.5 },
    ];
    expect(targetsOf({ hosts: variants, provider: { order: ['nobody', 'A'] } })).toEqual(['a/turbo', 'a', 'b']);
    expect(targetsOf({ hosts: variants, provider: { order: ['a/turbo', 'b', 'a'] } })).toEqual(['a/turbo', 'b', 'a']);
  });

  test('is kept through an outage; what rests comes behind even those that are not in it', () => {
    const troubled: readonly Host[] = [
      { name: 'a', usd: 1, state: 'resting' },
      { name: 'b', usd: 2, state: 'outage' },
      { name: 'c', usd: 3 },
      { name: 'd', usd: 1, state: 'resting' },
    ];
    expect(targetsOf({ hosts: troubled, provider: { order: ['a', 'b'] } })).toEqual(['b', 'c', 'a', 'd']);
  });
});
