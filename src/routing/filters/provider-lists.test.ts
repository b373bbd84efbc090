import { describe, expect, test } from 'bun:test';
import { exclusionsOf, type Host, planOf, targetsOf } from '../lab.fixture.ts';

const hosts: readonly Host[] = [{ name: 'alpha' }, { name: 'alpha', variant: 'turbo' }, { name: 'beta' }];

describe('only', () => {
  test('names who may serve; a base slug covers variants', () => {
    expect(targetsOf({ hosts, provider: { only: ['alpha'] } })).toEqual(['alpha', 'alpha/turbo']);
    expect(targetsOf({ hosts, provider: { only: ['alpha/turbo'] } })).toEqual(['alpha/turbo']);
    expect(exclusionsOf({ hosts, provider: { only: ['alpha/turbo'] } })).toEqual({
      alpha: 'allowed_providers',
      beta: 'allowed_providers',
    });
  });

  test('the account’s list is the ceiling of the request’s', () => {
    const defaults = [{ only: ['alpha', 'gamma'] }];
    expect(targetsOf({ hosts, defaults, provider: { only: ['alpha/turbo', 'beta'] } })).toEqual(['alpha/turbo']);
  });

  test('an empty list lets nobody serve', () => {
    const { targets, excluded } = planOf({ hosts: [{ name: 'alpha' }], provider: { only: [] } });
    expect(targets).toEqual([]);
    expect(excluded).toMatchObject([{ because: 'only no provider may serve', field: 'provider.only' }]);
  });

  test('the reason names the list as it was written', () => {
    expect(planOf({ hosts: [{ name: 'alpha' }], provider: { only: ['Beta', 'GAMMA'] } }).excluded).toMatchObject([
      { because: 'only Beta, GAMMA may serve' },
    ]);
  });
});

describe('ignore', () => {
  test('keeps out by slug, and unites with the account’s', () => {
    const ask = { hosts, defaults: [{ ignore: ['BETA'] }], provider: { ignore: ['alpha/turbo'] } };
    expect(targetsOf(ask)).toEqual(['alpha']);
    expect(exclusionsOf(ask)).toEqual({ beta: 'ignored_providers', 'alpha/turbo': 'ignored_providers' });
  });

  test('wins over only and order', () => {
    const provider = { only: ['alpha', 'beta'], order: ['beta'], ignore: ['beta'] };
    expect(targetsOf({ hosts, provider })).toEqual(['alpha', 'alpha/turbo']);
  });

  test('who ignores a provider ignores its service tiers, whatever else is asked for', () => {
    const tiered: readonly Host[] = [{ name: 'beta', tier: 'priority' }, { name: 'beta' }, { name: 'alpha' }];
    const provider = { ignore: ['beta'] };
    const demand = { serviceTier: 'priority' };
    expect(targetsOf({ hosts: tiered, provider, demand })).toEqual(['alpha']);
    expect(targetsOf({ hosts: tiered, provider, variant: { admits: 'priority', sort: 'throughput' } })).toEqual([
      'alpha',
    ]);
    expect(targetsOf({ hosts: tiered, provider: { ...provider, order: ['beta/priority'] } })).toEqual(['alpha']);
  });

  test('a full slug ignores that endpoint alone', () => {
    const tiered: readonly Host[] = [{ name: 'beta', tier: 'priority' }, { name: 'beta' }];
    expect(
      targetsOf({ hosts: tiered, provider: { ignore: ['beta/priority'] }, demand: { serviceTier: 'priority' } }),
    ).toEqual(['beta']);
  });
});

describe('order without fallbacks', () => {
  const provider = { order: ['beta'], allow_fallbacks: false };

  test('nobody else serves', () => {
    expect(targetsOf({ hosts, provider })).toEqual(['beta']);
    expect(exclusionsOf({ hosts, provider })).toEqual({ alpha: 'allow_fallbacks', 'alpha/turbo': 'allow_fallbacks' });
  });

  test('with fallbacks, everybody else comes after', () => {
    expect(targetsOf({ hosts, provider: { order: ['beta'] } })).toEqual(['beta', 'alpha', 'alpha/turbo']);
  });
});
