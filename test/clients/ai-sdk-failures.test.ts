/** `ai` with `@openrouter/ai-sdk-provider`, unmodified: failures and aborts as that client sees them. */
import { expect } from 'bun:test';
import { createOpenRouter, type OpenRouterProvider } from '@openrouter/ai-sdk-provider';
import { APICallError, generateText } from 'ai';
import { streamParts } from '../kit/ai-sdk.ts';
import { createApiKey, patchApiKey, spendLimit } from '../kit/keys.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const openWith = ({ url }: Gateway, apiKey: string): OpenRouterProvider =>
  createOpenRouter({ baseURL: `${url}/api/v1`, apiKey, compatibility: 'strict' });

const generate = (client: OpenRouterProvider, model: string) =>
  generateText({ model: client.chat(model), prompt: 'one two three four', maxRetries: 0 });

/** Each package carries its own copy of the error class: the mark on the instance counts. */
async function failureOf(call: Promise<unknown>): Promise<APICallError> {
  try {
    await call;
  } catch (error) {
    if (APICallError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

describePairs(
  'ai-sdk: failures',
  (gateway) => openWith(gateway, gateway.apiKey),
  (pair) => {
    pair('401 and 402 by key', async ({ gateway }) => {
      const disabled = await createApiKey(gateway, { name: 'disabled' });
      await patchApiKey(gateway, disabled, { disabled: true });
      const refused = await failureOf(generate(openWith(gateway, disabled.key), 'sim/echo'));
      expect(refused).toMatchObject({ statusCode: 401, isRetryable: false });
      expect(refused.message).toContain('is disabled');
      const spent = await spendLimit(gateway);
      const unpaid = await failureOf(generate(openWith(gateway, spent.key), 'sim/echo'));
      expect(unpaid).toMatchObject({ statusCode: 402, isRetryable: false });
    });

    pair('400 and 404 by model', async ({ client }) => {
      const unknown = await failureOf(generate(client, 'sim/ecco'));
      expect(unknown).toMatchObject({ statusCode: 400, isRetryable: false });
      expect(unknown.message).toContain('sim/echo');
      const unserved = await failureOf(generate(client, 'openai/gpt-4o-mini'));
      expect(unserved.statusCode).toBe(404);
    });

    pair('429, 502 and 503 may be retried', async ({ client }) => {
      for (const [fault, statusCode] of [
        ['status=429&retry_after=2', 429],
        ['status=500', 502],
        ['garbage=1', 502],
        ['status=529', 503],
      ] as const) {
        const failure = await failureOf(generate(client, `sim/echo?${fault}`));
        expect([fault, failure.statusCode, failure.isRetryable]).toEqual([fault, statusCode, true]);
      }
    });

    pair("the provider's own words are told", async ({ client }) => {
      const failure = await failureOf(generate(client, 'sim/echo?status=500'));
      expect(failure.message).toContain('Simulated error 500');
    });

    pair('an error before the content is an error part with its status', async ({ client }) => {
      const { errors } = await streamParts(client.chat('sim/echo?status=429&retry_after=2'));
      expect(errors).toEqual([expect.objectContaining({ statusCode: 429 })]);
    });

    pair('an error after the content is an error part', async ({ client }) => {
      for (const fault of ['error_after=2', 'garbage=3', 'drop=1100']) {
        const { errors, text } = await streamParts(client.chat(`sim/echo?token_ms=1&${fault}`));
        expect([fault, errors.length]).toEqual([fault, 1]);
        expect([fault, text]).toEqual([fault, expect.stringMatching(/^one/)]);
      }
    });

    pair('abort', async ({ client, gateway }) => {
      const controller = new AbortController();
      const running = streamParts(client.chat('sim/echo?first_frame_ms=60000'), controller.signal);
      while (!(await isRunning(gateway))) await Bun.sleep(5);
      controller.abort();
      expect((await running).kinds).toContain('abort');
      while (await isRunning(gateway)) await Bun.sleep(5);
      expect(gateway.log()).toContain('"status":499');
    });
  },
);

async function isRunning({ url }: Gateway): Promise<boolean> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return !/^signalbox_exchanges_running 0$/m.test(metrics);
}
