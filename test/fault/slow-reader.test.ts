/** A client that takes its time is no provider that falls silent: timeouts count while the provider is waited for. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chat } from '../kit/ask.ts';
import { type FloodUpstream, startFloodUpstream } from '../kit/flood-upstream.ts';
import { generationOf, settledGeneration } from '../kit/generation.ts';
import { openRaw } from '../kit/raw-socket.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const MEGABYTE = 1024 * 1024;

let upstream: FloodUpstream;
let gateway: Gateway;
beforeAll(async () => {
  // More than the sockets in between can hold, so that the gateway has to wait for the client.
  upstream = await startFloodUpstream(48 * MEGABYTE);
  const entry = (dialect: string) =>
    `{ dialect: ${dialect}, base_url: "${upstream.url}/v1", api_key: none, timeouts: { idle_ms: 200, content_idle_ms: 250 }, models: [{ id: flood/${dialect}, upstream: flood, pricing: { prompt: "0", completion: "0.000001" } }] }`;
  gateway = await startGateway({
    config: `providers:\n  relayed: ${entry('openai-chat')}\n  translated: ${entry('anthropic-messages')}\n`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

describe.each(['openai-chat', 'anthropic-messages'])('upstream %s', (dialect) => {
  test('a client that pauses for longer than the provider may gets its answer to the end', async () => {
    const client = openRaw(gateway, chat(`flood/${dialect}`, 'go', { stream: true }));
    await client.until('data: {');
    client.socket.pause();
    await Bun.sleep(500);
    client.socket.resume();
    const end = (await client.closed()).slice(-2000);
    expect(end).not.toContain('"error"');
    expect(end).toContain('data: [DONE]');
    const record = await generationOf(gateway, client.id() ?? '');
    expect(record).toMatchObject({ cancelled: false, finish_reason: 'stop', tokens_completion: 2 });
  });
});

describe('a client that takes nothing more', () => {
  test('counts as gone after client_stall_ms: the upstream is let go and the exchange settled', async () => {
    const impatient = await startGateway({
      config: `client_stall_ms: 300
providers:
  lab: { dialect: openai-chat, base_url: "${upstream.url}/v1", api_key: none, on_disconnect: cancel, models: [{ id: flood/x, upstream: flood }] }
`,
    });
    const client = openRaw(impatient, chat('flood/x', 'go', { stream: true }));
    await client.until('data: {');
    client.socket.pause();
    const record = await settledGeneration(impatient, client.id() ?? '', 5000);
    expect(record).toMatchObject({ cancelled: true, streamed: true });
    client.socket.destroy();
    await impatient.stop();
  });
});
