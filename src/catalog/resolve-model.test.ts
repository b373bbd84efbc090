import { describe, expect, test } from 'bun:test';
import { loadCatalog } from './load.ts';
import { indexModels, resolveModelId } from './resolve-model.ts';

const catalog = loadCatalog();
const index = indexModels([...catalog.models.values()], catalog.endpoints, catalog.aliases);
const resolve = (name: string) => resolveModelId(index, name);

describe('ids that people copy from documents', () => {
  test.each([
    ['openai/gpt-4o', 'openai/gpt-4o'],
    ['openai/gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['openai/o3', 'openai/o3'],
    ['openai/gpt-5', 'openai/gpt-5'],
    ['openai/gpt-5-mini', 'openai/gpt-5-mini'],
    ['anthropic/claude-opus-4-5', 'anthropic/claude-opus-4.5'],
    ['anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4.5'],
    ['anthropic/claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4'],
    ['anthropic/claude-4.5-sonnet', 'anthropic/claude-sonnet-4.5'],
    ['google/gemini-pro-2.5', 'google/gemini-2.5-pro'],
    ['google/gemini-2.5-pro-preview', 'google/gemini-2.5-pro'],
    ['meta-llama/llama-3.3-70b-instruct', 'meta-llama/llama-3.3-70b-instruct'],
    ['mistralai/mistral-large', 'mistralai/mistral-large'],
    ['deepseek/deepseek-r1', 'deepseek/deepseek-r1'],
    ['deepseek/deepseek-chat', 'deepseek/deepseek-chat'],
    ['cohere/command-r-plus', 'cohere/command-r-plus-08-2024'],
    ['qwen/qwen3-235b-a22b-2507', 'qwen/qwen3-235b-a22b-2507'],
    ['qwen/qwen-2.5-72b-instruct', 'qwen/qwen-2.5-72b-instruct'],
    ['auto', 'openrouter/auto'],
  ])('%s is %s', (written, id) => {
    expect(resolve(written)).toMatchObject({ kind: 'found', id });
    expect(catalog.endpointsByModel.get(id)?.length).toBeGreaterThan(0);
  });

  test.each([
    ['anthropic/claude-3-5-sonnet', 'anthropic/claude-sonnet-4.6'],
    ['google/gemini-2.0-flash', 'google/gemini-2.5-flash'],
    ['x-ai/grok-code-fast-1', 'x-ai/grok-build-0.1'],
  ])('%s is retired in favour of %s', (written, successor) => {
    expect(resolve(written)).toEqual({ kind: 'retired', id: written, successor });
  });

  test('every alias leads to a model that exists, and no alias hides one', () => {
    for (const [name, id] of [...catalog.aliases.names, ...catalog.aliases.retired]) {
      expect(`${name} → ${id} ${catalog.models.has(id)}`).toBe(`${name} → ${id} true`);
      expect(`${name} ${catalog.models.has(name)}`).toBe(`${name} false`);
    }
  });
});

describe('other names', () => {
  test.each([
    ['gpt-4o-mini', 'openai/gpt-4o-mini', 'vendor-id'],
    ['claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4.5', 'vendor-id'],
    ['claude-haiku-4-5', 'anthropic/claude-haiku-4.5', 'vendor-id'],
    ['gemini-2.5-flash', 'google/gemini-2.5-flash', 'vendor-id'],
    ['gpt-5-2025-08-07', 'openai/gpt-5', 'vendor-id'],
    ['llama-3.3-70b-versatile', 'meta-llama/llama-3.3-70b-instruct', 'vendor-id'],
    ['openai/gpt-5-20250807', 'openai/gpt-5', 'canonical-slug'],
    ['OpenAI/GPT-4o', 'openai/gpt-4o', 'spelling'],
    ['  openai/gpt-4o ', 'openai/gpt-4o', undefined],
  ])('%s', (written, id, via) => {
    const resolved = resolve(written);
    expect(resolved).toMatchObject({ kind: 'found', id });
    expect(resolved.kind === 'found' ? resolved.via : 'nothing').toBe(via);
  });

  test('variants of the catalogue are models; routing variants ride along', () => {
    expect(resolve('qwen/qwen3.8-27b:free')).toEqual({ kind: 'found', id: 'qwen/qwen3.8-27b:free' });
    expect(resolve('openai/gpt-4o:nitro')).toEqual({ kind: 'found', id: 'openai/gpt-4o:nitro' });
    expect(resolve('gpt-4o:floor')).toMatchObject({ kind: 'found', id: 'openai/gpt-4o:floor' });
    expect(resolve('google/gemini-2.0-flash-exp:free')).toMatchObject({ kind: 'retired' });
  });

  test('an unknown name is answered with near matches', () => {
    expect(resolve('openai/gtp-4o')).toMatchObject({ kind: 'unknown', near: ['openai/gpt-4o'] });
    const near = resolve('anthropic/claude-sonet-4.5');
    expect(near).toMatchObject({ kind: 'unknown' });
    expect(near.kind === 'unknown' && near.near[0]).toBe('anthropic/claude-sonnet-4.5');
    expect(resolve('entirely/unlike-anything-here')).toEqual({ kind: 'unknown', near: [] });
    expect(resolve('')).toEqual({ kind: 'unknown', near: [] });
    expect(resolve(`openai/${'x'.repeat(100_000)}`)).toMatchObject({ kind: 'unknown' });
  });
});

describe('the latest of a family', () => {
  test.each([
    ['~anthropic/claude-sonnet-latest', 'anthropic/claude-sonnet-5.5'],
    ['~OpenAI/GPT-Mini-Latest', 'openai/gpt-5.4-mini'],
    ['~deepseek/deepseek-v4-flash-latest', 'deepseek/deepseek-v4-flash-0731'],
    ['~x-ai/grok-latest:nitro', 'x-ai/grok-4.7:nitro'],
  ])('%s is %s', (written, id) => {
    expect(resolve(written)).toEqual({ kind: 'found', id, via: 'latest' });
  });

  test('an unknown family is answered with near ones, and so is a forgotten tilde', () => {
    expect(resolve('~anthropic/claude-sonet-latest')).toMatchObject({ kind: 'unknown' });
    const near = (name: string) => {
      const resolved = resolve(name);
      return resolved.kind === 'unknown' ? resolved.near[0] : resolved;
    };
    expect(near('~anthropic/claude-sonet-latest')).toBe('~anthropic/claude-sonnet-latest');
    expect(near('anthropic/claude-sonnet-latest')).toBe('~anthropic/claude-sonnet-latest');
    expect(near('~openai/gtp-latest:floor')).toBe('~openai/gpt-latest');
    expect(resolve('~nobody/nothing-like-it-latest')).toEqual({ kind: 'unknown', near: [] });
    expect(resolve('~')).toEqual({ kind: 'unknown', near: [] });
  });

  test('the newest that is served, if one is; ended and ending models aside', () => {
    const models = [
      { id: 'lab/lynx-1', canonicalSlug: 'lab/lynx-1', createdSeconds: 1 },
      { id: 'lab/lynx-2', canonicalSlug: 'lab/lynx-2', createdSeconds: 2 },
      { id: 'lab/lynx-3', canonicalSlug: 'lab/lynx-3', createdSeconds: 3, expirationDate: '2026-10-01' },
      { id: 'lab/lynx-4', canonicalSlug: 'lab/lynx-4', createdSeconds: 4 },
      { id: 'lab/puma-1', canonicalSlug: 'lab/puma-1', createdSeconds: 1 },
    ];
    const endpoints = [
      { modelId: 'lab/lynx-4', providerId: 'lab', upstreamModel: 'lynx-4', deprecated: true },
      { modelId: 'lab/lynx-2', providerId: 'twin', upstreamModel: 'lynx-2' },
      { modelId: 'lab/lynx-2', providerId: 'lab', upstreamModel: 'lynx-2', deprecated: true },
    ];
    const aliases = { names: new Map<string, string>(), retired: new Map<string, string>() };
    const latest = (options: Parameters<typeof indexModels>[4]) =>
      resolveModelId(indexModels(models, endpoints, aliases, {}, options), '~lab/lynx-latest');
    expect(latest({})).toMatchObject({ id: 'lab/lynx-3' });
    expect(latest({ today: '2026-10-01' })).toMatchObject({ id: 'lab/lynx-3' });
    expect(latest({ today: '2026-10-02' })).toMatchObject({ id: 'lab/lynx-2' });
    expect(latest({ today: '2026-10-02', isServed: (id) => id === 'lab/lynx-1' })).toMatchObject({ id: 'lab/lynx-1' });
    expect(latest({ today: '2026-10-02', isServed: (id) => id === 'lab/puma-1' })).toMatchObject({ id: 'lab/lynx-2' });
  });

  test('what an operator calls by such a name is what he says it is', () => {
    const index = indexModels([...catalog.models.values()], catalog.endpoints, catalog.aliases, {
      '~openai/gpt-latest': 'openai/gpt-5.5',
    });
    expect(resolveModelId(index, '~openai/gpt-latest')).toMatchObject({ id: 'openai/gpt-5.5', via: 'operator-alias' });
  });
});

describe('any set of models', () => {
  const own = [
    { id: 'lab/llama', canonicalSlug: 'lab/llama' },
    { id: 'lab/llama-2', canonicalSlug: 'lab/llama-2' },
    { id: 'other/llama-2', canonicalSlug: 'other/llama-2' },
    { id: 'lab/old', canonicalSlug: 'lab/old', retired: { successor: 'lab/llama' } },
    { id: 'solo', canonicalSlug: 'solo' },
  ];
  const none = { names: new Map<string, string>(), retired: new Map<string, string>() };
  const small = indexModels(
    own,
    [
      { modelId: 'lab/llama', providerId: 'lab', upstreamModel: 'llama-v1', upstreamAliases: ['llama-v1.0'] },
      { modelId: 'lab/llama', providerId: 'twin', upstreamModel: 'shared' },
      { modelId: 'lab/llama-2', providerId: 'twin', upstreamModel: 'shared' },
    ],
    none,
    { fast: 'lab/llama', broken: 'lab/gone' },
  );

  test('operator aliases and bare names of exactly one model resolve', () => {
    expect(resolveModelId(small, 'fast')).toEqual({ kind: 'found', id: 'lab/llama', via: 'operator-alias' });
    expect(resolveModelId(small, 'llama')).toMatchObject({ id: 'lab/llama' });
    expect(resolveModelId(small, 'llama-v1.0')).toMatchObject({ id: 'lab/llama' });
    expect(resolveModelId(small, 'solo')).toEqual({ kind: 'found', id: 'solo' });
  });

  test('a name that two models have is nobody’s', () => {
    expect(resolveModelId(small, 'llama-2')).toMatchObject({
      kind: 'unknown',
      near: ['lab/llama-2', 'other/llama-2', 'lab/llama'],
    });
    expect(resolveModelId(small, 'shared')).toMatchObject({ kind: 'unknown' });
  });

  test('an alias of a model that is gone is unknown; a retired model names its successor', () => {
    expect(resolveModelId(small, 'broken')).toMatchObject({ kind: 'unknown' });
    expect(resolveModelId(small, 'lab/old')).toEqual({ kind: 'retired', id: 'lab/old', successor: 'lab/llama' });
  });
});
