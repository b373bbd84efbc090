/** What users of the `openai` package read beside answers, unmodified. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI from 'openai';
import { failureOf } from '../kit/failure-of.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startGateway();
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.apiKey, maxRetries: 0 });
});
afterAll(() => gateway.stop());

describe('openai: a request has its id', () => {
  const messages = [{ role: 'user' as const, content: 'x' }];
  const asked: readonly [string, () => Promise<{ readonly _request_id?: string | null }>][] = [
    ['chat', () => client.chat.completions.create({ model: 'sim/echo', messages })],
    ['responses', () => client.responses.create({ model: 'sim/echo', input: 'x' })],
    ['completions', () => client.completions.create({ model: 'sim/echo', prompt: 'x' })],
    ['embeddings', () => client.embeddings.create({ model: 'sim/embed', input: 'x' })],
  ];
  test.each(asked)('%s', async (_, ask) => {
    expect((await ask())._request_id).toMatch(/^gen-/);
  });

  test('errors and streams too', async () => {
    const call = client.chat.completions.create({ model: 'sim/none', messages });
    expect((await failureOf(call, OpenAI.BadRequestError)).requestID).toMatch(/^gen-/);
    const stream = client.chat.completions.create({ model: 'sim/echo', messages, stream: true });
    expect((await stream.withResponse()).request_id).toMatch(/^gen-/);
  });
});

test('openai: a model is retrieved as one', async () => {
  expect(await client.models.retrieve('sim/echo')).toMatchObject({
    id: 'sim/echo',
    object: 'model',
    created: expect.any(Number),
    owned_by: 'sim',
  });
});

test('openai: reasoning is switched off where it is not wanted', async () => {
  const chat = await client.chat.completions.create({
    model: 'sim/reasoner',
    messages: [{ role: 'user', content: 'x' }],
    reasoning_effort: 'none',
  });
  expect(chat.usage?.completion_tokens_details?.reasoning_tokens).toBe(0);
  const response = await client.responses.create({ model: 'sim/reasoner', input: 'x', reasoning: { effort: 'none' } });
  expect(response.output.map(({ type }) => type)).toEqual(['message']);
});
