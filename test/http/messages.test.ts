/** POST /messages and /messages/count_tokens over plain HTTP: addresses, keys, headers, frames, and what is kept of it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { foldStream } from '../../src/dialects/anthropic-messages/client/naive-client.fixture.ts';
import { ask } from '../kit/ask.ts';
import { describeEachUpstream } from '../kit/each-upstream.ts';
import { generationOf } from '../kit/generation.ts';
import { answerOf } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const TEXT = 'one two three four five six';
const messages = (model: string, more: JsonObject = {}): JsonObject => ({
  model,
  max_tokens: 500,
  messages: [{ role: 'user', content: TEXT }],
  ...more,
});
const PATH = '/api/v1/messages';
const jsonOf = async (response: Response): Promise<JsonObject> => {
  const body: unknown = await response.json();
  if (!isJsonObject(body)) throw new Error('an answer is an object');
  return body;
};
const idOf = (response: Response): string => response.headers.get('request-id') ?? '';

describeEachUpstream('messages', ({ gateway, upstream }) => {
  const post = (body: unknown, options: Parameters<typeof ask>[2] = {}) =>
    ask(gateway(), body, { path: PATH, ...options });

  test.each(['/v1/messages', '/api/v1/messages?beta=true', '/api/messages', '/api//v1/messages/'])(
    'at %s',
    async (path) => {
      const response = await post(messages('sim/echo'), { path });
      expect(await jsonOf(response)).toMatchObject({ type: 'message', content: [{ text: TEXT }] });
    },
  );

  test.each<[string, (key: string) => Record<string, string>]>([
    ['x-api-key', (key) => ({ 'x-api-key': key })],
    ['a bearer token', (key) => ({ authorization: `Bearer ${key}` })],
  ])('with %s, and any version that real clients send', async (_, header) => {
    for (const version of [undefined, '2023-06-01', '2026-10-21', '2031-01-01']) {
      const headers = { ...header(gateway().apiKey), ...(version && { 'anthropic-version': version }) };
      const response = await post(messages('sim/echo'), { key: null, headers });
      const notes = response.headers.get('x-signalbox-notes');
      expect([version, response.status, notes]).toEqual([version, 200, version === '2031-01-01' ? '1' : null]);
    }
  });

  test('whole and streamed are the same message, billed the same', async () => {
    const [whole, streamed] = [
      await post(messages('sim/tools?calls=2', { tools: [{ name: 'a', input_schema: { type: 'object' } }] })),
      await post(
        messages('sim/tools?calls=2', { tools: [{ name: 'a', input_schema: { type: 'object' } }], stream: true }),
      ),
    ];
    const { message, order } = foldStream(await streamed.text());
    const { id: _, ...answer } = await jsonOf(whole);
    const { id, ...folded } = message;
    const plain = (value: unknown): string =>
      JSON.stringify(value).replaceAll(/"(call_|toolu_|chatcmpl-tool-)?[A-Za-z0-9_-]{20,}"/g, '"id"');
    expect(Object.keys(folded).sort()).toEqual(Object.keys(answer).sort());
    expect(plain(folded['content'])).toBe(plain(answer['content']));
    expect(folded['usage']).toEqual(answer['usage'] ?? {});
    expect(order.slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect(id).toBe(idOf(streamed).replace('gen-', 'msg_'));
    const usage = isJsonObject(message['usage']) ? message['usage'] : {};
    expect(await generationOf(gateway(), idOf(streamed))).toMatchObject({
      total_cost: usage['cost'],
      tokens_prompt: usage['input_tokens'],
      tokens_completion: usage['output_tokens'],
    });
  });

  test('a request id on every answer, the generation’s own', async () => {
    const answers = [
      await post(messages('sim/echo')),
      await post(messages('sim/echo', { stream: true })),
      await post(messages('sim/echo?status=429&retry_after=7')),
      await post({}),
      await post(messages('sim/echo'), { key: null }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 400, 401]);
    for (const answer of answers) {
      expect(idOf(answer)).toMatch(/^gen-\d{10}-[0-9A-Za-z]{20}$/);
      expect(idOf(answer)).toBe(answer.headers.get('x-generation-id') ?? '');
    }
    const [, , limited] = answers;
    expect(limited?.headers.get('retry-after')).toBe('7');
    expect(limited && (await jsonOf(limited))).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', error_type: 'rate_limit_exceeded' },
      request_id: limited && idOf(limited),
    });
  });

  test('an overloaded provider has the status of this grammar', async () => {
    const response = await post(messages('sim/echo?status=529'));
    expect(response.status).toBe(529);
    expect(await jsonOf(response)).toMatchObject({ error: { type: 'overloaded_error' } });
  });

  test('how it was routed: beside a whole message, and on a stream’s last event', async () => {
    const headers = { 'x-openrouter-metadata': 'enabled' };
    const whole = await jsonOf(await post(messages('sim/echo'), { headers }));
    expect(whole['openrouter_metadata']).toMatchObject({ requested: 'sim/echo' });
    const text = await (await post(messages('sim/echo', { stream: true }), { headers })).text();
    expect(text.split('\n\n').at(-2)).toContain('"type":"message_stop","openrouter_metadata":{');
  });

  test('thinking that must not be shown is not', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024, display: 'omitted' };
    const text = await (await post(messages('sim/reasoner', { max_tokens: 8000, thinking, stream: true }))).text();
    expect(text).not.toContain('thinking_delta');
    const whole = await jsonOf(await post(messages('sim/reasoner', { max_tokens: 8000, thinking })));
    const sealed = { type: 'thinking', thinking: '', signature: expect.stringMatching(/./) };
    for (const message of [foldStream(text).message, whole]) {
      const blocks = Array.isArray(message['content']) ? message['content'] : [];
      // Google's hosts leave out a thought that must not be shown; it leaves nothing to seal.
      const thoughts = blocks.filter(({ type }) => type !== 'text');
      expect(thoughts).toEqual(upstream.dialect === 'gemini' ? [] : [sealed]);
      expect(blocks.at(-1)).toMatchObject({ type: 'text', text: expect.stringContaining(TEXT) });
    }
  });

  test('a fault in the stream is its last event, and no success', async () => {
    for (const fault of ['error_after=2', 'garbage=3', 'cut=1100', 'drop=1100']) {
      const response = await post(messages(`sim/echo?token_ms=1&${fault}`, { stream: true }));
      const { order, error, message } = foldStream(await response.text());
      expect([fault, order.at(-1), order.includes('message_stop')]).toEqual([fault, 'error', false]);
      expect(error).toMatchObject({ type: expect.stringMatching(/_error$/) });
      expect(message['id']).toBe(idOf(response).replace('gen-', 'msg_'));
    }
  });

  test('however the upstream’s bytes are split', async () => {
    const content = 'naïve 日本語 🚂 "text"\n\\';
    for (const fault of ['split=1', 'split=7', 'split=64&comments', 'no_stream', 'empty']) {
      const asked = messages(`sim/echo?${fault}`, { stream: true, messages: [{ role: 'user', content }] });
      const { message } = foldStream(await (await post(asked)).text());
      const blocks = Array.isArray(message['content']) ? message['content'] : [];
      expect([fault, blocks.map(({ text }) => text).join('')]).toEqual([fault, fault === 'empty' ? '' : content]);
      expect([fault, message['stop_reason']]).toEqual([fault, 'end_turn']);
    }
  });

  test('another model after the first', async () => {
    const asked = messages('sim/echo?status=500', { fallbacks: [{ model: 'sim/lorem' }] });
    expect(await jsonOf(await post(asked))).toMatchObject({ model: 'sim/lorem' });
  });

  test('a preset, in chat’s words', async () => {
    const preset = {
      model: 'sim/echo',
      stop: ['three'],
      seed: 1,
      messages: [{ role: 'system', content: 'Be brief.' }],
    };
    const made = await ask(gateway(), preset, { path: '/api/v1/presets/short/chat/completions' });
    expect(made.status).toBe(200);
    const answer = await jsonOf(await post(messages('@preset/short')));
    expect(answer).toMatchObject({ model: 'sim/echo', content: [{ text: expect.stringMatching(/^one two\s*$/) }] });
  });

  test('an answer given again costs nothing, and is another message', async () => {
    const headers = { 'x-openrouter-cache': 'true' };
    for (const stream of [false, true]) {
      const body = messages('sim/echo', { stream, system: `cached ${upstream.dialect}` });
      const read = async (response: Response) =>
        stream ? foldStream(await response.text()).message : jsonOf(response);
      const told = await read(await post(body, { headers }));
      const second = await post(body, { headers });
      const again = await read(second);
      expect(second.headers.get('x-openrouter-cache-status')).toBe('HIT');
      expect(again).toMatchObject({ id: idOf(second).replace('gen-', 'msg_'), usage: { cost: 0, output_tokens: 0 } });
      expect(again['content']).toEqual(told['content'] ?? null);
    }
  });
});

describeEachUpstream(
  'messages while waiting',
  ({ gateway }) => {
    const streamed = (faults: string) =>
      ask(gateway(), messages(`sim/echo${faults}`, { stream: true }), { path: PATH });

    test.concurrent('pings at once, then the message', async () => {
      const text = await (await streamed('?first_byte_ms=250')).text();
      expect(text).toStartWith('event: ping\ndata: {"type":"ping"}\n\n');
      expect(foldStream(text).message).toMatchObject({ content: [{ text: TEXT }] });
    });

    test.concurrent('a late failure is an error event', async () => {
      const { order, error } = foldStream(await (await streamed('?first_byte_ms=200&status=429')).text());
      expect([order, error?.['type']]).toEqual([['error'], 'rate_limit_error']);
    });
  },
  { top: 'commit_after_ms: 50' },
);

describe('what reaches the upstream', () => {
  let gateway: Gateway;
  const seen: { readonly headers: Headers; readonly body: JsonObject }[] = [];
  const host = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      seen.push({ headers: request.headers, body: await jsonOf(new Response(request.body)) });
      if (new URL(request.url).pathname.endsWith('/chat/completions')) return answerOf('hi');
      return Response.json(
        { type: 'error', error: { type: 'invalid_request_error', message: 'enough' } },
        { status: 400 },
      );
    },
  });
  beforeAll(async () => {
    const entry = (dialect: string, id: string) =>
      `{ dialect: ${dialect}, base_url: "http://127.0.0.1:${host.port}/v1", api_key: k-${id}, models: [lab/${id}] }`;
    gateway = await startGateway({
      config: `providers:\n  a: ${entry('anthropic-messages', 'messages')}\n  b: ${entry('openai-chat', 'chat')}\n`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await host.stop(true);
  });
  const reaching = async (model: string, more: JsonObject, headers: Record<string, string> = {}) => {
    seen.length = 0;
    const response = await ask(gateway, messages(model, more), { path: PATH, headers });
    return { response, ...seen[0] };
  };

  test('previews and unknown fields reach a host of this grammar; the caller’s key and the end user’s id do not', async () => {
    const more = {
      context_management: { edits: [] },
      brand_new: [1],
      metadata: { user_id: 'anna' },
      provider: { allow_fallbacks: false },
      messages: [{ role: 'user', content: [{ type: 'hologram', beam: 3 }] }],
    };
    const headers = { 'anthropic-beta': 'a-2025-01-01, b-2025-02-02', 'x-api-key': gateway.apiKey };
    const { body, headers: got } = await reaching('lab/messages', more, headers);
    expect(got?.get('anthropic-beta')).toBe('a-2025-01-01,b-2025-02-02');
    expect([got?.get('anthropic-version'), got?.get('x-api-key')]).toEqual(['2023-06-01', 'k-messages']);
    expect(body).toMatchObject({
      model: 'lab/messages',
      context_management: { edits: [] },
      brand_new: [1],
      messages: more.messages,
    });
    expect(body?.['provider']).toBeUndefined();
    expect(JSON.stringify(body)).not.toContain('anna');
    expect(body?.['metadata']).toMatchObject({ user_id: expect.stringMatching(/\S/) });
  });

  test('a host of another grammar gets neither, and the caller is told', async () => {
    const more = { context_management: { edits: [] }, brand_new: 1, top_k: 5 };
    const { body, headers, response } = await reaching('lab/chat', more, { 'anthropic-beta': 'a-2025-01-01' });
    expect(headers?.get('anthropic-beta')).toBeNull();
    expect(body).toMatchObject({ messages: [{ role: 'user', content: TEXT }], max_tokens: 500 });
    expect(body?.['context_management']).toBeUndefined();
    expect(body?.['brand_new']).toBeUndefined();
    expect([response.status, response.headers.get('x-signalbox-notes')]).toEqual([200, '2']);
    const path = `/api/v1/signalbox/generations/${idOf(response)}`;
    expect(await jsonOf(await ask(gateway, null, { method: 'GET', path }))).toMatchObject({
      data: {
        notes: [
          { code: 'parameter.dropped', field: 'context_management' },
          { code: 'parameter.dropped', field: 'brand_new' },
        ],
      },
    });
  });
});

describe('tokens counted', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());
  const count = (body: unknown, key?: string | null) =>
    ask(gateway, body, { path: `${PATH}/count_tokens?beta=true`, ...(key !== undefined && { key }) });

  test('of the whole request, without a limit, at no charge', async () => {
    const response = await count({
      model: 'sim/echo',
      system: 'Be brief.',
      messages: [{ role: 'user', content: TEXT }],
    });
    expect([response.status, await jsonOf(response)]).toEqual([200, { input_tokens: 13 }]);
    expect(idOf(response)).toMatch(/^gen-/);
    const used = await ask(gateway, null, { path: '/api/v1/key', method: 'GET' });
    expect(await jsonOf(used)).toMatchObject({ data: { usage: 0 } });
  });

  test('refusals in this grammar', async () => {
    const malformed = await count({ model: 'sim/echo', messages: 'x' });
    expect([malformed.status, (await jsonOf(malformed))['type']]).toEqual([400, 'error']);
    const stranger = await count({ model: 'sim/echo', messages: [] }, null);
    expect(await jsonOf(stranger)).toMatchObject({
      error: { type: 'authentication_error' },
      request_id: idOf(stranger),
    });
    const broken = await count('{');
    expect((await jsonOf(broken))['error']).toMatchObject({ type: 'invalid_request_error' });
  });
});
