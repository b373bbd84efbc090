/** The `@anthropic-ai/sdk` package, unmodified: a caller who goes away stops the upstream, seen from the upstream's own side. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import Anthropic, { APIUserAbortError } from '@anthropic-ai/sdk';
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

describe.each(upstreams.map(({ dialect }) => dialect))('@anthropic-ai/sdk: abort, upstream %s', (dialect) => {
  const open = (): Anthropic => {
    const gateway = gateways.get(dialect);
    if (!gateway) throw new Error(`no gateway to ${dialect}`);
    return new Anthropic({ baseURL: `${gateway.url}/api`, apiKey: gateway.apiKey, maxRetries: 0 });
  };
  const endOf = (requestId: number) =>
    upstreamServer.waitFor((line) => line.event === 'end' && line.id === requestId, 1000);
  /** The upstream's number of the request that comes next. */
  const nextId = (): number => upstreamServer.lines().filter(({ event }) => event === 'request').length;
  const asked = {
    model: 'sim/lorem?frames=2000&token_ms=10',
    max_tokens: 4000,
    messages: [{ role: 'user' as const, content: '2000 tokens' }],
  };

  test('in the middle of the stream', async () => {
    const id = nextId();
    const stream = open().messages.stream(asked);
    let pieces = 0;
    stream.on('text', () => {
      if (++pieces === 5) stream.abort();
    });
    await failureOf(stream.finalMessage(), APIUserAbortError);
    expect(pieces).toBeGreaterThanOrEqual(5);
    expect(await endOf(id)).toMatchObject({ outcome: 'client-gone' });
  });

  test('while nothing has come yet', async () => {
    const id = nextId();
    const stream = open().messages.stream({ ...asked, model: 'sim/echo?first_frame_ms=60000' });
    const failure = failureOf(stream.finalMessage(), APIUserAbortError);
    await upstreamServer.waitFor((line) => line.event === 'request' && line.id === id, 1000);
    stream.abort();
    await failure;
    expect(await endOf(id)).toMatchObject({ outcome: 'client-gone' });
  });
});
