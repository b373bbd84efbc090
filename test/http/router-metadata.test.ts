/**
 * `openrouter_metadata` (OpenRouter's API): how an exchange was routed, for callers that ask for it by header. Every one is read
 * by the schema of the unmodified `@openrouter/sdk`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import { type OpenRouterMetadata, OpenRouterMetadata$inboundSchema } from '@openrouter/sdk/models';
import { z } from 'zod';
import { GatewayError } from '../../src/core/errors.ts';
import { encodeChatError } from '../../src/dialects/shared/gateway/errors.ts';
import { ask, chat } from '../kit/ask.ts';
import { createApiKey, patchApiKey, spendLimit } from '../kit/keys.ts';
import { readStream } from '../kit/read-stream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  const priced = (usd: number) => `pricing: { prompt: "0.00000${usd}", completion: "0.00000${usd}" }`;
  const model = (id: string, upstream: string, usd: number) =>
    `{ id: ${id}, upstream: "${upstream}", supported_parameters: [max_tokens, temperature], ${priced(usd)} }`;
  const host = (name: string, more: string, models: readonly string[]) =>
    `  ${name}: { dialect: openai-chat, base_url: "sim://${name}/v1", ${more}, models: [${models.join(', ')}] }\n`;
  gateway = await startGateway({
    config:
      'commit_after_ms: 50\naliases: { quick: lab/plain }\nproviders:\n' +
      host('one', 'api_key: none, data_policy: { training: true }', [
        model('lab/plain', 'echo', 1),
        model('lab/fails', 'echo?status=503', 1),
        model('lab/breaks', 'echo?frames=6&drop=1500', 1),
        model('lab/down', 'echo?status=429&retry_after=1', 1),
        model('lab/slow', 'echo?first_byte_ms=120', 1),
      ]) +
      host('two', 'name: Two & Co, api_key: none, data_policy: { training: false, retention_days: 0 }', [
        model('lab/plain', 'echo', 2),
        model('lab/fails', 'echo', 2),
        model('lab/down', 'echo?status=500', 2),
      ]) +
      host('gone', 'api_key: none', [
        model('lab/late', 'echo?first_byte_ms=100&status=500', 1),
        model('lab/off', 'echo?status=500', 1),
      ]),
  });
});
afterAll(() => gateway.stop());

const ENABLED = { 'x-openrouter-metadata': 'enabled' };
const carrier = z.looseObject({ openrouter_metadata: z.unknown() });

/** @throws where there is none, or the SDK would not read it */
function metadataIn(body: unknown): OpenRouterMetadata {
  return OpenRouterMetadata$inboundSchema.parse(carrier.parse(body).openrouter_metadata);
}

const request = (model: string, more: Readonly<Record<string, unknown>> = {}) => chat(model, 'one two three', more);
const ordered = (model: string, more: Readonly<Record<string, unknown>> = {}) =>
  request(model, { provider: { order: ['one', 'two'] }, ...more });

async function wholeMetadata(body: unknown, headers: Readonly<Record<string, string>> = ENABLED) {
  const response = await ask(gateway, body, { headers });
  return metadataIn(await response.json());
}

