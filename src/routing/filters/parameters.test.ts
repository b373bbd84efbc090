import { describe, expect, test } from 'bun:test';
import { exclusionsOf, type Host, planOf, targetsOf } from '../lab.fixture.ts';

const able = (name: string, ...supportedParameters: string[]): Host => ({ name, endpoint: { supportedParameters } });

describe('require_parameters', () => {
  const hosts = [able('both', 'tools', 'seed'), able('one', 'seed'), able('none')];

  test('every parameter that was sent must be supported', () => {
    const ask = { hosts, provider: { require_parameters: true }, demand: { parameters: ['seed', 'tools'] } };
    expect(targetsOf(ask)).toEqual(['both']);
    expect(planOf(ask).excluded.map(({ because }) => because)).toEqual([
      'it does not support tools',
      'it does not support seed, tools',
    ]);
  });

  test('without it, or without parameters, nobody is kept out', () => {
    expect(targetsOf({ hosts, demand: { parameters: ['seed'] } })).toHaveLength(3);
    expect(targetsOf({ hosts, provider: { require_parameters: true } })).toHaveLength(3);
  });
});

describe('tools, structured output and verbosity choose', () => {
  test.each(['tools', 'tool_choice', 'response_format', 'structured_outputs', 'verbosity'])(
    '%s: only those that support it, where one does',
    (parameter) => {
      const hosts = [able('without'), able('with', parameter)];
      const ask = { hosts, demand: { parameters: [parameter] } };
      expect(targetsOf(ask)).toEqual(['with']);
      expect(exclusionsOf(ask)).toEqual({ without: 'prefer_parameters' });
      expect(targetsOf({ ...ask, hosts: [able('without')] })).toEqual(['without']);
    },
  );

  test('others do not', () => {
    const hosts = [able('without'), able('with', 'temperature')];
    expect(targetsOf({ hosts, demand: { parameters: ['temperature'] } })).toEqual(['without', 'with']);
  });

  test('one that nobody supports does not spoil the choice by another', () => {
    const hosts = [able('without'), able('with', 'tools')];
    expect(targetsOf({ hosts, demand: { parameters: ['verbosity', 'tools'] } })).toEqual(['with']);
  });

  test('where no endpoint supports all, tools weigh more than a format', () => {
    const hosts = [able('formats', 'response_format'), able('calls', 'tools')];
    expect(targetsOf({ hosts, demand: { parameters: ['response_format', 'tools'] } })).toEqual(['calls']);
  });

  test('a model without them stays in the fallback list', () => {
    const models = { 'a/one': [able('plain')], 'b/two': [able('with', 'tools'), able('without')] };
    expect(targetsOf({ models, demand: { parameters: ['tools'] } })).toEqual(['a/one plain', 'b/two with']);
  });
});
