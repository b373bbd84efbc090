/** Providers that are down, one of them or all: callers hardly notice, attempts stay bounded, and nobody buries who comes back. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setSystemTime, test } from 'bun:test';
import { z } from 'zod';
import { stringAt } from '../../src/core/json.ts';
import { type Asked, ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { booksOf, logOf, recordOf } from '../kit/fault-lab.ts';
import { generationOf, spendOf } from '../kit/generation.ts';
import { askRaw } from '../kit/raw-socket.ts';
import {
  answerOf,
  type ReceivedRequest,
  refusalOf,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const PRICE = 'pricing: { prompt: "0.000001", completion: "0.000001" }';

const provider = (slug: string, url: string, models: readonly string[], keys = `api_key: ${slug}`) =>
  `  ${slug}: { dialect: openai-chat, base_url: "${url}", ${keys}, models: [` +
  `${models.map((id) => `{ id: "lab/${id}", upstream: "${id}", ${PRICE} }`).join(', ')}] }\n`;

/** Whose key a request came with: the providers' slugs, where they have one key each. */
const keyOf = ({ headers }: ReceivedRequest): string => headers.get('authorization')?.slice('Bearer '.length) ?? '';
const requestsOf = ({ received }: ScriptedUpstream, key: string): number =>
  received.filter((request) => keyOf(request) === key).length;

/** The health that callers see, by provider. */
async function statusOf(
  gateway: Asked,
  model: string,
): Promise<Readonly<Record<string, { status: number; uptime_last_5m: number | null }>>> {
  const response = await ask(gateway, null, { method: 'GET', path: `/api/v1/models/lab/${model}/endpoints` });
  const endpoints = z.object({ data: z.object({ endpoints: z.array(endpoint) }) }).parse(await response.json())
    .data.endpoints;
  return Object.fromEntries(endpoints.map(({ provider_name, ...health }) => [provider_name, health]));
}
const endpoint = z.object({ provider_name: z.string(), status: z.int(), uptime_last_5m: z.number().nullable() });

/** The whole process believes it is later: nothing else of the tests hangs on the date. */
function passMs(ms: number): void {
  setSystemTime(new Date(Date.now() + ms));
}
afterEach(() => {
  setSystemTime();
});

