/**
 * Access tokens for an API key of IBM Cloud, which is never sent to a service itself:
 * https://cloud.ibm.com/docs/account?topic=account-iamtoken_from_apikey
 */
import type { Clock } from '../../core/ids.ts';
import type { Signer } from '../signer.ts';
import type { CredentialScheme, CredentialValues } from './scheme.ts';
import { type AskForToken, readToken } from './token-answer.ts';
import { createTokenCache, type TokenCache } from './token-cache.ts';

const HOST = 'iam.cloud.ibm.com';
const GRANT = 'urn:ibm:params:oauth:grant-type:apikey';
const CURE = "Check that the API key still exists and is one of IBM Cloud's.";

/** @param env variables that may hold the API key */
export function ibmApiKey(env: readonly string[]): CredentialScheme {
  return {
    use: { kind: 'ibm-token' },
    described: 'credentials with api_key, an API key of IBM Cloud',
    env: { api_key: env },
    fileEnv: [],
    names: ['api_key'],
    problemWith: (values) => (values['api_key'] ? null : 'needs api_key.'),
  };
}

/** Sends the token with each request. */
export function createIbmSigner(tokens: TokenCache): Signer {
  return async ({ headers, signal }) => ({ ...headers, authorization: `Bearer ${await tokens.get(signal)}` });
}

export function createIbmTokens(
  { api_key: apiKey = '' }: CredentialValues,
  { ask, clock }: { readonly ask: AskForToken; readonly clock: Clock },
): TokenCache {
  return createTokenCache(async () => {
    const askedAtMs = clock.now();
    const answer = await ask({
      url: `https://${HOST}/identity/token`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'accept-encoding': 'identity',
      },
      body: new URLSearchParams({ grant_type: GRANT, apikey: apiKey }).toString(),
    });
    return readToken(answer, { host: HOST, askedAtMs, secrets: [apiKey], cure: CURE });
  }, clock);
}
