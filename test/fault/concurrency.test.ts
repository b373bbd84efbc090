/** Five hundred streams at once: no word of one in another, each settled once, the sum is the key's. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { ask, chat, wholeOf } from '../kit/ask.ts';
import { generationOf, nanoUsd, simCostNanoUsd, spendOf } from '../kit/generation.ts';
import { createApiKey } from '../kit/keys.ts';
import { askRaw } from '../kit/raw-socket.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { createServeFolder, type ServeChild, type ServeFolder } from '../kit/serve-child.ts';
import { everyUpstream, upstreamName } from '../kit/sim-lab.ts';
import { type SimUpstream, startSimUpstream } from '../kit/sim-upstream.ts';

const STREAMS = 500;

let upstream: SimUpstream;
let folder: ServeFolder;
let gateway: ServeChild;
beforeAll(async () => {
  upstream = await startSimUpstream();
  const price = 'pricing: { prompt: "0.000001", completion: "0.000002" }';
  const entries = everyUpstream.map((spoken) => {
    const { dialect, version } = spoken;
    const model = (id: string, name: string) =>
      `{ id: ${id}/${dialect}, upstream: "${upstreamName(spoken, name)}", ${price} }`;
    return (
      `  ${dialect}: { dialect: ${dialect}, base_url: "${upstream.url}/${version}", api_key: none, ` +
      `models: [${model('many', 'echo?token_ms=5')}, ${model('whole', 'echo?first_byte_ms=50')}] }`
    );
  });
  folder = createServeFolder(`providers:\n${entries.join('\n')}\n`);
  gateway = await folder.start();
});
afterAll(async () => {
  gateway.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  await upstream.stop();
  folder.remove();
});

/** A text of its own for each exchange, of another length, too. */
const textOf = (i: number): string => Array.from({ length: 5 + (i % 7) }, (_, word) => `tag${i}-${word}`).join(' ');
const dialectOf = (i: number): string => everyUpstream[i % everyUpstream.length]?.dialect ?? '';
const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);

test(`${STREAMS} streams and ${STREAMS / 5} whole answers at once`, async () => {
  const keys = [gateway.apiKey, (await createApiKey(gateway, { name: 'another tenant' })).key];
  const keyOf = (i: number): string => keys[i % 2] ?? '';
  const streams = Array.from({ length: STREAMS }, async (_, i) => {
    const body = chat(`many/${dialectOf(i)}`, textOf(i), { stream: true });
    const stream = await readStream(await askRaw({ url: gateway.url, apiKey: keyOf(i) }, body));
    expect(shapeOf(stream)).toBe('content finish usage done');
    expect(stream.text).toBe(textOf(i));
    expect(new Set(stream.frames.map(({ id }) => id))).toEqual(new Set([stream.id]));
    return { i, id: stream.id, cost: stream.usage?.cost ?? -1 };
  });
  const wholes = Array.from({ length: STREAMS / 5 }, async (_, n) => {
    const i = STREAMS + n;
    const body = chat(`whole/${dialectOf(i)}`, textOf(i));
    const whole = await wholeOf(await askRaw({ url: gateway.url, apiKey: keyOf(i) }, body));
    expect(whole.choices[0]?.message.content).toBe(textOf(i));
    return { i, id: whole.id, cost: whole.usage.cost };
  });
  const answered = await Promise.all([...streams, ...wholes]);
  expect(new Set(answered.map(({ id }) => id)).size).toBe(answered.length);

  // The upstream was asked exactly once for each.
  const asked = upstream.lines().filter(({ event }) => event === 'request');
  expect(asked).toHaveLength(answered.length);

  const spent = new Map(keys.map((key) => [key, 0n]));
  for (const { i, id, cost } of answered) {
    const tokens = tokensOf(textOf(i));
    expect([i, nanoUsd(cost)]).toEqual([i, simCostNanoUsd(tokens, tokens)]);
    expect((await generationOf(gateway, id, keyOf(i))).total_cost).toBe(cost);
    spent.set(keyOf(i), (spent.get(keyOf(i)) ?? 0n) + nanoUsd(cost));
  }
  for (const key of keys) expect(nanoUsd(await spendOf(gateway, key))).toBe(spent.get(key) ?? -1n);
  const metrics = await (await ask(gateway, null, { method: 'GET', path: '/metrics' })).text();
  const total = [...spent.values()].reduce((sum, cost) => sum + cost, 0n);
  expect(metrics).toContain(`signalbox_spend_nanousd_total ${total}`);
  expect(metrics).toContain('signalbox_exchanges_running 0');
}, 15_000);
