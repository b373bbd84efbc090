/** Defaults of the account and of a key (`routing` in the configuration): a request may only be stricter about who serves it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const host = (id: string, usd: number, more = '') =>
  `  ${id}: { dialect: openai-chat, base_url: "sim://${id}/v1", api_key: none, ${more} models: [{ id: lab/m, upstream: echo, pricing: { prompt: "0.00000${usd}", completion: "0.00000${usd}" } }] }`;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    config: `routing:
  defaults: { ignore: [trains], sort: price, max_price: { prompt: 5 } }
  keys:
    SIGNALBOX_API_KEY: { only: [cheap, middle, dear] }
  default_model: lab/m
providers:
${host('trains', 1, 'data_policy: { training: true },')}
${host('cheap', 2, 'data_policy: { training: false, retention_days: 30 },')}
${host('middle', 3, 'data_policy: { training: false, retention_days: 0 },')}
${host('dear', 6)}
`,
  });
});
afterAll(() => gateway.stop());

const answeredBy = async (provider?: object): Promise<string> =>
  (await wholeOf(await ask(gateway, chat('lab/m', 'hi', provider ? { provider } : {})))).provider;

describe('the account’s defaults', () => {
  test('hold for a request that says nothing: no balancing, nobody who is ignored', async () => {
    for (let i = 0; i < 12; i++) expect(await answeredBy()).toBe('cheap');
  });

  test('are a ceiling: a request cannot let in whom the account ignores', async () => {
    const error = await errorOf(await ask(gateway, chat('lab/m', 'hi', { provider: { only: ['trains'] } })));
    expect(error.availability).toMatchObject({ code: 'constraint_filtered' });
  });

  test('the lower cap wins', async () => {
    const request = chat('lab/m', 'hi', { provider: { max_price: { prompt: 100 }, only: ['dear'] } });
    const error = await errorOf(await ask(gateway, request));
    expect(error.availability?.['excluded_by']).toContain('max_price');
  });

  test('an order of the request replaces the sort of the account', async () => {
    expect(await answeredBy({ order: ['middle'] })).toBe('middle');
  });

  test('stricter wishes of the request add up', async () => {
    expect(await answeredBy({ zdr: true })).toBe('middle');
  });

  test('a request without a model gets the default one', async () => {
    const answer = await wholeOf(await ask(gateway, { messages: [{ role: 'user', content: 'hi' }] }));
    expect(answer.model).toBe('lab/m');
  });
});

test('X-OpenRouter-No-Prompt-Training counts as data_collection: deny', async () => {
  const training = await startGateway({
    config: `providers:\n${host('trains', 1, 'data_policy: { training: true },')}\n`,
  });
  const headers = { 'X-OpenRouter-No-Prompt-Training': 'true' };
  const error = await errorOf(await ask(training, chat('lab/m'), { headers }));
  expect(error).toMatchObject({
    code: 404,
    availability: { code: 'privacy_restricted', excluded_by: ['data_policy:training'] },
    metadata: { excluded: [{ provider: 'trains', excluded_by: 'data_policy:training' }] },
  });
  expect((await wholeOf(await ask(training, chat('lab/m')))).provider).toBe('trains');
  await training.stop();
});
