/** Answers given again (https://openrouter.ai/docs/guides/features/response-caching), over HTTP against the simulated provider. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';
import { z } from 'zod';
import { type AskOptions, ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { describeEachUpstream } from '../kit/each-upstream.ts';
import { generationOf, nanoUsd, spendOf } from '../kit/generation.ts';
import { createApiKey, patchApiKey, spendLimit } from '../kit/keys.ts';
import { parseStream, readStream } from '../kit/read-stream.ts';
import { createServeFolder } from '../kit/serve-child.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const ON = { 'X-OpenRouter-Cache': 'true' };
const cached = (options: AskOptions = {}): AskOptions => ({ ...options, headers: { ...ON, ...options.headers } });

/** The response's headers on caching, by what follows `x-openrouter-cache-`. */
function cacheHeaders({ headers }: Response): Record<string, string> {
  const prefix = 'x-openrouter-cache-';
  return Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

async function statusOf(response: Promise<Response>): Promise<string | undefined> {
  const answered = await response;
  await answered.text();
  return cacheHeaders(answered)['status'];
}

describeEachUpstream('asked again', ({ gateway }) => {
  test('a whole answer: the same, free, as a generation of its own', async () => {
    const request = chat('sim/echo', 'whole, again');
    const miss = await ask(gateway(), request, cached());
    const first = await wholeOf(miss);
    expect(cacheHeaders(miss)).toEqual({ status: 'MISS', ttl: '300' });
    expect(first.usage.cost).toBeGreaterThan(0);

    const hit = await ask(gateway(), request, cached());
    const second = await wholeOf(hit);
    expect(cacheHeaders(hit)).toEqual({ status: 'HIT', age: '0', ttl: '300', 'source-id': first.id });
    expect(second.id).not.toBe(first.id);
    expect(hit.headers.get('x-generation-id')).toBe(second.id);
    expect(second.usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cost: 0 });
    expect({ ...second, id: first.id, created: 0, usage: first.usage }).toEqual({ ...first, created: 0 });
  });

  test('a stream: the same frames', async () => {
    const request = chat('sim/reasoner', 'a stream, again', { stream: true });
    const first = await readStream(await ask(gateway(), request, cached()));
    const hit = await ask(gateway(), request, cached());
    const second = await readStream(hit);
    expect(cacheHeaders(hit)).toMatchObject({ status: 'HIT', 'source-id': first.id });
    expect(second.isDone).toBe(true);
    expect([...new Set(second.frames.map(({ id }) => id))]).toEqual([hit.headers.get('x-generation-id') ?? '']);
    expect(second.usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cost: 0 });
    const bare = ({ frames }: typeof first) => frames.map(({ id: _, created: __, usage: ___, ...frame }) => frame);
    expect(bare(second)).toEqual(bare(first));
  });

  test('the record of a hit names its source, costs nothing and reached no provider', async () => {
    for (const stream of [false, true]) {
      const request = chat('sim/echo', 'recorded', { stream });
      const miss = await ask(gateway(), request, cached());
      await miss.text();
      const hit = await ask(gateway(), request, cached());
      await hit.text();
      const source = await generationOf(gateway(), miss.headers.get('x-generation-id') ?? '');
      const record = await generationOf(gateway(), hit.headers.get('x-generation-id') ?? '');
      expect(source).toMatchObject({ response_cache_source_id: null });
      expect(record).toMatchObject({
        response_cache_source_id: source.id,
        model: source.model,
        provider_name: source.provider_name,
        finish_reason: 'stop',
        streamed: stream,
        cancelled: false,
        total_cost: 0,
        usage: 0,
        tokens_prompt: 0,
        tokens_completion: 0,
        provider_responses: [],
      });
    }
  });
});

