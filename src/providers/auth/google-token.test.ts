import { describe, expect, test } from 'bun:test';
import { generateKeyPairSync, verify } from 'node:crypto';
import { GatewayError } from '../../core/errors.ts';
import { googleAccount } from './google-token.ts';
import type { CredentialValues } from './scheme.ts';
import { createSigners } from './signers.ts';
import type { AskForToken } from './token-answer.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const account: CredentialValues = {
  type: 'service_account',
  client_email: 'gate@lab.iam.gserviceaccount.com',
  private_key: pem,
  private_key_id: 'k1',
  project_id: 'lab',
  token_uri: 'https://token.example/token',
};
const person: CredentialValues = {
  type: 'authorized_user',
  client_id: 'id-1',
  client_secret: 'secret-1',
  refresh_token: 'refresh-1',
  quota_project_id: 'lab',
};
const { signal } = new AbortController();

interface Answer {
  readonly status: number;
  readonly body: string;
}

const tokenOf = (value: string, seconds = 3600): Answer => ({
  status: 200,
  body: JSON.stringify({ access_token: value, expires_in: seconds, token_type: 'Bearer' }),
});

/** An endpoint that gives these answers, the last one for ever. */
function endpointOf(...answers: readonly (Answer | GatewayError)[]) {
  const asked: { url: string; form: URLSearchParams }[] = [];
  const clock = { nowMs: Date.parse('2026-11-21T10:00:00Z'), now: () => clock.nowMs };
  const ask: AskForToken = async ({ url, body }) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push({ url, form: new URLSearchParams(body) });
    if (answer === undefined || answer instanceof GatewayError) throw answer;
    return answer;
  };
  const signers = createSigners({ clock, ask });
  const signerOf = (values: CredentialValues) => signers.of({ kind: 'google-token', scope: SCOPE }, values, {});
  const headersOf = (values: CredentialValues, until = signal) =>
    signerOf(values)({ url: 'https://host/x', headers: { a: 'b' }, body: '{}', signal: until });
  return { asked, clock, headersOf };
}

async function errorOf(pending: Promise<unknown>): Promise<GatewayError> {
  const thrown = await pending.catch((error: unknown) => error);
  if (thrown instanceof GatewayError) return thrown;
  throw new Error(`no GatewayError: ${String(thrown)}`);
}

