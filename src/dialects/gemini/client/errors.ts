/** Errors in Google's form (https://google.aip.dev/193, https://ai.google.dev/gemini-api/docs/troubleshooting). */
import type { GatewayError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';

/** HTTP status → the canonical name; Google has none for 402 and 405. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  415: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  508: 'FAILED_PRECONDITION',
};

/** The body of a failed reply, and the last object of a stream that failed. */
export function encodeError(error: GatewayError, routerMetadata?: JsonObject, id?: string): JsonObject {
  const { status } = error;
  // What went wrong inside is for the log, not for the caller.
  const isMasked = error.code === 'gateway.internal';
  return {
    error: {
      code: status,
      message: isMasked ? 'Internal Server Error' : error.message,
      status: STATUS_NAMES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL'),
      details: isMasked ? [errorInfo(error, {}, id)] : detailsOf(error, id),
    },
    ...(routerMetadata && !isMasked && { openrouterMetadata: routerMetadata }),
  };
}

function detailsOf(error: GatewayError, id: string | undefined): readonly JsonObject[] {
  const { field, retryAfterMs, providerName, providerCode, raw } = error.details;
  const about = {
    ...(providerName !== undefined && { provider_name: providerName }),
    ...(providerCode !== undefined && { provider_code: providerCode }),
    ...(raw !== undefined && { raw }),
  };
  const details: JsonObject[] = [errorInfo(error, about, id)];
  if (field !== undefined && error.spec.blame === 'client') {
    details.push(typed('BadRequest', { fieldViolations: [{ field, description: error.message }] }));
  }
  if (retryAfterMs !== undefined) {
    details.push(typed('RetryInfo', { retryDelay: `${Math.max(1, Math.ceil(retryAfterMs / 1000))}s` }));
  }
  return details;
}

/** The machine-readable reason: OpenRouter's `error_type` as Google writes reasons. */
function errorInfo(error: GatewayError, about: Readonly<Record<string, string>>, id: string | undefined): JsonObject {
  const metadata = { ...(id !== undefined && { generation_id: id }), ...about };
  return typed('ErrorInfo', { reason: error.spec.type.toUpperCase(), domain: 'signalbox', metadata });
}

function typed(name: string, members: JsonObject): JsonObject {
  return { '@type': `type.googleapis.com/google.rpc.${name}`, ...members };
}
