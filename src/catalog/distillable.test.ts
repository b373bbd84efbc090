import { describe, expect, test } from 'bun:test';
import { customModel } from './custom-model.ts';
import rules from './data/distillable.json';
import { permitsDistillation } from './distillable.ts';
import { loadCatalog } from './load.ts';

const catalog = loadCatalog();

describe('output that may train other models', () => {
  test.each([
    'deepseek/deepseek-v3.2',
    'deepseek/deepseek-r1',
    'openai/gpt-oss-120b',
    'qwen/qwen3-235b-a22b-2507',
    'qwen/qwen3-coder-30b-a3b-instruct',
    'meta-llama/llama-3.3-70b-instruct',
    'google/gemma-4-31b-it:free',
    'mistralai/mistral-large-2512',
  ])('of %s', (id) => {
    expect(permitsDistillation(id)).toBe(true);
    expect(catalog.models.get(id)?.distillable).toBe(true);
  });

  test.each([
    'openai/gpt-5',
    'openai/gpt-4o',
    'anthropic/claude-opus-5',
    'google/gemini-2.5-pro',
    'google/gemma-3-27b-it',
    'x-ai/grok-4',
    'meta-llama/llama-3-70b-instruct',
    'qwen/qwen3-max',
    'qwen/qwen3-coder-plus',
    'qwen/qwen3.5-plus-02-15',
    'qwen/qwen-2.5-72b-instruct',
    'qwen/qwen3.8-2.4t-a95b',
    'moonshotai/kimi-k3',
    'z-ai/glm-5.3',
    'mistralai/mistral-medium-3',
    'nobody/deepseek-v3.2',
  ])('but nobody said so of %s', (id) => {
    expect(permitsDistillation(id)).toBe(false);
    expect(catalog.models.get(id)).not.toHaveProperty('distillable');
  });

  test('every pattern names a model of the catalogue', () => {
    const ids = [...catalog.models.keys()];
    for (const { author, models } of rules) {
      for (const pattern of models) {
        const whole = new RegExp(`^${author}/(${pattern})$`);
        expect(`${author}/${pattern}: ${ids.some((id) => whole.test(id))}`).toBe(`${author}/${pattern}: true`);
      }
    }
  });

  test('the operator’s word on his own model', () => {
    const base = {
      id: 'lab/one',
      providerId: 'lab',
      dialectId: 'openai-chat',
      source: { name: 'x', date: '2026-11-21' },
    };
    expect(customModel({ ...base, distillable: true }).model.distillable).toBe(true);
    expect(customModel({ ...base, distillable: false }).model.distillable).toBe(false);
    expect(customModel(base).model).not.toHaveProperty('distillable');
  });
});
