/** Errors as OpenRouter's body (OpenRouter's API); inference routes encode theirs in the client's dialect. */
import type { GatewayError } from '../core/errors.ts';
import type { ErrorEncoder } from '../dialects/dialect.ts';

/** Headers that every API answer carries. Inference routes never read cookies, so any origin may call them. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'X-Generation-Id, X-Signalbox-Notes, Retry-After, request-id, x-request-id',
};

export function errorResponse(
  error: GatewayError,
  encode: ErrorEncoder,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { retryAfterMs } = error.details;
  return new Response(JSON.stringify(encode(error)), {
    status: error.status === 499 ? 400 : error.status,
    headers: {
      'content-type': 'application/json',
      ...CORS_HEADERS,
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
      ...(error.code === 'auth.unauthenticated' && { 'www-authenticate': 'Bearer' }),
      ...headers,
    },
  });
}
