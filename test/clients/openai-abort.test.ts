/** The `openai` package, unmodified: a caller who goes away stops the upstream, seen from the upstream's own side. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI, { APIUserAbortError } from 'openai';
import { failureOf } from '../kit/failure-of.ts';
import { startGatewayTo, upstreams } from '../kit/sim-lab.ts';
import { type SimUpstream, startSimUpstream } from '../kit/sim-upstream.ts';
import type { Gateway } from '../kit/start-gateway.ts';

let upstreamServer: SimUpstream;
const gateways = new Map<string, Gateway>();

beforeAll(async () => {
  upstreamServer = await startSimUpstream();
  for (const upstream of upstreams) {
    gateways.set(upstream.dialect, await startGatewayTo(upstream, upstreamServer.url));
  }
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
  await upstreamServer.stop();
});

describe.each(upstreams.map(({ dialect }) => dialect))('openai: abort, upstream %s', (dialect) => {
  const open = (): { readonly client: OpenAI; readonly gateway: Gateway } => {
    const gateway = gateways.get(dialect);
    if (!gateway) throw new Error(`no gateway to ${dialect}`);
    const client = new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.apiKey, maxRetries: 0 });
    return { client, gateway };
  };

  const endOf = (requestId: number) =>
    upstreamServer.waitFor((line) => line.event === 'end' && line.id === requestId, 1000);

  /** The upstream's number of the request that comes next. */
  const nextId = (): number => upstreamServer.lines().filter(({ event }) => event === 'request').length;

  const isCancelled = (gateway: Gateway): boolean =>
    gateway.log().includes('"status":499') && gateway.log().includes('client.gone');

  test('in the middle of the stream', async () => {
    const { client, gateway } = open();
    const id = nextId();
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      {
        model: 'sim/lorem?frames=2000&token_ms=10',
        messages: [{ role: 'user', content: '2000 tokens' }],
        stream: true,
      },
      { signal: controller.signal },
    );
    let frames = 0;
    for await (const _ of stream) {
      if (++frames === 5) controller.abort();
    }
    expect(frames).toBeGreaterThanOrEqual(5);
    expect(await endOf(id)).toMatchObject({ outcome: 'client-gone' });
    while (!isCancelled(gateway)) await Bun.sleep(10);
  });

  test('while nothing has come yet', async () => {
    const { client } = open();
    const id = nextId();
    const controller = new AbortController();
    const call = failureOf(
      client.chat.completions.create(
        { model: 'sim/echo?first_frame_ms=60000', messages: [{ role: 'user', content: 'hi' }], stream: true },
        { signal: controller.signal },
      ),
      APIUserAbortError,
    );
    await upstreamServer.waitFor((line) => line.event === 'request' && line.id === id, 1000);
    controller.abort();
    expect((await call).message).toContain('aborted');
    expect(await endOf(id)).toMatchObject({ outcome: 'client-gone' });
  });

  test('during a silence after content', async () => {
    const { client } = open();
    const id = nextId();
    const stream = await client.chat.completions.create({
      model: 'sim/echo?stall=2',
      messages: [{ role: 'user', content: 'one two three' }],
      stream: true,
    });
    for await (const { choices } of stream) {
      if (choices[0]?.delta.content?.includes('two')) break;
    }
    expect(await endOf(id)).toMatchObject({ outcome: 'client-gone' });
  });

  test('a whole reply is read to its end, so that the bill is real', async () => {
    const { client } = open();
    const id = nextId();
    const controller = new AbortController();
    const call = failureOf(
      client.chat.completions.create(
        { model: 'sim/echo?first_byte_ms=300', messages: [{ role: 'user', content: 'hi' }] },
        { signal: controller.signal },
      ),
      APIUserAbortError,
    );
    await upstreamServer.waitFor((line) => line.event === 'request' && line.id === id, 1000);
    controller.abort();
    expect((await call).message).toContain('aborted');
    expect(await endOf(id)).toMatchObject({ outcome: 'complete' });
  });
});
