import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../../core/json.ts';
import type { SettledUsage } from '../../dialect.ts';
import type { UsageSemantics } from '../../host.ts';
import { decodeUsage } from '../openai/usage.ts';
import { contextWith } from '../testing/context.ts';
import { encodeUsage } from './usage.ts';

function counts(raw: JsonObject, usage: Partial<UsageSemantics> = {}): unknown {
  return decodeUsage(raw, contextWith({ usage }).host)?.counts;
}

describe('every host’s way to count', () => {
  const openAi = {
    prompt_tokens: 100,
    completion_tokens: 50,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 64, audio_tokens: 3, cache_write_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 40, accepted_prediction_tokens: 2 },
  };
  test('OpenAI: inclusive', () => {
    expect(counts(openAi)).toEqual({
      promptTokens: 100,
      completionTokens: 50,
      cachedTokens: 64,
      cacheWriteTokens: 8,
      audioPromptTokens: 3,
      reasoningTokens: 40,
      acceptedPredictionTokens: 2,
    });
  });

  const cached: readonly (readonly [string, JsonObject])[] = [
    ['DeepSeek', { prompt_cache_hit_tokens: 30, prompt_cache_miss_tokens: 70 }],
    ['Moonshot', { cached_tokens: 30 }],
    ['Mistral', { num_cached_tokens: 30 }],
    ['Mistral, older', { prompt_token_details: { cached_tokens: 30 } }],
    ['Anthropic’s relatives', { cache_read_input_tokens: 30 }],
  ];
  for (const [host, members] of cached) {
    test(`cached tokens of ${host}`, () => {
      expect(counts({ prompt_tokens: 100, completion_tokens: 5, ...members })).toEqual({
        promptTokens: 100,
        completionTokens: 5,
        cachedTokens: 30,
      });
    });
  }

  test('Alibaba: cache writes inside the details', () => {
    const raw = { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: { cache_creation_input_tokens: 4 } };
    expect(counts(raw)).toEqual({ promptTokens: 9, completionTokens: 1, cacheWriteTokens: 4 });
  });

  test('cached and written beside the input are added to it', () => {
    const raw = { prompt_tokens: 10, completion_tokens: 1, cache_read_input_tokens: 5, cache_creation_input_tokens: 7 };
    expect(counts(raw, { cachedInput: 'beside-input' })).toEqual({
      promptTokens: 22,
      completionTokens: 1,
      cachedTokens: 5,
      cacheWriteTokens: 7,
    });
  });

  const beside = {
    prompt_tokens: 12,
    completion_tokens: 1,
    total_tokens: 303,
    completion_tokens_details: { reasoning_tokens: 290 },
  };
  test('xAI: the total tells that reasoning stands beside the output', () => {
    expect(counts(beside, { reasoning: 'by-total' })).toEqual({
      promptTokens: 12,
      completionTokens: 291,
      reasoningTokens: 290,
    });
  });
  test('the same host once it counts inside', () => {
    const inside = { ...beside, completion_tokens: 291 };
    expect(counts(inside, { reasoning: 'by-total' })).toMatchObject({ completionTokens: 291 });
  });

  test('a missing side is what the total leaves', () => {
    expect(counts({ prompt_tokens: 10, total_tokens: 15 })).toEqual({ promptTokens: 10, completionTokens: 5 });
  });
});

describe('the host’s own price', () => {
  const tokens = { prompt_tokens: 1, completion_tokens: 1 };
  const costOf = (raw: JsonObject, reportsCost: UsageSemantics['reportsCost']) =>
    decodeUsage({ ...tokens, ...raw }, contextWith({ usage: { reportsCost } }).host)?.reportedCostNanoUsd;

  test('OpenRouter’s cost, Perplexity’s object, xAI’s ticks of 10^-10 USD', () => {
    expect(costOf({ cost: 0.00012345 }, 'authoritative')).toBe(123_450n);
    expect(costOf({ cost: { total_cost: 0.005 } }, 'informative')).toBe(5_000_000n);
    expect(costOf({ cost_in_usd_ticks: 1_466_251 }, 'informative')).toBe(146_626n);
  });
  test('is not read where the host is not known to say it, nor where it is absurd', () => {
    expect(costOf({ cost: 0.1 }, false)).toBeUndefined();
    expect(costOf({ cost: -1 }, 'authoritative')).toBeUndefined();
    expect(costOf({ cost: 1e300 }, 'authoritative')).toBeUndefined();
    expect(costOf({ cost: '0.1' }, 'authoritative')).toBeUndefined();
  });
});

describe('wild values never make a bill', () => {
  const refused: readonly JsonObject[] = [
    {},
    { prompt_tokens: -5, completion_tokens: 3 },
    { prompt_tokens: 5 },
    { prompt_tokens: 'many', completion_tokens: 3 },
    { prompt_tokens: 1e15, completion_tokens: 3 },
    { prompt_tokens: null, completion_tokens: null, total_tokens: 8 },
    { prompt_tokens: 9, total_tokens: 4 },
  ];
  for (const raw of refused) {
    test(`${JSON.stringify(raw)} is no usage`, () => {
      expect(counts(raw)).toBeUndefined();
    });
  }
  test('parts never exceed their whole, fractions are cut off, digits as text count', () => {
    const raw = {
      prompt_tokens: '7',
      completion_tokens: 8.9,
      prompt_tokens_details: { cached_tokens: 161, audio_tokens: -1 },
      completion_tokens_details: { reasoning_tokens: 99 },
    };
    expect(counts(raw)).toEqual({ promptTokens: 7, completionTokens: 8, cachedTokens: 7, reasoningTokens: 8 });
  });
});

describe('usage for the client', () => {
  const settled: SettledUsage = {
    usage: { counts: { promptTokens: 10, completionTokens: 4, cachedTokens: 2, webSearches: 1 }, estimated: false },
    costNanoUsd: 300n,
    promptCostNanoUsd: 100n,
    completionCostNanoUsd: 200n,
    isByok: false,
  };
  test('has every number that the contract names', () => {
    expect(encodeUsage(settled)).toEqual({
      prompt_tokens: 10,
      completion_tokens: 4,
      total_tokens: 14,
      cost: 3e-7,
      is_byok: false,
      prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, image_tokens: 0 },
      cost_details: {
        upstream_inference_cost: null,
        upstream_inference_prompt_cost: 1e-7,
        upstream_inference_completions_cost: 2e-7,
      },
      server_tool_use_details: { web_search_requests: 1 },
    });
  });
  test('names the upstream cost where the caller pays it themselves', () => {
    expect(encodeUsage({ ...settled, isByok: true })).toMatchObject({
      cost_details: { upstream_inference_cost: 3e-7 },
    });
  });
});
