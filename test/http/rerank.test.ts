import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, errorOf } from '../kit/ask.ts';
import { generationOf, spendOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const path = '/api/v1/rerank';

const reply = z.strictObject({
  id: z.string(),
  model: z.string(),
  provider: z.string(),
  results: z.array(
    z.strictObject({
      index: z.int(),
      relevance_score: z.number(),
      document: z.strictObject({ text: z.string() }).optional(),
    }),
  ),
  usage: z.strictObject({ cost: z.number(), search_units: z.int().optional(), total_tokens: z.int().optional() }),
});

const CONFIG = `
providers:
  sim: {}
  by-search: { dialect: cohere, base_url: "sim://a/v2", api_key: none, models: [
    { id: lab/rank, upstream: sim/rerank, output_modalities: [rerank], pricing: { request: "0.002" } } ] }
  by-token: { dialect: openai-chat, base_url: "sim://b/v1", api_key: none, models: [
    { id: lab/rank, upstream: sim/rerank, output_modalities: [rerank], pricing: { prompt: "0.00000005" } },
    { id: lab/sees, upstream: sim/rerank, output_modalities: [rerank], input_modalities: [text, image] },
    { id: lab/flaky, upstream: "sim/rerank?error200", output_modalities: [rerank] } ] }
`;

const QUESTION = {
  query: 'capital of France',
  documents: ['Lima is a city', { text: 'Paris is the capital of France' }, 'the capital'],
};

describe('rerank', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ config: CONFIG });
  });
  afterAll(() => gateway.stop());

  const post = (body: unknown, headers = {}) => ask(gateway, body, { path, headers });
  const rerank = async (body: unknown) => {
    const answer = await post(body);
    if (answer.status !== 200) throw new Error(await answer.text());
    return reply.parse(await answer.json());
  };

  test('the documents by their relevance, as they were sent', async () => {
    const { model, provider, results } = await rerank({ model: 'sim/rerank', ...QUESTION });
    expect([model, provider]).toEqual(['sim/rerank', 'Sim']);
    expect(results.map(({ index }) => index)).toEqual([1, 2, 0]);
    expect(results[0]?.document).toEqual({ text: 'Paris is the capital of France' });
    expect(results[2]?.document).toEqual({ text: 'Lima is a city' });
    const scores = results.map(({ relevance_score }) => relevance_score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('as many as asked for, and without the documents for who wants none', async () => {
    const asked = { model: 'sim/rerank', ...QUESTION, top_n: 1, return_documents: false };
    expect((await rerank(asked)).results).toEqual([{ index: 1, relevance_score: expect.any(Number) }]);
  });

  test('is paid by the search, exactly', async () => {
    const before = await spendOf(gateway);
    const documents = Array.from({ length: 201 }, (_, at) => `text ${at}`);
    const request = { model: 'lab/rank', query: 'q', documents, provider: { only: ['by-search'] } };
    const { id, usage, results } = await rerank(request);
    expect(results).toHaveLength(201);
    expect(usage).toEqual({ search_units: 3, cost: 0.006 });
    expect(await generationOf(gateway, id)).toMatchObject({
      api_type: 'rerank',
      total_cost: 0.006,
      provider_name: 'by-search',
    });
    expect((await spendOf(gateway)) - before).toBeCloseTo(0.006, 9);
  });

  test('or by the token', async () => {
    const request = { model: 'lab/rank', ...QUESTION, provider: { only: ['by-token'] } };
    // 5 tokens of the query with each of three documents of 4, 8 and 3 tokens.
    expect((await rerank(request)).usage).toEqual({ total_tokens: 30, cost: 0.0000015 });
  });

  test('the cheaper host first, by what the request is expected to cost', async () => {
    expect((await rerank({ model: 'lab/rank', ...QUESTION, provider: { sort: 'price' } })).provider).toBe('by-token');
  });

  test('a limit per document that the host has no word for is noted', async () => {
    const request = { model: 'lab/rank', ...QUESTION, max_tokens_per_doc: 100 };
    const notesAt = async (slug: string) =>
      (await post({ ...request, provider: { only: [slug] } })).headers.get('x-signalbox-notes');
    expect(await notesAt('by-search')).toBeNull();
    expect(await notesAt('by-token')).toBe('1');
  });

  test('images go to nobody who cannot be sent them', async () => {
    const documents = [{ image: 'https://h/x.png' }, 'text'];
    const blind = await errorOf(await post({ model: 'sim/rerank', query: 'q', documents }));
    expect(blind.availability).toMatchObject({ code: 'constraint_filtered', constraint: { field: 'documents' } });
    const mute = await errorOf(await post({ model: 'lab/sees', query: 'q', documents }));
    expect(mute).toMatchObject({
      code: 404,
      message: expect.stringContaining('cannot be sent documents other than text'),
    });
  });

  test('an error with status 200 is an error, and costs nothing', async () => {
    const answer = await post({ model: 'lab/flaky', ...QUESTION });
    expect(answer.status).toBe(502);
    expect((await generationOf(gateway, answer.headers.get('x-generation-id') ?? '')).total_cost).toBe(0);
  });

  test('an answer given again is free', async () => {
    const headers = { 'x-openrouter-cache': 'true' };
    const request = { model: 'sim/rerank', ...QUESTION };
    const first = reply.parse(await (await post(request, headers)).json());
    const hit = await post(request, headers);
    expect(hit.headers.get('x-openrouter-cache-status')).toBe('HIT');
    const again = reply.parse(await hit.json());
    expect(again.results).toEqual(first.results);
    expect(again.usage).toMatchObject({ cost: 0 });
    expect(again.id).not.toBe(first.id);
  });

  test('a chat model is asked elsewhere', async () => {
    const error = await errorOf(await post({ model: 'sim/echo', ...QUESTION }));
    expect(error).toMatchObject({ code: 400, availability: { code: 'wrong_endpoint' } });
  });

  test('every base address leads there, Cohere’s version too', async () => {
    for (const each of ['/v1/rerank', '/api/v1/rerank', '/api/rerank', '/v2/rerank', '/api/v2/rerank']) {
      const answer = await ask(gateway, { model: 'sim/rerank', ...QUESTION }, { path: each });
      expect([each, answer.status]).toEqual([each, 200]);
    }
  });
});
