import { expect, test } from 'bun:test';
import { loadCatalog } from './load.ts';
import { type ModelPurpose, purposeOf } from './purpose.ts';

test.each<[string, ModelPurpose]>([
  ['openai/gpt-5.3-codex', 'code'],
  ['qwen/qwen3-coder', 'code'],
  ['mistralai/codestral-2508', 'code'],
  ['sao10k/l3-lunaris-8b', 'roleplay'],
  ['qwen/qwen-mt-plus', 'translation'],
  ['perplexity/sonar-pro', 'domain'],
  ['meta-llama/llama-guard-4-12b:free', 'tool'],
  ['openai/gpt-oss-safeguard-20b', 'tool'],
  ['morph/morph-v3-fast', 'tool'],
  ['deepseek/deepseek-ocr-2', 'tool'],
  ['meta/muse-spark-1.3-contributor', 'shared'],
  ['openai/gpt-6-luna', 'general'],
  ['deepseek/deepseek-v4-flash', 'general'],
  ['anthropic/claude-opus-5.5', 'general'],
  ['lab/decoder', 'general'],
  ['solo', 'general'],
])('%s is %s', (id, purpose) => {
  expect(purposeOf(id)).toBe(purpose);
});

test('most of the catalogue is for general use, and every purpose is somebody’s', () => {
  const counts = new Map<ModelPurpose, number>();
  const models = [...loadCatalog().models.keys()];
  for (const id of models) counts.set(purposeOf(id), (counts.get(purposeOf(id)) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual(['code', 'domain', 'general', 'roleplay', 'shared', 'tool', 'translation']);
  expect((counts.get('general') ?? 0) / models.length).toBeGreaterThan(0.75);
});
