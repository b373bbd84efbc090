/** `GET /signalbox/generations/{id}`: how a generation was routed, as it was stored. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, chat, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { createApiKey } from '../kit/keys.ts';
import { readStream } from '../kit/read-stream.ts';
import { ROUTE_LAB } from '../kit/route-lab.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ config: ROUTE_LAB });
});
afterAll(() => gateway.stop());

describe('GET /signalbox/generations/{id}', () => {
  const recordOf = async (id: string, key = gateway.apiKey) => {
    const response = await ask(gateway, null, { method: 'GET', path: `/api/v1/signalbox/generations/${id}`, key });
    return z.object({ data: z.looseObject({ id: z.string() }) }).parse(await response.json()).data;
  };

  test('the plan, every attempt with its outcome, time and cost', async () => {
    const body = chat('lab/fails', 'one two three', { provider: { order: ['one', 'two'] }, top_k: 3 });
    const whole = await wholeOf(await ask(gateway, body));
    expect(await recordOf(whole.id)).toEqual({
      id: whole.id,
      upstream_id: expect.any(String),
      session_id: null,
      preset_id: null,
      response_cache_source_id: null,
      created_at: expect.any(String),
      outcome: 'complete',
      status: 200,
      error: null,
      requested_model: 'lab/fails',
      model: 'lab/fails',
      provider: 'Two & Co',
      endpoint_id: 'two|lab/fails',
      router: null,
      service_tier: null,
      latency: expect.any(Number),
      generation_time: expect.any(Number),
      total_cost: whole.usage.cost,
      plan: {
        strategy: 'direct',
        because: ['provider.order: one, two'],
        targets: [
          expect.objectContaining({ endpoint_id: 'one|lab/fails', provider: 'one', expected_cost: 0.001008 }),
          expect.objectContaining({ endpoint_id: 'two|lab/fails', provider: 'Two & Co', expected_cost: 0.003024 }),
        ],
      },
      attempts: [
        {
          endpoint_id: 'one|lab/fails',
          provider: 'one',
          model: 'lab/fails',
          status: 503,
          error: 'provider.overloaded',
          latency: expect.any(Number),
          cost: 0,
        },
        {
          endpoint_id: 'two|lab/fails',
          provider: 'Two & Co',
          model: 'lab/fails',
          status: 200,
          error: null,
          latency: expect.any(Number),
          cost: whole.usage.cost,
        },
      ],
      notes: [
        {
          code: 'parameter.dropped',
          field: 'top_k',
          message: 'lab/fails at Two & Co does not support top_k',
        },
      ],
    });
  });

  test('says what excluded the others, and who was not drawn', async () => {
    const stream = await readStream(
      await ask(
        gateway,
        chat('lab/plain', 'x', { stream: true, provider: { allow_fallbacks: false, data_collection: 'deny' } }),
      ),
    );
    expect(await recordOf(stream.id)).toMatchObject({
      plan: {
        targets: [{ provider: 'Two & Co' }],
        excluded: [
          { provider: 'Two & Co', excluded_by: 'service_tier' },
          { provider: 'one', excluded_by: 'data_policy:training' },
          { provider: 'dear', excluded_by: 'max_price' },
        ],
      },
    });
  });

  test('of a failure: no cost, and the error of the table', async () => {
    const body = chat('lab/fails', 'x', { provider: { only: ['one'] } });
    const response = await ask(gateway, body);
    const record = await recordOf(response.headers.get('x-generation-id') ?? '');
    expect(record).toMatchObject({
      outcome: 'failed',
      error: 'provider.overloaded',
      total_cost: 0,
      attempts: [{ provider: 'one', status: 503, cost: 0 }],
    });
  });

  test('is for whom the generation is', async () => {
    const { id } = await wholeOf(await ask(gateway, chat('lab/alone')));
    const { key: other } = await createApiKey(gateway, { name: 'other' });
    expect((await recordOf(id, gateway.managementKey)).id).toBe(id);
    const refused = await ask(gateway, null, {
      method: 'GET',
      path: `/api/v1/signalbox/generations/${id}`,
      key: other,
    });
    const generation = await ask(gateway, null, { method: 'GET', path: `/api/v1/generation?id=${id}`, key: other });
    expect([refused.status, await refused.json()]).toEqual([404, await generation.json()]);
    expect((await generationOf(gateway, id)).id).toBe(id);
  });
});
