import { describe, expect, test } from 'bun:test';
import type { EndpointHealth } from '../../core/health.ts';
import { type Ask, type Host, planOf, steady, targetsOf } from '../lab.fixture.ts';

const demand = { hasTools: true, parameters: ['tools'] };

interface Measured {
  readonly usd?: number;
  /** Of 1000 attempts. */
  readonly answered?: number;
  readonly bad?: number;
  /** Answers that called tools. */
  readonly of?: number;
  readonly speed?: number;
}

function host(name: string, { usd = 1, answered = 1000, bad = 0, of = 0, speed }: Measured): Host {
  const health: Partial<EndpointHealth> = {
    attempts30m: 1000,
    successes30m: answered,
    toolAnswers: of,
    badToolAnswers: bad,
    ...(speed !== undefined && { throughput: steady(speed) }),
  };
  return { name, usd, health };
}

const untried = (name: string, usd: number): Host => ({ name, usd });
const qualities = (ask: Ask): Readonly<Record<string, number>> =>
  Object.fromEntries(planOf(ask).targets.map(({ candidate, quality }) => [candidate.host.name, quality]));

describe('requests with tools', () => {
  test('measured quality before price', () => {
    const hosts = [host('cheap', { usd: 1, bad: 200, of: 1000 }), host('good', { usd: 5, of: 1000 })];
    expect(targetsOf({ hosts, demand })).toEqual(['good', 'cheap']);
    expect(planOf({ hosts, demand }).reasons[0]?.rule).toBe('tool-quality');
    expect(targetsOf({ hosts })).toEqual(['cheap', 'good']);
  });

  test('as always, where nothing is measured', () => {
    const hosts = [untried('dear', 3), untried('cheap', 1)];
    expect(targetsOf({ hosts, demand })).toEqual(['cheap', 'dear']);
    expect(planOf({ hosts, demand }).reasons.map(({ rule }) => rule)).toEqual(['price-weight']);
  });

  test('within 5 % of the best they are equals, and price draws', () => {
    const of = (answered: number) => [host('best', { usd: 2 }), host('near', { usd: 1, answered })];
    expect(targetsOf({ hosts: of(960), demand, point: 0 })).toEqual(['near', 'best']);
    expect(targetsOf({ hosts: of(960), demand, point: 0.999 })).toEqual(['best', 'near']);
    for (const point of [0, 0.999]) expect(targetsOf({ hosts: of(940), demand, point })).toEqual(['best', 'near']);
  });

  test('the others follow by quality, not by price', () => {
    const hosts = [
      host('third', { usd: 1, answered: 500 }),
      host('second', { usd: 3, answered: 800 }),
      host('best', {}),
    ];
    expect(targetsOf({ hosts, demand })).toEqual(['best', 'second', 'third']);
  });

  test('how it stands comes first: the best one in an outage is behind a worse one that is ready', () => {
    const hosts: readonly Host[] = [
      { ...host('best', {}), state: 'outage' },
      { ...host('good', {}), state: 'resting' },
      host('bad', { answered: 300 }),
    ];
    expect(targetsOf({ hosts, demand })).toEqual(['bad', 'best', 'good']);
  });

  test('opt out by a sort, or by :floor', () => {
    const hosts = [host('cheap', { usd: 1, answered: 300 }), host('good', { usd: 5 })];
    expect(targetsOf({ hosts, demand, provider: { sort: 'price' } })[0]).toBe('cheap');
    expect(targetsOf({ hosts, demand, variant: { sort: 'price', admits: 'flex' } })[0]).toBe('cheap');
    expect(targetsOf({ hosts, demand, defaults: [{ sort: 'price' }] })[0]).toBe('cheap');
  });
});