describe('what counts as asked again', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  test('only who asks for it is answered from the cache, and only then are its headers there', async () => {
    const request = chat('sim/echo', 'opt in');
    expect(await statusOf(ask(gateway, request, cached()))).toBe('MISS');
    for (const headers of [{}, { 'X-OpenRouter-Cache': 'false' }, { 'X-OpenRouter-Cache-Clear': 'true' }]) {
      const response = await ask(gateway, request, { headers });
      expect(cacheHeaders(response)).toEqual({});
      expect((await wholeOf(response)).usage.cost).toBeGreaterThan(0);
    }
    expect(await statusOf(ask(gateway, request, cached()))).toBe('HIT');
  });

  test('the same value in other white space, by another path and from another app', async () => {
    const request = chat('sim/echo', 'white space');
    expect(await statusOf(ask(gateway, request, cached()))).toBe('MISS');
    expect(await statusOf(ask(gateway, JSON.stringify(request, null, 4), cached()))).toBe('HIT');
    expect(await statusOf(ask(gateway, request, cached({ path: '/v1/chat/completions' })))).toBe('HIT');
    const headers = { 'HTTP-Referer': 'https://app.example', 'X-Title': 'App', 'X-Session-Id': 's' };
    expect(await statusOf(ask(gateway, request, cached({ headers })))).toBe('HIT');
  });

  test('not another key, order of members, stream flag, or what a header asks of the provider', async () => {
    const { model, messages } = chat('sim/echo', 'other questions');
    const other = await createApiKey(gateway, { name: 'other' });
    expect(await statusOf(ask(gateway, { model, messages }, cached()))).toBe('MISS');
    expect(await statusOf(ask(gateway, { model, messages }, cached({ key: other.key })))).toBe('MISS');
    expect(await statusOf(ask(gateway, { messages, model }, cached()))).toBe('MISS');
    expect(await statusOf(ask(gateway, { model, messages, stream: true }, cached()))).toBe('MISS');
    expect(await statusOf(ask(gateway, { model, messages, temperature: 1 }, cached()))).toBe('MISS');
    const headers = { 'x-anthropic-beta': 'interleaved-thinking-2025-05-14' };
    expect(await statusOf(ask(gateway, { model, messages }, cached({ headers })))).toBe('MISS');
    expect(await statusOf(ask(gateway, { model, messages }, cached()))).toBe('HIT');
  });

  test('until its time is over', async () => {
    const request = chat('sim/echo', 'a second');
    const shortly = cached({ headers: { 'X-OpenRouter-Cache-TTL': '1' } });
    expect(cacheHeaders(await ask(gateway, request, shortly))).toEqual({ status: 'MISS', ttl: '1' });
    expect(cacheHeaders(await ask(gateway, request, cached()))).toMatchObject({ status: 'HIT', ttl: '1' });
    await Bun.sleep(1020);
    expect(await statusOf(ask(gateway, request, cached()))).toBe('MISS');
  });

  test('a cleared one is asked anew, and that answer is kept', async () => {
    const request = chat('sim/echo', 'cleared');
    const first = await wholeOf(await ask(gateway, request, cached()));
    const refreshed = await ask(gateway, request, cached({ headers: { 'X-OpenRouter-Cache-Clear': 'true' } }));
    const second = await wholeOf(refreshed);
    expect(cacheHeaders(refreshed)).toEqual({ status: 'MISS', ttl: '300' });
    const hit = await ask(gateway, request, cached());
    expect(cacheHeaders(hit)['source-id']).toBe(second.id);
    expect(second.id).not.toBe(first.id);
  });

  test('a cleared one whose refreshing fails is gone', async () => {
    const clear = cached({ headers: { 'X-OpenRouter-Cache-Clear': 'true' } });
    // Healthy after its only fault is spent, so that the same body answers either way.
    const request = chat('sim/echo?status=503&times=1&key=cleared-away', 'x');
    expect((await ask(gateway, request, cached())).status).toBe(503);
    expect(await statusOf(ask(gateway, request, cached()))).toBe('MISS');
    expect(await statusOf(ask(gateway, request, clear))).toBe('MISS');
    expect(await statusOf(ask(gateway, request, cached()))).toBe('HIT');
  });

  test('embeddings', async () => {
    const request = { model: 'sim/embed', input: ['one', 'two'], dimensions: 4 };
    const vectors = z.looseObject({
      id: z.string(),
      data: z.array(z.looseObject({ embedding: z.array(z.number()) })),
      usage: z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int(), cost: z.number() }),
    });
    const path = '/api/v1/embeddings';
    const miss = await ask(gateway, request, cached({ path }));
    const first = vectors.parse(await miss.json());
    const hit = await ask(gateway, request, cached({ path }));
    const second = vectors.parse(await hit.json());
    expect(cacheHeaders(hit)).toMatchObject({ status: 'HIT', 'source-id': first.id });
    expect(second.data).toEqual(first.data);
    expect(second.usage).toMatchObject({ prompt_tokens: 0, total_tokens: 0, cost: 0 });
    expect(await generationOf(gateway, second.id)).toMatchObject({ total_cost: 0, response_cache_source_id: first.id });
  });

  test('equal requests at the same time are not joined', async () => {
    const request = chat('sim/echo?first_byte_ms=50', 'at once');
    const both = await Promise.all([1, 2].map(() => statusOf(ask(gateway, request, cached()))));
    expect(both).toEqual(['MISS', 'MISS']);
  });

  test('a preset asks for it without a header, a header’s no beats its yes, and its no beats any header', async () => {
    const presets = { cached: { cache_enabled: true, cache_ttl_seconds: 60 }, uncached: { cache_enabled: false } };
    for (const [slug, settings] of Object.entries(presets)) {
      const path = `/api/v1/presets/${slug}/chat/completions`;
      expect((await ask(gateway, { ...chat('sim/echo'), ...settings }, { path })).status).toBe(200);
    }
    const request = chat('@preset/cached', 'by preset');
    expect(cacheHeaders(await ask(gateway, request))).toEqual({ status: 'MISS', ttl: '60' });
    expect(cacheHeaders(await ask(gateway, request))).toMatchObject({ status: 'HIT', ttl: '60' });
    expect(cacheHeaders(await ask(gateway, request, { headers: { 'X-OpenRouter-Cache': 'false' } }))).toEqual({});
    for (let i = 0; i < 2; i++) {
      expect(cacheHeaders(await ask(gateway, chat('@preset/uncached', 'by preset'), cached()))).toEqual({});
    }
  });

  test('a browser may read the headers', async () => {
    const response = await ask(gateway, chat('sim/echo', 'browser'), cached());
    const exposed = response.headers.get('access-control-expose-headers');
    expect(exposed).toContain('X-OpenRouter-Cache-Status');
    expect(exposed).toContain('X-Generation-Id');
  });

  test('how the first was routed is not told of the second', async () => {
    const told = cached({ headers: { 'X-OpenRouter-Metadata': 'enabled' } });
    for (const stream of [false, true]) {
      const request = chat('sim/echo', 'metadata', { stream });
      expect(await (await ask(gateway, request, told)).text()).toContain('openrouter_metadata');
      const hit = await ask(gateway, request, told);
      expect(cacheHeaders(hit)['status']).toBe('HIT');
      expect(await hit.text()).not.toContain('openrouter_metadata');
    }
  });
});

