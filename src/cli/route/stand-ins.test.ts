import { describe, expect, test } from 'bun:test';
import { providers } from '../../providers/registry.gen.ts';
import { withStandIns } from './stand-ins.ts';

const read = (yaml: string, env: Readonly<Record<string, string>> = {}) => withStandIns('a.yaml', yaml, env, providers);

describe('stand-ins for what the environment lacks', () => {
  test.each<[string, string, readonly string[]]>([
    ['a reference', `providers: { lab: { api_key: "\${LAB_KEY}" } }`, ['LAB_KEY']],
    ['inside a text, in a list', `providers: { lab: { headers: { x: ["a-\${A}-\${B}"] } } }`, ['A', 'B']],
    ['a known provider without a key', 'providers: { groq: {} }', ['GROQ_API_KEY']],
    ['one without anything', 'providers: { groq: }', ['GROQ_API_KEY']],
    ['a part of its address', 'providers: { azure: { api_key: k } }', ['AZURE_RESOURCE_NAME']],
    ['one that has its key', 'providers: { groq: { api_key: k } }', []],
    ['several keys', 'providers: { groq: { api_keys: [k, l] } }', []],
    ['a default', `providers: { lab: { api_key: "\${LAB_KEY:-none}" } }`, []],
    ['no reference', `providers: { lab: { api_key: "$\${LAB_KEY}" } }`, []],
    ['a comment', `# \${OLD_KEY}\nproviders: {}`, []],
    ['no providers', `listen: "\${PORT}"`, ['PORT']],
    ['a broken file', 'providers: [', []],
  ])('%s', (_, yaml, names) => {
    const standIns = read(yaml);
    expect(standIns.names).toEqual(names);
    expect(Object.keys(standIns.env).sort()).toEqual([...names]);
  });

  test('what is set stays', () => {
    const { env, names } = read(`providers: { lab: { api_key: "\${A}", base_url: "\${B}" } }`, { A: 'own', B: ' ' });
    expect(env['A']).toBe('own');
    expect(names).toEqual(['B']);
  });

  test('a whole address is an address', () => {
    const { env } = read(`providers: { lab: { base_url: "\${LAB_URL}", api_key: "\${LAB_KEY}" } }`);
    expect(URL.canParse(env['LAB_URL'] ?? '')).toBe(true);
    expect(env['LAB_KEY']).not.toContain('://');
  });
});