describe('a service account', () => {
  test('is given a token for an assertion that its key signed', async () => {
    const { asked, headersOf } = endpointOf(tokenOf('t1'));
    expect(await headersOf(account)).toEqual({ a: 'b', authorization: 'Bearer t1' });
    expect(asked.map(({ url }) => url)).toEqual(['https://token.example/token']);
    expect(asked[0]?.form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = (asked[0]?.form.get('assertion') ?? '').split('.');
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(decode(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    expect(decode(claims)).toEqual({
      iss: 'gate@lab.iam.gserviceaccount.com',
      scope: SCOPE,
      aud: 'https://token.example/token',
      iat: 1_795_255_200,
      exp: 1_795_258_800,
    });
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify('RSA-SHA256', signed, keys.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('may have lost its line breaks on the way through a variable', async () => {
    const { headersOf } = endpointOf(tokenOf('t1'));
    const flat = { ...account, private_key: pem.replaceAll('\n', '\\n') };
    expect((await headersOf(flat))['authorization']).toBe('Bearer t1');
  });

  test('with a broken key says so without showing it', async () => {
    const { asked, headersOf } = endpointOf(tokenOf('t1'));
    const broken = pem.slice(0, 60) + pem.slice(80);
    const error = await errorOf(headersOf({ ...account, private_key: broken }));
    expect([error.code, error.message]).toEqual([
      'provider.credential',
      "the service account's private_key cannot be read: download a new key, or give the file as it was downloaded.",
    ]);
    expect(error.details.cause).toBeUndefined();
    expect(asked).toBeEmpty();
  });
});

test('a person’s own file is refreshed, and names the project that pays', async () => {
  const { asked, headersOf } = endpointOf(tokenOf('t1'));
  expect(await headersOf(person)).toEqual({ a: 'b', authorization: 'Bearer t1', 'x-goog-user-project': 'lab' });
  expect(asked[0]?.url).toBe('https://oauth2.googleapis.com/token');
  expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
    grant_type: 'refresh_token',
    client_id: 'id-1',
    client_secret: 'secret-1',
    refresh_token: 'refresh-1',
  });
});

describe('a token', () => {
  test('is asked for once for all who wait, kept for all signers of the account, and renewed before its end', async () => {
    const { asked, clock, headersOf } = endpointOf(tokenOf('t1', 3600), tokenOf('t2'));
    const waiting = await Promise.all([headersOf(account), headersOf(account), headersOf({ ...account })]);
    expect(waiting.map(({ authorization }) => authorization)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1']);
    clock.nowMs += 3_479_000;
    expect((await headersOf(account))['authorization']).toBe('Bearer t1');
    expect(asked).toHaveLength(1);
    clock.nowMs += 2000;
    expect((await headersOf(account))['authorization']).toBe('Bearer t2');
    expect(asked).toHaveLength(2);
  });

  test('of one account is not another’s', async () => {
    const { headersOf } = endpointOf(tokenOf('t1'), tokenOf('t2'));
    expect((await headersOf(account))['authorization']).toBe('Bearer t1');
    expect((await headersOf(person))['authorization']).toBe('Bearer t2');
  });

  test('that was refused is asked for again by the next', async () => {
    const { headersOf } = endpointOf({ status: 503, body: 'busy' }, tokenOf('t1'));
    expect((await errorOf(headersOf(account))).code).toBe('provider.failed');
    expect((await headersOf(account))['authorization']).toBe('Bearer t1');
  });

  test('is not waited for by who goes away; the others get it', async () => {
    const { asked, headersOf } = endpointOf(tokenOf('t1'));
    const going = new AbortController();
    const gone = errorOf(headersOf(account, going.signal));
    const staying = headersOf(account);
    going.abort(new GatewayError('client.gone', 'gone'));
    expect((await gone).code).toBe('client.gone');
    expect((await staying)['authorization']).toBe('Bearer t1');
    expect(asked).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const refusal = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) });

  test('names cause and cure', async () => {
    const said = { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' };
    const error = await errorOf(endpointOf(refusal(400, said)).headersOf(account));
    expect(error.code).toBe('provider.credential');
    expect(error.status).toBe(502);
    expect(error.details.providerStatus).toBe(400);
    expect(error.message).toBe(
      'no access token was given by token.example (status 400, invalid_grant: Invalid JWT Signature.). Check that the account and its key still exist and that the clock is right.',
    );
  });

  test('never repeats what was sent', async () => {
    const echo: AskForToken = async ({ body }) => ({
      status: 401,
      body: JSON.stringify({ error: 'invalid_client', error_description: decodeURIComponent(body) }),
    });
    const clock = { now: () => 0 };
    for (const values of [account, person]) {
      const sign = createSigners({ clock, ask: echo }).of({ kind: 'google-token', scope: SCOPE }, values, {});
      const error = await errorOf(sign({ url: 'https://host/x', headers: {}, body: '', signal }));
      expect(error.message).toContain('…');
      expect(error.message).not.toMatch(/secret-1|refresh-1|eyJ|BEGIN/);
    }
  });

  test.each([
    ['too many', { status: 429, body: '' }, 'provider.rate_limited'],
    ['trouble', { status: 500, body: '<html>' }, 'provider.failed'],
    ['no token', refusal(200, { token_type: 'Bearer' }), 'provider.bad_answer'],
    ['a token that is no header value', tokenOf('a\r\nx: y'), 'provider.bad_answer'],
    ['something else', { status: 200, body: '<html>' }, 'provider.bad_answer'],
  ] as const)('%s', async (_, answer, code) => {
    expect((await errorOf(endpointOf(answer).headersOf(account))).code).toBe(code);
  });

  test('of the network is told as it is', async () => {
    const error = new GatewayError('provider.unreachable', 'token.example: No response');
    expect(await errorOf(endpointOf(error).headersOf(account))).toBe(error);
  });
});

test.each([
  ['a service account', account, null],
  ['a person', person, null],
  [
    'another kind of file',
    { ...account, type: 'external_account' },
    'is a file of type external_account; service_account and authorized_user are supported. Create a key of a service account.',
  ],
  [
    'something that is none',
    { type: 'sk-or-v1-Secret' },
    'is a file without a type; service_account and authorized_user are supported. Create a key of a service account.',
  ],
  [
    'half a file',
    { type: 'authorized_user', client_id: 'x' },
    'lacks client_secret and refresh_token: give the whole file as it was downloaded.',
  ],
  [
    'a key that is none',
    { ...account, private_key: 'abc' },
    'has a private_key that is no PEM text (-----BEGIN PRIVATE KEY-----): give the file as it was downloaded.',
  ],
  [
    'a token endpoint in clear text',
    { ...account, token_uri: 'http://token.example' },
    'has a token_uri that is no https:// address.',
  ],
  ['one on this machine', { ...account, token_uri: 'http://127.0.0.1:9/token' }, null],
] as const)('what is wrong with %s', (_, values, problem) => {
  expect(googleAccount(SCOPE, {}).problemWith(values)).toBe(problem);
});
