/** What the prompt cache of a named conversation saved and cost: `GET /signalbox/sessions`. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { nanoUsd } from '../kit/generation.ts';
import { createApiKey } from '../kit/keys.ts';
import { readStream } from '../kit/read-stream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

/** Nanodollars a token: 1000 in, 100 read from the cache, 1250 written to it, 2000 out. */
const PRICES = `{ prompt: "0.000001", completion: "0.000002", input_cache_read: "0.0000001", input_cache_write: "0.00000125" }`;
const CONFIG = `providers:
  reading:
    dialect: openai-chat
    base_url: "sim://reading/v1"
    api_key: none
    models: [{ id: lab/talk, upstream: "echo?cached=30", pricing: ${PRICES} }]
  writing:
    dialect: anthropic-messages
    base_url: "sim://writing/v1"
    api_key: none
    models: [{ id: lab/talk, upstream: "echo?cache_write=20", pricing: ${PRICES} }]
  broken:
    dialect: openai-chat
    base_url: "sim://broken/v1"
    api_key: none
    models: [{ id: lab/talk, upstream: "echo?status=503", pricing: ${PRICES} }]
`;
const TEXT = 'word '.repeat(40);
const SAVED_NANO_USD = 30n * 900n;
const LOST_NANO_USD = 20n * 250n;

const session = z.strictObject({
  session_id: z.string(),
  requests: z.int(),
  tokens_prompt: z.int(),
  tokens_cached: z.int(),
  tokens_cache_write: z.int(),
  total_cost: z.number(),
  cache_saved: z.number(),
  cache_lost: z.number(),
  cache_discount: z.number(),
  moves: z.int(),
  endpoints: z.array(
    z.strictObject({ endpoint_id: z.string(), model: z.string(), requests: z.int(), tokens_cached: z.int() }),
  ),
  first_request_at: z.iso.datetime(),
  last_request_at: z.iso.datetime(),
});

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ config: CONFIG });
});
afterAll(() => gateway.stop());

const at = (provider: string, more: Readonly<Record<string, unknown>> = {}) =>
  chat('lab/talk', TEXT, { provider: { only: [provider] }, ...more });
const read = (path: string, key = gateway.apiKey) =>
  ask(gateway, null, { method: 'GET', path: `/api/v1/signalbox/sessions${path}`, key });
const sessionOf = async (id: string, key?: string) =>
  z.object({ data: session }).parse(await (await read(`/${encodeURIComponent(id)}`, key)).json()).data;
const latest = async (query = '', key?: string) =>
  z.object({ data: z.array(session) }).parse(await (await read(query, key)).json()).data;
const newKey = async (name: string) => createApiKey(gateway, { name });

describe('a session', () => {
  test('adds up what its requests used, saved and lost, whole and streamed', async () => {
    const session_id = 'conversation/1 ü%';
    const first = await wholeOf(await ask(gateway, at('writing', { session_id })));
    const second = await readStream(await ask(gateway, at('reading', { session_id, stream: true })));
    const third = await wholeOf(await ask(gateway, at('reading'), { headers: { 'x-session-id': session_id } }));
    const usages = [first.usage, second.usage, third.usage];
    const { endpoints, ...sums } = await sessionOf(session_id);
    expect(sums).toMatchObject({
      session_id,
      requests: 3,
      tokens_prompt: usages.reduce((sum, usage) => sum + (usage?.prompt_tokens ?? Number.NaN), 0),
      tokens_cached: 60,
      tokens_cache_write: 20,
      moves: 1,
    });
    expect(endpoints.map(({ endpoint_id: _, ...rest }) => rest)).toEqual([
      { model: 'lab/talk', requests: 1, tokens_cached: 0 },
      { model: 'lab/talk', requests: 2, tokens_cached: 60 },
    ]);
    expect(nanoUsd(sums.cache_saved)).toBe(2n * SAVED_NANO_USD);
    expect(nanoUsd(sums.cache_lost)).toBe(LOST_NANO_USD);
    expect(nanoUsd(sums.cache_discount)).toBe(2n * SAVED_NANO_USD - LOST_NANO_USD);
    const cost = usages.reduce((sum, usage) => sum + nanoUsd(usage?.cost ?? Number.NaN), 0n);
    expect(nanoUsd(sums.total_cost)).toBe(cost);
    expect(Date.parse(sums.first_request_at)).toBeLessThanOrEqual(Date.parse(sums.last_request_at));
  });

  test('counts a request that failed, which saved and cost nothing', async () => {
    await errorOf(await ask(gateway, at('broken', { session_id: 'failing' })));
    expect(await sessionOf('failing')).toMatchObject({ requests: 1, total_cost: 0, cache_discount: 0, endpoints: [] });
  });
});

describe('who may see it', () => {
  test("its own key, and management keys; another key's is as unknown as one that never was", async () => {
    const [one, other] = [await newKey('one'), await newKey('other')];
    const body = at('reading', { session_id: 'shared' });
    for (const { key } of [one, one, other]) await wholeOf(await ask(gateway, body, { key }));
    expect([(await sessionOf('shared', one.key)).requests, (await sessionOf('shared', other.key)).requests]).toEqual([
      2, 1,
    ]);
    expect((await sessionOf('shared', gateway.managementKey)).requests).toBe(3);
    const ofOther = await read(`/shared?api_key_hash=${other.hash}`, gateway.managementKey);
    expect(await ofOther.json()).toMatchObject({ data: { requests: 1 } });

    const [others, nobodys] = [await errorOf(await read('/shared')), await errorOf(await read('/no-such'))];
    expect([others.code, nobodys.code]).toEqual([404, 404]);
    expect(others.message.replace('shared', 'no-such')).toBe(nobodys.message);
    const wanted = await errorOf(await read(`/shared?api_key_hash=${one.hash}`, other.key));
    expect(wanted).toMatchObject({ code: 403, message: expect.stringContaining('management key') });
    const elsewhere = await read('/shared?workspace_id=elsewhere', gateway.managementKey);
    expect((await errorOf(elsewhere)).code).toBe(404);
    expect((await read('/shared', '')).status).toBe(401);
  });
});

describe('the latest sessions', () => {
  test('of a key, newest first', async () => {
    const { key, hash } = await newKey('many');
    expect(await latest('', key)).toEqual([]);
    for (const session_id of ['a', 'b', 'c', 'a', undefined]) {
      await wholeOf(await ask(gateway, at('reading', { session_id }), { key }));
      // Two requests of one millisecond have no order.
      await Bun.sleep(2);
    }
    const requests = [
      ['a', 2],
      ['c', 1],
      ['b', 1],
    ];
    const seen = async (query: string, by: string) =>
      (await latest(query, by)).map(({ session_id, requests: count }) => [session_id, count]);
    expect(await seen('', key)).toEqual(requests);
    expect(await seen('?limit=2', key)).toEqual(requests.slice(0, 2));
    expect(await seen(`?api_key_hash=${hash}`, gateway.managementKey)).toEqual(requests);
    expect((await seen('?limit=100', gateway.managementKey)).slice(0, 3)).toEqual(requests);
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'limt=5'])('%s is refused', async (query) => {
    const error = await errorOf(await read(`?${query}`));
    expect([error.code, error.message]).toEqual([400, expect.stringContaining(query.split('=')[0] ?? '')]);
  });
});
