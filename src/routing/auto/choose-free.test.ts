import { describe, expect, test } from 'bun:test';
import { seededRandom } from '../../core/ids.ts';
import { chooseFree } from './choose-free.ts';
import { type TestModel, testDemand, testInput } from './test-models.ts';

const MODELS: readonly TestModel[] = [
  { id: 'a/one:free', usd: 0 },
  { id: 'b/two', usd: 0, inputs: ['text', 'image'] },
  { id: 'c/three:free', usd: 0, parameters: [] },
  { id: 'd/paid', usd: 1 },
  { id: 'e/four:free', usd: 0, context: 4000 },
  { id: 'f/five:free', usd: 0 },
  { id: 'g/six-coder:free', usd: 0 },
  { id: 'h/llama-guard-8b:free', usd: 0 },
  { id: 'i/router', usd: 0, router: true },
];

const choose = (input: Parameters<typeof testInput>[1] = {}, seed = 1) => {
  const { pool, ...needs } = testInput(MODELS, input);
  return chooseFree(pool, needs, seededRandom(seed));
};

describe('free models that can serve the request', () => {
  test('one at random with up to three others, none twice, those for one thing last', () => {
    const first = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const models = choose({}, seed)?.models ?? [];
      expect(models).toHaveLength(4);
      expect(new Set(models).size).toBe(4);
      expect(models).not.toContain('g/six-coder:free');
      first.set(models[0] ?? '', (first.get(models[0] ?? '') ?? 0) + 1);
    }
    expect([...first.keys()].sort()).toEqual(['a/one:free', 'b/two', 'c/three:free', 'e/four:free', 'f/five:free']);
    // 400 each of 2,000; five standard deviations are 90.
    for (const count of first.values()) expect(Math.abs(count - 400)).toBeLessThan(90);
  });

  test('the same random numbers give the same choice', () => {
    expect(choose({}, 7)).toEqual(choose({}, 7));
  });

  test('what the request needs is kept to', () => {
    const only = (input: Parameters<typeof testInput>[1]) => [...(choose(input)?.models ?? [])].sort();
    expect(only({ demand: testDemand({ inputModalities: ['image'] }) })).toEqual(['b/two']);
    expect(only({ demand: testDemand({ hasTools: true, promptTokensEstimate: 5000 }) })).toEqual([
      'a/one:free',
      'b/two',
      'f/five:free',
      'g/six-coder:free',
    ]);
    expect(only({ admits: ({ modelId }) => modelId === 'f/five:free' })).toEqual(['f/five:free']);
    expect(choose({ admits: ({ modelId }) => modelId === 'f/five:free' })?.reasons).toEqual([
      'One model without charge can serve it; the order is random.',
    ]);
  });

  test('none is null', () => {
    expect(choose({ demand: testDemand({ inputModalities: ['video'] }) })).toBeNull();
    expect(choose({ admits: ({ modelId }) => modelId === 'h/llama-guard-8b:free' })).toBeNull();
  });
});
