import { describe, expect, test } from 'bun:test';
import { importModelsDev } from './import-models-dev.ts';
import { parseCatalogRows } from './rows.ts';

const offer = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  name: id,
  attachment: false,
  reasoning: false,
  tool_call: true,
  temperature: true,
  release_date: '2026-01-02',
  last_updated: '2026-02-03',
  modalities: { input: ['text'], output: ['text'] },
  open_weights: true,
  limit: { context: 1000, output: 100 },
  cost: { input: 1, output: 2 },
  ...more,
});
type Offer = Readonly<Record<string, unknown>> & { readonly id: string };
const source = (providers: Readonly<Record<string, readonly Offer[]>>) =>
  Object.fromEntries(
    Object.entries(providers).map(([id, offers]) => [
      id,
      { id, models: Object.fromEntries(offers.map((each) => [each.id, each])) },
    ]),
  );

const take = (providers: Readonly<Record<string, readonly Offer[]>>) => importModelsDev(source(providers));
const endpointsOf = (providers: Readonly<Record<string, readonly Offer[]>>) =>
  take(providers).rows.endpoints.map(({ model, provider, upstream, variant }) =>
    [model, provider, upstream, ...(variant ? [variant] : [])].join(' '),
  );

describe('whose model an offer is', () => {
  const openrouter = [
    offer('deepseek/deepseek-chat-v3.1'),
    offer('meta-llama/llama-3.3-70b-instruct'),
    offer('qwen/qwen3-32b'),
    offer('anthropic/claude-sonnet-4.5'),
    offer('z-ai/glm-4.6'),
  ];

  test('hosts’ spellings of one model meet', () => {
    const found = endpointsOf({
      openrouter,
      'fireworks-ai': [offer('accounts/fireworks/models/deepseek-v3p1'), offer('accounts/fireworks/models/glm-4p6')],
      deepinfra: [offer('deepseek-ai/DeepSeek-V3.1', { canonical_model_id: 'deepseek/deepseek-v3.1' })],
      'cloudflare-workers-ai': [offer('@cf/qwen/qwen3-32b-fp8', { canonical_model_id: 'alibaba/qwen3-32b' })],
      anthropic: [offer('claude-sonnet-4-5'), offer('claude-sonnet-4-5-20250929')],
      'amazon-bedrock': [
        offer('eu.anthropic.claude-sonnet-4-5-20250929-v1:0', {
          canonical_model_id: 'anthropic/claude-sonnet-4-5-20250929',
        }),
      ],
      groq: [offer('llama-3.3-70b-versatile')],
    });
    expect(found.filter((each) => !each.includes(' openrouter '))).toEqual([
      'anthropic/claude-sonnet-4.5 amazon-bedrock eu.anthropic.claude-sonnet-4-5-20250929-v1:0 eu',
      'anthropic/claude-sonnet-4.5 anthropic claude-sonnet-4-5',
      'deepseek/deepseek-chat-v3.1 deepinfra deepseek-ai/DeepSeek-V3.1',
      'deepseek/deepseek-chat-v3.1 fireworks accounts/fireworks/models/deepseek-v3p1',
      'meta-llama/llama-3.3-70b-instruct groq llama-3.3-70b-versatile',
      'qwen/qwen3-32b cloudflare @cf/qwen/qwen3-32b-fp8',
      'z-ai/glm-4.6 fireworks accounts/fireworks/models/glm-4p6',
    ]);
    const { rows } = take({ openrouter, anthropic: [offer('claude-sonnet-4-5'), offer('claude-sonnet-4-5-20250929')] });
    expect(rows.endpoints.find((each) => each.provider === 'anthropic')?.aka).toEqual(['claude-sonnet-4-5-20250929']);
  });

  test('where name and canonical id disagree, the offer is left out', () => {
    const { rows, leftOut } = take({
      openrouter,
      deepinfra: [
        offer('deepseek-ai/DeepSeek-R1-Distill-Llama-70B', { canonical_model_id: 'deepseek/deepseek-chat-v3.1' }),
        offer('Qwen/Qwen3-32B', { canonical_model_id: 'zhipuai/glm-4.6' }),
      ],
    });
    expect(rows.endpoints.filter((each) => each.provider === 'deepinfra')).toEqual([]);
    expect(leftOut.map((each) => each.offer)).toEqual([
      'deepinfra/deepseek-ai/DeepSeek-R1-Distill-Llama-70B',
      'deepinfra/Qwen/Qwen3-32B',
    ]);
  });

  test('an author that differs is another model', () => {
    const found = endpointsOf({ openrouter, wandb: [offer('OpenPipe/qwen3-32b')] });
    expect(found).toContain('openpipe/qwen3-32b wandb OpenPipe/qwen3-32b');
  });

  test('quantization tells endpoints of one model apart by what they are, not by another model', () => {
    const { rows } = take({ openrouter, 'novita-ai': [offer('qwen/qwen3-32b-fp8')] });
    expect(rows.endpoints.find((each) => each.provider === 'novita')).toMatchObject({
      model: 'qwen/qwen3-32b',
      quant: 'fp8',
    });
  });
});

