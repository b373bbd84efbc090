/** `@openrouter/sdk`, unmodified: catalogue, keys, credits and generations, read back by a client that validates strictly. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import { NotFoundResponseError, OpenRouterError, UnauthorizedResponseError } from '@openrouter/sdk/models/errors';
import { failureOf } from '../kit/failure-of.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
let client: OpenRouter;
let manager: OpenRouter;

const openWith = (apiKey: string): OpenRouter =>
  new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey, retryConfig: { strategy: 'none' } });

beforeAll(async () => {
  gateway = await startGateway();
  client = openWith(gateway.apiKey);
  manager = openWith(gateway.managementKey);
});
afterAll(() => gateway.stop());

async function chat(by: OpenRouter, model = 'sim/echo') {
  const answer = await by.chat.send({
    chatRequest: { model, messages: [{ role: 'user', content: 'How much was this?' }], stream: false },
  });
  if ('choices' in answer) return answer;
  throw new Error('a whole answer was due');
}

describe('@openrouter/sdk: catalogue', () => {
  test('models are listed and counted', async () => {
    const ids: string[] = [];
    for await (const page of await client.models.list()) ids.push(...page.result.data.map(({ id }) => id));
    expect(ids).toContain('sim/echo');
    const { data } = await client.models.count();
    expect(data.count).toBe(ids.length);
  });

  test('a model, its endpoints and the providers', async () => {
    const { data: model } = await client.models.get({ author: 'sim', slug: 'reasoner' });
    expect(model).toMatchObject({ id: 'sim/reasoner', name: 'Sim: Reasoner' });
    const { data: listed } = await client.endpoints.list({ author: 'sim', slug: 'reasoner' });
    expect(listed.endpoints.map(({ providerName }) => String(providerName))).toEqual(['Sim']);
    const { data: providers } = await client.providers.list();
    expect(providers.map(({ slug }) => slug)).toContain('sim');
  });

  test('a model that does not exist', async () => {
    await failureOf(client.models.get({ author: 'sim', slug: 'ecco' }), NotFoundResponseError);
  });

  test('a wrong key is told so, though the catalogue is public here', async () => {
    const failure = await failureOf(openWith(`sk-or-v1-${'0'.repeat(64)}`).models.list(), OpenRouterError);
    expect(failure.statusCode).toBe(401);
  });
});

describe('@openrouter/sdk: keys and money', () => {
  test('a key is made, used, changed and removed', async () => {
    const { key, data: made } = await manager.apiKeys.create({
      requestBody: { name: 'a key', limit: 5, limitReset: 'monthly', expiresAt: new Date(Date.now() + 86_400_000) },
    });
    expect(made).toMatchObject({ name: 'a key', limit: 5, limitRemaining: 5, usage: 0, disabled: false });
    const owner = openWith(key);
    const { usage } = await chat(owner);

    const { data: own } = await owner.apiKeys.getCurrentKeyMetadata();
    expect(own).toMatchObject({ limit: 5, usage: usage?.cost, usageDaily: usage?.cost, isManagementKey: false });
    expect(own.limitRemaining).toBeCloseTo(5 - (usage?.cost ?? 0), 9);

    const { data: keys } = await manager.apiKeys.list();
    expect(keys.find(({ hash }) => hash === made.hash)).toMatchObject({ name: 'a key', usage: usage?.cost });

    const { data: changed } = await manager.apiKeys.update({
      hash: made.hash,
      requestBody: { name: 'renamed', disabled: true, limit: null },
    });
    expect(changed).toMatchObject({ name: 'renamed', disabled: true, limit: null, limitRemaining: null });
    await failureOf(chat(owner), UnauthorizedResponseError);

    expect(await manager.apiKeys.delete({ hash: made.hash })).toEqual({ deleted: true });
    await failureOf(manager.apiKeys.get({ hash: made.hash }), NotFoundResponseError);
    const after = await manager.apiKeys.list({ includeDisabled: true });
    expect(after.data.map(({ hash }) => hash)).not.toContain(made.hash);
  });

  test('an inference key administers nothing', async () => {
    expect((await failureOf(client.apiKeys.list(), OpenRouterError)).statusCode).toBe(403);
    expect((await failureOf(client.credits.getCredits(), OpenRouterError)).statusCode).toBe(403);
  });

  test('credits count what was spent', async () => {
    const { data: before } = await manager.credits.getCredits();
    const { usage } = await chat(client);
    const { data: after } = await manager.credits.getCredits();
    expect(after.totalUsage - before.totalUsage).toBeCloseTo(usage?.cost ?? 0, 9);
  });
});

describe('@openrouter/sdk: generations', () => {
  test('an answer is a generation at once, with the same numbers', async () => {
    const answer = await chat(client, 'sim/reasoner');
    const { data } = await client.generations.getGeneration({ id: answer.id });
    expect(data).toMatchObject({
      id: answer.id,
      model: 'sim/reasoner',
      providerName: 'Sim',
      streamed: false,
      cancelled: false,
      finishReason: 'stop',
      totalCost: answer.usage?.cost,
      usage: answer.usage?.cost,
      nativeTokensPrompt: answer.usage?.promptTokens,
      nativeTokensCompletion: answer.usage?.completionTokens,
      nativeTokensReasoning: answer.usage?.completionTokensDetails?.reasoningTokens,
    });
  });

  test('so is a streamed one, once its last piece came', async () => {
    const answer = await client.chat.send({
      chatRequest: { model: 'sim/echo', messages: [{ role: 'user', content: 'one two three' }], stream: true },
    });
    if ('choices' in answer) throw new Error('a stream was due');
    let id = '';
    let cost: number | null | undefined;
    for await (const piece of answer) {
      id = piece.id;
      cost = piece.usage?.cost ?? cost;
    }
    const { data } = await client.generations.getGeneration({ id });
    expect(data).toMatchObject({ id, streamed: true, totalCost: cost, finishReason: 'stop' });
  });

  test('a failed exchange is one too, at no cost', async () => {
    const failed = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.apiKey}` },
      body: JSON.stringify({ model: 'sim/echo?status=500', messages: [{ role: 'user', content: 'hi' }] }),
    });
    expect(failed.status).toBe(502);
    const { data } = await client.generations.getGeneration({ id: failed.headers.get('x-generation-id') ?? '' });
    expect(data).toMatchObject({ totalCost: 0, providerResponses: [expect.objectContaining({ status: 500 })] });
  });

  test("another key's generation is not found", async () => {
    const { key } = await manager.apiKeys.create({ requestBody: { name: 'stranger' } });
    const { id } = await chat(client);
    await failureOf(openWith(key).generations.getGeneration({ id }), NotFoundResponseError);
  });
});
