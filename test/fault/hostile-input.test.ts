/**
 * Requests made to hurt: strange names, lists of thousands, headers full of junk. Whatever comes, the answer is one that the API
 * knows, it is not longer than what was sent by much, it comes at once, and the next request is served as if nothing had been.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { booksOf, logOf, recordOf } from '../kit/fault-lab.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const HOSTS = 40;
/** An answer repeats the text and names the caller's words: it does not multiply them. */
const MOST_EXTRA_CHARACTERS = 50_000;

let gateway: Gateway;
beforeAll(async () => {
  const model = '{ id: lab/m, upstream: echo, pricing: { prompt: "0.000001", completion: "0.000001" } }';
  const hosts = Array.from(
    { length: HOSTS },
    (_, n) => `  p${n}: { dialect: openai-chat, base_url: "sim://p${n}/v1", api_key: none, models: [${model}] }\n`,
  );
  gateway = await startGateway({ config: `aliases: { quick: lab/m }\nproviders:\n  sim: {}\n${hosts.join('')}` });
});
afterAll(() => gateway.stop());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly id: string;
}

/** Sends it and holds what always holds. */
async function send(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const startedMs = performance.now();
  const response = await ask(gateway, sent, { headers });
  const text = await response.clone().text();
  expect(performance.now() - startedMs).toBeLessThan(1000);
  // 501 is what is not built or not configured.
  expect([200, 400, 404, 501]).toContain(response.status);
  expect(text.length).toBeLessThan(sent.length * 2 + MOST_EXTRA_CHARACTERS);
  if (response.status !== 200) await errorOf(response);
  return { status: response.status, text, id: response.headers.get('x-generation-id') ?? '' };
}

const many = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const withProvider = (provider: object) => chat('lab/m', 'hi', { provider });

describe('names of models', () => {
  const NAMES: readonly (readonly [name: string, statuses: readonly number[]])[] = [
    ['openrouter/auto:online:nitro:free', [501]],
    ['openrouter/auto:nitro:nitro:nitro', [200]],
    ['lab/m:nitro:floor:exacto:thinking', [200]],
    ['lab/m:__proto__', [400]],
    ['lab/m:constructor', [400]],
    [':nitro', [400]],
    [':', [400]],
    [`${':'.repeat(10_000)}`, [400]],
    ['@preset/../../x', [404]],
    ['@preset/__proto__', [404]],
    ['@preset/', [404]],
    ['lab/m@preset/../x', [404]],
    ['@', [400]],
    ['/', [400]],
    ['~', [400]],
    ['~/', [400]],
    ['~__proto__/constructor-latest', [400]],
    ['__proto__', [400]],
    ['constructor', [400]],
    ['hasOwnProperty', [400]],
    ['__proto__/constructor', [400]],
    ['sim/echo?__proto__=1', [400]],
    ['openrouter/__proto__', [400]],
    ['lab/m\r\nX-Evil: 1', [400]],
    ['\u0000', [400]],
    // As it is spelt, without what is no letter.
    ['l\u0000ab/m', [200]],
    ['\ud800', [400]],
    ['🚂'.repeat(200), [400]],
    ['lab/м', [400]],
    ['(a+)+$', [400]],
    ['../../etc/passwd', [400]],
    ['x'.repeat(10_000), [400]],
    ['a/'.repeat(5000), [400]],
    [`@preset/${'x'.repeat(10_000)}`, [404]],
    [`~${'a'.repeat(5000)}/${'b-'.repeat(2500)}latest`, [400]],
    [`lab/m${':nitro'.repeat(70)}`, [200]],
    // Each variant is looked up by itself: without an end that is quadratic.
    [`lab/m${':nitro'.repeat(150_000)}`, [400]],
    [`lab/${'a'.repeat(1_000_000)}`, [400]],
  ];

  test.each(NAMES.map(([name, statuses]) => [JSON.stringify(name.slice(0, 40)), name, statuses] as const))(
    '%s',
    async (_, name, statuses) => {
      for (const body of [chat(name), chat('lab/m', 'hi', { models: [name] })]) {
        const { status } = await send(body);
        expect([...statuses, ...(body.model === 'lab/m' ? [200] : [])]).toContain(status);
      }
    },
  );

  test('a refusal names the beginning of a name that is too long', async () => {
    const { text } = await send(chat('x'.repeat(1_000_000)));
    expect(text.length).toBeLessThan(1000);
  });
});

