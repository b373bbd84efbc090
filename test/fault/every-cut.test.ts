/** A stream cut at every byte is never taken for a whole one. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { simulate } from '../../src/providers/sim/simulate.ts';
import { ask, chat, errorOf } from '../kit/ask.ts';
import { generationOf, nanoUsd, spendOf } from '../kit/generation.ts';
import { parseStream } from '../kit/read-stream.ts';
import { type Upstream, upstreams } from '../kit/sim-lab.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const TEXT = 'ä 🚂';
const AT_ONCE = 50;

/** The bytes of the upstream's whole answer, as the simulator would send them. */
const LENGTHS: Readonly<Record<Upstream['dialect'], number>> = {
  'openai-chat': lengthOf('/v1/chat/completions', {
    model: 'sim/echo',
    messages: [{ role: 'user', content: TEXT }],
    stream: true,
    stream_options: { include_usage: true },
  }),
  'anthropic-messages': lengthOf('/v1/messages', {
    model: 'sim/echo',
    max_tokens: 100,
    messages: [{ role: 'user', content: TEXT }],
    stream: true,
  }),
  gemini: lengthOf('/v1beta/models/sim%2Fecho:streamGenerateContent?alt=sse', {
    contents: [{ role: 'user', parts: [{ text: TEXT }] }],
  }),
};

function lengthOf(path: string, body: Parameters<typeof simulate>[0]['body']): number {
  const { steps, status } = simulate({ path, body, seed: 1 });
  if (status !== 200) throw new Error(`the simulator refused ${path}`);
  return steps.reduce((sum, { bytes }) => sum + Buffer.byteLength(bytes), 0);
}

interface Ending {
  readonly id: string;
  readonly isWhole: boolean;
  readonly text: string;
}

describe.each(upstreams.map((upstream) => [upstream.dialect, upstream] as const))('%s', (dialect, { version }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({
      config: `providers:\n  sim: { dialect: ${dialect}, base_url: "sim://lab/${version}" }\n`,
    });
  });
  afterAll(() => gateway.stop());

  const endingAt = async (kind: string, at: number): Promise<Ending> => {
    const response = await ask(gateway, chat(`sim/echo?split=24&${kind}=${at}`, TEXT, { stream: true }));
    const id = response.headers.get('x-generation-id') ?? '';
    if (response.status !== 200) {
      expect(await errorOf(response)).toMatchObject({ code: 502, metadata: { provider_name: 'Sim' } });
      return { id, isWhole: false, text: '' };
    }
    const body = await response.text();
    const stream = parseStream(body);
    if (stream.isDone) return { id, isWhole: true, text: stream.text };
    expect(stream.order.at(-1)).toBe('error');
    expect(stream.order).not.toContain('usage');
    expect(body).not.toContain('[DONE]');
    expect(stream.error?.code).toBe(502);
    expect(TEXT).toStartWith(stream.text);
    return { id, isWhole: false, text: stream.text };
  };

  test.each([
    ['cut', 1],
    ['drop', 7],
  ])(
    '%s at every byte (in steps of %d)',
    async (kind, step) => {
      const places = Array.from({ length: Math.ceil(LENGTHS[dialect] / step) }, (_, i) => i * step);
      const endings: Ending[] = [];
      for (let from = 0; from < places.length; from += AT_ONCE) {
        endings.push(...(await Promise.all(places.slice(from, from + AT_ONCE).map((at) => endingAt(kind, at)))));
      }
      expect(endings).toHaveLength(places.length);
      // What counts as whole lacks nothing of the text, and only bytes after the grammar's own end.
      const whole = endings.filter(({ isWhole }) => isWhole);
      for (const { text } of whole) expect(text).toBe(TEXT);
      const firstWhole = endings.findIndex(({ isWhole }) => isWhole);
      if (firstWhole >= 0) expect(firstWhole).toBeGreaterThan(places.length * 0.6);
      // One settlement each, and only whole answers cost.
      const records = await Promise.all(endings.map(({ id }) => generationOf(gateway, id)));
      records.forEach(({ total_cost, finish_reason }, at) => {
        const isWhole = endings[at]?.isWhole ?? false;
        expect([at, total_cost > 0, finish_reason === 'stop']).toEqual([at, isWhole, isWhole]);
      });
      expect(new Set(endings.map(({ id }) => id)).size).toBe(places.length);
    },
    15_000,
  );

  test('the key has paid for the whole ones and nothing else', async () => {
    const costs = [...gateway.log().matchAll(/"id":"(gen-[^"]+)"/g)].map(async ([, id = '']) =>
      nanoUsd((await generationOf(gateway, id)).total_cost),
    );
    const sum = (await Promise.all(costs)).reduce((total, cost) => total + cost, 0n);
    expect(nanoUsd(await spendOf(gateway))).toBe(sum);
  });
});