describe('a whole reply', () => {
  test('says what was asked for, who could serve, who did and why', async () => {
    const response = await ask(gateway, ordered('lab/plain'), { headers: ENABLED });
    const body = await response.json();
    expect(metadataIn(body)).toEqual({
      requested: 'lab/plain',
      strategy: 'direct',
      region: null,
      summary: 'lab/plain served by one on attempt 1, of 2 available endpoints: provider.order: one, two.',
      attempt: 1,
      isByok: false,
      endpoints: {
        total: 2,
        available: [
          { provider: 'one', model: 'lab/plain', selected: true },
          { provider: 'Two & Co', model: 'lab/plain', selected: false },
        ],
      },
      attempts: [{ provider: 'one', model: 'lab/plain', status: 200 }],
      generationTime: expect.any(Number),
    });
  });

  test('excluded endpoints count among all, not among the available ones', async () => {
    const metadata = await wholeMetadata(request('lab/plain', { provider: { zdr: true } }));
    expect(metadata.endpoints).toEqual({
      total: 2,
      available: [{ provider: 'Two & Co', model: 'lab/plain', selected: true }],
    });
  });

  test('after a fallback: both attempts with their statuses, and the number of the one that answered', async () => {
    const metadata = await wholeMetadata(ordered('lab/fails'));
    expect(metadata).toMatchObject({
      attempt: 2,
      attempts: [
        { provider: 'one', model: 'lab/fails', status: 503 },
        { provider: 'Two & Co', model: 'lab/fails', status: 200 },
      ],
    });
    expect(metadata.endpoints.available.map(({ selected }) => selected)).toEqual([false, true]);
    expect(metadata.summary).toStartWith('lab/fails served by Two & Co on attempt 2, of 2 available endpoints');
  });

  test.each([
    ['models[]', { model: 'lab/plain', models: ['lab/fails'] }, 'fallback', 'lab/plain'],
    ["an operator's alias", { model: 'quick' }, 'alias', 'quick'],
  ])('strategy of %s', async (_, names, strategy, requested) => {
    const metadata = await wholeMetadata({ ...request(''), ...names });
    expect([metadata.strategy, metadata.requested]).toEqual([strategy, requested]);
  });

  test('the time of the generation is the same number as in its record', async () => {
    const response = await ask(gateway, request('lab/slow'), { headers: ENABLED });
    const metadata = metadataIn(await response.json());
    const id = response.headers.get('x-generation-id') ?? '';
    const record = await ask(gateway, null, { method: 'GET', path: `/api/v1/generation?id=${id}` });
    const { generation_time } = z
      .object({ data: z.looseObject({ generation_time: z.number() }) })
      .parse(await record.json()).data;
    expect(metadata.generationTime).toBe(generation_time);
    expect(generation_time).toBeGreaterThanOrEqual(110);
  });

  test('a floor of throughput is a parameter of the choice', async () => {
    const metadata = await wholeMetadata(request('lab/plain', { provider: { preferred_min_throughput: 50 } }));
    expect(metadata.params).toMatchObject({ throughputFloor: 50 });
  });

  test('what was not said upstream stands in the pipeline', async () => {
    const metadata = await wholeMetadata(ordered('lab/plain', { top_k: 5 }));
    expect(metadata.pipeline).toEqual([
      {
        type: 'plugin',
        name: 'parameter.dropped',
        summary: 'lab/plain at one does not support top_k',
        data: { field: 'top_k' },
      },
    ]);
  });
});

describe('a stream', () => {
  test('says it once, in the chunk with the usage', async () => {
    const stream = await readStream(
      await ask(gateway, request('lab/fails', { stream: true, provider: { order: ['two'] } }), { headers: ENABLED }),
    );
    const carrying = stream.frames.filter((frame) => 'openrouter_metadata' in frame);
    expect(carrying).toHaveLength(1);
    expect(carrying[0]?.usage).toBeDefined();
    expect(stream.frames.at(-1)).toBe(carrying[0]);
    expect(metadataIn(carrying[0])).toMatchObject({ attempt: 1, requested: 'lab/fails' });
  });

  test('that breaks says it in the error frame', async () => {
    const stream = await readStream(await ask(gateway, request('lab/breaks', { stream: true }), { headers: ENABLED }));
    expect(stream.text).not.toBe('');
    const carrying = stream.frames.filter((frame) => 'openrouter_metadata' in frame);
    expect(carrying).toHaveLength(1);
    expect(carrying[0]?.error).toMatchObject({ code: 502 });
    expect(metadataIn(carrying[0])).toMatchObject({
      attempt: 1,
      attempts: [{ provider: 'one', model: 'lab/breaks', status: 200 }],
    });
  });

  test('that was committed before all failed says it in the error frame, too', async () => {
    const stream = await readStream(await ask(gateway, request('lab/late', { stream: true }), { headers: ENABLED }));
    const frame = stream.frames.at(-1);
    expect(frame?.error).toMatchObject({ code: 502 });
    expect(metadataIn(frame)).toMatchObject({
      attempt: 1,
      attempts: [{ provider: 'gone', model: 'lab/late', status: 500 }],
      endpoints: { total: 1, available: [{ provider: 'gone', selected: false }] },
    });
  });
});

describe('an error', () => {
  test('of every endpoint: at the top of the body, with all attempts', async () => {
    const response = await ask(gateway, ordered('lab/down'), { headers: ENABLED });
    expect(response.status).toBe(502);
    expect(metadataIn(await response.json())).toMatchObject({
      attempt: 2,
      attempts: [
        { provider: 'one', model: 'lab/down', status: 429 },
        { provider: 'Two & Co', model: 'lab/down', status: 500 },
      ],
      endpoints: { total: 2 },
      summary: expect.stringMatching(/^No answer after 2 attempts, of 2 available endpoints/),
    });
  });

  test('without endpoints: no provider was reached, and how many were excluded', async () => {
    const response = await ask(gateway, request('lab/plain', { provider: { max_price: { prompt: 0.1 } } }), {
      headers: ENABLED,
    });
    expect(response.status).toBe(404);
    const metadata = metadataIn(await response.json());
    expect(metadata).toEqual({
      requested: 'lab/plain',
      strategy: 'direct',
      region: null,
      summary: expect.stringContaining('No endpoints of lab/plain match this request'),
      attempt: 0,
      isByok: false,
      endpoints: { total: 2, available: [] },
    });
  });
});