describe('long lists', () => {
  test.each<readonly [string, unknown]>([
    ['a thousand times the same model', chat('lab/m', 'hi', { models: many(1000, () => 'lab/m') })],
    ['a thousand unknown models', chat('lab/m', 'hi', { models: many(1000, (n) => `lab/x${n}`) })],
    ['a thousand models nobody serves', { ...chat('openai/gpt-4o'), models: many(1000, () => 'openai/gpt-4o-mini') }],
    ['a thousand long names', chat('lab/m', 'hi', { models: many(1000, (n) => `${'y'.repeat(500)}${n}`) })],
    ['a thousand routers', chat('openrouter/auto', 'hi', { models: many(1000, () => 'openrouter/auto') })],
    [
      'ten thousand routers in variants',
      chat('openrouter/auto', 'what is this '.repeat(1000), {
        models: many(10_000, (n) => (n % 2 ? 'openrouter/auto:nitro' : 'openrouter/auto:floor')),
      }),
    ],
    ['a thousand plugins', chat('lab/m', 'hi', { plugins: many(1000, (n) => ({ id: `p${n}` })) })],
    ['a thousand times one plugin', chat('lab/m', 'hi', { plugins: many(1000, () => ({ id: 'response-healing' })) })],
    ['plugins of prototypes', chat('lab/m', 'hi', { plugins: [{ id: '__proto__' }, { id: 'constructor' }] })],
    [
      'a thousand routers’ settings',
      chat('openrouter/auto', 'hi', {
        plugins: many(1000, () => ({ id: 'auto-router', allowed_models: ['*', '**', '*/*'] })),
      }),
    ],
    [
      'patterns that backtrack',
      chat('openrouter/auto', 'hi', {
        plugins: [{ id: 'auto-router', allowed_models: many(600, () => `${'*a'.repeat(50)}z`) }],
      }),
    ],
    [
      'ten thousand patterns',
      chat('openrouter/auto', 'hi', { plugins: [{ id: 'auto-router', allowed_models: many(10_000, () => '*') }] }),
    ],
    [
      'two thousand tools',
      chat('lab/m', 'hi', { tools: many(2000, (n) => ({ type: 'function', function: { name: `f${n}` } })) }),
    ],
    ['a message of brackets for the router', chat('openrouter/auto', `${'('.repeat(100_000)}${'`'.repeat(100_000)}`)],
  ])('%s', async (_, body) => {
    await send(body);
  });

  describe.each(['only', 'order', 'ignore', 'quantizations'] as const)('provider.%s', (field) => {
    test.each<readonly [string, readonly string[]]>([
      ['names of prototypes', ['__proto__', 'constructor', 'toString']],
      ['ten thousand slugs', many(10_000, (n) => `q${n}`)],
      ['ten thousand slugs and one that is served', [...many(10_000, (n) => `q${n}`), 'p7']],
      ['one slug of a megabyte', ['x'.repeat(1_000_000)]],
      ['a megabyte beside one that is served', ['x'.repeat(1_000_000), 'p7', `${' '.repeat(1_000_000)}p8`]],
      ['empty and broken slugs', ['', ' ', '/', 'p1/', '/p1', 'p1/p1/p1']],
    ])('%s', async (_, list) => {
      const { status, id, text } = await send(withProvider({ [field]: list }), { 'x-openrouter-metadata': 'enabled' });
      // The reason stands in the answer once for each endpoint.
      expect(text.length).toBeLessThan(MOST_EXTRA_CHARACTERS);
      if (status === 200)
        expect(JSON.stringify(await recordOf(gateway, id)).length).toBeLessThan(MOST_EXTRA_CHARACTERS);
    });
  });
});

describe('wishes that are none', () => {
  test.each<readonly [string, object]>([
    ['ten thousand', Object.fromEntries(many(10_000, (n) => [`wish${n}`, 1]))],
    ['one of a megabyte', { ['x'.repeat(1_000_000)]: 1 }],
    ['ten thousand caps', { max_price: Object.fromEntries(many(10_000, (n) => [`axis${n}`, 1])) }],
  ])('%s: the first are noted', async (_, provider) => {
    const { status, id, text } = await send(withProvider(provider), { 'x-openrouter-metadata': 'enabled' });
    expect(status).toBe(200);
    expect(text).toContain('there is no such wish');
    expect(text.length).toBeLessThan(MOST_EXTRA_CHARACTERS);
    expect(JSON.stringify(await recordOf(gateway, id)).length).toBeLessThan(MOST_EXTRA_CHARACTERS);
  });
});

describe('amounts and bounds', () => {
  const priced = (price: unknown) => withProvider({ max_price: { prompt: price } });

  test.each<readonly [string, unknown, number]>([
    ['a sum of floats', priced(0.1 + 0.2), 404],
    ['a sum of floats above the price', priced(1 + 0.1 + 0.2), 200],
    ['more digits than there are', priced('1.000000000000000000000001'), 200],
    ['the smallest number', priced(5e-324), 404],
    ['the largest number', priced(1e308), 200],
    ['a megabyte of digits', priced('9'.repeat(1_000_000)), 200],
    ['an exponent', priced('9e999'), 400],
    ['hexadecimal', priced('0x10'), 400],
    ['less than nothing', priced(-1), 400],
    ['a flag', priced(true), 400],
    [
      'caps of prototypes',
      '{"model":"lab/m","messages":[{"role":"user","content":"hi"}],"provider":{"max_price":{"__proto__":{"prompt":0}}}}',
      200,
    ],
    [
      'wishes of prototypes',
      '{"model":"lab/m","messages":[{"role":"user","content":"hi"}],"provider":{"__proto__":{"only":["x"]}}}',
      200,
    ],
    [
      'a latency of infinity',
      '{"model":"lab/m","messages":[{"role":"user","content":"hi"}],"provider":{"preferred_max_latency":1e999}}',
      400,
    ],
    [
      'bounds that nothing meets',
      withProvider({ preferred_max_latency: { p50: 0, p99: 5e-324 }, preferred_min_throughput: 1e308 }),
      200,
    ],
    ['a sort of prototypes', withProvider({ sort: { by: 'constructor', partition: '__proto__' } }), 400],
    ['a tier of prototypes', chat('lab/m', 'hi', { service_tier: '__proto__' }), 200],
    ['a tier of a megabyte', chat('lab/m', 'hi', { service_tier: 'x'.repeat(1_000_000) }), 200],
    ['a route of prototypes', chat('lab/m', 'hi', { route: '__proto__' }), 400],
    ['a preset of prototypes', chat('lab/m', 'hi', { preset: '__proto__' }), 404],
    ['a preset that climbs', chat('lab/m', 'hi', { preset: '../../x@99999999999999999999' }), 404],
    ['a session of lines', chat('lab/m', 'hi', { session_id: 'a\r\nX-Evil: 1\u0000' }), 200],
    ['a session of prototypes', chat('lab/m', 'hi', { session_id: '__proto__', prompt_cache_key: 'constructor' }), 200],
    ['a session that is too long', chat('lab/m', 'hi', { session_id: 'a'.repeat(257) }), 400],
    ['a cache key of a megabyte', chat('lab/m', 'hi', { prompt_cache_key: 'a'.repeat(1_000_000) }), 200],
    ['a user of lines', chat('lab/m', 'hi', { user: 'a\nb\r\nc' }), 200],
  ])('%s', async (_, body, status) => {
    expect((await send(body)).status).toBe(status);
  });
});

describe('headers', () => {
  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['a way of commas', { 'x-signalbox-via': ','.repeat(8000) }],
    ['a way of one long word', { 'x-signalbox-via': 'a'.repeat(12_000) }],
    ['a way of a thousand gateways', { 'x-signalbox-via': many(1000, (n) => `g${n}`).join(', ') }],
    ['a way of junk', { 'x-signalbox-via': 'a;b "c",\t, ,=' }],
    ['metadata of junk', { 'x-openrouter-metadata': 'x'.repeat(8000) }],
    ['training of prototypes', { 'x-openrouter-no-prompt-training': '__proto__' }],
    [
      'cache of junk',
      { 'x-openrouter-cache': 'maybe', 'x-openrouter-cache-ttl': '-1e99', 'x-openrouter-cache-clear': ',' },
    ],
    ['a life of four hundred digits', { 'x-openrouter-cache': 'true', 'x-openrouter-cache-ttl': '9'.repeat(400) }],
    ['a session of 256 characters', { 'x-session-id': 'a'.repeat(256) }],
    [
      'names of junk',
      {
        'x-openrouter-title': '%00%zz',
        'http-referer': 'javascript:alert(1)',
        'x-openrouter-categories': ','.repeat(5000),
      },
    ],
    ['betas of junk', { 'x-anthropic-beta': ','.repeat(5000) }],
  ])('%s', async (_, headers) => {
    expect((await send(chat('lab/m'), headers)).status).toBe(200);
  });

  test('a session of ten thousand characters is refused, as in the body', async () => {
    const answer = await send(chat('lab/m'), { 'x-session-id': 'a'.repeat(10_000) });
    expect(answer.status).toBe(400);
  });

  test.each(['a', ','])('a way of a megabyte of "%s": refused before it is read', async (character) => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const { promise, resolve } = Promise.withResolvers<string>();
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    // The other side hangs up while we still send.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(received));
    socket.write(
      `POST /api/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.apiKey}\r\n` +
        `X-Signalbox-Via: ${character.repeat(1_000_000)}\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(await promise).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  });
});

describe('after all of that', () => {
  test('a plain request is served by anybody, and nothing is logged as a defect', async () => {
    const whole = await wholeOf(await ask(gateway, chat('lab/m', 'still here')));
    expect(whole.choices[0]?.message.content).toBe('still here');
    expect(Object.keys({})).toEqual([]);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('only');
    const { lines, errors } = logOf(gateway);
    expect(errors).toEqual([]);
    expect([...lines.keys()].toSorted()).toEqual([...booksOf(gateway).keys()].toSorted());
    for (const line of gateway.log().split('\n')) expect(line.length).toBeLessThan(2000);
  });
});
