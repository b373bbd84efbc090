import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, errorOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const path = '/api/v1/moderations';
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

const reply = z.looseObject({
  id: z.string(),
  model: z.string(),
  results: z.array(
    z.strictObject({
      flagged: z.boolean(),
      categories: z.record(z.string(), z.boolean()),
      category_scores: z.record(z.string(), z.number()),
    }),
  ),
});

describe('moderations', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const moderate = async (body: unknown) => reply.parse(await (await ask(gateway, body, { path })).json());

  test('one verdict for each text, by the only model there is', async () => {
    const { id, model, results } = await moderate({ input: ['I will kill them', 'good morning'] });
    expect(model).toBe('sim/moderation');
    expect(results.map(({ flagged }) => flagged)).toEqual([true, false]);
    expect(results[0]?.categories['violence']).toBe(true);
    expect(await generationOf(gateway, id)).toMatchObject({ api_type: null, total_cost: 0, model: 'sim/moderation' });
  });

  test('a text with an image is one input', async () => {
    const input = [
      { type: 'text', text: 'I hate it' },
      { type: 'image_url', image_url: { url: PNG } },
    ];
    const { results } = await moderate({ model: 'sim/moderation', input });
    expect(results.map(({ categories }) => categories['hate'])).toEqual([true]);
  });

  test('a chat model judges nothing', async () => {
    const error = await errorOf(await ask(gateway, { model: 'sim/echo', input: 'x' }, { path }));
    expect(error).toMatchObject({ code: 400, availability: { code: 'wrong_endpoint' } });
  });
});

describe('where nobody moderates', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({
      config:
        'providers:\n  lab: { dialect: anthropic-messages, base_url: "sim://lab/v1", api_key: none, models: [sim/echo] }\n',
    });
  });
  afterAll(() => gateway.stop());

  test.each([
    [{ input: 'x' }],
    [{ input: 'x', model: 'omni-moderation-latest' }],
    [{ input: 'x', model: 'some/other' }],
  ])('%j is a 404 that says so and what to do', async (body) => {
    const answer = await ask(gateway, body, { path });
    expect(answer.status).toBe(404);
    const { message, availability } = await errorOf(answer);
    expect(message).toContain('No configured provider has models for moderation');
    expect(message).toContain('output_modalities: [moderation]');
    expect(availability?.code).toBe('no_endpoints');
  });
});
