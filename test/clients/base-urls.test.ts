/** Every base address that people paste works with every client. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { OpenRouter } from '@openrouter/sdk';
import { generateText } from 'ai';
import OpenAI from 'openai';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const bases = ['/api', '/api/', '/api/v1', '/api/v1/', '/v1', '/v1/', '//api//v1//'] as const;

describe.each(bases)('base %s', (base) => {
  test('openai', async () => {
    const client = new OpenAI({ baseURL: gateway.url + base, apiKey: gateway.apiKey, maxRetries: 0 });
    const answer = await client.chat.completions.create({
      model: 'sim/echo',
      messages: [{ role: 'user', content: base }],
    });
    expect(answer.choices[0]?.message.content).toBe(base);
    const stream = client.chat.completions.stream({ model: 'sim/echo', messages: [{ role: 'user', content: base }] });
    expect((await stream.finalMessage()).content).toBe(base);
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toContain('sim/echo');
  });

  test('@openrouter/sdk', async () => {
    const client = new OpenRouter({
      serverURL: gateway.url + base,
      apiKey: gateway.apiKey,
      retryConfig: { strategy: 'none' },
    });
    const answer = await client.chat.send({
      chatRequest: { model: 'sim/echo', messages: [{ role: 'user', content: base }], stream: false },
    });
    if (!('choices' in answer)) throw new Error('a whole answer was due');
    expect(answer.choices[0]?.message.content).toBe(base);
    expect((await client.models.count()).data.count).toBeGreaterThan(0);
    expect((await client.apiKeys.getCurrentKeyMetadata()).data.isManagementKey).toBe(false);
    expect((await client.generations.getGeneration({ id: answer.id })).data.id).toBe(answer.id);
  });

  test('ai-sdk', async () => {
    const client = createOpenRouter({ baseURL: gateway.url + base, apiKey: gateway.apiKey, compatibility: 'strict' });
    const { text } = await generateText({ model: client.chat('sim/echo'), prompt: base, maxRetries: 0 });
    expect(text).toBe(base);
  });
});
