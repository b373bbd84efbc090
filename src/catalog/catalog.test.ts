import { describe, expect, test } from 'bun:test';
import type { ModelTraits } from '../dialects/host.ts';
import endpointsText from './data/endpoints.jsonl' with { type: 'text' };
import modelsText from './data/models.jsonl' with { type: 'text' };
import { HOST_BY_SLUG } from './import/hosts.ts';
import { builtInRows, loadCatalog, moreRows } from './load.ts';
import { priceAt } from './price.ts';
import { type CatalogRows, parseEndpointRows, parseModelRows } from './rows.ts';
import { traitsOf } from './traits.ts';

const catalog = loadCatalog();
const models = [...catalog.models.values()];

function model(id: string) {
  const found = catalog.models.get(id);
  if (!found) throw new Error(`no model ${id}`);
  return found;
}
function endpoint(id: string) {
  const found = catalog.endpoints.find((each) => each.id === id);
  if (!found) throw new Error(`no endpoint ${id}`);
  return found;
}

describe('the built-in rows', () => {
  test('every row satisfies the schema that loading at start skips', () => {
    expect(parseModelRows(modelsText)).toEqual([...builtInRows().models]);
    expect(parseEndpointRows(endpointsText)).toEqual([...builtInRows().endpoints]);
  });

  test('hold at least 300 chat models and some for embeddings', () => {
    const chat = models.filter((each) => each.outputModalities.includes('text') && !each.id.includes(':'));
    expect(chat.length).toBeGreaterThan(300);
    const embeddings = models.filter((each) => each.outputModalities.includes('embeddings'));
    expect(embeddings.map((each) => each.id)).toContain('openai/text-embedding-3-small');
    expect(embeddings.length).toBeGreaterThan(10);
  });

  test('ids are well formed and unique, and every endpoint has its model and a known provider', () => {
    for (const each of models) expect(each.id).toMatch(/^[a-z0-9._-]+\/[a-z0-9._-]+(:free)?$/);
    expect(new Set(models.map((each) => each.id)).size).toBe(builtInRows().models.length + moreRows().models.length);
    expect(new Set(catalog.endpoints.map((each) => each.id)).size).toBe(catalog.endpoints.length);
    expect(catalog.endpoints.length).toBe(builtInRows().endpoints.length + moreRows().endpoints.length);
    for (const each of catalog.endpoints) {
      expect(catalog.models.has(each.modelId)).toBe(true);
      expect(HOST_BY_SLUG.has(each.providerId)).toBe(true);
    }
  });

  test('every model has an endpoint, a positive context, a source and a date', () => {
    const ours = moreRows().models;
    for (const each of models) {
      expect(catalog.endpointsByModel.get(each.id)?.length).toBeGreaterThan(0);
      const isOurs = ours.some(({ id }) => id === each.id);
      expect(each.source).toEqual(isOurs ? moreRows().source : { name: 'models.dev', date: catalog.source.date });
      expect(each.createdSeconds).toBeGreaterThan(1_500_000_000);
      expect(each.description).toMatch(/context\.$/);
    }
    for (const each of catalog.endpoints) expect(each.contextLength).toBeGreaterThan(0);
    expect(catalog.source.date).toMatch(/^2026-/);
  });

  test('no price is negative, and only free variants and routers are free of charge', () => {
    const exceptions = ['stealth/space-bunny-alpha', 'openai/omni-moderation-latest'];
    for (const each of catalog.endpoints) {
      const { prompt, completion, overrides } = each.pricing;
      expect(prompt >= 0n && completion >= 0n).toBe(true);
      for (const override of overrides)
        for (const price of Object.values(override.axes)) expect(price >= 0n).toBe(true);
      const paid = prompt > 0n || completion > 0n;
      const mayBeFree =
        each.modelId.endsWith(':free') || model(each.modelId).router || exceptions.includes(each.modelId);
      expect(`${each.id} ${paid || mayBeFree}`).toBe(`${each.id} true`);
    }
  });

  test('a free variant is free at every endpoint', () => {
    for (const each of catalog.endpoints.filter((one) => one.modelId.endsWith(':free'))) {
      expect(each.pricing.prompt + each.pricing.completion).toBe(0n);
    }
  });

  test('prices are plain decimals without float noise', () => {
    for (const row of builtInRows().endpoints) {
      for (const text of Object.values(row.price)) expect(text).toMatch(/^\d+(\.\d*[1-9])?$/);
    }
  });
});

