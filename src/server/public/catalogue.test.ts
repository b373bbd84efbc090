import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import { loadCatalog } from '../../catalog/load.ts';
import type { Endpoint, Model } from '../../catalog/model.ts';
import { indexModels, resolveModelId } from '../../catalog/resolve-model.ts';
import { GatewayError } from '../../core/errors.ts';
import type { EndpointStats } from '../../core/health.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/json.ts';
import { providerById, providers } from '../../providers/registry.gen.ts';
import { type CatalogueDeps, catalogueRoutes } from './catalogue.ts';

const catalog = loadCatalog();
const index = indexModels([...catalog.models.values()], catalog.endpoints, catalog.aliases);
const NOW = Date.parse('2026-11-21T12:00:00Z');
const CONFIGURED = ['openai', 'anthropic', 'groq', 'mistral'];

const p = (value: number) => ({ p50: value, p75: value, p90: value, p99: value });
const stats = new Map<string, EndpointStats>([
  [
    'groq|openai/gpt-oss-120b',
    {
      uptimeLast5m: null,
      uptimeLast30m: 99.5,
      uptimeLast1d: 99.9,
      latencyLast30m: p(0.2),
      throughputLast30m: p(480.5),
      status: -1,
    },
  ],
]);

/** Four configured providers out of the whole catalogue. */
const deps: CatalogueDeps = {
  listModels: (_caller, all) => [...catalog.models.values()].filter((each) => all || served(each.id, false).length > 0),
  endpointsOf: (id, _caller, all) => served(id, all),
  resolve: (name) => resolveModelId(index, name),
  providers: (all) => (all ? providers : providers.filter((each) => CONFIGURED.includes(each.id))),
  nowMs: () => NOW,
  statsOf: (id) => stats.get(id),
};
function served(id: string, all: boolean): readonly Endpoint[] {
  return (catalog.endpointsByModel.get(id) ?? []).filter((each) => all || CONFIGURED.includes(each.providerId));
}

