import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, errorOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const path = '/api/v1/embeddings';

const reply = z.looseObject({
  object: z.literal('list'),
  id: z.string(),
  model: z.string(),
  provider: z.string(),
  data: z.array(
    z.strictObject({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int(), cost: z.number(), is_byok: z.boolean() }),
});

/** The same simulated vectors behind every grammar of embeddings, and one model at two hosts that take not the same. */
const CONFIG = `
providers:
  sim: {}
  openai-like: { dialect: openai-chat, base_url: "sim://a/v1", api_key: none, models: [
    { id: lab/openai, upstream: sim/embed, output_modalities: [embeddings] },
    { id: lab/both, upstream: sim/embed, output_modalities: [embeddings], pricing: { prompt: "0.00001" } },
    { id: lab/small, upstream: sim/embed, output_modalities: [embeddings], context_length: 100 },
    { id: lab/flaky, upstream: "sim/embed?status=503", output_modalities: [embeddings] },
    { id: lab/few, upstream: "sim/embed?cut=40", output_modalities: [embeddings] },
    { id: lab/unsaid, upstream: sim/embed } ] }
  gemini-like: { dialect: gemini, base_url: "sim://b/v1beta", api_key: none, models: [
    { id: lab/gemini, upstream: sim/embed, output_modalities: [embeddings] },
    { id: lab/both, upstream: sim/embed, output_modalities: [embeddings], pricing: { prompt: "0.00000001" } },
    { id: lab/flaky, upstream: sim/embed, output_modalities: [embeddings] } ] }
  google-vertex: { base_url: "sim://c/v1/publishers/google", api_key: none, models: [
    { id: lab/vertex, upstream: sim/embed, output_modalities: [embeddings] } ] }
  cohere-like: { dialect: cohere, base_url: "sim://d/v2", api_key: none, models: [
    { id: lab/cohere, upstream: sim/embed, output_modalities: [embeddings] } ] }
  ollama-like: { dialect: ollama, base_url: "sim://e", api_key: none, models: [
    { id: lab/ollama, upstream: sim/embed, output_modalities: [embeddings] } ] }
  claude-like: { dialect: anthropic-messages, base_url: "sim://f/v1", api_key: none, models: [
    { id: lab/claude, upstream: sim/embed, output_modalities: [embeddings] } ] }
`;

describe('embeddings: a kind of exchange without messages or streams', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ config: CONFIG });
  });
  afterAll(() => gateway.stop());

  const post = (body: unknown, headers = {}) => ask(gateway, body, { path, headers });
  const embed = async (body: unknown) => {
    const answer = await post(body);
    if (answer.status !== 200) throw new Error(await answer.text());
    return { ...reply.parse(await answer.json()), notes: Number(answer.headers.get('x-signalbox-notes') ?? 0) };
  };

  test('vectors are metered and settled like any exchange', async () => {
    const { id, data, usage, model, provider } = await embed({
      model: 'sim/embed',
      input: ['one', 'two'],
      dimensions: 8,
    });
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 8],
      [1, 8],
    ]);
    expect([model, provider]).toEqual(['sim/embed', 'Sim']);
    const generation = await generationOf(gateway, id);
    expect(generation).toMatchObject({ api_type: 'embeddings', native_tokens_prompt: usage.prompt_tokens });
    expect(generation.total_cost).toBe(usage.prompt_tokens / 1e6);
    expect(usage.cost).toBe(generation.total_cost);
  });

  test.each(['openai', 'gemini', 'vertex', 'cohere', 'ollama'])(
    '%s gives the same vectors, as numbers and as base64',
    async (host) => {
      const request = { input: 'one', dimensions: 3, input_type: 'search_query' };
      const [own] = (await embed({ ...request, model: 'sim/embed' })).data;
      const asked = { ...request, model: `lab/${host}` };
      const { data, usage } = await embed(asked);
      expect(data).toEqual(own ? [own] : []);
      expect(usage.prompt_tokens).toBe(1);
      const [packed] = (await embed({ ...asked, encoding_format: 'base64' })).data;
      const bytes = Uint8Array.fromBase64(z.string().parse(packed?.embedding));
      expect([...new Float32Array(bytes.buffer)]).toEqual(z.array(z.number()).parse(own?.embedding));
    },
  );

  test('what a host cannot be sent goes to another; nothing is dropped', async () => {
    expect((await embed({ model: 'lab/both', input: 'x' })).provider).toBe('gemini-like');
    expect((await embed({ model: 'lab/both', input: [[1, 2], [3]] })).provider).toBe('openai-like');
    const refused = await post({ model: 'lab/gemini', input: [1, 2] });
    expect(refused.status).toBe(404);
    expect(await errorOf(refused)).toMatchObject({
      message: expect.stringContaining('gemini-like cannot be sent token ids'),
      availability: { code: 'no_endpoints' },
    });
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    const blind = await errorOf(await post({ model: 'sim/embed', input: [{ content: [image] }] }));
    expect(blind.availability).toMatchObject({ code: 'constraint_filtered', constraint: { field: 'input' } });
  });

  test('a host that fails is followed by another', async () => {
    expect(
      (await embed({ model: 'lab/flaky', input: 'x', provider: { order: ['openai-like', 'gemini-like'] } })).provider,
    ).toBe('gemini-like');
  });

  test('an answer that was cut is no answer', async () => {
    expect((await post({ model: 'lab/few', input: 'x' })).status).toBe(502);
  });

  test('the context bounds each input, not all of them together', async () => {
    const input = 'x'.repeat(4 * 60);
    expect((await embed({ model: 'lab/small', input: Array.from({ length: 10 }, () => input) })).data).toHaveLength(10);
    const long = await errorOf(await post({ model: 'lab/small', input: input.repeat(10) }));
    expect(long.availability).toMatchObject({ excluded_by: ['context_length'] });
  });

  test('a model of which nobody said what it gives is asked', async () => {
    expect((await embed({ model: 'lab/unsaid', input: 'x' })).data).toHaveLength(1);
  });

  test('a provider without such a grammar is none', async () => {
    const error = await errorOf(await post({ model: 'lab/claude', input: 'x' }));
    expect(error.message).toContain('its interface cannot carry embeddings');
  });

  test('wishes for conversations and unknown purposes are noted', async () => {
    const request = {
      model: 'lab/gemini',
      input: 'x',
      plugins: [{ id: 'web' }],
      trace: { id: 1 },
      input_type: 'sorting',
      foo: 1,
    };
    expect((await embed(request)).notes).toBe(4);
  });

  test('how it was routed is told to who wants to know', async () => {
    const answer = await post({ model: 'sim/embed', input: 'x' }, { 'x-openrouter-metadata': 'enabled' });
    expect(await answer.json()).toMatchObject({ openrouter_metadata: { requested: 'sim/embed', attempt: 1 } });
  });

  test('a chat model makes no embeddings, an embedding model does not chat: the error names the right path', async () => {
    const embedding = await errorOf(await post({ model: 'sim/echo', input: 'x' }));
    expect(embedding).toMatchObject({ code: 400, availability: { code: 'wrong_endpoint' } });
    expect(embedding.message).toContain('POST /chat/completions');
    const chatted = await errorOf(
      await ask(gateway, { model: 'sim/embed', messages: [{ role: 'user', content: 'x' }] }),
    );
    expect(chatted).toMatchObject({ code: 400, availability: { code: 'wrong_endpoint' } });
    expect(chatted.message).toContain('POST /embeddings');
  });

  test('a chat model after an embedding model in the list still answers', async () => {
    const messages = [{ role: 'user', content: 'x' }];
    const answer = await ask(gateway, { models: ['sim/embed', 'sim/echo'], messages });
    expect(await answer.json()).toMatchObject({ model: 'sim/echo' });
  });

  test.each([
    [{ model: 'sim/embed' }, 'input'],
    [{ model: 'sim/embed', input: [] }, 'input'],
    [{ input: 'x' }, 'model'],
    [{ model: 'sim/embed', input: 'x', dimensions: 0 }, 'dimensions'],
  ])('%j is refused by its field', async (body, field) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toStartWith(`${field}:`);
  });
});