describe('asked for', () => {
  test.each([
    { 'X-OpenRouter-Metadata': 'enabled' },
    { 'x-openrouter-metadata': 'Enabled' },
    { 'X-OPENROUTER-METADATA': ' ENABLED ' },
    { 'X-OpenRouter-Experimental-Metadata': 'enabled' },
  ])('by %p', async (headers) => {
    expect((await wholeMetadata(request('lab/plain'), headers)).attempt).toBe(1);
  });

  test('by the unmodified SDK, whole and streamed', async () => {
    const client = new OpenRouter({
      serverURL: `${gateway.url}/api/v1`,
      apiKey: gateway.apiKey,
      retryConfig: { strategy: 'none' },
    });
    const chatRequest = { model: 'lab/plain', messages: [{ role: 'user' as const, content: 'hi' }] };
    const whole = await client.chat.send({
      xOpenRouterMetadata: 'enabled',
      chatRequest: { ...chatRequest, stream: false },
    });
    if (!('choices' in whole)) throw new Error('a stream came where a whole answer was asked for');
    expect(whole.openrouterMetadata?.strategy).toBe('direct');
    const chunks = await client.chat.send({
      xOpenRouterMetadata: 'enabled',
      chatRequest: { ...chatRequest, stream: true },
    });
    if ('choices' in chunks) throw new Error('a whole answer came where a stream was asked for');
    const told = [];
    for await (const chunk of chunks) if (chunk.openrouterMetadata) told.push(chunk.openrouterMetadata.attempt);
    expect(told).toEqual([1]);
  });
});

describe('absent', () => {
  const absentFrom = async (body: unknown, options: Parameters<typeof ask>[2], status: number) => {
    const response = await ask(gateway, body, options);
    expect([response.status, await response.text()]).toEqual([
      status,
      expect.not.stringContaining('openrouter_metadata'),
    ]);
  };

  test.each<[string, Readonly<Record<string, string>>]>([
    ['nothing is asked', {}],
    ['it is disabled', { 'x-openrouter-metadata': 'disabled' }],
    ['it is another word', { 'x-openrouter-metadata': 'true' }],
    ['the newer header says no', { 'x-openrouter-metadata': 'no', 'x-openrouter-experimental-metadata': 'enabled' }],
  ])('where %s', async (_, headers) => {
    await absentFrom(request('lab/plain'), { headers }, 200);
    await absentFrom(request('lab/plain', { stream: true }), { headers }, 200);
    await absentFrom(request('lab/off'), { headers }, 502);
    await absentFrom(request('lab/plain', { provider: { only: ['openai'] } }), { headers }, 404);
  });

  test('from what never became an exchange: 401, 403, a body that is refused', async () => {
    const disabled = await createApiKey(gateway, { name: 'off' });
    await patchApiKey(gateway, disabled, { disabled: true });
    await absentFrom(request('lab/plain'), { headers: ENABLED, key: null }, 401);
    await absentFrom(request('lab/plain'), { headers: ENABLED, key: disabled.key }, 401);
    await absentFrom(request('lab/plain'), { headers: ENABLED, key: gateway.managementKey }, 403);
    await absentFrom({ model: 'lab/plain', messages: 'hi' }, { headers: ENABLED }, 400);
  });

  test('from a 500, whose cause is for the log alone', () => {
    const routed = { attempt: 1 };
    expect(encodeChatError(new GatewayError('gateway.internal', 'x'), routed)).not.toHaveProperty(
      'openrouter_metadata',
    );
    expect(encodeChatError(new GatewayError('provider.failed', 'x'), routed)).toHaveProperty('openrouter_metadata');
  });
});

test('a key that may spend no more is told that nobody was reached', async () => {
  const own = await startGateway();
  try {
    const spent = await spendLimit(own);
    const response = await ask(own, chat('sim/echo'), { headers: ENABLED, key: spent.key });
    expect(response.status).toBe(402);
    expect(metadataIn(await response.json())).toMatchObject({ attempt: 0, endpoints: { total: 0, available: [] } });
  } finally {
    await own.stop();
  }
});