const configured = catalogueRoutes(deps);
const wholeCatalogue = catalogueRoutes({
  ...deps,
  listModels: (caller) => deps.listModels(caller, true),
  endpointsOf: (id, caller) => deps.endpointsOf(id, caller, true),
});
const routes = configured;
const ask = (query: string) => ({ caller: null, query: new URLSearchParams(query) });
const list = (query: string): readonly JsonObject[] => rowsOf(routes.models(ask(query)).body);
const ids = (query: string) => list(query).map((row) => row.id);
const modelOf = (row: JsonObject): Model => {
  const model = catalog.models.get(String(row.id));
  if (!model) throw new Error(`no model ${row.id}`);
  return model;
};
function rowsOf(body: JsonObject): readonly JsonObject[] {
  if (!isJsonArray(body.data)) throw new Error('data is no list');
  return body.data.filter(isJsonObject);
}
function refusal(run: () => unknown): GatewayError {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

test('every provider of the catalogue is a provider of the product', () => {
  const missing = new Set(catalog.endpoints.map((each) => each.providerId).filter((id) => !providerById.has(id)));
  expect([...missing]).toEqual([]);
});

describe('through the unmodified SDK, which validates strictly', () => {
  let server: ReturnType<typeof Bun.serve>;
  let address: string;
  let client: OpenRouter;
  beforeAll(() => {
    server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => serve(new URL(request.url)) });
    address = `http://127.0.0.1:${server.port}`;
    client = new OpenRouter({
      apiKey: 'sk-or-v1-test',
      serverURL: `${address}/some`,
      retryConfig: { strategy: 'none' },
    });
  });
  afterAll(() => server.stop(true));

  function serve(url: URL): Response {
    const request = { caller: null, query: url.searchParams };
    const routes = url.pathname.startsWith('/whole') ? wholeCatalogue : configured;
    const path = url.pathname.replace(/^\/(whole|some)/, '');
    const [, , author = '', slug = ''] = path.split('/').map(decodeURIComponent);
    try {
      if (path === '/models') return Response.json(routes.models(request).body);
      if (path === '/models/count') return Response.json(routes.count(request).body);
      if (path === '/models/user') return Response.json(routes.models(request).body);
      if (path === '/embeddings/models') return Response.json(routes.embeddingModels(request).body);
      if (path === '/providers') return Response.json(routes.providers(request).body);
      if (path.startsWith('/model/')) return Response.json(routes.model({ ...request, author, slug }).body);
      if (path.endsWith('/endpoints')) return Response.json(routes.endpoints({ ...request, author, slug }).body);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return Response.json({ error: { code: error.status, message: error.message } }, { status: error.status });
    }
    return new Response('no such route', { status: 500 });
  }

  test('the whole catalogue, page by page', async () => {
    const seen: string[] = [];
    for await (const page of await client.models.list({ limit: 300, outputModalities: 'all', ...everything() })) {
      expect(page.result.totalCount).toBe(list('output_modalities=all').length);
      seen.push(...page.result.data.map((each) => each.id));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(list('output_modalities=all').length);
  });

  test('every model and every endpoint of the catalogue parses', async () => {
    const whole = new OpenRouter({
      apiKey: 'sk-or-v1-test',
      serverURL: `${address}/whole`,
      retryConfig: { strategy: 'none' },
    });
    const { result } = await whole.models.list({ outputModalities: 'all', limit: 1000 });
    expect(result.data.length).toBe(catalog.models.size);
    let endpoints = 0;
    for (const { id } of result.data) {
      const [author = '', slug = ''] = id.split('/');
      const { data } = await whole.endpoints.list({ author, slug });
      expect(data.id).toBe(id);
      endpoints += data.endpoints.length;
    }
    expect(endpoints).toBe(catalog.endpoints.length);
  });

  test('one model, by alias too, with its price', async () => {
    const { data } = await client.models.get({ author: 'anthropic', slug: 'claude-4.5-sonnet' });
    expect(data).toMatchObject({
      id: 'anthropic/claude-sonnet-4.5',
      canonicalSlug: 'anthropic/claude-sonnet-4.5-20250929',
      name: 'Anthropic: Claude Sonnet 4.5',
      contextLength: 1_000_000,
      pricing: {
        prompt: '0.000003',
        completion: '0.000015',
        inputCacheRead: '0.0000003',
        inputCacheWrite1h: '0.000006',
      },
      links: { details: '/api/v1/models/anthropic/claude-sonnet-4.5/endpoints' },
      architecture: { modality: 'text+image+file->text', tokenizer: 'Claude' },
      reasoning: { mandatory: false, supportsMaxTokens: true },
    });
  });

  test('endpoints carry the figures that were measured', async () => {
    const { data } = await client.endpoints.list({ author: 'openai', slug: 'gpt-oss-120b' });
    expect(data.endpoints).toHaveLength(1);
    expect(data.endpoints[0]).toMatchObject({
      providerName: 'Groq',
      tag: 'groq',
      name: 'Groq | openai/gpt-oss-120b-20250805',
      uptimeLast5m: null,
      status: -1,
      uptimeLast30m: 99.5,
      throughputLast30m: { p50: 480.5 },
      supportsToolChoice: { auto: true, required: true },
    });
  });

  test('count, embeddings, user, providers', async () => {
    expect((await client.models.count()).data.count).toBe(list('').length);
    const embeddings = await client.embeddings.listModels();
    expect(embeddings.result.data.map((each) => each.id)).toContain('openai/text-embedding-3-small');
    const user = await client.models.listForUser({ bearer: 'sk-or-v1-test' });
    expect(user.result.data.length).toBe(list('').length);
    const { data } = await client.providers.list();
    expect(data.map((each) => each.slug).sort()).toEqual([...CONFIGURED].sort());
    expect(data.find((each) => each.slug === 'mistral')).toMatchObject({ name: 'Mistral', headquarters: 'FR' });
  });

  test('a model nobody has, or nobody serves, is a typed 404', async () => {
    await expect(client.models.get({ author: 'openai', slug: 'gpt-77' })).rejects.toMatchObject({ statusCode: 404 });
    await expect(client.models.get({ author: 'google', slug: 'gemini-2.5-pro' })).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  /** Parameters that must not exclude anything. */
  function everything() {
    return { minPrice: null, maxPrice: null, minAgeDays: 0 };
  }
});

describe('GET /models', () => {
  test('lists text models that are served, newest first', () => {
    const rows = list('');
    expect(rows.length).toBeGreaterThan(40);
    expect(ids('')).not.toContain('openai/text-embedding-3-small');
    expect(ids('')).not.toContain('google/gemini-2.5-pro');
    expect(ids('all=true')).toContain('google/gemini-2.5-pro');
    const created = rows.map((row) => Number(row.created));
    expect(created).toEqual([...created].sort((a, b) => b - a));
  });

  test('the row of a model shows the cheapest endpoint and the longest context', () => {
    const row = list('all=true&q=llama-3.3-70b-instruct').find(
      (each) => each.id === 'meta-llama/llama-3.3-70b-instruct',
    );
    const endpoints = served('meta-llama/llama-3.3-70b-instruct', true);
    expect(row?.context_length).toBe(Math.max(...endpoints.map((each) => each.contextLength)));
    expect(row?.pricing).toMatchObject({ prompt: '0.0000001', completion: '0.00000032' });
  });

  test('a router has no price; conditions are shown', () => {
    const auto = list('all=true&q=openrouter/auto')[0];
    expect(auto?.pricing).toEqual({ prompt: '-1', completion: '-1' });
    const gemini = list('all=true&q=google/gemini-2.5-pro')[0];
    expect(gemini?.pricing).toMatchObject({ overrides: [{ min_prompt_tokens: 200_000, prompt: '0.0000025' }] });
    const deepseek = list('all=true&q=deepseek-v4-pro-0813&providers=deepseek')[0];
    expect(deepseek?.pricing).toMatchObject({
      prompt: '0.000000435',
      overrides: [
        { utc_start: 100, utc_end: 400, utc_days: ['mon', 'tue', 'wed', 'thu', 'fri'], prompt: '0.00000087' },
        { utc_start: 600, utc_end: 1000 },
      ],
    });
  });

  test('pages', () => {
    const first = routes.models(ask('limit=5&sort=pricing-low-to-high')).body;
    expect(rowsOf(first)).toHaveLength(5);
    expect(first.links).toEqual({ next: '/api/v1/models?limit=5&sort=pricing-low-to-high&offset=5' });
    const all = ids('sort=pricing-low-to-high');
    expect([...ids('limit=5&sort=pricing-low-to-high'), ...ids('limit=5&offset=5&sort=pricing-low-to-high')]).toEqual(
      all.slice(0, 10),
    );
    expect(routes.models(ask(`offset=${all.length - 1}`)).body.links).toEqual({ next: null });
    expect(routes.models(ask('offset=100000')).body).toMatchObject({
      data: [],
      links: { next: null },
      total_count: all.length,
    });
  });

  test('filters', () => {
    for (const row of list('all=true&supported_parameters=tools,structured_outputs')) {
      expect(row.supported_parameters).toContain('tools');
      expect(row.supported_parameters).toContain('structured_outputs');
    }
    for (const row of list('all=true&input_modalities=image,file')) {
      expect(modelOf(row).inputModalities).toContain('image');
      expect(modelOf(row).inputModalities).toContain('file');
    }
    expect(ids('output_modalities=embeddings')).toEqual(
      expect.arrayContaining(['openai/text-embedding-3-small', 'mistralai/mistral-embed-2312']),
    );
    for (const row of list('all=true&context=1000000'))
      expect(Number(row.context_length)).toBeGreaterThanOrEqual(1_000_000);
    for (const row of list('all=true&arch=llama')) expect(modelOf(row).tokenizer).toMatch(/^Llama/);
    for (const id of ids('model_authors=openai,mistralai')) expect(String(id)).toMatch(/^(openai|mistralai)\//);
    for (const id of ids('providers=Groq'))
      expect(served(String(id), false).some((each) => each.providerId === 'groq')).toBe(true);
    expect(ids('q=GPT oss')).toContain('openai/gpt-oss-120b');
    expect(ids('providers=nobody')).toEqual([]);
  });

  test('prices are USD per million tokens', () => {
    expect(ids('min_price=2.5&max_price=2.5')).toContain('openai/gpt-4o');
    expect(ids('min_price=2.51')).not.toContain('openai/gpt-4o');
    expect(ids('max_output_price=9.99')).not.toContain('openai/gpt-4o');
    expect(ids('all=true&max_price=1000')).not.toContain('openrouter/auto');
  });

  test('ages are days before now', () => {
    // GPT-5 came out on 2025-08-07, 471 days before the clock of this test.
    expect(ids('min_age_days=471')).toContain('openai/gpt-5');
    expect(ids('min_age_days=472')).not.toContain('openai/gpt-5');
    expect(ids('max_age_days=472')).toContain('openai/gpt-5');
    expect(ids('max_age_days=471')).not.toContain('openai/gpt-5');
  });

  test('zero retention and regions are promised by endpoints, never assumed', () => {
    expect(ids('zdr=true&q=gpt-oss-120b')).toEqual(['openai/gpt-oss-120b']);
    expect(ids('zdr=true')).not.toContain('openai/gpt-4o');
    for (const row of list('all=true&region=eu')) {
      expect(served(String(row.id), true).some((each) => each.tag.endsWith('/eu'))).toBe(true);
    }
    expect(ids('all=true&region=eu')).toContain('anthropic/claude-sonnet-4.5');
  });

  test('sorts; what has no figure keeps its place at the end', () => {
    const price = (row: JsonObject) => Number(isJsonObject(row.pricing) ? row.pricing.prompt : Number.NaN);
    const cheap = list('model_authors=openai&sort=pricing-low-to-high');
    expect(price(cheap[0] ?? {})).toBeLessThanOrEqual(price(cheap.at(-1) ?? {}));
    expect(ids('model_authors=openai&sort=pricing-high-to-low')[0]).toBe('openai/o1-pro');
    const context = list('sort=context-high-to-low').map((row) => Number(row.context_length));
    expect(context).toEqual([...context].sort((a, b) => b - a));
    expect(ids('sort=throughput-high-to-low')[0]).toBe('openai/gpt-oss-120b');
    expect(ids('sort=latency-low-to-high')[0]).toBe('openai/gpt-oss-120b');
    expect(ids('sort=intelligence-high-to-low')).toEqual(ids(''));
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['offset=-1', 'offset'],
    ['context=0', 'context'],
    ['min_price=cheap', 'min_price'],
    ['min_price=-1', 'min_price'],
    ['sort=best', 'sort'],
    ['output_modalities=smell', 'output_modalities'],
    ['input_modalities=embeddings', 'input_modalities'],
    ['region=mars', 'region'],
    ['zdr=maybe', 'zdr'],
    ['category=programming', 'category'],
    ['min_intelligence_index=40', 'min_intelligence_index'],
    ['max_tool_success_rate=0.9', 'max_tool_success_rate'],
    ['distillable=true', 'distillable'],
    ['use_rss=true', 'use_rss'],
  ])('%s is refused by name', (query, field) => {
    const error = refusal(() => routes.models(ask(query)));
    expect(error.status).toBe(400);
    expect(error.details.field).toBe(field);
    expect(error.message.startsWith(`${field}: `)).toBe(true);
  });

  test('empty and null values, false flags and strangers are as if absent', () => {
    expect(ids('q=&min_price=null&use_rss=false&utm_source=x&zdr=false')).toEqual(ids(''));
  });
});

describe('GET /model/{author}/{slug}', () => {
  const get = (id: string, query = '') => {
    const [author = '', slug = ''] = id.split('/');
    return routes.model({ ...ask(query), author, slug }).body.data;
  };

  test('takes variants: those of the catalogue are rows, those of routing are their model', () => {
    expect(get('openai/gpt-4o:nitro')).toMatchObject({ id: 'openai/gpt-4o' });
    expect(get('qwen/qwen3.8-27b:free', 'all=true')).toMatchObject({
      id: 'qwen/qwen3.8-27b:free',
      pricing: { prompt: '0', completion: '0' },
    });
  });

  test('says what is retired, unserved or unknown, and what to do', () => {
    expect(refusal(() => get('anthropic/claude-3-5-sonnet'))).toMatchObject({
      status: 404,
      message: 'anthropic/claude-3-5-sonnet is retired. Use anthropic/claude-sonnet-4.6.',
    });
    expect(refusal(() => get('google/gemini-2.5-pro')).message).toContain('?all=true');
    expect(get('google/gemini-2.5-pro', 'all=true')).toMatchObject({ id: 'google/gemini-2.5-pro' });
    expect(refusal(() => get('openai/gtp-4o')).message).toContain('openai/gpt-4o');
  });
});

test('models of one day are in the order of their ids, so that pages never overlap', () => {
  const [first] = catalog.models.values();
  if (!first) throw new Error('the catalogue is empty');
  const twins = ['lab/b', 'lab/a', 'lab/c'].map((id) => ({ ...first, id }));
  const some = catalogueRoutes({ ...deps, listModels: () => twins, endpointsOf: () => served(first.id, true) });
  expect(rowsOf(some.models(ask('')).body).map((row) => row.id)).toEqual(['lab/a', 'lab/b', 'lab/c']);
});

test('nothing configured or nothing allowed is an empty list, not an error', () => {
  const none = catalogueRoutes({ ...deps, listModels: () => [], endpointsOf: () => [], providers: () => [] });
  expect(none.models(ask('')).body).toEqual({ data: [], total_count: 0, links: { next: null } });
});
