import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI from 'openai';
import { errorOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

describe('embeddings: a kind of exchange without messages or streams', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const client = () => new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.apiKey, maxRetries: 0 });

  test('vectors come by value, metered and settled like any exchange', async () => {
    const { data, response } = await client()
      .embeddings.create({ model: 'sim/embed', input: ['one', 'two'], encoding_format: 'float', dimensions: 8 })
      .withResponse();
    expect(data.data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(data.model).toBe('sim/embed');
    expect(data.usage.prompt_tokens).toBeGreaterThan(0);
    const generation = await generationOf(gateway, response.headers.get('x-generation-id') ?? '');
    expect(generation.native_tokens_prompt).toBe(data.usage.prompt_tokens);
    expect(generation.total_cost).toBe(data.usage.prompt_tokens / 1e6);
  });

  test('a chat model makes no embeddings, an embedding model does not chat: the error names the right path', async () => {
    const asked = client().embeddings.create({ model: 'sim/echo', input: 'x' });
    expect(await asked.catch(({ status, message }) => [status, message])).toEqual([
      400,
      expect.stringContaining('POST /chat/completions'),
    ]);
    const chatted = client().chat.completions.create({
      model: 'sim/embed',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(await chatted.catch(({ status, message }) => [status, message])).toEqual([
      400,
      expect.stringContaining('POST /embeddings'),
    ]);
  });

  test.each([
    [{ model: 'sim/embed' }, 'input'],
    [{ model: 'sim/embed', input: [] }, 'input'],
    [{ input: 'x' }, 'model'],
    [{ model: 'sim/embed', input: 'x', dimensions: 0 }, 'dimensions'],
  ])('%j is refused by its field', async (body, field) => {
    const answer = await fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toStartWith(`${field}:`);
  });
});
