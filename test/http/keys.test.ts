/** Who may call what: a bad key is told apart by its reason, and each kind of key has its own routes. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { type ApiKey, createApiKey, patchApiKey } from '../kit/keys.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
let disabled: ApiKey;
let expired: ApiKey;
let deleted: ApiKey;
beforeAll(async () => {
  gateway = await startGateway();
  disabled = await createApiKey(gateway, { name: 'disabled' });
  await patchApiKey(gateway, disabled, { disabled: true });
  expired = await createApiKey(gateway, {
    name: 'expired',
    expires_at: `${new Date(Date.now() + 1000).toISOString().slice(0, 19)}Z`,
  });
  deleted = await createApiKey(gateway, { name: 'deleted' });
  const path = `/api/v1/keys/${deleted.hash}`;
  expect((await ask(gateway, {}, { method: 'DELETE', path, key: gateway.managementKey })).status).toBe(200);
  // Its second may already be over: expiry is told to the second.
  await Bun.sleep(1000);
});
afterAll(() => gateway.stop());

const INFERENCE = { method: 'POST', path: '/api/v1/chat/completions', body: chat('sim/echo') };
const OWN_KEY = { method: 'GET', path: '/api/v1/key', body: null };
const CATALOGUE = { method: 'GET', path: '/api/v1/models', body: null };
const MANAGEMENT = { method: 'GET', path: '/api/v1/keys', body: null };

describe.each([INFERENCE, OWN_KEY, CATALOGUE, MANAGEMENT])('$method $path refuses with 401', (route) => {
  const refusal = async (key: string) => {
    const response = await ask(gateway, route.body, { ...route, key });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const error = await errorOf(response);
    expect(error).toMatchObject({ code: 401, metadata: { error_type: 'authentication' } });
    // The message helps without showing the key.
    if (key.length > 20) expect(error.message).not.toContain(key.slice(12, -4));
    return error.message;
  };

  test('a key of another form', async () => {
    expect(await refusal('sk-proj-0123456789abcdef0123456789')).toContain('not an API key of this server');
  });

  test('a truncated key', async () => {
    expect(await refusal(gateway.apiKey.slice(0, 40))).toContain('truncated');
  });

  test('a key’s label, copied from a list', async () => {
    expect(await refusal('sk-or-v1-abc...123')).toContain('truncated');
  });

  test('a key that is too long', async () => {
    expect(await refusal(`${gateway.apiKey}ab`)).toContain('too long');
  });

  test('a key with other characters', async () => {
    expect(await refusal(`${gateway.apiKey.slice(0, -1)}Z`)).toContain('hex digits');
  });

  test('an unknown key', async () => {
    expect(await refusal(`sk-or-v1-${'0'.repeat(64)}`)).toContain('No API key matches');
  });

  test('a deleted key', async () => {
    expect(await refusal(deleted.key)).toContain('deleted');
  });

  test('a disabled key', async () => {
    expect(await refusal(disabled.key)).toContain('is disabled');
  });

  test('an expired key', async () => {
    expect(await refusal(expired.key)).toContain('expired at');
  });
});

test('no key at all: 401 saying how to send one', async () => {
  const error = await errorOf(await ask(gateway, chat('sim/echo'), { key: null }));
  expect(error).toMatchObject({ code: 401 });
  expect(error.message).toContain('Authorization: Bearer');
});

test('the key is refused before the body is looked at', async () => {
  expect((await errorOf(await ask(gateway, 'no JSON', { key: null }))).code).toBe(401);
});

test('spaces around a key, and the case of Bearer, do not matter', async () => {
  for (const authorization of [`Bearer   ${gateway.apiKey}  `, `bearer ${gateway.apiKey}`, gateway.apiKey]) {
    const response = await ask(gateway, chat('sim/echo', 'hello'), { key: null, headers: { authorization } });
    expect((await wholeOf(response)).choices[0]?.message.content).toBe('hello');
  }
  const header = { 'x-api-key': ` ${gateway.apiKey} ` };
  expect((await ask(gateway, chat('sim/echo'), { key: null, headers: header })).status).toBe(200);
});

describe('each kind of key has its own routes', () => {
  test('a management key cannot be used for inference: 403', async () => {
    const error = await errorOf(await ask(gateway, chat('sim/echo'), { key: gateway.managementKey }));
    expect(error).toMatchObject({ code: 403, metadata: { error_type: 'permission_denied' } });
    expect(error.message).toContain('management key');
  });

  test.each([
    ['GET', '/api/v1/keys'],
    ['POST', '/api/v1/keys'],
    ['GET', `/api/v1/keys/${'0'.repeat(64)}`],
    ['PATCH', `/api/v1/keys/${'0'.repeat(64)}`],
    ['DELETE', `/api/v1/keys/${'0'.repeat(64)}`],
    ['GET', '/api/v1/credits'],
  ])('an inference key cannot administer: %s %s is 403', async (method, path) => {
    const error = await errorOf(await ask(gateway, { name: 'mine' }, { method, path }));
    expect(error).toMatchObject({ code: 403, metadata: { error_type: 'permission_denied' } });
  });

  test('both may ask about themselves', async () => {
    for (const key of [gateway.apiKey, gateway.managementKey]) {
      expect((await ask(gateway, null, { ...OWN_KEY, key })).status).toBe(200);
    }
  });
});

test('disabling stops new requests, not running ones', async () => {
  const key = await createApiKey(gateway, { name: 'soon disabled' });
  const running = ask(gateway, chat('sim/echo?first_byte_ms=300', 'still here'), { key: key.key });
  await Bun.sleep(100);
  await patchApiKey(gateway, key, { disabled: true });
  expect((await errorOf(await ask(gateway, chat('sim/echo'), { key: key.key }))).code).toBe(401);
  expect((await wholeOf(await running)).choices[0]?.message.content).toBe('still here');
});
