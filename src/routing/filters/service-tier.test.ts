import { describe, expect, test } from 'bun:test';
import { exclusionsOf, type Host, steady, targetsOf } from '../lab.fixture.ts';

const standard: Host = { name: 'alpha', usd: 2 };
const priority: Host = { name: 'alpha', tier: 'priority', usd: 4 };
const flex: Host = { name: 'alpha', tier: 'flex', usd: 1 };
const other: Host = { name: 'beta', usd: 3 };
const hosts = [priority, flex, standard, other];

describe('who is let in', () => {
  test('nobody of a tier for a request that does not ask', () => {
    expect(targetsOf({ hosts })).toEqual(['alpha', 'beta']);
    expect(exclusionsOf({ hosts })).toEqual({ 'alpha/priority': 'service_tier', 'alpha/flex': 'service_tier' });
  });

  test.each(['default', 'auto', 'standard', 'scale', ''])('service_tier %p asks for none', (serviceTier) => {
    expect(targetsOf({ hosts, demand: { serviceTier } })).toEqual(['alpha', 'beta']);
  });

  test('by service_tier: that tier alone', () => {
    const inPriority = targetsOf({ hosts, demand: { serviceTier: 'priority' } });
    expect(inPriority).toEqual(['alpha/priority', 'alpha', 'beta']);
    expect(targetsOf({ hosts, demand: { serviceTier: 'fast' } })).toEqual(inPriority);
    expect(targetsOf({ hosts, demand: { serviceTier: 'flex' } })).toEqual(['alpha/flex']);
  });

  test('by a variant, where it competes as any other', () => {
    expect(targetsOf({ hosts, variant: { sort: 'price', admits: 'flex' } })).toEqual(['alpha/flex', 'alpha', 'beta']);
    const measured = [
      { ...priority, health: { throughput: steady(50) } },
      { ...standard, health: { throughput: steady(90) } },
    ];
    const nitro = { sort: 'throughput', admits: 'priority' } as const;
    expect(targetsOf({ hosts: measured, variant: nitro })).toEqual(['alpha', 'alpha/priority']);
  });

  test('by its full slug in order or only, by tag or display name', () => {
    expect(targetsOf({ hosts, provider: { order: ['alpha/priority'] } })).toEqual(['alpha/priority', 'alpha', 'beta']);
    expect(targetsOf({ hosts, provider: { only: ['ALPHA/Priority'] } })).toEqual(['alpha/priority']);
    const renamed = { ...priority, provider: { name: 'Alpha Cloud' } };
    expect(targetsOf({ hosts: [renamed], provider: { only: ['alpha cloud/priority'] } })).toEqual(['alpha/priority']);
  });

  test('never by a base slug', () => {
    expect(targetsOf({ hosts, provider: { only: ['alpha'] } })).toEqual(['alpha']);
    expect(targetsOf({ hosts, provider: { order: ['alpha'] } })).toEqual(['alpha', 'beta']);
  });

  test('a base slug in only covers the tier that was asked for', () => {
    const provider = { only: ['alpha'] };
    expect(targetsOf({ hosts, provider, demand: { serviceTier: 'priority' } })).toEqual(['alpha/priority', 'alpha']);
    expect(targetsOf({ hosts, provider, demand: { serviceTier: 'flex' } })).toEqual(['alpha/flex']);
  });

  test('a base slug in order puts the tier that was asked for before the standard endpoint', () => {
    const ask = { hosts, provider: { order: ['beta', 'alpha'] }, demand: { serviceTier: 'priority' } };
    expect(targetsOf(ask)).toEqual(['beta', 'alpha/priority', 'alpha']);
  });
});

describe('flex', () => {
  const demand = { serviceTier: 'flex' };

  test('there is no way back to the standard price', () => {
    const ask = { hosts: [{ ...flex, state: 'resting' as const }, standard], demand };
    expect(targetsOf(ask)).toEqual(['alpha/flex']);
    expect(exclusionsOf(ask)).toEqual({ alpha: 'service_tier' });
  });

  test('a model that has none is served as usual', () => {
    expect(targetsOf({ hosts: [standard, other], demand })).toEqual(['alpha', 'beta']);
  });

  test('nor is there because of another preference', () => {
    const toolless = { ...flex, endpoint: { supportedParameters: [], maxOutputTokens: 10 } };
    const wishes = { ...demand, hasTools: true, parameters: ['tools'], maxOutputTokens: 1000 };
    expect(targetsOf({ hosts: [toolless, standard], demand: wishes })).toEqual(['alpha/flex']);
  });

  test('one that may not serve is no flex endpoint to keep to', () => {
    expect(targetsOf({ hosts: [flex, standard, other], demand, provider: { ignore: ['alpha/flex'] } })).toEqual([
      'alpha',
      'beta',
    ]);
  });

  test('its endpoints come by price, without a draw', () => {
    const second: Host = { name: 'gamma', tier: 'flex', usd: 1.1 };
    for (const point of [0, 0.5, 0.999])
      expect(targetsOf({ hosts: [second, flex], demand, point })).toEqual(['alpha/flex', 'gamma/flex']);
  });
});

describe('priority', () => {
  const demand = { serviceTier: 'priority' };
  const fast: Host = { name: 'beta', tier: 'priority', usd: 9, health: { throughput: steady(90) } };
  const slow: Host = { ...priority, health: { throughput: steady(50) } };

  test('its endpoints first, the fastest of them first, then the others by price', () => {
    expect(targetsOf({ hosts: [other, standard, slow, fast], demand })).toEqual([
      'beta/priority',
      'alpha/priority',
      'alpha',
      'beta',
    ]);
  });

  test('one that rests comes last', () => {
    expect(targetsOf({ hosts: [standard, slow, { ...fast, state: 'resting' }], demand })).toEqual([
      'alpha/priority',
      'alpha',
      'beta/priority',
    ]);
  });
});
