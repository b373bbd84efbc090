import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { familyOf, indexLatest, type LatestCandidate, latestAliasOf } from './latest-alias.ts';
import { loadCatalog } from './load.ts';

const catalog = loadCatalog();
const models = [...catalog.models.values()];
const latest = indexLatest(models);

describe('names that OpenRouter lists', () => {
  // models.dev, 2026-09-30: every `~` row of its OpenRouter list, with the target its price, size or `alias_target` shows.
  test.each([
    ['~anthropic/claude-fable-latest', 'anthropic/claude-fable-5.1'],
    ['~anthropic/claude-haiku-latest', 'anthropic/claude-haiku-4.5'],
    ['~anthropic/claude-opus-latest', 'anthropic/claude-opus-5.5'],
    ['~anthropic/claude-sonnet-latest', 'anthropic/claude-sonnet-5.5'],
    ['~deepseek/deepseek-flash-latest', 'deepseek/deepseek-v4.1-flash'],
    ['~deepseek/deepseek-pro-latest', 'deepseek/deepseek-v4-pro-0813'],
    ['~deepseek/deepseek-v4-flash-latest', 'deepseek/deepseek-v4-flash-0731'],
    ['~google/gemini-flash-latest', 'google/gemini-3.8-flash'],
    ['~google/gemini-pro-latest', 'google/gemini-3.1-pro-preview'],
    ['~moonshotai/kimi-latest', 'moonshotai/kimi-k3'],
    ['~openai/gpt-astra-latest', 'openai/gpt-6-astra'],
    ['~openai/gpt-luna-latest', 'openai/gpt-6-luna'],
    ['~openai/gpt-mini-latest', 'openai/gpt-5.4-mini'],
    ['~openai/gpt-sol-latest', 'openai/gpt-6.1-sol'],
    ['~openai/gpt-terra-latest', 'openai/gpt-5.6-terra'],
    ['~x-ai/grok-latest', 'x-ai/grok-4.7'],
    ['~z-ai/glm-flash-latest', 'z-ai/glm-5.3-flash'],
    ['~z-ai/glm-latest', 'z-ai/glm-5.3'],
    // Listed until 2026-09: the flagship, whatever its line is called.
    ['~openai/gpt-latest', 'openai/gpt-6.1-sol'],
  ])('%s is %s', (alias, id) => {
    expect(latest.get(alias)).toBe(id);
  });
});

describe('other families of the catalogue', () => {
  test.each([
    ['~amazon/nova-lite-latest', 'amazon/nova-2-lite-v1'],
    ['~cohere/command-a-plus-latest', 'cohere/command-a-plus'],
    ['~deepseek/deepseek-r1-latest', 'deepseek/deepseek-r1-0528'],
    ['~google/gemini-flash-lite-latest', 'google/gemini-3.5-flash-lite'],
    ['~google/gemini-pro-image-latest', 'google/gemini-3-pro-image'],
    ['~google/gemma-12b-it-latest', 'google/gemma-4-12b-it'],
    ['~meta-llama/llama-70b-instruct-latest', 'meta-llama/llama-3.3-70b-instruct'],
    ['~minimax/minimax-latest', 'minimax/minimax-m3'],
    ['~mistralai/codestral-latest', 'mistralai/codestral-2508'],
    ['~mistralai/mistral-large-latest', 'mistralai/mistral-large-2512'],
    ['~mistralai/mistral-medium-latest', 'mistralai/mistral-medium-3-5'],
    ['~openai/gpt-codex-latest', 'openai/gpt-5.3-codex'],
    ['~openai/gpt-nano-latest', 'openai/gpt-5.4-nano'],
    ['~openai/gpt-oss-120b-latest', 'openai/gpt-oss-120b'],
    ['~openai/gpt-pro-latest', 'openai/gpt-5.5-pro'],
    ['~openai/o-latest', 'openai/o3'],
    ['~openai/o-mini-latest', 'openai/o4-mini'],
    ['~openai/gpt-chat-latest', 'openai/gpt-5.3-chat'],
    ['~qwen/qwen-coder-plus-latest', 'qwen/qwen3-coder-plus'],
    ['~qwen/qwen-max-latest', 'qwen/qwen3.8-max-0902'],
    ['~qwen/qwen-plus-latest', 'qwen/qwen3.7-plus'],
    ['~qwen/qwen3.5-plus-latest', 'qwen/qwen3.5-plus-20260420'],
    ['~tencent/hy-latest', 'tencent/hy3'],
    ['~upstage/solar-pro-latest', 'upstage/solar-pro4'],
    ['~writer/palmyra-latest', 'writer/palmyra-x5'],
    ['~x-ai/grok-build-latest', 'x-ai/grok-build-0.1'],
    ['~xiaomi/mimo-pro-latest', 'xiaomi/mimo-v2.6-pro'],
    ['~z-ai/glm-air-latest', 'z-ai/glm-4.5-air'],
    ['~z-ai/glm-v-latest', 'z-ai/glm-4.6v'],
    // Only a pre-release so far.
    ['~stepfun/step-latest', 'stepfun/step-5-preview'],
    ['~stealth/space-bunny-latest', 'stealth/space-bunny-alpha'],
  ])('%s is %s', (alias, id) => {
    expect(latest.get(alias)).toBe(id);
  });

  test('routers, variants, floating and author-less ids have no family', () => {
    for (const id of ['openai/gpt-chat-latest', 'google/gemini-flash-latest', 'z-ai/glm-5.3:free', 'solo', 'lab/']) {
      expect(`${id} ${familyOf({ id })}`).toBe(`${id} null`);
    }
    expect(familyOf({ id: 'openrouter/auto', router: true })).toBeNull();
    expect(familyOf({ id: 'lab/2507' })).toBeNull();
  });

  test('every other model has one, and every target is a plain model of its author', () => {
    for (const model of models) {
      const plain = !model.router && !model.id.includes(':') && !model.id.endsWith('-latest');
      expect(`${model.id} ${familyOf(model) !== null}`).toBe(`${model.id} ${plain}`);
    }
    for (const [alias, id] of latest) {
      const target = catalog.models.get(id);
      expect(target?.router ?? false).toBe(false);
      expect(alias).toStartWith(`~${id.slice(0, id.indexOf('/'))}/`);
      expect(id).not.toContain(':');
    }
  });
});