describe('what a host is sent and tells', () => {
  let gateway: Gateway;
  const bodies: unknown[] = [];
  const upstream = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      bodies.push(await request.json());
      // No usage, out of order, members of its own.
      const data = [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ];
      return Response.json({ data, model: 'theirs', id: 'up-1', created: 7 });
    },
  });
  beforeAll(async () => {
    gateway = await startGateway({
      config: `providers:\n  lab: { dialect: openai-chat, base_url: "http://127.0.0.1:${upstream.port}/v1", api_key: none, models: [{ id: lab/e, upstream: e, output_modalities: [embeddings], pricing: { prompt: "0.00001" } }] }\n`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop(true);
  });

  test('the end user goes as a token, the answer’s own members survive, an absent usage is estimated', async () => {
    const request = { model: 'lab/e', input: ['x'.repeat(40), 'y'], user: 'bob', frob: 1 };
    const answer = reply.parse(await (await ask(gateway, request, { path })).json());
    expect(bodies.at(-1)).toEqual({ model: 'e', input: request.input, user: expect.any(String), frob: 1 });
    expect(JSON.stringify(bodies)).not.toContain('bob');
    expect(answer).toMatchObject({ model: 'lab/e', provider: 'lab', created: 7 });
    expect(answer.data.map(({ embedding }) => embedding)).toEqual([[1], [2]]);
    expect(answer.usage).toMatchObject({ prompt_tokens: 11, cost: 0.00011 });
    expect(await generationOf(gateway, answer.id)).toMatchObject({ upstream_id: 'up-1', external_user: 'bob' });
  });
});

