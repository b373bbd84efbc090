import { expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import { ibmApiKey } from './ibm-token.ts';
import { createSigners } from './signers.ts';
import type { AskForToken } from './token-answer.ts';

const { signal } = new AbortController();
const values = { api_key: 'ibm-key-1' };

/** An endpoint that answers so each time. */
function endpointOf(answer: (body: string) => { readonly status: number; readonly body: string }) {
  const asked: Parameters<AskForToken>[0][] = [];
  const clock = { nowMs: 1_000_000, now: () => clock.nowMs };
  const signers = createSigners({
    clock,
    ask: async (request) => {
      asked.push(request);
      return answer(request.body);
    },
  });
  const headersOf = (key = values) =>
    signers.of({ kind: 'ibm-token' }, key, {})({ url: 'https://host/x', headers: { a: 'b' }, body: '{}', signal });
  return { asked, clock, headersOf };
}

let count = 0;
const token = () => ({
  status: 200,
  body: JSON.stringify({ access_token: `t${++count}`, expires_in: 3600, token_type: 'Bearer' }),
});

test('an API key is exchanged for a token, which all requests share until shortly before its end', async () => {
  const { asked, clock, headersOf } = endpointOf(token);
  expect(await headersOf()).toEqual({ a: 'b', authorization: 'Bearer t1' });
  expect((await headersOf({ ...values }))['authorization']).toBe('Bearer t1');
  expect(asked.map(({ url }) => url)).toEqual(['https://iam.cloud.ibm.com/identity/token']);
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    apikey: 'ibm-key-1',
  });
  clock.nowMs += 3_481_000;
  expect((await headersOf())['authorization']).toBe('Bearer t2');
  expect((await headersOf({ api_key: 'ibm-key-2' }))['authorization']).toBe('Bearer t3');
});

test('a refusal names cause and cure, and never the key', async () => {
  const { headersOf } = endpointOf((body) => ({
    status: 400,
    body: JSON.stringify({
      errorCode: 'BXNIM0415E',
      errorMessage: `Provided API key ${body.split('apikey=')[1]} is gone.`,
    }),
  }));
  const error = await headersOf().catch((thrown: unknown) => thrown);
  if (!(error instanceof GatewayError)) throw new Error('no GatewayError');
  expect([error.code, error.status]).toEqual(['provider.credential', 502]);
  expect(error.message).toBe(
    "no access token was given by iam.cloud.ibm.com (status 400, BXNIM0415E: Provided API key … is gone.). Check that the API key still exists and is one of IBM Cloud's.",
  );
});

test('what is wrong with credentials', () => {
  const scheme = ibmApiKey(['WATSONX_APIKEY']);
  expect(scheme.problemWith({ api_key: 'k' })).toBeNull();
  expect(scheme.problemWith({})).toBe('needs api_key.');
});