describe('family names are stable', () => {
  test('a family is of the family its name is', () => {
    for (const model of models) {
      const family = familyOf(model);
      if (family !== null) expect(familyOf({ id: family })).toBe(family);
    }
  });

  test('no name has a version, a date or a pre-release word in it', () => {
    for (const model of models) {
      const words = familyOf(model)?.split('/')[1]?.split('-') ?? [];
      for (const word of words) {
        expect(word).not.toMatch(/^v?\d+(\.\d+)*$|^(preview|exp|experimental|beta|alpha|rc|latest)$/);
        // A digit is a size, or part of a name.
        if (/\d/.test(word)) expect(word).toMatch(/^([ae]?\d+(\.\d+)?|\d+x\d+|r\d+)[bkmt]$/);
      }
    }
  });

  test('the order of the list does not matter, nor do older, retired, ended or pre-release models', () => {
    const shuffled = fc.shuffledSubarray(models, { minLength: models.length, maxLength: models.length });
    fc.assert(
      fc.property(shuffled, (order) => {
        expect([...indexLatest(order)].sort()).toEqual([...latest].sort());
      }),
      { numRuns: 10 },
    );
    const newer = { id: 'x-ai/grok-9', createdSeconds: 2e9 };
    const target = (...more: readonly LatestCandidate[]) =>
      indexLatest([...models, ...more], { today: '2026-11-21' }).get('~x-ai/grok-latest');
    expect(target(newer)).toBe('x-ai/grok-9');
    expect(target({ ...newer, createdSeconds: 1 })).toBe('x-ai/grok-4.7');
    expect(target({ ...newer, retired: { successor: 'x-ai/grok-4.7' } })).toBe('x-ai/grok-4.7');
    expect(target({ ...newer, expirationDate: '2026-11-20' })).toBe('x-ai/grok-4.7');
    expect(target({ ...newer, expirationDate: '2098-12-31' })).toBe('x-ai/grok-9');
    expect(target({ ...newer, id: 'x-ai/grok-9-beta' })).toBe('x-ai/grok-4.7');
    expect(target({ ...newer, router: true })).toBe('x-ai/grok-4.7');
    expect(indexLatest([newer], { deprecated: new Set(['x-ai/grok-9']) }).size).toBe(0);
  });

  test('of one day the higher version is the newer, numbers as numbers, and then the plain id', () => {
    const pick = (...ids: readonly string[]) =>
      indexLatest(ids.map((id) => ({ id, createdSeconds: 1 }))).get(latestAliasOf('lab/cat'));
    expect(pick('lab/cat-2', 'lab/cat-10')).toBe('lab/cat-10');
    expect(pick('lab/cat-10', 'lab/cat-9.5')).toBe('lab/cat-10');
    expect(pick('lab/cat-v3.2', 'lab/cat-v3.1')).toBe('lab/cat-v3.2');
    expect(pick('lab/cat-3-0101', 'lab/cat-3')).toBe('lab/cat-3');
    // The id says a later date than the list.
    expect(pick('lab/cat-9', 'lab/cat-3-2512')).toBe('lab/cat-3-2512');
    expect(pick('lab/cat-9', 'lab/cat-3-08-2024', 'lab/cat-3-2025-01-31')).toBe('lab/cat-3-2025-01-31');
    expect(pick('lab/cat-9', 'lab/cat-3-20251399')).toBe('lab/cat-9');
  });
});
