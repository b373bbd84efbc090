/** The client goes away: seen from the upstream's own log, and settled exactly once. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chat } from '../kit/ask.ts';
import { nanoUsd, settledGeneration, simCostNanoUsd, spendOf } from '../kit/generation.ts';
import { openRaw } from '../kit/raw-socket.ts';
import { everyUpstream, simEntry, upstreamName, upstreams } from '../kit/sim-lab.ts';
import { type SimUpstream, startSimUpstream } from '../kit/sim-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const WORDS = 'one two three four five six seven eight nine ten';
/** 48 bytes, and their price in and out. */
const TOKENS = 12;

let upstream: SimUpstream;
beforeAll(async () => {
  upstream = await startSimUpstream();
});
afterAll(() => upstream.stop());

describe.each(everyUpstream.map((spoken) => [spoken.dialect, spoken] as const))('%s', (dialect, spoken) => {
  let gateway: Gateway;
  beforeAll(async () => {
    const base = `dialect: ${dialect}, base_url: "${upstream.url}/${spoken.version}"`;
    const named = (name: string) => `upstream: "${upstreamName(spoken, name)}"`;
    const price = 'pricing: { prompt: "0.000001", completion: "0.000002" }';
    gateway = await startGateway({
      config: `commit_after_ms: 50
providers:
  sim: { ${simEntry(spoken, upstream.url)} }
  drained: { ${base}, api_key: none, on_disconnect: drain, models: [{ id: lab/drained, ${named('echo?token_ms=10')}, ${price} }] }
  cancelled: { ${base}, api_key: none, on_disconnect: cancel, models: [{ id: lab/cancelled, ${named('echo?first_byte_ms=60000')}, ${price} }] }
`,
    });
  });
  afterAll(() => gateway.stop());

  const nextId = (): number => upstream.lines().filter(({ event }) => event === 'request').length;
  const arrived = (id: number) => upstream.waitFor((line) => line.event === 'request' && line.id === id, 1000);
  const ended = (id: number, withinMs = 1000) =>
    upstream.waitFor((line) => line.event === 'end' && line.id === id, withinMs);

  /** The id of the one exchange that the log tells of and no test has asked about: every test takes its own. */
  const nextSettled = async (): Promise<string> => {
    for (let i = 0; i < 200; i++) {
      for (const [, id = ''] of gateway.log().matchAll(/"id":"(gen-[^"]+)"/g)) {
        if (seen.has(id)) continue;
        seen.add(id);
        return id;
      }
      await Bun.sleep(10);
    }
    throw new Error('nothing was settled');
  };
  const seen = new Set<string>();
  const recordOf = (client: { id(): string | undefined }) => {
    const id = client.id() ?? '';
    seen.add(id);
    return settledGeneration(gateway, id);
  };

  test('in the middle of a stream, cancel: closed within a second, billed for what was received', async () => {
    const upstreamId = nextId();
    const client = openRaw(gateway, chat('sim/echo?token_ms=40', WORDS, { stream: true }));
    await client.until('three');
    client.socket.destroy();
    expect(await ended(upstreamId)).toMatchObject({ outcome: 'client-gone' });
    const record = await recordOf(client);
    expect(record).toMatchObject({ cancelled: true, streamed: true, provider_name: 'Sim' });
    // Gemini's grammar tells a usage with every frame, and the simulator the whole one: the last seen is what is billed.
    expect(record.tokens_completion).toBeWithin(3, dialect === 'gemini' ? TOKENS + 1 : TOKENS);
    expect(nanoUsd(record.total_cost)).toBe(simCostNanoUsd(record.tokens_prompt ?? 0, record.tokens_completion ?? 0));
  });

  test('in the middle of a stream, drain: read to its end, billed by the real usage', async () => {
    const upstreamId = nextId();
    const client = openRaw(gateway, chat('lab/drained', WORDS, { stream: true }));
    await client.until('three');
    client.socket.destroy();
    expect(await ended(upstreamId, 3000)).toMatchObject({ outcome: 'complete' });
    const record = await recordOf(client);
    expect(record).toMatchObject({ cancelled: true, tokens_prompt: TOKENS, tokens_completion: TOKENS });
    expect(nanoUsd(record.total_cost)).toBe(simCostNanoUsd(TOKENS, TOKENS));
  });

  test('a whole answer is drained by default: the bill is real', async () => {
    const upstreamId = nextId();
    const client = openRaw(gateway, chat('sim/echo?first_byte_ms=60', WORDS));
    await arrived(upstreamId);
    client.socket.destroy();
    expect(await ended(upstreamId)).toMatchObject({ outcome: 'complete' });
    const record = await settledGeneration(gateway, await nextSettled());
    expect(record).toMatchObject({ cancelled: true, streamed: false, tokens_completion: TOKENS });
    expect(nanoUsd(record.total_cost)).toBe(simCostNanoUsd(TOKENS, TOKENS));
  });

  // Nothing has come of the answer yet: what grammar it would have had is of no account.
  if (upstreams.includes(spoken)) {
    test('after a comment, during the silence before the first byte', async () => {
      const upstreamId = nextId();
      const client = openRaw(gateway, chat('sim/echo?first_byte_ms=60000', WORDS, { stream: true }));
      await client.until(': OPENROUTER PROCESSING');
      await arrived(upstreamId);
      client.socket.destroy();
      expect(await ended(upstreamId)).toMatchObject({ outcome: 'client-gone', bytesSent: 0 });
      expect(await recordOf(client)).toMatchObject({
        cancelled: true,
        tokens_completion: 0,
      });
    });

    test('before anything was said to it', async () => {
      const upstreamId = nextId();
      const client = openRaw(gateway, chat('sim/echo?first_byte_ms=60000', WORDS, { stream: true }));
      await arrived(upstreamId);
      client.socket.resetAndDestroy();
      expect(await ended(upstreamId)).toMatchObject({ outcome: 'client-gone' });
      expect(await settledGeneration(gateway, await nextSettled())).toMatchObject({ cancelled: true });
    });

    test('a whole answer, where the operator said cancel', async () => {
      const upstreamId = nextId();
      const client = openRaw(gateway, chat('lab/cancelled', WORDS));
      await arrived(upstreamId);
      client.socket.destroy();
      expect(await ended(upstreamId)).toMatchObject({ outcome: 'client-gone' });
      expect(await settledGeneration(gateway, await nextSettled())).toMatchObject({ cancelled: true, streamed: false });
    });

    test('no further endpoint is tried for a client that is gone', async () => {
      const upstreamId = nextId();
      const body = chat('sim/echo?first_byte_ms=60000', WORDS, { stream: true, models: ['lab/drained'] });
      const client = openRaw(gateway, body);
      await arrived(upstreamId);
      client.socket.destroy();
      await ended(upstreamId);
      expect(await settledGeneration(gateway, await nextSettled())).toMatchObject({ cancelled: true });
      expect(nextId()).toBe(upstreamId + 1);
    });
  }

  test('the key has spent the sum of its records', async () => {
    const ids = [...gateway.log().matchAll(/"id":"(gen-[^"]+)"/g)].map(([, id = '']) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const costs = await Promise.all(ids.map(async (id) => nanoUsd((await settledGeneration(gateway, id)).total_cost)));
    expect(nanoUsd(await spendOf(gateway))).toBe(costs.reduce((sum, cost) => sum + cost, 0n));
  });
});
