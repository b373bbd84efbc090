/** One exchange, one record, at once: `GET /generation`, and the same number wherever money is shown. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { describeEachUpstream } from '../kit/each-upstream.ts';
import { generationOf, nanoUsd, settledGeneration, simCostNanoUsd, spendOf } from '../kit/generation.ts';
import { createApiKey } from '../kit/keys.ts';
import { readStream } from '../kit/read-stream.ts';
import { everyUpstream, upstreams } from '../kit/sim-lab.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

describeEachUpstream(
  'the record is there with the last byte',
  ({ gateway, upstream }) => {
    // When it is written hangs on the lane, not on the grammar.
    const times = upstreams.includes(upstream) ? 20 : 3;

    test('of a whole answer', async () => {
      for (let i = 0; i < times; i++) {
        const whole = await wholeOf(await ask(gateway(), chat('sim/echo', `request ${i}`)));
        expect(await generationOf(gateway(), whole.id)).toMatchObject({
          streamed: false,
          cancelled: false,
          model: 'sim/echo',
          provider_name: 'Sim',
          finish_reason: 'stop',
          total_cost: whole.usage.cost,
        });
      }
    });

    test('of a stream', async () => {
      for (let i = 0; i < times; i++) {
        const stream = await readStream(await ask(gateway(), chat('sim/echo', `request ${i}`, { stream: true })));
        expect(await generationOf(gateway(), stream.id)).toMatchObject({
          streamed: true,
          cancelled: false,
          finish_reason: 'stop',
          total_cost: stream.usage?.cost ?? -1,
        });
      }
    });

    test('cost is usage times price, cached tokens at theirs: the same integer in answer, record and key', async () => {
      const key = (await createApiKey(gateway(), { name: 'counted' })).key;
      let total = 0n;
      for (const faults of ['', '?cached=10', '?cached=10&cache_write=20', '?bytes=1000']) {
        const request = chat(`sim/echo${faults}`, 'word '.repeat(40));
        const { id, usage } = await wholeOf(await ask(gateway(), request, { key }));
        const cached = faults.includes('cached') && !upstream.cannot?.['usage with cache'] ? 10n : 0n;
        const written = faults.includes('write') ? wroteOf(usage) : 0n;
        const plain = BigInt(usage.prompt_tokens) - cached - written;
        const cost = plain * 1000n + cached * 100n + written * 1250n + BigInt(usage.completion_tokens) * 2000n;
        expect([faults, nanoUsd(usage.cost)]).toEqual([faults, cost]);
        const record = await generationOf(gateway(), id, key);
        expect([nanoUsd(record.total_cost), nanoUsd(record.usage)]).toEqual([cost, cost]);
        total += cost;
        expect(nanoUsd(await spendOf(gateway(), key))).toBe(total);
      }
    });
  },
  { among: everyUpstream },
);

/** Some grammars have no word for tokens written to a cache: nothing is billed as such. */
function wroteOf(usage: Readonly<Record<string, unknown>>): bigint {
  const details = usage['prompt_tokens_details'];
  const written = typeof details === 'object' && details !== null ? Reflect.get(details, 'cache_write_tokens') : 0;
  return BigInt(Number(written));
}

describe('who may read a record', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const lookUp = (id: string, key = gateway.apiKey) =>
    ask(gateway, null, { method: 'GET', path: `/api/v1/generation?id=${id}`, key });

  test('another key’s is as unknown as one that never was', async () => {
    const { id } = await wholeOf(await ask(gateway, chat('sim/echo')));
    const other = (await createApiKey(gateway, { name: 'other' })).key;
    const others = await errorOf(await lookUp(id, other));
    const nobodys = await errorOf(await lookUp('gen-1700000000-aaaaaaaaaaaaaaaaaaaa', other));
    expect(others.code).toBe(404);
    expect(others.message.replace(id, 'ID')).toBe(nobodys.message.replace(/gen-\S+/, 'ID'));
    expect((await lookUp(id)).status).toBe(200);
    expect((await lookUp(id, gateway.managementKey)).status).toBe(200);
  });

  test('a running one says so, to its own key only', async () => {
    const controller = new AbortController();
    const model = 'sim/echo?token_ms=30';
    const response = await ask(gateway, chat(model, 'a b c d e f g h i j', { stream: true }), {
      signal: controller.signal,
    });
    const id = response.headers.get('x-generation-id') ?? '';
    const other = (await createApiKey(gateway, { name: 'another' })).key;
    const [own, others] = [await errorOf(await lookUp(id)), await errorOf(await lookUp(id, other))];
    expect([own.code, own.message]).toEqual([404, expect.stringContaining('still running')]);
    expect([others.code, others.message]).toEqual([404, expect.not.stringContaining('running')]);
    await readStream(response);
    expect((await lookUp(id)).status).toBe(200);
  });

  test.each(['', '?id=', '?other=1'])('without an id: 400 (%s)', async (query) => {
    const response = await ask(gateway, null, { method: 'GET', path: `/api/v1/generation${query}` });
    const error = await errorOf(response);
    expect([error.code, error.message]).toEqual([400, expect.stringContaining('id')]);
  });

  test.each(['gen-1', "' OR 1=1 --", '%00', 'x'.repeat(5000)])('an id that is none: 404', async (id) => {
    expect((await errorOf(await lookUp(encodeURIComponent(id)))).code).toBe(404);
  });
});

describe('what was refused before anybody was asked leaves no record', () => {
  test('bad input, an unknown model, no endpoint', async () => {
    const gateway = await startGateway();
    for (const body of ['oops', chat('sim/ecco'), chat('openai/gpt-4o-mini')]) {
      const id = (await ask(gateway, body)).headers.get('x-generation-id') ?? '';
      const response = await ask(gateway, null, { method: 'GET', path: `/api/v1/generation?id=${id}` });
      expect((await errorOf(response)).code).toBe(404);
    }
    expect(await spendOf(gateway)).toBe(0);
    await gateway.stop();
  });
});

describe('a spent limit', () => {
  test('402 on chat, and the key may still ask about itself', async () => {
    const gateway = await startGateway();
    const { key } = await createApiKey(gateway, { name: 'small', limit: 0.000003 });
    const first = await wholeOf(await ask(gateway, chat('sim/echo', 'four'), { key }));
    expect(nanoUsd(first.usage.cost)).toBe(simCostNanoUsd(1, 1));
    for (const stream of [true, false]) {
      const error = await errorOf(await ask(gateway, chat('sim/echo', 'four', { stream }), { key }));
      expect(error).toMatchObject({ code: 402, metadata: { error_type: 'payment_required' } });
    }
    expect(nanoUsd(await spendOf(gateway, key))).toBe(simCostNanoUsd(1, 1));
    expect(await settledGeneration({ ...gateway, apiKey: key }, first.id)).toMatchObject({ total_cost: 0.000003 });
    await gateway.stop();
  });
});
