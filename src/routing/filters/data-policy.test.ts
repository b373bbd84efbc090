import { describe, expect, test } from 'bun:test';
import { exclusionsOf, type Host, targetsOf } from '../lab.fixture.ts';

describe('data_collection: deny', () => {
  const trains: Host = { name: 'trains', provider: { training: true } };
  const clean: Host = { name: 'clean' };
  const gateway: Host = { name: 'gateway', provider: { training: true, enforcesPolicy: true } };
  const hosts = [trains, clean, gateway];

  test('keeps out who may train; a gateway that is told of it enforces it itself', () => {
    const ask = { hosts, provider: { data_collection: 'deny' } };
    expect(targetsOf(ask)).toEqual(['clean', 'gateway']);
    expect(exclusionsOf(ask)).toEqual({ trains: 'data_policy:training' });
  });

  test.each([{}, { data_collection: 'allow' }])('%p keeps nobody out', (provider) => {
    expect(targetsOf({ hosts, provider })).toEqual(['trains', 'clean', 'gateway']);
  });
});

describe('zdr', () => {
  const none: Host = { name: 'none', provider: { retentionDays: 0 } };
  const month: Host = { name: 'month', provider: { retentionDays: 30 } };
  const silent: Host = { name: 'silent', provider: { retentionDays: null } };
  const gateway: Host = { name: 'gateway', provider: { retentionDays: null, enforcesPolicy: true } };
  const hosts = [none, month, silent, gateway];

  test('keeps out who keeps prompts, or does not say', () => {
    const ask = { hosts, provider: { zdr: true } };
    expect(targetsOf(ask)).toEqual(['none', 'gateway']);
    expect(exclusionsOf(ask)).toEqual({ month: 'data_policy:zdr', silent: 'data_policy:zdr' });
  });

  test('false has no effect, and takes nothing back', () => {
    expect(targetsOf({ hosts, provider: { zdr: false } })).toHaveLength(4);
    expect(targetsOf({ hosts, defaults: [{ zdr: true }], provider: { zdr: false } })).toEqual(['none', 'gateway']);
  });
});

describe('enforce_distillable_text', () => {
  const hosts: readonly Host[] = [{ name: 'host' }];
  const provider = { enforce_distillable_text: true };

  test('only models whose author is known to permit it', () => {
    expect(targetsOf({ hosts, provider, model: { distillable: true } })).toEqual(['host']);
    for (const model of [{}, { distillable: false }])
      expect(exclusionsOf({ hosts, provider, model })).toEqual({ host: 'distillable' });
  });
});