describe('what is not given again', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ config: 'providers:\n  sim: { timeouts: { idle_ms: 100 } }\n' });
  });
  afterAll(() => gateway.stop());

  /** Twice the same: neither is a hit. */
  async function neverHits(body: unknown): Promise<Response> {
    const first = await ask(gateway, body, cached());
    await first.text();
    const second = await ask(gateway, body, cached());
    expect([cacheHeaders(first)['status'], cacheHeaders(second)['status']]).not.toContain('HIT');
    return second;
  }

  test.each([400, 401, 402, 429, 500, 503])('a provider’s %i', async (status) => {
    const error = await errorOf(await neverHits(chat(`sim/echo?status=${status}`)));
    expect(error.code).toBeGreaterThanOrEqual(400);
  });

  test.each(['error200', 'garbage=1', 'empty_body', 'cut=60', 'reset=60'])(
    'a broken whole answer: %s',
    async (fault) => {
      const response = await neverHits(chat(`sim/echo?${fault}`));
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(cacheHeaders(response)).toEqual({});
    },
  );

  test.each(['cut=900', 'drop=900', 'error_after=2', 'garbage=2', 'stall=2', 'no_done&cut=1000'])(
    'a broken stream: %s',
    async (fault) => {
      const response = await neverHits(chat(`sim/echo?${fault}`, 'one two three four five six', { stream: true }));
      const { error, isDone, text } = parseStream(await response.text());
      expect([error !== undefined, isDone, text.length > 0]).toEqual([true, false, true]);
    },
  );

  test('a refusal of our own', async () => {
    await neverHits({ model: 'sim/echo' });
    await neverHits(chat('sim/ecco'));
  });

  test('a stream whose client left', async () => {
    const body = chat('sim/echo?token_ms=20', 'one two three four five six', { stream: true });
    const controller = new AbortController();
    const response = await ask(gateway, body, cached({ signal: controller.signal }));
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort();
    await reader?.read().catch(() => {});
    await Bun.sleep(200);
    expect(await statusOf(ask(gateway, body, cached()))).toBe('MISS');
  });

  test('an answer larger than a sixteenth of the cache', async () => {
    const small = await startGateway({ config: 'providers: { sim: {} }\nresponse_cache: { max_bytes: 65536 }\n' });
    for (const stream of [false, true]) {
      const [fits, tooLarge] = [1000, 5000].map((bytes) => chat(`sim/echo?bytes=${bytes}`, 'x', { stream }));
      for (const body of [fits, tooLarge]) expect(await statusOf(ask(small, body, cached()))).toBe('MISS');
      expect(await statusOf(ask(small, tooLarge, cached()))).toBe('MISS');
      expect(await statusOf(ask(small, fits, cached()))).toBe('HIT');
    }
    await small.stop();
  });

  test('anything, where the operator turned it off', async () => {
    const off = await startGateway({ config: 'providers: { sim: {} }\nresponse_cache: { max_bytes: 0 }\n' });
    for (let i = 0; i < 2; i++) expect(cacheHeaders(await ask(off, chat('sim/echo'), cached()))).toEqual({});
    await off.stop();
  });
});