describe('one of three providers fails', () => {
  let upstream: ScriptedUpstream;
  let gateway: Gateway;
  let isIll: boolean;
  beforeEach(async () => {
    isIll = true;
    upstream = startScriptedUpstream((request) =>
      isIll && keyOf(request) === 'ill' ? refusalOf(500) : answerOf('hi'),
    );
    gateway = await startGateway({
      config: `providers:\n${['ill', 'well', 'fine'].map((slug) => provider(slug, upstream.url, ['m'])).join('')}`,
    });
  });
  afterEach(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  /** Requests that all insist on the ill one first; how many of them reached it. */
  async function insist(times: number): Promise<number> {
    const before = requestsOf(upstream, 'ill');
    for (let i = 0; i < times; i++) {
      await wholeOf(await ask(gateway, chat('lab/m', 'hi', { provider: { order: ['ill'] } })));
    }
    return requestsOf(upstream, 'ill') - before;
  }

  test('no caller notices, and after its first failure nobody is sent there', async () => {
    for (let i = 0; i < 60; i++) expect((await ask(gateway, chat('lab/m'))).status).toBe(200);
    expect(requestsOf(upstream, 'ill')).toBeLessThanOrEqual(1);
    expect(requestsOf(upstream, 'well')).toBeGreaterThan(10);
    expect(requestsOf(upstream, 'fine')).toBeGreaterThan(10);
  });

  test('also where callers insist: ejected after five failures, for longer each time, one probe at its end, then back', async () => {
    expect(await insist(12)).toBe(5);
    expect((await statusOf(gateway, 'm'))['ill']).toEqual({ status: -2, uptime_last_5m: 0 });
    passMs(29_000);
    expect(await insist(3)).toBe(0);
    passMs(2000);
    expect(await insist(3)).toBe(1);
    passMs(31_000);
    expect(await insist(3)).toBe(0);
    passMs(30_000);
    isIll = false;
    expect(await insist(3)).toBe(3);
    expect((await statusOf(gateway, 'm'))['ill']?.status).not.toBe(-2);
  });

  test('many at once send one probe, not all of them', async () => {
    await insist(5);
    passMs(31_000);
    const before = requestsOf(upstream, 'ill');
    const responses = await Promise.all(
      Array.from({ length: 40 }, () => ask(gateway, chat('lab/m', 'hi', { provider: { order: ['ill'] } }))),
    );
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(requestsOf(upstream, 'ill') - before).toBe(1);
  });

  test('it gets its share again once it is well', async () => {
    await insist(5);
    isIll = false;
    passMs(31_000);
    const before = requestsOf(upstream, 'ill');
    for (let i = 0; i < 60; i++) expect((await ask(gateway, chat('lab/m'))).status).toBe(200);
    expect(requestsOf(upstream, 'ill') - before).toBeGreaterThan(5);
  });
});

describe('all providers are down', () => {
  const AT_ONCE = 300;
  let upstream: ScriptedUpstream;
  let gateway: Gateway;
  let isDown = true;
  beforeAll(async () => {
    upstream = startScriptedUpstream(() => (isDown ? refusalOf(503) : answerOf('hi')));
    gateway = await startGateway({
      config: `providers:\n${['a', 'b', 'c'].map((slug) => provider(slug, upstream.url, ['m'])).join('')}`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const wave = async (): Promise<{ readonly statuses: ReadonlySet<number>; readonly slowestMs: number }> => {
    const answers = Array.from({ length: AT_ONCE }, async () => {
      const startedMs = performance.now();
      const { status } = await askRaw(gateway, chat('lab/m'));
      return { status, ms: performance.now() - startedMs };
    });
    const all = await Promise.all(answers);
    return { statuses: new Set(all.map(({ status }) => status)), slowestMs: Math.max(...all.map(({ ms }) => ms)) };
  };

  test(`${AT_ONCE} requests at once make at most 100 attempts more, and are answered soon`, async () => {
    const { statuses, slowestMs } = await wave();
    expect([...statuses]).toEqual([503]);
    expect(upstream.received.length).toBeGreaterThan(AT_ONCE);
    expect(upstream.received.length).toBeLessThanOrEqual(AT_ONCE + 100);
    expect(slowestMs).toBeLessThan(3000);
  });

  test('as many again within 10 s: a fifth more than there were requests', async () => {
    expect([...(await wave()).statuses]).toEqual([503]);
    expect(upstream.received.length).toBeLessThanOrEqual(2 * AT_ONCE * 1.2);
  });

  test('each is booked and logged once, and costs nothing', async () => {
    const { lines, errors } = logOf(gateway);
    expect([booksOf(gateway).size, lines.size, new Set(lines.values()), errors]).toEqual([
      2 * AT_ONCE,
      2 * AT_ONCE,
      new Set([1]),
      [],
    ]);
    expect(await spendOf(gateway)).toBe(0);
  });

  test('once they are back, everybody is answered at the first attempt', async () => {
    isDown = false;
    const before = upstream.received.length;
    expect([...(await wave()).statuses]).toEqual([200]);
    expect(upstream.received.length - before).toBe(AT_ONCE);
  });
});

describe('a long list of models that are all down', () => {
  const MODELS = Array.from({ length: 80 }, (_, n) => `m${n}`);
  let upstream: ScriptedUpstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = startScriptedUpstream(() => refusalOf(500));
    gateway = await startGateway({
      config: `aliases: { same: lab/m0 }\nproviders:\n${['a', 'b'].map((slug) => provider(slug, upstream.url, MODELS)).join('')}`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  test('comes to its end: no endpoint twice, no more attempts than the gateway may make, one settlement', async () => {
    const models = [...MODELS, 'm0', ...MODELS, 'same', 'lab/m0:nitro'].map((id) =>
      id.startsWith('m') ? `lab/${id}` : id,
    );
    const startedMs = performance.now();
    const response = await ask(gateway, { ...chat('same'), models });
    const id = response.headers.get('x-generation-id') ?? '';
    const error = await errorOf(response);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    const asked = upstream.received.map((request) => `${keyOf(request)} ${stringAt(request.body, 'model')}`);
    expect(new Set(asked).size).toBe(asked.length);
    // The first attempt, and what the retry budget gives at once.
    expect(asked).toHaveLength(101);
    const { provider_responses, total_cost } = await generationOf(gateway, id);
    expect([provider_responses.length, total_cost]).toEqual([101, 0]);
    expect(error.metadata['previous_errors']).toBeArrayOfSize(100);
    // What was left alone is noted, not at any length.
    expect((await recordOf(gateway, id)).notes).toBeArrayOfSize(20);
    expect([...booksOf(gateway).keys()]).toEqual([id]);
    expect([...logOf(gateway).lines]).toEqual([[id, 1]]);
  });
});

describe('keys of one provider', () => {
  const MODELS = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];
  const lab = async (refuse: (request: ReceivedRequest) => Response | undefined) => {
    const upstream = startScriptedUpstream((request) => refuse(request) ?? answerOf('hi'));
    const gateway = await startGateway({
      config: `providers:\n${provider('lab', upstream.url, MODELS, 'api_keys: [one, two]')}`,
    });
    const keysFor = async (model: string): Promise<string> => {
      const before = upstream.received.length;
      await wholeOf(await ask(gateway, chat(`lab/${model}`)));
      return upstream.received.slice(before).map(keyOf).join(' ');
    };
    const stop = async (): Promise<void> => {
      await gateway.stop();
      await upstream.stop();
    };
    return { gateway, keysFor, stop };
  };

  test('one that is refused rests everywhere after three times, and no endpoint is the worse for it', async () => {
    const { gateway, keysFor, stop } = await lab((request) => (keyOf(request) === 'one' ? refusalOf(401) : undefined));
    const used: string[] = [];
    for (const model of MODELS) used.push(await keysFor(model));
    expect(used).toEqual(['one two', 'one two', 'one two', 'two', 'two', 'two']);
    for (const model of MODELS)
      expect(await statusOf(gateway, model)).toEqual({ lab: { status: 0, uptime_last_5m: 100 } });
    await stop();
  });

  test('one that is limited rests for as long as it was told, at that endpoint only', async () => {
    let isLimited = true;
    const { gateway, keysFor, stop } = await lab((request) => {
      if (!isLimited || keyOf(request) !== 'one' || stringAt(request.body, 'model') !== 'm1') return undefined;
      return Response.json({ error: { message: 'slow down' } }, { status: 429, headers: { 'retry-after': '40' } });
    });
    expect(await keysFor('m1')).toBe('one two');
    expect(await keysFor('m1')).toBe('two');
    expect(await keysFor('m2')).toBe('one');
    passMs(39_000);
    expect(await keysFor('m1')).toBe('two');
    passMs(2000);
    isLimited = false;
    expect(await keysFor('m1')).toBe('one');
    expect(await statusOf(gateway, 'm1')).toEqual({ lab: { status: 0, uptime_last_5m: 100 } });
    await stop();
  });

  test('a wait of years is believed for ten minutes', async () => {
    let isLimited = true;
    const { keysFor, stop } = await lab((request) =>
      isLimited && keyOf(request) === 'one'
        ? Response.json({ error: { message: 'slow down' } }, { status: 429, headers: { 'retry-after': '315360000' } })
        : undefined,
    );
    expect(await keysFor('m1')).toBe('one two');
    isLimited = false;
    passMs(9 * 60_000);
    expect(await keysFor('m1')).toBe('two');
    passMs(61_000);
    expect(await keysFor('m1')).toBe('one');
    await stop();
  });
});

describe('gateways that lead to each other', () => {
  /** A way from one gateway to another whose address is not known yet; it counts what takes it. */
  function openRoad() {
    let to: Gateway | undefined;
    let taken = 0;
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      async fetch(request) {
        taken++;
        if (!to) return new Response('leads nowhere', { status: 404 });
        const headers = new Headers(request.headers);
        headers.set('authorization', `Bearer ${to.apiKey}`);
        const { pathname } = new URL(request.url);
        return fetch(to.url + pathname, { method: 'POST', headers, body: await request.text() });
      },
    });
    return {
      url: `http://127.0.0.1:${server.port}/api/v1`,
      leadTo: (gateway: Gateway) => {
        to = gateway;
      },
      taken: () => taken,
      stop: () => server.stop(true),
    };
  }

  test.each([2, 3])('a circle of %d is gone round once', async (size) => {
    const roads = Array.from({ length: size }, openRoad);
    const gateways = await Promise.all(
      roads.map(({ url }) =>
        startGateway({
          config: `providers:\n${provider('next', url, ['m']).replace('upstream: "m"', 'upstream: "lab/m"')}`,
        }),
      ),
    );
    roads.forEach((road, at) => {
      const next = gateways[(at + 1) % size];
      if (next) road.leadTo(next);
    });
    const [first] = gateways;
    if (!first) throw new Error('there is no gateway');
    for (const stream of [false, true]) {
      const before = roads.map(({ taken }) => taken());
      const error = await errorOf(await ask(first, chat('lab/m', 'hi', { stream })));
      expect([error.code, error.message]).toEqual([
        502,
        expect.stringContaining('came back to the gateway that sent it'),
      ]);
      expect(roads.map(({ taken }, at) => taken() - (before[at] ?? 0))).toEqual(roads.map(() => 1));
    }
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await Promise.all(roads.map((road) => road.stop()));
  });
});
