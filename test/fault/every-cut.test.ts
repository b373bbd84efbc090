/** A stream cut at places all along it is never taken for a whole one, on the wire and in the books (every-byte.test.ts: at each). */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf } from '../kit/ask.ts';
import { generationOf, nanoUsd, spendOf } from '../kit/generation.ts';
import { parseStream } from '../kit/read-stream.ts';
import { everyUpstream, startGatewayTo } from '../kit/sim-lab.ts';
import { streamOf } from '../kit/sim-streams.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const TEXT = 'ä 🚂';
const AT_ONCE = 50;
/** So many places between the first byte and the last, and the last few one by one: there it is decided. */
const PLACES = { cut: 40, drop: 20 } as const;
const LAST = 10;

interface Ending {
  readonly id: string;
  readonly isWhole: boolean;
  readonly text: string;
}

describe.each(everyUpstream.map((upstream) => [upstream.dialect, upstream] as const))('%s', (dialect, upstream) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGatewayTo(upstream);
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

  test.each(['cut', 'drop'] as const)('%s', async (kind) => {
    const { length } = streamOf(dialect, TEXT);
    const along = Array.from({ length: PLACES[kind] }, (_, i) => Math.floor((i * (length - LAST)) / PLACES[kind]));
    const places = [...along, ...Array.from({ length: LAST }, (_, i) => length - LAST + i)];
    const endings: Ending[] = [];
    for (let from = 0; from < places.length; from += AT_ONCE) {
      endings.push(...(await Promise.all(places.slice(from, from + AT_ONCE).map((at) => endingAt(kind, at)))));
    }
    expect(endings).toHaveLength(places.length);
    // What counts as whole lacks nothing of the text, and only bytes after the grammar's own end.
    const whole = endings.filter(({ isWhole }) => isWhole);
    for (const { text } of whole) expect(text).toBe(TEXT);
    const firstWhole = endings.findIndex(({ isWhole }) => isWhole);
    if (firstWhole >= 0) expect(places[firstWhole]).toBeGreaterThan(length * 0.6);
    // One settlement each, and only whole answers cost.
    const records = await Promise.all(endings.map(({ id }) => generationOf(gateway, id)));
    records.forEach(({ total_cost, finish_reason }, at) => {
      const isWhole = endings[at]?.isWhole ?? false;
      expect([at, total_cost > 0, finish_reason === 'stop']).toEqual([at, isWhole, isWhole]);
    });
    expect(new Set(endings.map(({ id }) => id)).size).toBe(places.length);
  });

  test('the key has paid for the whole ones and nothing else', async () => {
    const costs = [...gateway.log().matchAll(/"id":"(gen-[^"]+)"/g)].map(async ([, id = '']) =>
      nanoUsd((await generationOf(gateway, id)).total_cost),
    );
    const sum = (await Promise.all(costs)).reduce((total, cost) => total + cost, 0n);
    expect(nanoUsd(await spendOf(gateway))).toBe(sum);
  });
});
