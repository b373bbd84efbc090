/** `POST /signalbox/route`: where a request would go and why, without sending it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { spendOf } from '../kit/generation.ts';
import { createApiKey, spendLimit } from '../kit/keys.ts';
import { ROUTE_LAB } from '../kit/route-lab.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ config: ROUTE_LAB });
});
afterAll(() => gateway.stop());

const target = z.strictObject({
  rank: z.int(),
  endpoint_id: z.string(),
  provider: z.string(),
  model: z.string(),
  expected_cost: z.number(),
  pricing: z.record(z.string(), z.string()),
  share: z.number(),
  standing: z.string(),
  quality: z.number().optional(),
  latency_p50: z.number().optional(),
  throughput_p50: z.number().optional(),
  session: z.strictObject({ cached_tokens: z.number(), is_named: z.boolean() }).optional(),
  dropped_parameters: z.array(z.string()).optional(),
});
const excluded = z.strictObject({
  endpoint_id: z.string(),
  provider: z.string(),
  model: z.string(),
  excluded_by: z.string(),
  because: z.string(),
  share: z.number().optional(),
});
const report = z.strictObject({
  would_go_to: z
    .strictObject({
      provider: z.string(),
      model: z.string(),
      endpoint_id: z.string(),
      upstream_model: z.string(),
      service_tier: z.string().optional(),
    })
    .nullable(),
  error: z.looseObject({ code: z.int(), message: z.string() }).nullable(),
  admitted: z.strictObject({ ok: z.boolean().nullable(), reason: z.string().nullable() }),
  strategy: z.string(),
  router: z.string().optional(),
  because: z.array(z.string()),
  estimate: z.strictObject({
    prompt_tokens: z.int(),
    output_tokens: z.int(),
    expected_cost_usd: z.number().nullable(),
  }),
  targets: z.array(target),
  excluded: z.array(excluded),
  preferences: z.record(z.string(), z.unknown()),
  preferences_from: z.record(z.string(), z.array(z.string())),
  policies: z.array(
    z.strictObject({
      policy: z.string(),
      summary: z.string(),
      from: z.array(z.string()).optional(),
      excluded: z.int().optional(),
    }),
  ),
});

type Options = Parameters<typeof ask>[2];
const explain = (body: unknown, options: Options = {}) =>
  ask(gateway, body, { path: '/api/v1/signalbox/route', ...options });

async function reportOf(body: unknown, options: Options = {}) {
  const response = await explain(body, options);
  expect(response.status).toBe(200);
  return z.strictObject({ data: report }).parse(await response.json()).data;
}

const plain = (more: Readonly<Record<string, unknown>> = {}) => chat('lab/plain', 'one two three', more);

describe('where a request would go', () => {
  test('in which order, at what price and with which chance', async () => {
    const told = await reportOf(plain());
    expect(told.targets.map(({ provider, share, rank }) => [provider, share, rank]).toSorted()).toEqual([
      ['Two & Co', expect.closeTo(0.1, 6), expect.any(Number)],
      ['one', expect.closeTo(0.9, 6), expect.any(Number)],
    ]);
    const [first] = told.targets;
    expect(told).toMatchObject({
      error: null,
      admitted: { ok: true, reason: null },
      strategy: 'direct',
      because: ['drawn with weight 1/price², then by price'],
      // 13 characters, and four tokens of framing.
      estimate: { prompt_tokens: 8, output_tokens: 1000, expected_cost_usd: first?.expected_cost ?? -1 },
      would_go_to: { provider: first?.provider, endpoint_id: first?.endpoint_id, upstream_model: 'echo' },
    });
    const one = told.targets.find(({ provider }) => provider === 'one');
    expect(one).toMatchObject({
      endpoint_id: 'one|lab/plain',
      expected_cost: 0.001008,
      pricing: { prompt: '0.000001', completion: '0.000001', input_cache_read: '0.0000001' },
      standing: 'ready',
    });
  });

  test('and who is left out, by which rule and whose word', async () => {
    const told = await reportOf(plain({ provider: { data_collection: 'deny', sort: 'price' } }));
    expect(told.targets.map(({ provider, share }) => [provider, share])).toEqual([['Two & Co', 1]]);
    expect(told.excluded.map(({ provider, excluded_by }) => [provider, excluded_by]).toSorted()).toEqual([
      ['Two & Co', 'service_tier'],
      ['dear', 'max_price'],
      ['one', 'data_policy:training'],
    ]);
    expect(told.preferences).toEqual({ data_collection: 'deny', sort: 'price', max_price: { prompt: '5' } });
    expect(told.preferences_from).toEqual({ data_collection: ['request'], sort: ['request'], max_price: ['account'] });
    expect(told.policies).toEqual([
      {
        policy: 'data_collection',
        summary: 'providers that may train on prompts, or do not say, may not serve',
        from: ['request'],
        excluded: 1,
      },
      { policy: 'max_price', summary: 'at most $5 a million prompt tokens', from: ['account'], excluded: 1 },
    ]);
  });

  test.each<
    [string, Readonly<Record<string, unknown>>, Readonly<Record<string, string>>, Readonly<Record<string, unknown>>]
  >([
    ['the variant', { model: 'lab/plain:floor' }, {}, { because: ['sorted by price'] }],
    ['the alias', { model: 'quick' }, {}, { strategy: 'alias', would_go_to: { model: 'lab/plain' } }],
    [
      'several models',
      { model: 'lab/alone', models: ['lab/plain'] },
      {},
      {
        strategy: 'fallback',
        targets: [{ model: 'lab/alone', share: 1 }, { model: 'lab/plain' }, { share: expect.any(Number) }],
      },
    ],
    [
      'the tier',
      { service_tier: 'priority' },
      {},
      {
        would_go_to: { service_tier: 'priority', upstream_model: 'echo-fast' },
        targets: [{ share: 1 }, { share: 0 }, { share: 0 }],
      },
    ],
    [
      'the header against training',
      {},
      { 'x-openrouter-no-prompt-training': 'true' },
      { preferences_from: { data_collection: ['header'] }, would_go_to: { provider: 'Two & Co' } },
    ],
    [
      'what would be dropped',
      { top_k: 5, provider: { order: ['one'] } },
      {},
      { targets: [{ dropped_parameters: ['top_k'] }, { dropped_parameters: ['top_k'] }] },
    ],
    [
      'only the first is tried',
      { provider: { allow_fallbacks: false } },
      {},
      { targets: [{ rank: 1 }], policies: [{ policy: 'allow_fallbacks', excluded: 1 }, { policy: 'max_price' }] },
    ],
  ])('with %s', async (_, more, headers, told) => {
    expect(await reportOf(plain(more), { headers })).toMatchObject(told);
  });

  test('the shares of those who were not drawn are told with what excludes them', async () => {
    const { targets, excluded } = await reportOf(plain({ provider: { allow_fallbacks: false } }));
    const shares = [...targets, ...excluded.filter(({ excluded_by }) => excluded_by === 'allow_fallbacks')];
    expect(shares.map(({ share }) => share ?? 0).toSorted()).toEqual([expect.closeTo(0.1, 6), expect.closeTo(0.9, 6)]);
  });

  test('is drawn anew each time, in proportion to the shares', async () => {
    const draws = await Promise.all(Array.from({ length: 60 }, () => reportOf(plain())));
    const firsts = draws.map(({ would_go_to }) => would_go_to?.provider);
    expect(new Set(firsts)).toEqual(new Set(['one', 'Two & Co']));
    expect(firsts.filter((provider) => provider === 'one').length).toBeGreaterThan(40);
  });

  test('the defaults of the key that asks hold', async () => {
    const { key } = await createApiKey(gateway, { name: 'careful', limit: 2, limit_reset: 'daily' });
    const told = await reportOf(plain({ provider: { ignore: ['one'] } }), { key });
    expect(told).toMatchObject({
      preferences: { zdr: true, ignore: ['two', 'one'] },
      preferences_from: { zdr: ['key'], ignore: ['key', 'request'], max_price: ['account'] },
      error: { code: 404 },
    });
    expect(told.policies.at(-1)).toEqual({ policy: 'key_limit', summary: 'the key may spend $2 daily' });
  });
});

describe('what routing would refuse is an answer, too', () => {
  test('nothing left: the very error, and what excluded each', async () => {
    const body = plain({ provider: { max_price: { prompt: 0.1 } } });
    const told = await reportOf(body);
    expect(told.error).toEqual(await errorOf(await ask(gateway, body)));
    expect(told).toMatchObject({ would_go_to: null, targets: [], estimate: { expected_cost_usd: null } });
    expect(told.excluded.map(({ excluded_by }) => excluded_by)).toEqual([
      'service_tier',
      'max_price',
      'max_price',
      'max_price',
    ]);
  });

  test.each([
    ['an unknown model', 'lab/plian', 400, 'model_not_found'],
    ['a model that nobody serves', 'anthropic/claude-opus-4.5', 404, 'no_endpoints'],
  ])('%s', async (_, model, code, availability) => {
    expect(await reportOf(chat(model))).toMatchObject({
      would_go_to: null,
      error: { code, availability: { code: availability } },
      strategy: 'direct',
    });
  });

  test('a request that comes back to the gateway it left', async () => {
    const seen: string[] = [];
    const upstream = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch(request) {
        seen.push(request.headers.get('x-signalbox-via') ?? '');
        return new Response(null, { status: 500 });
      },
    });
    const looping = await startGateway({
      config: `providers:\n  back: { dialect: openai-chat, base_url: "http://127.0.0.1:${upstream.port}/v1", api_key: none, models: [lab/loop] }\n`,
    });
    try {
      await ask(looping, chat('lab/loop'));
      const headers = { 'x-signalbox-via': seen[0] ?? '' };
      const response = await ask(looping, chat('lab/loop'), { path: '/api/v1/signalbox/route', headers });
      const { data } = z.strictObject({ data: report }).parse(await response.json());
      expect(data).toMatchObject({ would_go_to: null, error: { code: 508 } });
    } finally {
      await looping.stop();
      await upstream.stop(true);
    }
  });

  test('a key whose limit is spent: where it would go, and that it may not', async () => {
    const own = await startGateway();
    try {
      const { key } = await spendLimit(own);
      const response = await ask(own, chat('sim/echo'), { path: '/api/v1/signalbox/route', key });
      const { data } = z.strictObject({ data: report }).parse(await response.json());
      expect(data).toMatchObject({
        admitted: { ok: false, reason: expect.stringContaining('Key limit exceeded') },
        error: null,
        would_go_to: { provider: 'Sim' },
      });
    } finally {
      await own.stop();
    }
  });
});

describe('a body that is no request is refused as /chat/completions refuses it', () => {
  test.each<[string, unknown, Options]>([
    ['no messages', { model: 'lab/plain' }, {}],
    ['a wrong type', plain({ temperature: 'hot' }), {}],
    ['a wrong wish', plain({ provider: { sort: 'fame' } }), {}],
    ['no model', { messages: [{ role: 'user', content: 'hi' }] }, {}],
    ['no JSON', '{"model":', {}],
    ['an unknown preset', plain({ preset: 'nobodys' }), {}],
    ['no key', plain(), { key: null }],
  ])('%s', async (_, body, options) => {
    const [dry, real] = [await explain(body, options), await ask(gateway, body, options)];
    expect([dry.status, await dry.json()]).toEqual([real.status, await real.json()]);
    expect(dry.status).toBeWithin(400, 405);
  });

  test('a management key', async () => {
    expect(await errorOf(await explain(plain(), { key: gateway.managementKey }))).toMatchObject({ code: 403 });
  });
});

describe('a preset', () => {
  test('is applied as it would be', async () => {
    const preset = { model: 'lab/plain', messages: [{ role: 'user', content: 'x' }], provider: { only: ['two'] } };
    const made = await ask(gateway, preset, { path: '/api/v1/presets/cautious/chat/completions' });
    expect(made.status).toBeLessThan(300);
    const told = await reportOf({ model: '@preset/cautious', messages: [{ role: 'user', content: 'hi' }] });
    expect(told).toMatchObject({ would_go_to: { provider: 'Two & Co' }, preferences_from: { only: ['request'] } });
    expect(told.policies.at(-1)).toEqual({
      policy: 'preset',
      summary: 'the preset "cautious" adds its fields where the request says none',
    });
  });
});

describe('plugins', () => {
  const json = { response_format: { type: 'json_object' } };

  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      'asked for',
      { plugins: [{ id: 'response-healing' }, { id: 'context-compression' }], ...json },
      ['plugin:context-compression', 'plugin:response-healing'],
    ],
    ['that have nothing to do', { plugins: [{ id: 'response-healing' }] }, []],
    ['in the older words', { transforms: ['middle-out'] }, ['plugin:context-compression']],
  ])('%s', async (_, more, acting) => {
    const { policies } = await reportOf(plain(more));
    expect(policies.flatMap(({ policy }) => (policy.startsWith('plugin:') ? policy : []))).toEqual([...acting]);
  });

  test('that would refuse: their very error, and the plan beside it', async () => {
    const body = plain({ model: 'lab/plain:online' });
    const told = await reportOf(body);
    expect(told.error).toEqual(await errorOf(await ask(gateway, body)));
    expect(told).toMatchObject({ would_go_to: null, error: { code: 501 } });
    expect(told.targets).toHaveLength(2);
  });

  test('wrong options are refused as there', async () => {
    const body = plain({ plugins: [{ id: 'file-parser', pdf: { engine: 'magic' } }] });
    const [dry, real] = [await explain(body), await ask(gateway, body)];
    expect([dry.status, await dry.json()]).toEqual([real.status, await real.json()]);
  });
});

describe('the plan is the one that the exchange gets', () => {
  const file = { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGVsbG8=' } };
  const stored = z.object({
    data: z.object({
      plan: z.looseObject({
        targets: z.array(z.looseObject({ endpoint_id: z.string(), expected_cost: z.number() })),
        excluded: z.array(z.looseObject({ endpoint_id: z.string(), excluded_by: z.string() })).default([]),
      }),
    }),
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['plain', {}],
    ['a long prompt', { messages: [{ role: 'user', content: 'word '.repeat(4000) }] }],
    ['much output', { max_tokens: 100_000 }],
    ['a file', { messages: [{ role: 'user', content: [{ type: 'text', text: 'what is it?' }, file] }] }],
    ['parameters', { top_k: 3, tools: [{ type: 'function', function: { name: 'f' } }] }],
  ])('%s', async (_, more) => {
    const body = plain({ ...more, provider: { sort: 'price' } });
    const told = await reportOf(body);
    const { id } = await wholeOf(await ask(gateway, body));
    const path = `/api/v1/signalbox/generations/${id}`;
    const { plan } = stored.parse(await (await ask(gateway, null, { method: 'GET', path })).json()).data;
    const rows = (list: readonly { endpoint_id: string; expected_cost: number }[], withCost: boolean) =>
      list.map(({ endpoint_id, expected_cost }) => [endpoint_id, withCost ? expected_cost : null]);
    const left = (list: readonly { endpoint_id: string; excluded_by: string }[]) =>
      list.map(({ endpoint_id, excluded_by }) => [endpoint_id, excluded_by]);
    // What a file adds to the prompt is known only when it has been read.
    const isKnown = !told.policies.some(({ policy }) => policy === 'plugin:file-parser');
    expect(rows(told.targets, isKnown)).toEqual(rows(plan.targets, isKnown));
    expect(left(told.excluded)).toEqual(left(plan.excluded));
  });
});

describe('a dry run leaves no trace', () => {
  test('no attempt, no record, no cost', async () => {
    const { key } = await createApiKey(gateway, { name: 'dry' });
    for (let i = 0; i < 12; i++) await reportOf(chat('lab/fails'), { key });
    expect(await spendOf(gateway, key)).toBe(0);
    // Twelve attempts there would have ejected it.
    const told = await reportOf(chat('lab/fails', 'x', { provider: { sort: 'price' } }), { key });
    expect(told.targets.map(({ provider, standing }) => [provider, standing])).toEqual([
      ['one', 'ready'],
      ['Two & Co', 'ready'],
    ]);
    expect(gateway.log()).not.toContain('lab/fails');
  });

  test('and sees what real traffic has shown', async () => {
    await wholeOf(await ask(gateway, chat('lab/rests', 'x', { provider: { order: ['one'] } })));
    const told = await reportOf(chat('lab/rests', 'x', { provider: { sort: 'price' } }));
    expect(told.targets.map(({ provider, standing }) => [provider, standing])).toEqual([
      ['Two & Co', 'ready'],
      ['one', 'resting'],
    ]);
    expect(told.targets[0]).toMatchObject({ latency_p50: expect.any(Number), share: 1 });
    expect(told.because).toContain('behind the others: one (resting)');
  });

  test('a conversation is known by its session, in the body or the header', async () => {
    const stays = { session_id: 'talk-1' };
    await wholeOf(await ask(gateway, plain({ ...stays, provider: { order: ['two'] } })));
    for (const told of [
      await reportOf(plain(stays)),
      await reportOf(plain(), { headers: { 'x-session-id': 'talk-1' } }),
    ]) {
      expect(told.targets[0]).toMatchObject({ provider: 'Two & Co', share: 1, session: { is_named: true } });
      expect(told.because.join()).toContain('the conversation stays at Two & Co');
    }
  });
});
