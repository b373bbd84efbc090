/** What token endpoints answer (RFC 6749): a token and its life, or why there is none. */
import { type ErrorCode, GatewayError } from '../../core/errors.ts';
import type { Token } from './token-cache.ts';

/** One POST through the gateway's door. @throws GatewayError `provider.unreachable` or `provider.timeout` */
export type AskForToken = (request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

/** Where nothing is said. */
const USUAL_SECONDS = 3600;
const MAX_TOLD_CHARACTERS = 200;
const TOLD_IN = ['error', 'error_description', 'errorCode', 'errorMessage'] as const;

export interface Asked {
  readonly host: string;
  readonly askedAtMs: number;
  /** What must not come back in an error. */
  readonly secrets: readonly string[];
  /** What to do about a refusal. */
  readonly cure: string;
}

/** @throws GatewayError naming the cause and the cure, never a secret */
export function readToken({ status, body }: { readonly status: number; readonly body: string }, asked: Asked): Token {
  const answer = parse(body);
  if (status !== 200) throw refusal(status, answer, asked);
  const { access_token: value, expires_in: seconds } = answer ?? {};
  if (typeof value !== 'string' || value === '' || /[^\x21-\x7e]/.test(value)) {
    throw new GatewayError('provider.bad_answer', `${asked.host} answered without an access token.`);
  }
  const lifeMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : USUAL_SECONDS * 1000;
  return { value, expiresAtMs: asked.askedAtMs + lifeMs };
}

/**
 * https://datatracker.ietf.org/doc/html/rfc6749#section-5.2: a refusal is a 400 or 401 with `error`; IBM's has names of its own.
 */
function refusal(status: number, answer: Answer | null, { host, secrets, cure }: Asked): GatewayError {
  const said = TOLD_IN.map((name) => answer?.[name])
    .filter((text) => typeof text === 'string')
    .join(': ');
  const told = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), said).slice(0, MAX_TOLD_CHARACTERS);
  const why = told === '' ? `status ${status}` : `status ${status}, ${told}`;
  const isRefused = status === 400 || status === 401 || status === 403;
  const code: ErrorCode = isRefused
    ? 'provider.credential'
    : status === 429
      ? 'provider.rate_limited'
      : 'provider.failed';
  return new GatewayError(code, `no access token was given by ${host} (${why}).${isRefused ? ` ${cure}` : ''}`, {
    providerStatus: status,
  });
}

type Answer = Readonly<Record<string, unknown>>;

function parse(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