describe('zero data retention', () => {
  const zdr = { provider: { zdr: true } };

  test('asked for by the request, or ordered for the key or for everybody: nothing is stored or given', async () => {
    const config = (routing: string) =>
      startGateway({
        config: `providers: { sim: { data_policy: { training: false, retention_days: 0 } } }\n${routing}`,
      });
    const byRequest = await config('');
    const byKey = await config('routing: { keys: { strict: { zdr: true } } }\n');
    const byDefault = await config('routing: { defaults: { zdr: true } }\n');
    const strict = (await createApiKey(byKey, { name: 'strict' })).key;
    const asked: readonly [Gateway, Readonly<Record<string, unknown>>, string][] = [
      [byRequest, zdr, byRequest.apiKey],
      [byKey, {}, strict],
      [byDefault, {}, byDefault.apiKey],
    ];
    for (const [gateway, more, key] of asked) {
      for (let i = 0; i < 2; i++) {
        const response = await ask(gateway, chat('sim/echo', 'private', more), cached({ key }));
        expect([response.status, cacheHeaders(response)]).toEqual([200, {}]);
      }
    }
    for (let i = 0; i < 2; i++) {
      const response = await ask(byKey, chat('sim/echo', 'private'), cached());
      expect(cacheHeaders(response)['status']).toBe(['MISS', 'HIT'][i]);
    }
    await Promise.all([byRequest, byKey, byDefault].map((gateway) => gateway.stop()));
  });
});

describe('limits hold for what is free, too', () => {
  test('a spent or disabled key gets no answer, and a hit spends nothing', async () => {
    const gateway = await startGateway();
    const spent = await spendLimit(gateway);
    const request = { model: 'sim/echo', messages: [{ role: 'user', content: 'Spend it.' }] };
    const error = await errorOf(await ask(gateway, request, cached({ key: spent.key })));
    expect(error.code).toBe(402);

    const limited = await createApiKey(gateway, { name: 'limited', limit: 1 });
    expect(await statusOf(ask(gateway, request, cached({ key: limited.key })))).toBe('MISS');
    const before = await spendOf(gateway, limited.key);
    expect(await statusOf(ask(gateway, request, cached({ key: limited.key })))).toBe('HIT');
    expect(await spendOf(gateway, limited.key)).toBe(before);
    await patchApiKey(gateway, limited, { limit: Number(before.toFixed(9)) });
    expect((await errorOf(await ask(gateway, request, cached({ key: limited.key })))).code).toBe(402);
    await patchApiKey(gateway, limited, { limit: null, disabled: true });
    expect((await errorOf(await ask(gateway, request, cached({ key: limited.key })))).code).toBe(401);
    expect(nanoUsd(before)).toBeGreaterThan(0n);
    await gateway.stop();
  });
});

