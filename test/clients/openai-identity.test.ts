/** The `openai` package, unmodified: who may call, and what a refused key is told. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI, { APIError, AuthenticationError, PermissionDeniedError } from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { failureOf as raised } from '../kit/failure-of.ts';
import { createApiKey, patchApiKey, spendLimit } from '../kit/keys.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';
import { errorBody } from '../kit/wire-extras.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const say = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }];

const openWith = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey, maxRetries: 0 });
const ask = (client: OpenAI, model: string) =>
  client.chat.completions.create({ model, messages: say('one two three') });

const failureOf = (call: PromiseLike<unknown>): Promise<APIError> => raised(call, APIError);

describe('openai: identity', () => {
  test('401: wrong, malformed and truncated keys told apart', async () => {
    const wrong = `sk-or-v1-${'0'.repeat(64)}`;
    const keys = [wrong, 'not-a-key', gateway.apiKey.slice(0, 40)];
    const failures = await Promise.all(keys.map((key) => failureOf(ask(openWith(key), 'sim/echo'))));
    for (const failure of failures) expect(failure).toBeInstanceOf(AuthenticationError);
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining('No API key matches'),
      expect.stringContaining('not an API key of this server'),
      expect.stringContaining('truncated'),
    ]);
  });

  test('401: disabled and expired keys told apart', async () => {
    const disabled = await createApiKey(gateway, { name: 'disabled' });
    await patchApiKey(gateway, disabled, { disabled: true });
    const expired = await createApiKey(gateway, {
      name: 'expired',
      expires_at: new Date(Date.now() + 150).toISOString(),
    });
    const whenDisabled = await failureOf(ask(openWith(disabled.key), 'sim/echo'));
    expect(whenDisabled).toBeInstanceOf(AuthenticationError);
    expect(whenDisabled.message).toContain('is disabled');
    await Bun.sleep(200);
    const whenExpired = await failureOf(ask(openWith(expired.key), 'sim/echo'));
    expect(whenExpired).toBeInstanceOf(AuthenticationError);
    expect(whenExpired.message).toContain('expired at');
  });

  test('402: the limit of the key is spent', async () => {
    const spent = await spendLimit(gateway);
    const client = openWith(spent.key);
    const failure = await failureOf(ask(client, 'sim/echo'));
    expect(failure.status).toBe(402);
    expect(errorBody.parse(failure.error)).toMatchObject({ code: 402, metadata: { error_type: 'payment_required' } });
    const streamed = client.chat.completions.create({ model: 'sim/echo', messages: say('hi'), stream: true });
    expect((await failureOf(streamed)).status).toBe(402);
  });

  test('403: a management key makes no inference', async () => {
    const failure = await failureOf(ask(openWith(gateway.managementKey), 'sim/echo'));
    expect(failure).toBeInstanceOf(PermissionDeniedError);
  });
});
