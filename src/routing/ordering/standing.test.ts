import { describe, expect, test } from 'bun:test';
import { type Host, planOf, targetsOf } from '../lab.fixture.ts';

const host = (name: string, usd: number, seconds: number | null): Host => ({
  name,
  usd,
  ...(seconds !== null && { health: { latency: { p50: seconds, p75: seconds, p90: seconds, p99: seconds } } }),
});

describe('an endpoint that answers far later than the others of its model', () => {
  const hosts = [host('crawls', 1, 9), host('usual', 2, 0.5), host('brisk', 3, 0.4)];

  test('comes behind them where nobody chose it, and the plan says so', () => {
    expect(targetsOf({ hosts })).toEqual(['usual', 'brisk', 'crawls']);
    expect(planOf({ hosts }).reasons.map(({ because }) => because)).toContain('behind the others: Crawls (slow)');
  });

  test('keeps its place where an order or a sort was asked for', () => {
    expect(targetsOf({ hosts, provider: { sort: 'price' } })).toEqual(['crawls', 'usual', 'brisk']);
    expect(targetsOf({ hosts, provider: { order: ['crawls'] } })[0]).toBe('crawls');
  });

  test.each<[why: string, hosts: readonly Host[]]>([
    ['it is not above two seconds', [host('late', 1, 1.9), host('usual', 2, 0.1), host('brisk', 3, 0.1)]],
    ['the others are not much faster', [host('late', 1, 9), host('usual', 2, 2), host('brisk', 3, 2)]],
    ['the others were not measured', [host('late', 1, 9), host('usual', 2, null)]],
  ])('is as good as any where %s', (_, some) => {
    expect(targetsOf({ hosts: some })[0]).toBe('late');
  });
});