describe('unmodified clients read a replayed stream', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const messages = [{ role: 'user' as const, content: 'Call the tool for Oslo' }];

  test('openai: folded, with its tool call', async () => {
    const client = new OpenAI({
      baseURL: `${gateway.url}/v1`,
      apiKey: gateway.apiKey,
      maxRetries: 0,
      defaultHeaders: ON,
    });
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
    const runs = [];
    for (let i = 0; i < 2; i++) {
      const stream = client.chat.completions.stream({
        model: 'sim/tools',
        messages,
        tools,
        stream_options: { include_usage: true },
      });
      runs.push(await stream.finalChatCompletion());
    }
    const [first, second] = runs;
    expect(second?.choices).toEqual(first?.choices ?? []);
    expect(second?.choices[0]?.message.tool_calls).toHaveLength(1);
    expect([first?.usage?.total_tokens === 0, second?.usage?.total_tokens]).toEqual([false, 0]);
  });

  test('@openrouter/sdk, whose schemas are strict', async () => {
    const client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: gateway.apiKey });
    const runs: { id: string; text: string; totalTokens: number | undefined }[] = [];
    for (let i = 0; i < 2; i++) {
      const chatRequest = { model: 'sim/echo', messages, stream: true as const };
      const stream = await client.chat.send({ chatRequest }, { headers: ON });
      let id = '';
      let text = '';
      let totalTokens: number | undefined;
      if ('choices' in stream) throw new Error('a whole answer came where a stream was asked for');
      for await (const piece of stream) {
        id = piece.id;
        text += piece.choices[0]?.delta.content ?? '';
        totalTokens = piece.usage?.totalTokens ?? totalTokens;
      }
      runs.push({ id, text, totalTokens });
    }
    const [first, second] = runs;
    expect(second).toEqual({ id: expect.stringMatching(/^gen-/), text: first?.text ?? '', totalTokens: 0 });
    expect(second?.id).not.toBe(first?.id);
    const hit = await client.generations.getGeneration({ id: second?.id ?? '' });
    expect([hit.data.totalCost, hit.data.responseCacheSourceId]).toEqual([0, first?.id ?? null]);
  });
});

describe('kept on disk', () => {
  const config = (persist: boolean) => `providers: { sim: {} }\nresponse_cache: { persist: ${persist} }\n`;

  test('a restart still hits; without persist it does not, and the file is gone', async () => {
    const folder = createServeFolder(config(true));
    const file = join(dirname(folder.configFile), 'data', 'response-cache.db');
    const request = chat('sim/echo', 'before the restart', { stream: true });
    const first = await folder.start();
    const source = await readStream(await ask(first, request, cached()));
    first.kill('SIGTERM');
    await first.exited;

    const second = await folder.start();
    const hit = await ask(second, request, cached());
    expect(cacheHeaders(hit)).toMatchObject({ status: 'HIT', 'source-id': source.id });
    expect((await readStream(hit)).text).toBe(source.text);
    expect(await statusOf(ask(second, request, cached({ headers: { 'X-OpenRouter-Cache-Clear': 'true' } })))).toBe(
      'MISS',
    );
    second.kill('SIGKILL');
    await second.exited;
    expect(existsSync(file)).toBe(true);

    folder.writeConfig(config(false));
    const third = await folder.start();
    expect(existsSync(file)).toBe(false);
    expect(await statusOf(ask(third, request, cached()))).toBe('MISS');
    folder.remove();
  });
});
