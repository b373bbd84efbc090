/** `@openrouter/sdk`, unmodified: it has a class for each status and raises a validation error where the body is not exactly right. */
import { expect } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import {
  BadGatewayResponseError,
  BadRequestResponseError,
  ForbiddenResponseError,
  NotFoundResponseError,
  OpenRouterError,
  PaymentRequiredResponseError,
  ServiceUnavailableResponseError,
  TooManyRequestsResponseError,
  UnauthorizedResponseError,
} from '@openrouter/sdk/models/errors';
import { failureOf } from '../kit/failure-of.ts';
import { createApiKey, patchApiKey, spendLimit } from '../kit/keys.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const openWith = ({ url }: Gateway, apiKey: string): OpenRouter =>
  new OpenRouter({ serverURL: `${url}/api/v1`, apiKey, retryConfig: { strategy: 'none' } });

const ask = (client: OpenRouter, model: string, stream = false) =>
  client.chat.send({ chatRequest: { model, stream, messages: [{ role: 'user', content: 'one two three four' }] } });

describePairs(
  '@openrouter/sdk: failures',
  (gateway) => openWith(gateway, gateway.apiKey),
  (pair) => {
    pair('401, 402 and 403 by key', async ({ gateway }) => {
      const disabled = await createApiKey(gateway, { name: 'disabled' });
      await patchApiKey(gateway, disabled, { disabled: true });
      for (const key of [disabled.key, `sk-or-v1-${'0'.repeat(64)}`, 'nonsense']) {
        const failure = await failureOf(ask(openWith(gateway, key), 'sim/echo'), UnauthorizedResponseError);
        expect(failure.error.code).toBe(401);
      }
      const spent = await spendLimit(gateway);
      const unpaid = await failureOf(ask(openWith(gateway, spent.key), 'sim/echo'), PaymentRequiredResponseError);
      expect(unpaid.error.code).toBe(402);
      await failureOf(ask(openWith(gateway, gateway.managementKey), 'sim/echo'), ForbiddenResponseError);
    });

    pair('400 and 404 by model', async ({ client }) => {
      const unknown = await failureOf(ask(client, 'sim/ecco'), BadRequestResponseError);
      expect(unknown.error.message).toContain('Did you mean sim/echo');
      const unserved = await failureOf(ask(client, 'openai/gpt-4o-mini'), NotFoundResponseError);
      expect(unserved.error.code).toBe(404);
    });

    pair('429 with Retry-After, whole and streamed', async ({ client }) => {
      for (const stream of [false, true]) {
        const call = ask(client, 'sim/echo?status=429&retry_after=2', stream);
        const failure = await failureOf(call, TooManyRequestsResponseError);
        expect(failure.headers.get('retry-after')).toBe('2');
        expect(failure.error.metadata).toMatchObject({ error_type: 'rate_limit_exceeded' });
      }
    });

    pair('502 and 503', async ({ client }) => {
      await failureOf(ask(client, 'sim/echo?status=500'), BadGatewayResponseError);
      await failureOf(ask(client, 'sim/echo?garbage=1', true), BadGatewayResponseError);
      await failureOf(ask(client, 'sim/echo?status=529'), ServiceUnavailableResponseError);
    });

    pair('an error in the middle of a stream is a piece with an error', async ({ client }) => {
      for (const fault of ['error_after=2', 'garbage=3', 'drop=1100']) {
        const answer = await ask(client, `sim/echo?${fault}`, true);
        if ('choices' in answer) throw new Error('a stream was due');
        const errors: unknown[] = [];
        const finishes: unknown[] = [];
        for await (const piece of answer) {
          if (piece.error) errors.push(piece.error);
          if (piece.choices[0]?.finishReason) finishes.push(piece.choices[0].finishReason);
        }
        expect(errors).toEqual([expect.objectContaining({ code: 502 })]);
        expect(finishes).toEqual(['error']);
      }
    });

    pair('every failure has a typed body', async ({ client }) => {
      for (const status of [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 529]) {
        const failure = await failureOf(ask(client, `sim/echo?status=${status}`), OpenRouterError);
        expect([status, failure.name]).not.toEqual([status, 'ResponseValidationError']);
        expect([status, JSON.parse(failure.body).error.code]).toEqual([status, failure.statusCode]);
      }
    });
  },
);
