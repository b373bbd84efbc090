/** Who calls: the key's digest looked up in the table. 401 only for a proven bad key. */
import type { Caller, KeyRecord } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';
import { parseKey } from '../core/keys.ts';

export interface AuthPorts {
  readonly keyByHash: (hash: string) => KeyRecord | undefined;
  readonly digest: (text: string) => string;
  readonly nowMs: () => number;
}

/** The credential of a request: `Authorization: Bearer`, `x-api-key` or `x-goog-api-key`, as clients of the grammars send it. */
export function credentialOf(headers: Headers): string | null {
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    const trimmed = authorization.trim();
    return /^bearer\s/i.test(trimmed) ? trimmed.slice(7).trim() : trimmed;
  }
  return headers.get('x-api-key') ?? headers.get('x-goog-api-key');
}

/**
 * The caller behind the request's key.
 * @throws GatewayError `auth.unauthenticated`, telling a missing, malformed, unknown, disabled and expired key apart
 */
export function authenticate(headers: Headers, ports: AuthPorts): Caller {
  const parsed = parseKey(credentialOf(headers) ?? '');
  if (parsed.kind !== 'key') throw unauthenticated(parsed.message);
  const key = ports.keyByHash(ports.digest(parsed.text));
  if (!key) throw unauthenticated('No API key matches this one. It was mistyped, or it was deleted.');
  if (key.disabled) throw unauthenticated(`This API key (${key.label}) is disabled. Enable it, or use another one.`);
  if (key.expiresAtMs !== null && key.expiresAtMs <= ports.nowMs()) {
    const when = new Date(key.expiresAtMs).toISOString();
    throw unauthenticated(`This API key (${key.label}) expired at ${when}. Create a new one.`);
  }
  return {
    key,
    referer: headers.get('http-referer') ?? headers.get('referer'),
    title: headers.get('x-openrouter-title') ?? headers.get('x-title'),
    userAgent: headers.get('user-agent'),
  };
}

/** @throws GatewayError `auth.forbidden` where the key is of the other kind */
export function assertKeyKind(caller: Caller, kind: KeyRecord['kind']): void {
  if (caller.key.kind === kind) return;
  throw new GatewayError(
    'auth.forbidden',
    kind === 'inference'
      ? 'This is a management key: it administers keys and cannot be used for inference. Use an inference key.'
      : 'This route needs a management key; this is an inference key.',
  );
}

function unauthenticated(message: string): GatewayError {
  return new GatewayError('auth.unauthenticated', message);
}
