/** Several keys of one provider, a gateway behind the gateway, and requests that go in circles. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { answerOf, refusalOf, type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

describe('several keys of one provider', () => {
  let upstream: ScriptedUpstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = startScriptedUpstream(({ headers }) =>
      headers.get('authorization') === 'Bearer bad' ? refusalOf(401) : answerOf('hi'),
    );
    gateway = await startGateway({
      config: `providers:
  lab:
    dialect: openai-chat
    base_url: "${upstream.url}"
    api_keys: [bad, good]
    models: [{ id: lab/m, upstream: m }, { id: lab/n, upstream: n }]
`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });
  const keysUsed = () => upstream.received.map(({ headers }) => headers.get('authorization'));

  test('a refused one does not cost the answer: the next one is tried at the same endpoint', async () => {
    const answer = await wholeOf(await ask(gateway, chat('lab/m')));
    const { provider_responses: tried } = await generationOf(gateway, answer.id);
    expect(tried.map(({ status }) => status)).toEqual([401, 200]);
    expect(keysUsed()).toEqual(['Bearer bad', 'Bearer good']);
  });

  test('it rests where it was refused, and the endpoint keeps its good name', async () => {
    await wholeOf(await ask(gateway, chat('lab/m')));
    expect(keysUsed().slice(2)).toEqual(['Bearer good']);
    const response = await ask(gateway, null, { method: 'GET', path: '/api/v1/models/lab/m/endpoints' });
    const { data } = (await response.json()) as { data: { endpoints: object[] } };
    expect(data.endpoints[0]).toMatchObject({ status: 0, uptime_last_5m: 100 });
  });
});

describe('a provider that is a gateway itself', () => {
  let upstream: ScriptedUpstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = startScriptedUpstream(() => answerOf('hi', { cost: 0.001 }));
    gateway = await startGateway({
      config: `routing: { defaults: { data_collection: deny, max_price: { prompt: 4, completion: 20 } } }
providers:
  openrouter: { base_url: "${upstream.url}", api_key: k, models: [{ id: lab/m, upstream: lab/m }] }
`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  test('is sent the caller’s wishes made as strict as the account’s, and answers in spite of its unknown policy', async () => {
    const provider = { order: ['openrouter', 'azure'], max_price: { prompt: 9, completion: '15', image: 1 } };
    await wholeOf(await ask(gateway, chat('lab/m', 'hi', { provider })));
    expect(upstream.received.at(-1)?.body['provider']).toEqual({
      order: ['azure'],
      data_collection: 'deny',
      max_price: { prompt: '4', completion: '15', image: '1' },
    });
  });

  test.each([
    ['an order without fallbacks', { order: ['azure'], allow_fallbacks: false }],
    ['an allow-list', { only: ['azure'] }],
    ['quantizations', { quantizations: ['fp8'] }],
  ])('%s that names nobody here is for it to read', async (_, provider) => {
    expect((await ask(gateway, chat('lab/m', 'hi', { provider }))).status).toBe(200);
    expect(upstream.received.at(-1)?.body['provider']).toMatchObject(provider);
  });

  test('is told that prompts are not for training', async () => {
    await wholeOf(await ask(gateway, chat('lab/m'), { headers: { 'x-openrouter-no-prompt-training': '1' } }));
    expect(upstream.received.at(-1)?.headers.get('x-openrouter-no-prompt-training')).toBe('true');
  });
});

test('a request that comes back to the gateway it left is refused, and says why', async () => {
  // A provider whose address is the gateway's own is only known once it listens: a door in between leads back.
  let target = '';
  const door = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => fetch(target, { method: 'POST', headers: request.headers, body: request.body }),
  });
  const gateway = await startGateway({
    config: `providers:
  self: { dialect: openai-chat, base_url: "http://127.0.0.1:${door.port}/v1", api_key: "\${KEY}", models: [lab/m] }
`,
    env: { KEY: 'sk-placeholder-for-the-door' },
  });
  target = `${gateway.url}/api/v1/chat/completions`;
  const headers = { authorization: `Bearer ${gateway.apiKey}` };
  door.reload({
    fetch: async (request: Request) => {
      const forwarded = new Headers(request.headers);
      forwarded.set('authorization', headers.authorization);
      return fetch(target, { method: 'POST', headers: forwarded, body: await request.text() });
    },
  });
  const error = await errorOf(await ask(gateway, chat('lab/m')));
  expect(error.message).toContain('came back to the gateway that sent it');
  await gateway.stop();
  await door.stop(true);
});