describe('facts that cost money when wrong', () => {
  test('one model at several hosts, each under its own name and price', () => {
    const hosts = catalog.endpointsByModel.get('meta-llama/llama-3.3-70b-instruct') ?? [];
    const upstream = new Map(hosts.map((each) => [each.tag, each.upstreamModel]));
    expect(upstream.get('groq')).toBe('llama-3.3-70b-versatile');
    expect(upstream.get('together/turbo')).toBe('meta-llama/Llama-3.3-70B-Instruct-Turbo');
    expect(upstream.get('cloudflare')).toBe('@cf/meta/llama-3.3-70b-instruct-fp8-fast');
    expect(upstream.get('openrouter')).toBe('meta-llama/llama-3.3-70b-instruct');
  });

  test('models that only look alike stay apart', () => {
    // models.dev calls these by one canonical id each.
    expect(endpoint('cloudflare|deepseek/deepseek-r1-distill-qwen-32b').upstreamModel).toContain('distill');
    expect(endpoint('wandb|qwen/qwen3-30b-a3b-instruct-2507').upstreamModel).toContain('2507');
    expect(endpoint('databricks|anthropic/claude-sonnet-4').upstreamModel).toBe('databricks-claude-sonnet-4');
    expect(endpoint('z-ai|z-ai/glm-5.3-flashx').upstreamModel).toBe('glm-5.3-flashx');
    const names = (id: string) =>
      (catalog.endpointsByModel.get(id) ?? []).map((each) => each.upstreamModel.toLowerCase());
    for (const name of names('qwen/qwen3-235b-a22b')) expect(name).not.toMatch(/2507|thinking/);
    for (const name of names('deepseek/deepseek-r1')) expect(name).not.toMatch(/distill|0528/);
    for (const name of names('openai/gpt-5')) expect(name).not.toMatch(/mini|nano|pro|codex|5\.|5-\d/);
  });

  test('a context tier starts strictly above its size', () => {
    const { pricing } = endpoint('google-ai-studio|google/gemini-2.5-pro');
    expect(priceAt(pricing, { promptTokens: 200_000, nowMs: 0 }).prompt).toBe(1_250_000n);
    expect(priceAt(pricing, { promptTokens: 200_001, nowMs: 0 }).prompt).toBe(2_500_000n);
    // `context_over_200k` repeats a tier that starts at 272,000: the tier counts.
    const gpt = endpoint('openai|openai/gpt-5.4').pricing;
    expect(gpt.overrides.map((each) => each.minPromptTokens)).toEqual([272_000]);
  });

  test('DeepSeek costs twice as much in its peak hours on workdays', () => {
    const { pricing } = endpoint('deepseek|deepseek/deepseek-v4.1-flash');
    const at = (iso: string) => priceAt(pricing, { promptTokens: 1, nowMs: Date.parse(iso) }).completion;
    expect(at('2026-11-20T02:00:00Z')).toBe(at('2026-11-20T05:00:00Z') * 2n);
    expect(at('2026-11-20T09:59:00Z')).toBe(1_200_000n);
    expect(at('2026-11-21T02:00:00Z')).toBe(600_000n);
  });

  test('Claude: cache reads, five-minute and one-hour writes', () => {
    const { pricing } = endpoint('anthropic|anthropic/claude-sonnet-4.5');
    expect(pricing).toMatchObject({
      prompt: 3_000_000n,
      inputCacheRead: 300_000n,
      inputCacheWrite: 3_750_000n,
      inputCacheWrite1h: 6_000_000n,
    });
  });
});