describe('a gateway behind this one', () => {
  let gateway: Gateway;
  const seen: { readonly path: string; readonly noTraining: string | null; readonly body: unknown }[] = [];
  const upstream = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      const noTraining = request.headers.get('x-openrouter-no-prompt-training');
      seen.push({ path, noTraining, body: await request.json() });
      const usage = { prompt_tokens: 9, total_tokens: 9, cost: 0.0000123 };
      if (path.endsWith('/rerank')) return Response.json({ results: [{ index: 0, relevance_score: 0.5 }], usage });
      return Response.json({ data: [{ index: 0, embedding: [1] }], usage });
    },
  });
  beforeAll(async () => {
    const address = `http://127.0.0.1:${upstream.port}/api/v1`;
    gateway = await startGateway({
      config: `providers:\n  openrouter: { api_key: sk-or-v1-x, base_url: "${address}" }\nrouting:\n  defaults: { zdr: true }\n`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop(true);
  });

  test('is told the policy, takes what it takes, and what it charged is the bill', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    const input = [{ content: [{ type: 'text', text: 'x' }, image] }];
    const request = {
      model: 'some/embedder',
      input,
      session_id: 's',
      provider: { order: ['openrouter', 'deepinfra'] },
    };
    const answer = reply.parse(
      await (await ask(gateway, request, { path, headers: { 'x-openrouter-no-prompt-training': 'true' } })).json(),
    );
    expect(answer.usage.cost).toBe(0.0000123);
    expect(seen.at(-1)).toEqual({
      path: '/api/v1/embeddings',
      noTraining: 'true',
      body: {
        model: 'some/embedder',
        input,
        session_id: 's',
        provider: { order: ['deepinfra'], data_collection: 'deny', zdr: true },
      },
    });
  });

  test('reranks documents that are objects', async () => {
    const documents = [{ text: 't', image: 'https://h/x.png' }];
    const answer = await ask(gateway, { model: 'some/ranker', query: 'q', documents }, { path: '/api/v1/rerank' });
    expect(await answer.json()).toMatchObject({ results: [{ document: documents[0] }], usage: { cost: 0.0000123 } });
    expect(seen.at(-1)?.body).toMatchObject({ query: 'q', documents, provider: { zdr: true } });
  });
});
