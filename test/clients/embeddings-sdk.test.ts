/** Unmodified SDKs on the kinds that are one question and one whole answer: they validate what they get. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import { ForbiddenResponseError } from '@openrouter/sdk/models/errors';
import OpenAI from 'openai';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

describe('openai', () => {
  const client = () => new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.apiKey, maxRetries: 0 });

  test('embeddings: as the SDK asks by itself, as numbers and as base64', async () => {
    const asked = { model: 'sim/embed', input: ['one', 'two'], dimensions: 4 };
    const usual = await client().embeddings.create(asked);
    const floats = await client().embeddings.create({ ...asked, encoding_format: 'float' });
    const packed = await client().embeddings.create({ ...asked, encoding_format: 'base64' });
    expect(usual.data).toEqual(floats.data);
    expect(usual.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 4],
      [1, 4],
    ]);
    // Who asks for base64 by name is given it as it is.
    expect(packed.data.map(({ embedding }) => typeof embedding)).toEqual(['string', 'string']);
    expect(usual.usage).toMatchObject({ prompt_tokens: 2, total_tokens: 2 });
    expect(usual.model).toBe('sim/embed');
  });

  test('embeddings of token ids', async () => {
    const { data } = await client().embeddings.create({ model: 'sim/embed', input: [[1, 2], [3]] });
    expect(data).toHaveLength(2);
  });

  test('a model of another kind is a bad request', async () => {
    const asked = client().embeddings.create({ model: 'sim/echo', input: 'x' });
    expect(await asked.catch((error: unknown) => error)).toBeInstanceOf(OpenAI.BadRequestError);
  });

  test('moderations: a text, several, and parts', async () => {
    const { model, results } = await client().moderations.create({ input: 'I will kill them' });
    expect([model, results[0]?.flagged, results[0]?.categories.violence]).toEqual(['sim/moderation', true, true]);
    expect(results[0]?.category_scores.violence).toBeGreaterThan(0.5);
    const several = await client().moderations.create({ model: 'sim/moderation', input: ['I hate it', 'hi'] });
    expect(several.results.map(({ flagged }) => flagged)).toEqual([true, false]);
    const together = await client().moderations.create({
      model: 'sim/moderation',
      input: [
        { type: 'text', text: 'hi' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
      ],
    });
    expect(together.results.map(({ flagged }) => flagged)).toEqual([false]);
  });
});

describe('@openrouter/sdk', () => {
  const client = () =>
    new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: gateway.apiKey, retryConfig: { strategy: 'none' } });

  test('embeddings', async () => {
    const requestBody = { model: 'sim/embed', input: ['one', 'two'], dimensions: 4, inputType: 'search_query' };
    const answer = await client().embeddings.generate({ requestBody });
    if (typeof answer === 'string') throw new Error(answer);
    expect(answer.data.map(({ embedding }) => embedding.length)).toEqual([4, 4]);
    expect(answer.usage).toMatchObject({ promptTokens: 2, totalTokens: 2, cost: 0.000002, isByok: false });
    const { data } = await client().generations.getGeneration({ id: answer.id ?? '' });
    expect(data.apiType).toBe('embeddings');
  });

  test('multimodal input', async () => {
    const requestBody = { model: 'sim/embed', input: [{ content: [{ type: 'text' as const, text: 'one' }] }] };
    const answer = await client().embeddings.generate({ requestBody });
    expect(typeof answer !== 'string' && answer.data).toHaveLength(1);
  });

  test('embedding models are listed', async () => {
    const page = await client().embeddings.listModels();
    expect(page.result.data.map(({ id }) => id)).toEqual(['sim/embed']);
  });

  test('rerank', async () => {
    const requestBody = {
      model: 'sim/rerank',
      query: 'capital of France',
      documents: ['Lima', { text: 'Paris is the capital of France' }],
      topN: 1,
    };
    const answer = await client().rerank.rerank({ requestBody });
    if (typeof answer === 'string') throw new Error(answer);
    expect(answer.results).toEqual([
      { index: 1, relevanceScore: expect.any(Number), document: { text: 'Paris is the capital of France' } },
    ]);
    expect(answer.usage).toEqual({ totalTokens: expect.any(Number), cost: 0.002 });
    const { data } = await client().generations.getGeneration({ id: answer.id ?? '' });
    expect([data.apiType, data.totalCost]).toEqual(['rerank', 0.002]);
  });

  test('a moderation’s record has an API type that the SDK knows', async () => {
    const openAi = new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.apiKey, maxRetries: 0 });
    const { id } = await openAi.moderations.create({ input: 'hi' });
    const { data } = await client().generations.getGeneration({ id });
    expect(data.apiType).toBeNull();
  });

  test('a model of another kind is refused as such', async () => {
    const asked = client().rerank.rerank({ requestBody: { model: 'sim/echo', query: 'q', documents: ['d'] } });
    const error: unknown = await asked.catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(ForbiddenResponseError);
    expect(String(error)).toContain('POST /chat/completions');
  });
});
