/** Hosts of the operator's own, one model at several of them in different grammars: choice and fallback as callers steer them. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import type { ChatRequest } from '@openrouter/sdk/models';
import { NotFoundResponseError, OpenRouterError } from '@openrouter/sdk/models/errors';
import { failureOf } from '../kit/failure-of.ts';
import { WEATHER_SCHEMA } from '../kit/samples.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

/** `lab/model` is at all three; at the dear one it fails, so that only a caller who asks for it meets the failure. */
const CONFIG = `
aliases: { mine: lab/model }
providers:
  chat-host:
    name: Chat Host
    dialect: openai-chat
    base_url: "sim://chat/v1"
    api_key: none
    models:
      - { id: lab/model, upstream: "tools", pricing: { prompt: "0.000001", completion: "0.000002" } }
      - { id: lab/broken, upstream: "echo?status=503" }
      - { id: lab/cut, upstream: "echo?error_after=0" }
  messages-host:
    name: Messages Host
    dialect: anthropic-messages
    base_url: "sim://messages"
    api_key: none
    models:
      - { id: lab/model, upstream: "tools", pricing: { prompt: "0.000002", completion: "0.000004" } }
      - { id: lab/spare, upstream: "echo" }
      - { id: lab/cut, upstream: "echo" }
  gemini-host:
    name: Gemini Host
    dialect: gemini
    base_url: "sim://gemini/v1beta/"
    api_key: none
    models:
      - { id: lab/model, upstream: "tools?status=500", pricing: { prompt: "0.001", completion: "0.001" } }
`;

let gateway: Gateway;
let client: OpenRouter;
// One for each test: a host that failed rests, and the next test would find it last.
beforeEach(async () => {
  gateway = await startGateway({ config: CONFIG });
  client = new OpenRouter({
    serverURL: `${gateway.url}/api/v1`,
    apiKey: gateway.apiKey,
    retryConfig: { strategy: 'none' },
  });
});
afterEach(() => gateway.stop());

const WORDS = 'one two three';

async function ask(request: Partial<ChatRequest>) {
  const answer = await client.chat.send({
    chatRequest: { messages: [{ role: 'user', content: WORDS }], ...request, stream: false },
  });
  if (!('choices' in answer)) throw new Error('a whole answer was due');
  const { data } = await client.generations.getGeneration({ id: answer.id });
  return { answer, provider: data.providerName, responses: data.providerResponses ?? [] };
}

describe('hosts of one’s own', () => {
  test('one id at three hosts is one model with three endpoints', async () => {
    const { data } = await client.endpoints.list({ author: 'lab', slug: 'model' });
    expect(data.endpoints.map(({ providerName }) => String(providerName)).sort()).toEqual([
      'Chat Host',
      'Gemini Host',
      'Messages Host',
    ]);
  });

  test.each([
    ['chat-host', 'Chat Host', 0.000001],
    ['messages-host', 'Messages Host', 0.000002],
  ])('provider.only: %s', async (slug, name, price) => {
    const { answer, provider } = await ask({ model: 'lab/model', provider: { only: [slug] } });
    expect(provider).toBe(name);
    expect(answer.model).toBe('lab/model');
    const { promptTokens = 0, completionTokens = 0, cost } = answer.usage ?? {};
    expect(cost).toBeCloseTo((promptTokens + 2 * completionTokens) * price, 12);
  });

  test('provider.order: a failing host first, then another grammar answers', async () => {
    const { answer, provider, responses } = await ask({
      model: 'mine',
      provider: { order: ['gemini-host', 'messages-host'] },
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: { ...WEATHER_SCHEMA } } }],
    });
    expect(provider).toBe('Messages Host');
    expect(answer.choices[0]?.message.toolCalls?.[0]?.function.name).toBe('get_weather');
    expect(responses.map(({ providerName, status }) => [String(providerName), status])).toEqual([
      ['Gemini Host', 500],
      ['Messages Host', 200],
    ]);
  });

  test('provider.allow_fallbacks: false leaves the failure to the caller', async () => {
    const failure = await failureOf(
      ask({ model: 'lab/model', provider: { order: ['gemini-host'], allowFallbacks: false } }),
      OpenRouterError,
    );
    expect(failure.statusCode).toBe(502);
  });

  test('models: the next model where the first fails', async () => {
    const { answer } = await ask({ model: 'lab/broken', models: ['lab/spare'] });
    expect(answer.model).toBe('lab/spare');
    expect(answer.choices[0]?.message.content).toBe(WORDS);
  });

  test('a stream that fails before its first content is answered by another host, unseen', async () => {
    const stream = await client.chat.send({
      chatRequest: {
        model: 'lab/cut',
        messages: [{ role: 'user', content: WORDS }],
        provider: { order: ['chat-host', 'messages-host'] },
        stream: true,
      },
    });
    if ('choices' in stream) throw new Error('a stream was due');
    let text = '';
    for await (const { choices, error } of stream) {
      expect(error).toBeUndefined();
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toBe(WORDS);
  });

  test('a provider that does not serve the model: 404', async () => {
    await failureOf(ask({ model: 'lab/spare', provider: { only: ['chat-host'] } }), NotFoundResponseError);
  });
});
