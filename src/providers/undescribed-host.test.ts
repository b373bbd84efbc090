import { describe, expect, test } from 'bun:test';
import { decodeUsage } from '../dialects/shared/openai/usage.ts';
import { usageOfDialect } from './undescribed-host.ts';

describe('a host that nobody described', () => {
  const chat = { usage: usageOfDialect('openai-chat') };
  const told = { prompt_tokens: 13, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 340 } };

  test('may be a proxy of one that counts reasoning beside the output: its total says so', () => {
    expect(decodeUsage({ ...told, total_tokens: 354 }, chat)?.counts).toMatchObject({
      promptTokens: 13,
      completionTokens: 341,
      reasoningTokens: 340,
    });
  });

  test('counts it inside where the total does, and where none is told', () => {
    const inside = { ...told, completion_tokens: 341 };
    expect(decodeUsage({ ...inside, total_tokens: 354 }, chat)?.counts.completionTokens).toBe(341);
    expect(decodeUsage(inside, chat)?.counts.completionTokens).toBe(341);
  });

  test('counts cached tokens as the grammar’s owner does', () => {
    const cachedIn = (dialect: string) => usageOfDialect(dialect).cachedInput;
    expect(['openai-chat', 'openai-responses', 'gemini'].map(cachedIn)).toEqual(Array(3).fill('inside-input'));
    expect(['anthropic-messages', 'bedrock-converse'].map(cachedIn)).toEqual(Array(2).fill('beside-input'));
  });
});