describe('quality', () => {
  test('is answered × (1 − bad)² × (0.8 + 0.2 × speed), with 20 observations at the average to begin with', () => {
    const hosts = [
      host('one', { answered: 900, bad: 100, of: 500, speed: 40 }),
      host('two', { answered: 1000, bad: 0, of: 500, speed: 80 }),
    ];
    const answered = (900 + 20 * 0.95) / 1020;
    const bad = (100 + 20 * 0.1) / 520;
    const better = ((1000 + 20 * 0.95) / 1020) * (1 - (20 * 0.1) / 520) ** 2;
    // The lower of two speeds is the median, and being above it is no merit.
    const { one, two } = qualities({ hosts, demand });
    expect(one).toBeCloseTo(answered * (1 - bad) ** 2, 9);
    expect(two).toBeCloseTo(better, 9);
  });

  test('half the median speed costs a tenth', () => {
    const hosts = [host('slow', { speed: 30 }), host('usual', { speed: 60 }), host('racer', { speed: 600 })];
    const { slow, usual, racer } = qualities({ hosts, demand });
    expect(slow).toBeCloseTo(0.9, 9);
    expect(usual).toBe(1);
    expect(racer).toBe(1);
  });

  test('an endpoint without traffic is average', () => {
    const hosts = [host('bad', { answered: 600 }), host('good', { answered: 1000 }), untried('new', 1)];
    const { bad = 0, good = 0, new: untold = 0 } = qualities({ hosts, demand });
    expect(untold).toBeCloseTo(0.8, 9);
    expect(untold).toBeGreaterThan(bad);
    expect(untold).toBeLessThan(good);
  });

  test('a handful of answers decides nothing', () => {
    const unlucky: Host = { name: 'unlucky', usd: 1, health: { attempts30m: 1, successes30m: 0 } };
    expect(targetsOf({ hosts: [unlucky, host('tried', { usd: 2 })], demand })[0]).toBe('unlucky');
  });

  test('nothing at all was answered: the order is still one', () => {
    const hosts = [
      host('a', { usd: 2, answered: 0, bad: 9, of: 9 }),
      host('b', { usd: 1, answered: 0, bad: 9, of: 9 }),
    ];
    expect(targetsOf({ hosts, demand })).toEqual(['b', 'a']);
  });
});

describe('a tool-call error rate two standard deviations above the others', () => {
  const others = [20, 25, 30].map((bad, at) => host(`h${at}`, { usd: 2, bad, of: 1000 }));
  const first = (bad: number, of: number, more: readonly Host[] = others): string | undefined =>
    targetsOf({ hosts: [host('cheap', { usd: 1, bad, of }), ...more], demand })[0];

  test('puts an endpoint behind all others, though its quality is near theirs', () => {
    // 4.5 % against 2.5 %: its quality is within 5 % of the best.
    expect(first(45, 1000)).toBe('h0');
    expect(targetsOf({ hosts: [...others, host('cheap', { bad: 45, of: 1000 })], demand }).at(-1)).toBe('cheap');
    expect(first(35, 1000)).toBe('cheap');
  });

  test('puts it behind worse ones, too', () => {
    const hosts = [...others, host('poor', { answered: 600 }), host('cheap', { bad: 45, of: 1000 })];
    expect(targetsOf({ hosts, demand }).slice(-2)).toEqual(['poor', 'cheap']);
  });

  test('is no finding where the others are as far from each other', () => {
    const apart = [0, 60, 120].map((bad, at) => host(`h${at}`, { bad, of: 1000 }));
    const hosts = [...apart, host('bad', { bad: 110, of: 1000 }), host('poor', { answered: 500 })];
    expect(targetsOf({ hosts, demand })).toEqual(['h0', 'h1', 'bad', 'h2', 'poor']);
  });

  test('is no finding of as few answers as chance explains', () => {
    expect(first(1, 20)).toBe('cheap');
    expect(first(19, 19)).not.toBe('cheap');
    const perfect = [0, 0, 0].map((bad, at) => host(`h${at}`, { usd: 2, bad, of: 1000 }));
    expect(first(1, 1000, perfect)).toBe('cheap');
    expect(first(20, 1000, perfect)).toBe('h0');
  });

  test('is told among at least four', () => {
    expect(first(45, 1000, others.slice(1))).toBe('cheap');
  });

  test('comes before what does not stand as well', () => {
    const hosts: readonly Host[] = [
      ...others.map((each): Host => ({ ...each, state: 'outage' })),
      host('bad', { bad: 90, of: 1000 }),
    ];
    expect(targetsOf({ hosts, demand })[0]).toBe('bad');
  });
});
