/**
 * Access tokens of a Google account, by the two kinds of file that `gcloud` and the console give out.
 * Service account: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 * A person's own (`gcloud auth application-default login`): https://developers.google.com/identity/protocols/oauth2/web-server#offline
 */
import { GatewayError } from '../../core/errors.ts';
import type { Clock } from '../../core/ids.ts';
import type { Signer } from '../signer.ts';
import type { CredentialScheme, CredentialValues } from './scheme.ts';
import { type AskForToken, readToken } from './token-answer.ts';
import { createTokenCache, type TokenCache } from './token-cache.ts';

const TOKEN_URI = 'https://oauth2.googleapis.com/token';
const ASSERTION_SECONDS = 3600;
const CURE = 'Check that the account and its key still exist and that the clock is right.';

/** Values that each kind of file must hold. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  service_account: ['client_email', 'private_key'],
  authorized_user: ['client_id', 'client_secret', 'refresh_token'],
};

type Addresses = Pick<CredentialScheme, 'baseUrl' | 'settings' | 'settingDefaults' | 'optInEnv'>;

/** A file of `GOOGLE_APPLICATION_CREDENTIALS`, or what it holds. */
export function googleAccount(scope: string, addresses: Addresses): CredentialScheme {
  return {
    use: { kind: 'google-token', scope },
    described: "credentials with a service account's JSON file",
    env: {},
    fileEnv: ['GOOGLE_APPLICATION_CREDENTIALS'],
    ...addresses,
    problemWith,
  };
}

function problemWith(values: CredentialValues): string | null {
  const { type = '', token_uri: tokenUri, private_key: privateKey } = values;
  const needed = NEEDED[type];
  if (!needed) {
    // Written down only where it is a word: anything may stand in a file that is none of these.
    const found = /^[a-z_]{1,40}$/.test(type) ? `of type ${type}` : 'without a type';
    return `is a file ${found}; ${Object.keys(NEEDED).join(' and ')} are supported. Create a key of a service account.`;
  }
  const missing = needed.filter((name) => !values[name]);
  if (missing.length > 0) return `lacks ${missing.join(' and ')}: give the whole file as it was downloaded.`;
  if (type === 'service_account' && !/-----BEGIN PRIVATE KEY-----/.test(privateKey ?? '')) {
    return 'has a private_key that is no PEM text (-----BEGIN PRIVATE KEY-----): give the file as it was downloaded.';
  }
  return tokenUri === undefined || isSafe(tokenUri) ? null : 'has a token_uri that is no https:// address.';
}

/** A token is asked for in clear text nowhere but on this machine. */
function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}

/** Sends the account's token with each request. */
export function createGoogleSigner(values: CredentialValues, tokens: TokenCache): Signer {
  // A person's calls count against a project that must be named: https://cloud.google.com/docs/quotas/set-quota-project
  const project = values['type'] === 'authorized_user' ? values['quota_project_id'] : undefined;
  return async ({ headers, signal }) => ({
    ...headers,
    authorization: `Bearer ${await tokens.get(signal)}`,
    ...(project && { 'x-goog-user-project': project }),
  });
}

export function createGoogleTokens(
  values: CredentialValues,
  scope: string,
  ports: { readonly ask: AskForToken; readonly clock: Clock },
): TokenCache {
  const { ask, clock } = ports;
  const url = values['token_uri'] ?? TOKEN_URI;
  const grant = values['type'] === 'authorized_user' ? refreshGrant : assertionGrant;
  return createTokenCache(async () => {
    const askedAtMs = clock.now();
    const form = await grant(values, { scope, url, nowMs: askedAtMs });
    const answer = await ask({
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity' },
      body: new URLSearchParams(form).toString(),
    });
    const { grant_type: _, ...secrets } = form;
    return readToken(answer, { host: new URL(url).host, askedAtMs, secrets: Object.values(secrets), cure: CURE });
  }, clock);
}

interface GrantContext {
  readonly scope: string;
  readonly url: string;
  readonly nowMs: number;
}

async function assertionGrant(values: CredentialValues, { scope, url, nowMs }: GrantContext) {
  const { client_email = '', private_key = '', private_key_id } = values;
  const { importPKCS8, SignJWT } = await import('jose');
  const nowSeconds = Math.floor(nowMs / 1000);
  try {
    // Line breaks are often lost to `\n` as text on the way through a variable.
    const key = await importPKCS8(private_key.replaceAll('\\n', '\n'), 'RS256');
    const assertion = await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(private_key_id && { kid: private_key_id }) })
      .setIssuer(client_email)
      .setAudience(url)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + ASSERTION_SECONDS)
      .sign(key);
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  } catch {
    // What the library says of a key may quote it.
    throw new GatewayError(
      'provider.credential',
      "the service account's private_key cannot be read: download a new key, or give the file as it was downloaded.",
    );
  }
}

async function refreshGrant({ client_id = '', client_secret = '', refresh_token = '' }: CredentialValues) {
  return { grant_type: 'refresh_token', client_id, client_secret, refresh_token };
}
