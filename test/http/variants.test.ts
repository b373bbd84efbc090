/** Routing variants, service tiers and `models[]` (OpenRouter's API), as a caller asks for them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { answerOf, refusalOf, type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const price = (usd: string) => `pricing: { prompt: "${usd}", completion: "${usd}" }`;

let gateway: Gateway;
let tiered: ScriptedUpstream;
beforeAll(async () => {
  tiered = startScriptedUpstream(({ body }) => {
    const tier = body['service_tier'];
    // A host may serve another tier than it was asked for, and says so.
    const served = body['messages'] && JSON.stringify(body['messages']).includes('busy') ? 'default' : tier;
    return answerOf('hi', {}, { service_tier: served ?? 'default' });
  });
  gateway = await startGateway({
    config: `providers:
  tiered:
    dialect: openai-chat
    base_url: "${tiered.url}"
    api_key: none
    models:
      - { id: lab/m, upstream: m, ${price('0.000002')} }
      - { id: lab/m, upstream: m, service_tier: priority, ${price('0.000004')} }
      - { id: lab/m, upstream: m, service_tier: flex, ${price('0.000001')} }
  other:
    dialect: openai-chat
    base_url: "sim://other/v1"
    api_key: none
    models:
      - { id: lab/m, upstream: echo, ${price('0.0000015')} }
      - { id: lab/broken, upstream: "echo?status=500", ${price('0.000001')} }
      - { id: "lab/m:free", upstream: echo, ${price('0')} }
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await tiered.stop();
});

const lastTier = () => tiered.received.at(-1)?.body['service_tier'];

describe('service tiers', () => {
  test('nobody gets one who did not ask', async () => {
    for (let i = 0; i < 20; i++) await wholeOf(await ask(gateway, chat('lab/m')));
    expect(tiered.received.every(({ body }) => body['service_tier'] === undefined)).toBe(true);
  });

  test.each(['priority', 'fast'])(
    '%s: the priority endpoint first, billed and reported as such',
    async (service_tier) => {
      const answer = await wholeOf(await ask(gateway, chat('lab/m', 'hi', { service_tier })));
      expect(answer.provider).toBe('tiered');
      expect(lastTier()).toBe('priority');
      expect(answer.usage.cost).toBe(12 * 0.000004);
      const generation = await generationOf(gateway, answer.id);
      expect(generation['service_tier']).toBe('priority');
    },
  );

  test('the tier that served is billed, whatever was asked for', async () => {
    const answer = await wholeOf(await ask(gateway, chat('lab/m', 'busy', { service_tier: 'priority' })));
    expect(answer.usage.cost).toBe(12 * 0.000002);
  });

  test('flex: only flex endpoints', async () => {
    for (let i = 0; i < 5; i++) {
      const answer = await wholeOf(await ask(gateway, chat('lab/m', 'hi', { service_tier: 'flex' })));
      expect(answer.usage.cost).toBe(12 * 0.000001);
    }
    expect(lastTier()).toBe('flex');
  });

  test('by full slug, and never by the base slug', async () => {
    await wholeOf(await ask(gateway, chat('lab/m', 'hi', { provider: { only: ['tiered/priority'] } })));
    expect(lastTier()).toBe('priority');
    for (let i = 0; i < 5; i++)
      await wholeOf(await ask(gateway, chat('lab/m', 'hi', { provider: { only: ['tiered'] } })));
    expect(lastTier()).toBeUndefined();
  });
});

describe('variants', () => {
  test(':floor sorts by price and lets flex endpoints in', async () => {
    for (let i = 0; i < 5; i++) {
      expect((await wholeOf(await ask(gateway, chat('lab/m:floor')))).usage.cost).toBe(12 * 0.000001);
    }
  });

  test('an explicit sort wins over the variant', async () => {
    await wholeOf(await ask(gateway, chat('lab/m:nitro', 'hi', { provider: { sort: 'price', ignore: ['other'] } })));
    // The priority endpoint is let in, and is the dearest.
    expect(lastTier()).toBeUndefined();
  });

  test(':free is an entry of its own; the answer names it', async () => {
    const answer = await wholeOf(await ask(gateway, chat('lab/m:free')));
    expect(answer).toMatchObject({ model: 'lab/m:free', provider: 'other' });
    expect(answer.usage.cost).toBe(0);
  });

  test('a variant that no longer exists names the model without it', async () => {
    const error = await errorOf(await ask(gateway, chat('lab/broken:free')));
    expect(error).toMatchObject({
      code: 404,
      availability: { code: 'free_variant_ended', fallback_models: ['lab/broken'] },
    });
  });

  test('a word that is no variant is no model', async () => {
    const error = await errorOf(await ask(gateway, chat('lab/m:turbocharged')));
    expect(error).toMatchObject({ code: 400, availability: { code: 'model_not_found', fallback_models: ['lab/m'] } });
  });
});

describe('models', () => {
  test('the next one answers where the first one’s endpoints are exhausted, and is billed and reported', async () => {
    const answer = await wholeOf(await ask(gateway, chat('lab/broken', 'hi', { models: ['lab/m:free'] })));
    expect(answer).toMatchObject({ model: 'lab/m:free' });
    expect(answer.usage.cost).toBe(0);
  });

  test('a refusal of one model is no refusal of the next', async () => {
    const strict = startScriptedUpstream(({ body }) =>
      body['model'] === 'a' ? refusalOf(400, 'I do not like this') : answerOf('fine'),
    );
    const models = `models: [{ id: lab/a, upstream: a }, { id: lab/b, upstream: b }]`;
    const lab = await startGateway({
      config: `providers:\n  strict: { dialect: openai-chat, base_url: "${strict.url}", api_key: none, ${models} }\n`,
    });
    const answer = await wholeOf(await ask(lab, chat('lab/a', 'hi', { models: ['lab/b'] })));
    expect(answer.model).toBe('lab/b');
    await lab.stop();
    await strict.stop();
  });
});
