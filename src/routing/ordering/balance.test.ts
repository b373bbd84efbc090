import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { seededRandom } from '../../core/ids.ts';
import { type Ask, type Host, planOf, questionOf, targetsOf } from '../lab.fixture.ts';
import { planRoute } from '../plan.ts';

const DRAWS = 100_000;
const host = (name: string, usd: number, more: Partial<Host> = {}): Host => ({ name, usd, ...more });

/** How often each is first, in per cent. */
function firstPlaces(ask: Ask): Readonly<Record<string, number>> {
  const question = questionOf({ ...ask, random: seededRandom(42) });
  const counts: Record<string, number> = {};
  for (let i = 0; i < DRAWS; i++) {
    const name = planRoute(question).targets[0]?.candidate.host.name ?? '';
    counts[name] = (counts[name] ?? 0) + 100 / DRAWS;
  }
  return counts;
}

describe('the first place is drawn', () => {
  test('$1 and $3: nine to one', () => {
    const counts = firstPlaces({ hosts: [host('three', 3), host('one', 1)] });
    expect(Math.abs((counts['one'] ?? 0) - 90)).toBeLessThan(1);
    expect(Math.abs((counts['three'] ?? 0) - 10)).toBeLessThan(1);
  });

  test('with weight 1/price² times the operator’s, among ready ones of at most ten times the cheapest price', () => {
    const hosts = [
      host('a', 1),
      host('b', 1.5, { weight: 2 }),
      host('c', 2),
      host('d', 10),
      host('too dear', 10.01),
      host('in outage', 0.5, { state: 'outage' }),
      host('resting', 0.5, { state: 'resting' }),
      host('keyless', 0.5, { state: 'key rests' }),
    ];
    const weights = { a: 1, b: 2 / 1.5 ** 2, c: 1 / 4, d: 1 / 100 };
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    const counts = firstPlaces({ hosts });
    expect(Object.keys(counts).sort()).toEqual(['a', 'b', 'c', 'd']);
    for (const [name, weight] of Object.entries(weights))
      expect(Math.abs((counts[name] ?? 0) - (weight / total) * 100)).toBeLessThan(1);
  });

  test('what costs nothing alone, with equal weights', () => {
    const counts = firstPlaces({ hosts: [host('paid', 0.000001), host('free', 0), host('gratis', 0)] });
    expect(Object.keys(counts).sort()).toEqual(['free', 'gratis']);
    expect(Math.abs((counts['free'] ?? 0) - 50)).toBeLessThan(1);
  });

  test('any prices and weights: the shares are those of the weights', () => {
    const hosts = fc.array(fc.tuple(fc.constantFrom(0.001, 0.5, 1, 1.7, 4, 9, 300), fc.constantFrom(0.5, 1, 4)), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(hosts, (each) => {
        const cheapest = Math.min(...each.map(([usd]) => usd));
        const weights = each.map(([usd, weight]) => (usd <= cheapest * 10 ? weight / usd ** 2 : 0));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const { targets } = planOf({ hosts: each.map(([usd, weight], at) => host(`h${at}`, usd, { weight })) });
        for (const { candidate, share } of targets) {
          const weight = weights[Number(candidate.host.name.slice(1))] ?? 0;
          expect(share).toBeCloseTo(weight === total ? share : weight / total, 9);
          if (weight === 0) expect(share).toBe(0);
        }
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});

describe('the others follow', () => {
  test('by price, whoever was drawn', () => {
    const hosts = [host('c', 3), host('a', 1), host('d', 50), host('b', 2)];
    expect(targetsOf({ hosts, point: 0 })).toEqual(['a', 'b', 'c', 'd']);
    expect(targetsOf({ hosts, point: 0.9999 })).toEqual(['c', 'a', 'b', 'd']);
  });

  test('equal prices stay in the order of the catalogue', () => {
    const hosts = ['e', 'd', 'c', 'b', 'a'].map((name) => host(name, 1));
    expect(targetsOf({ hosts, point: 0 })).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(targetsOf({ hosts, point: 0.5 })).toEqual(['c', 'e', 'd', 'b', 'a']);
  });

  test('a draw beyond all weights, by rounding, is the last of those drawn among', () => {
    expect(targetsOf({ hosts: [host('a', 1), host('b', 2)], point: 1 })).toEqual(['b', 'a']);
  });
});

describe('standing', () => {
  const hosts = [
    host('resting', 1, { state: 'resting' }),
    host('outage', 2, { state: 'outage' }),
    host('ready', 3),
    host('keyless', 4, { state: 'key rests' }),
  ];

  test('an outage goes behind the ready ones, what rests behind both; nobody is excluded', () => {
    expect(targetsOf({ hosts })).toEqual(['ready', 'outage', 'resting', 'keyless']);
    expect(planOf({ hosts }).excluded).toEqual([]);
    expect(planOf({ hosts }).reasons.map(({ because }) => because)).toEqual([
      'behind the others: Outage (outage), Resting (resting), Keyless (resting)',
    ]);
  });

  test('where nobody is ready, the draw is among the best there are', () => {
    const inOutage = [host('a', 1, { state: 'outage' }), host('b', 1, { state: 'outage' }), ...hosts.slice(0, 1)];
    expect(targetsOf({ hosts: inOutage, point: 0.9 })).toEqual(['b', 'a', 'resting']);
    const atRest = [host('a', 1, { state: 'resting' }), host('b', 1, { state: 'resting' })];
    expect(targetsOf({ hosts: atRest, point: 0.9 })).toEqual(['b', 'a']);
  });

  test.each<[number, number, boolean]>([
    [0, 0, false],
    [10, 2, false],
    [10, 3, true],
    [1, 1, true],
    [1000, 299, false],
    [1000, 300, true],
  ])('%i attempts in the last 30 s, %i failed: outage %p', (recentAttempts, recentFailures, isOutage) => {
    const troubled = host('troubled', 1, { health: { recentAttempts, recentFailures } });
    expect(targetsOf({ hosts: [troubled, host('ready', 3)] })[0]).toBe(isOutage ? 'ready' : 'troubled');
  });

  test('a rest ends when its time has come', () => {
    const rests = (restsUntilMs: number) => host('rests', 1, { health: { restsUntilMs } });
    const nowMs = 1_000_000;
    expect(targetsOf({ hosts: [rests(nowMs + 1), host('ready', 3)], nowMs })[0]).toBe('ready');
    expect(targetsOf({ hosts: [rests(nowMs), host('ready', 3)], nowMs })[0]).toBe('rests');
  });
});
