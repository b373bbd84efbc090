import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { namesModel } from './model-globs.ts';
import { autoOptionsOf, DEFAULT_AUTO_OPTIONS, parseAutoOptions } from './options.ts';

function refusal(options: JsonObject): { readonly field: string | undefined; readonly message: string } {
  try {
    parseAutoOptions(options, 'plugins[2]');
  } catch (error) {
    if (error instanceof GatewayError && error.status === 400)
      return { field: error.details.field, message: error.message };
    throw error;
  }
  throw new Error('accepted');
}

test('every option is read', () => {
  const options = parseAutoOptions(
    {
      id: 'auto-router',
      allowed_models: ['author/*', 'other/one'],
      excluded_models: ['author/two'],
      cost_tier: 'xhigh',
      cost_quality_tradeoff: 0,
      pin_model: true,
      unknown: 1,
    },
    'plugins[0]',
  );
  expect(options).toMatchObject({ costTier: 'xhigh', costQualityTradeoff: 0, pinModel: true });
  expect(options.allowed?.patterns).toEqual(['author/*', 'other/one']);
  expect(options.excluded && namesModel(options.excluded, 'author/two')).toBe(true);
});

test('what is absent, null or an empty list is not said', () => {
  for (const options of [{}, { allowed_models: [], excluded_models: [] }, { cost_tier: null, allowed_models: null }]) {
    expect(parseAutoOptions(options, 'plugins[0]')).toEqual(DEFAULT_AUTO_OPTIONS);
  }
});

describe('what is wrong is refused with its path', () => {
  test.each<[string, JsonObject, string]>([
    ['plugins[2].allowed_models', { allowed_models: 'author/*' }, 'expected a list of model patterns, got "author/*"'],
    ['plugins[2].allowed_models[1]', { allowed_models: ['a/b', 7] }, 'got 7'],
    ['plugins[2].excluded_models[0]', { excluded_models: [' '] }, 'expected a model pattern'],
    ['plugins[2].excluded_models[0]', { excluded_models: ['x'.repeat(1025)] }, 'at most 1024'],
    ['plugins[2].excluded_models', { excluded_models: Array.from({ length: 1025 }, () => 'a') }, 'at most 1024'],
    ['plugins[2].allowed_models', { allowed_models: Array.from({ length: 65 }, () => 'x'.repeat(1024)) }, '65536'],
    ['plugins[2].cost_tier', { cost_tier: 'cheap' }, 'accepted: low, medium, high, xhigh, max'],
    ['plugins[2].cost_tier', { cost_tier: 1 }, 'got 1'],
    ['plugins[2].cost_quality_tradeoff', { cost_quality_tradeoff: 11 }, 'from 0 to 10'],
    ['plugins[2].cost_quality_tradeoff', { cost_quality_tradeoff: 2.5 }, 'got 2.5'],
    ['plugins[2].cost_quality_tradeoff', { cost_quality_tradeoff: '7' }, 'got "7"'],
    ['plugins[2].pin_model', { pin_model: 'yes' }, 'accepted: true, false'],
  ])('%s', (field, options, words) => {
    expect(refusal(options).field).toBe(field);
    expect(refusal(options).message).toStartWith(`${field}: `);
    expect(refusal(options).message).toContain(words);
  });

  test('a long value is shown in part', () => {
    expect(refusal({ allowed_models: { x: 'y'.repeat(500) } }).message.length).toBeLessThan(200);
  });
});

describe('among the plugins of a request', () => {
  const wish = (id: string, options: JsonObject, enabled = true) => ({ id, enabled, options });

  test('the first enabled one of either name counts, under its place in the list', () => {
    const tier = (cost_tier: string) => ({ cost_tier });
    expect(autoOptionsOf([])).toEqual(DEFAULT_AUTO_OPTIONS);
    expect(autoOptionsOf([wish('web', tier('max'))])).toEqual(DEFAULT_AUTO_OPTIONS);
    expect(autoOptionsOf([wish('auto-router', tier('max'), false)])).toEqual(DEFAULT_AUTO_OPTIONS);
    expect(autoOptionsOf([wish('web', {}), wish('auto-beta-router', tier('high'))])).toMatchObject({
      costTier: 'high',
    });
    expect(() => autoOptionsOf([wish('web', {}), wish('auto-router', tier('?'))])).toThrow('plugins[1].cost_tier');
  });
});
