import { describe, expect, test } from 'bun:test';
import type { ModelTraits } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { claudeVersion, factsOf, type ModelFacts } from './model-facts.ts';

const facts = (upstreamModel: string, traits: ModelTraits = {}): ModelFacts =>
  factsOf({ ...contextWith({ traits }), upstreamModel });

describe('what a name says', () => {
  test.each<[string, ModelFacts['family'], string]>([
    ['anthropic.claude-3-haiku-20240307-v1:0', 'claude', 'anthropic-claude-v1'],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude', 'anthropic-claude-v1'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-6-v1', 'claude', 'anthropic-claude-v1'],
    ['us.amazon.nova-2-lite-v1:0', 'nova', 'unknown'],
    ['amazon.titan-text-express-v1', 'other', 'unknown'],
    ['openai.gpt-oss-120b-1:0', 'gpt-oss', 'unknown'],
    ['us.openai.gpt-5.5', 'openai', 'bedrock-openai-responses-v1'],
    ['global.xai.grok-4.7', 'other', 'bedrock-xai-responses-v1'],
    ['mistral.mistral-large-3-675b-instruct', 'mistral', 'unknown'],
    ['cohere.command-r-v1:0', 'cohere', 'unknown'],
    ['qwen.qwen3-32b-v1:0', 'open-weight', 'unknown'],
    ['global.moonshotai.kimi-k3', 'open-weight', 'unknown'],
    ['us.meta.llama3-3-70b-instruct-v1:0', 'other', 'unknown'],
  ])('%s is of %s, its reasoning %s', (model, family, reasoningFormat) => {
    expect(facts(model)).toMatchObject({ family, reasoningFormat });
  });

  test('a name that says nothing: who thinks adaptively is a Claude', () => {
    const arn = 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123';
    const adaptive = { reasoning: { mandatory: false, budget: false, adaptive: true } };
    expect([facts(arn).family, facts(arn, adaptive).family]).toEqual(['other', 'claude']);
  });

  test.each([
    ['anthropic.claude-v2:1', null],
    ['anthropic.claude-3-5-sonnet-20240620-v1:0', 3.5],
    ['us.anthropic.claude-opus-4-20250514-v1:0', 4],
    ['anthropic.claude-opus-4-6-v1', 4.6],
    ['anthropic.claude-fable-5-1', 5.1],
    ['anthropic.claude-sonnet-5', 5],
  ])('%s is version %p', (model, version) => {
    expect(claudeVersion(model)).toBe(version);
  });
});

describe('what follows from it', () => {
  test.each<[string, Partial<ModelFacts>]>([
    ['anthropic.claude-v2', { cachePoints: 'none', schema: false }],
    ['anthropic.claude-3-5-sonnet-20240620-v1:0', { cachePoints: 'none', hourLongCache: false, schema: false }],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', { cachePoints: 'everywhere', hourLongCache: false }],
    ['us.anthropic.claude-sonnet-4-20250514-v1:0', { cachePoints: 'everywhere', hourLongCache: false, schema: false }],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', { cachePoints: 'everywhere', hourLongCache: true, schema: true }],
    ['anthropic.claude-opus-4-7', { schema: false, hourLongCache: true, toolChoice: true }],
    [
      'us.amazon.nova-lite-v1:0',
      { cachePoints: 'system-and-messages', schema: false, prefill: true, toolChoice: true },
    ],
    ['mistral.mistral-large-2402-v1:0', { schema: false, toolChoice: true, jsonResults: true }],
    ['mistral.devstral-2-123b', { schema: true, toolChoice: false, nineCharacterToolIds: true }],
    ['us.deepseek.r1-v1:0', { schema: false }],
    ['deepseek.v3.2', { schema: true }],
    ['google.gemma-3-27b-it', { schema: true, mixedResults: false }],
    ['us.meta.llama4-maverick-17b-instruct-v1:0', { schema: false, mixedResults: false, resultStatus: false }],
    ['amazon.titan-text-lite-v1', { systemPrompt: false, cachePoints: 'none' }],
  ])('%s: %j', (model, expected) => {
    expect(facts(model)).toMatchObject(expected);
  });

  test('traits and quirks win over the name', () => {
    const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const no = facts(model, { jsonSchema: false, forcedToolUse: false, prefill: false });
    expect(no).toMatchObject({ schema: false, toolChoice: false, prefill: false });
    const quirks = { cacheControl: false, reasoningFormat: 'somebody-else-v1' };
    expect(factsOf({ ...contextWith({ quirks }), upstreamModel: model })).toMatchObject({
      cachePoints: 'none',
      reasoningFormat: 'somebody-else-v1',
    });
  });
});