describe('what has no place', () => {
  test('no price, no context, no text, announced ends elsewhere, resold closed models', () => {
    const { rows, leftOut } = take({
      openrouter: [offer('openai/gpt-5', { open_weights: false })],
      deepinfra: [
        offer('qwen/no-price', { cost: undefined }),
        offer('qwen/no-context', { limit: { context: 0 } }),
        offer('qwen/whisper-like', { modalities: { input: ['audio'], output: ['text'] } }),
        offer('qwen/gone', { status: 'deprecated' }),
      ],
      venice: [offer('openai-gpt-5', { open_weights: false })],
    });
    expect(rows.endpoints.map((each) => each.provider)).toEqual(['openrouter']);
    expect(leftOut.map((each) => each.reason).sort()).toEqual([
      'closed model at a reseller',
      'deprecated by the host',
      'neither chat nor embeddings',
      'no context length',
      'no price',
    ]);
  });

  test('an author keeps a model whose end is announced, marked', () => {
    const { rows } = take({ openai: [offer('o3-old', { status: 'deprecated' })] });
    expect(rows.endpoints).toMatchObject([{ model: 'openai/o3-old', deprecated: true }]);
  });

  test('a trial at price zero is the free variant', () => {
    const zero = { cost: { input: 0, output: 0 } };
    const { rows } = take({ openrouter: [offer('qwen/qwen3-32b')], nvidia: [offer('qwen/qwen3-32b', zero)] });
    expect(rows.endpoints.map((each) => `${each.model} ${each.provider}`)).toEqual([
      'qwen/qwen3-32b openrouter',
      'qwen/qwen3-32b:free nvidia',
    ]);
    expect(rows.models.map((each) => each.name)).toEqual(['Qwen: qwen3-32b', 'Qwen: qwen3-32b (free)']);
  });
});

describe('prices', () => {
  const priceOf = (cost: Readonly<Record<string, unknown>>, provider = 'openai', id = 'm') =>
    take({ [provider]: [offer(id, { cost })] }).rows.endpoints[0];

  test('float noise goes, finer digits round half up', () => {
    expect(priceOf({ input: 0.0024499999999999995, output: 0.083333 })?.price).toEqual({
      prompt: '0.00000000245',
      completion: '0.000000083333',
    });
    expect(priceOf({ input: 0.0000005, output: 0.0000004 })?.price).toEqual({
      prompt: '0.000000000001',
      completion: '0',
    });
  });

  test('tiers are conditions; the 200k twin counts only without them', () => {
    const tiers = [{ input: 2, output: 4, tier: { type: 'context', size: 272_000 } }];
    expect(priceOf({ input: 1, output: 2, tiers, context_over_200k: { input: 2, output: 4 } })?.overrides).toEqual([
      { minPromptTokens: 272_000, price: { prompt: '0.000002', completion: '0.000004' } },
    ]);
    expect(priceOf({ input: 1, output: 2, context_over_200k: { input: 3, output: 4 } })?.overrides).toMatchObject([
      { minPromptTokens: 200_000, price: { prompt: '0.000003' } },
    ]);
  });

  test('audio, reasoning and cache prices where they differ; one-hour writes for Claude', () => {
    expect(
      priceOf({ input: 1, output: 2, reasoning: 2, input_audio: 1, output_audio: 8, cache_read: 0.1 })?.price,
    ).toEqual({
      prompt: '0.000001',
      completion: '0.000002',
      audio_output: '0.000008',
      input_cache_read: '0.0000001',
    });
    expect(priceOf({ input: 1, output: 2, cache_write: 1.25 }, 'anthropic', 'claude-opus-5')?.price).toMatchObject({
      input_cache_write: '0.00000125',
      input_cache_write_1h: '0.000002',
    });
  });
});

test('a row says its grammar where it is not its host’s', () => {
  const npm = (name: string) => ({ provider: { npm: name } });
  const { rows } = take({
    openai: [offer('gpt-5-pro'), offer('gpt-5'), offer('gpt-5.1-codex-max')],
    azure: [offer('claude-opus-5', { ...npm('@ai-sdk/anthropic'), canonical_model_id: 'anthropic/claude-opus-5' })],
  });
  expect(rows.endpoints.filter(({ tier }) => !tier).map((each) => [each.model, each.dialect])).toEqual([
    ['anthropic/claude-opus-5', 'anthropic-messages'],
    ['openai/gpt-5', undefined],
    ['openai/gpt-5-pro', 'openai-responses'],
    ['openai/gpt-5.1-codex-max', 'openai-responses'],
  ]);
});

test('the date is the newest in the source unless one is given; rows satisfy the schema', () => {
  const providers = { openai: [offer('a'), offer('b', { last_updated: '2026-03' })] };
  expect(take(providers).rows.source).toEqual({ name: 'models.dev', date: '2026-03-01' });
  const { rows } = importModelsDev(source(providers), '2026-11-21');
  expect(rows.source.date).toBe('2026-11-21');
  expect(parseCatalogRows(rows)).toEqual(rows);
});

test('what is no models.dev answer is refused with the place', () => {
  expect(() => importModelsDev({ openai: { models: { a: { id: 1 } } } })).toThrow(/openai/);
  expect(() => importModelsDev([])).toThrow();
});
