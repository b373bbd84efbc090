/** A client that does not read pauses its upstream; the gateway does not fill up in between. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat } from '../kit/ask.ts';
import { type FloodUpstream, startFloodUpstream } from '../kit/flood-upstream.ts';
import { settledGeneration } from '../kit/generation.ts';
import { openRaw } from '../kit/raw-socket.ts';
import { createServeFolder, type ServeChild, type ServeFolder } from '../kit/serve-child.ts';

const MEGABYTE = 1024 * 1024;

let upstream: FloodUpstream;
let folder: ServeFolder;
let gateway: ServeChild;
beforeAll(async () => {
  upstream = await startFloodUpstream(400 * MEGABYTE);
  const entry = (dialect: string) =>
    `{ dialect: ${dialect}, base_url: "${upstream.url}/v1", api_key: none, on_disconnect: cancel, models: [{ id: flood/${dialect}, upstream: flood, pricing: { prompt: "0", completion: "0.000001" } }] }`;
  folder = createServeFolder(
    `providers:\n  relayed: ${entry('openai-chat')}\n  translated: ${entry('anthropic-messages')}\n`,
  );
  gateway = await folder.start();
});
afterAll(async () => {
  gateway.kill('SIGKILL');
  await gateway.exited;
  await upstream.stop();
  folder.remove();
});

/** Until nothing has moved for a while. */
async function standsStill(): Promise<void> {
  let [before, since] = [-1, performance.now()];
  while (performance.now() - since < 400) {
    const now = upstream.sentBytes();
    if (now !== before) [before, since] = [now, performance.now()];
    await Bun.sleep(20);
  }
}

describe.each(['openai-chat', 'anthropic-messages'])('upstream %s, 400 MB', (dialect) => {
  test('a client that stops reading: upstream paused, memory flat, and it goes on when the client does', async () => {
    const warm = openRaw(gateway, chat(`flood/${dialect}`, 'go', { stream: true }));
    await warm.until('data: {');
    warm.socket.destroy();
    while (!upstream.isClosed()) await Bun.sleep(10);
    const rssBefore = gateway.rss();

    const client = openRaw(gateway, chat(`flood/${dialect}`, 'go', { stream: true }));
    await client.until('data: {');
    client.socket.pause();
    await standsStill();
    const stalledAt = upstream.sentBytes();
    // The sockets in between hold what the system lets them (tens of megabytes); the rest was never asked for.
    expect(stalledAt - client.received().length).toBeLessThan(96 * MEGABYTE);
    expect(gateway.rss() - rssBefore).toBeLessThan(32 * MEGABYTE);

    client.socket.resume();
    while (upstream.sentBytes() < stalledAt + 8 * MEGABYTE) await Bun.sleep(10);
    client.socket.pause();
    await standsStill();
    expect(gateway.rss() - rssBefore).toBeLessThan(32 * MEGABYTE);

    const leftAt = performance.now();
    client.socket.destroy();
    while (!upstream.isClosed()) await Bun.sleep(5);
    expect(performance.now() - leftAt).toBeLessThan(1000);
    expect(await settledGeneration(gateway, client.id() ?? '')).toMatchObject({ cancelled: true });
  });
});

test('a client that reads on is not held back', async () => {
  const controller = new AbortController();
  const body = chat('flood/openai-chat', 'go', { stream: true });
  const response = await ask(gateway, body, { signal: controller.signal });
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > 60 * MEGABYTE) break;
  }
  controller.abort();
  expect(bytes).toBeGreaterThan(60 * MEGABYTE);
});