describe('traits', () => {
  const traits = (modelId: string, endpointId: string): ModelTraits => traitsOf(model(modelId), endpoint(endpointId));

  test('Claude families differ in what they take', () => {
    expect(traits('anthropic/claude-sonnet-4.5', 'anthropic|anthropic/claude-sonnet-4.5')).toEqual({
      contextLength: 1_000_000,
      maxOutputTokens: 64_000,
      reasoning: { mandatory: false, budget: true },
    });
    expect(traits('anthropic/claude-opus-5.5', 'anthropic|anthropic/claude-opus-5.5')).toMatchObject({
      sampling: false,
      prefill: false,
      forcedToolUse: false,
      reasoning: { mandatory: true, budget: false, adaptive: true },
    });
    expect(traits('anthropic/claude-opus-4.6', 'anthropic|anthropic/claude-opus-4.6')).toMatchObject({
      prefill: false,
      reasoning: { adaptive: true, budget: true },
    });
  });

  test('a model without sampling offers no temperature, wherever it runs', () => {
    for (const each of catalog.endpointsByModel.get('anthropic/claude-opus-5') ?? []) {
      expect(each.supportedParameters).not.toContain('temperature');
    }
    expect(endpoint('openai|openai/gpt-5').supportedParameters).not.toContain('top_p');
    expect(endpoint('openai|openai/gpt-4o').supportedParameters).toContain('temperature');
  });

  test('the model’s limit outweighs what an operator lists for an endpoint; an assumed context shapes nothing', () => {
    const own = { ...endpoint('anthropic|anthropic/claude-opus-5'), supportedParameters: ['temperature', 'reasoning'] };
    expect(traitsOf(model('anthropic/claude-opus-5'), own)).toMatchObject({
      sampling: false,
      contextLength: 1_000_000,
    });
    expect(traitsOf(model('anthropic/claude-opus-5'), { ...own, contextIsAssumed: true })).not.toHaveProperty(
      'contextLength',
    );
  });

  test('Gemini: a budget for 2.5, PDF as file', () => {
    expect(traits('google/gemini-2.5-pro', 'google-ai-studio|google/gemini-2.5-pro').reasoning).toEqual({
      mandatory: true,
      budget: true,
    });
    expect(model('google/gemini-2.5-pro').inputModalities).toContain('file');
  });
});

describe('a refreshed catalogue', () => {
  const refreshed: CatalogRows = {
    source: { name: 'models.dev', date: '2026-11-01' },
    models: [
      {
        id: 'openai/gpt-9',
        name: 'OpenAI: GPT-9',
        released: '2026-10-30',
        in: ['text'],
        out: ['text'],
        tokenizer: 'GPT',
      },
    ],
    endpoints: [
      {
        model: 'openai/gpt-9',
        provider: 'openai',
        upstream: 'gpt-9',
        context: 1000,
        can: ['tools', 'sampling'],
        price: { prompt: '0.000001', completion: '0.000002' },
      },
      {
        model: 'openai/gpt-4o',
        provider: 'openai',
        upstream: 'gpt-4o',
        context: 128000,
        can: ['tools', 'sampling'],
        price: { prompt: '0.000001', completion: '0.000002' },
      },
    ],
  };
  const merged = loadCatalog(refreshed);

  test('lies over the built-in one, provider by provider', () => {
    expect(merged.models.get('openai/gpt-9')?.source.date).toBe('2026-11-01');
    expect(merged.source.date).toBe('2026-11-01');
    const openai = merged.endpoints.filter((each) => each.providerId === 'openai').map((each) => each.modelId);
    // What no refresh knows stays.
    expect(openai.sort()).toEqual(['openai/gpt-4o', 'openai/gpt-9', 'openai/omni-moderation-latest']);
    const gpt4o = merged.endpointsByModel.get('openai/gpt-4o') ?? [];
    expect(gpt4o.find((each) => each.providerId === 'openai')?.pricing.prompt).toBe(1_000_000n);
    expect(gpt4o.some((each) => each.providerId === 'openrouter')).toBe(true);
  });

  test('what other providers serve keeps its older source', () => {
    expect(merged.models.get('anthropic/claude-sonnet-4.5')?.source.date).toBe(catalog.source.date);
  });
});
