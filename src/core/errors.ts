/**
 * The one table of errors: status, wire type, whose fault it is, and whether another try elsewhere can help.
 * `type` is OpenRouter's `error_type` vocabulary (OpenRouter's API). Each client dialect encodes rows to its own form.
 */
import type { JsonObject } from './json.ts';

export interface ErrorSpec {
  readonly status: number;
  readonly type: ErrorType;
  readonly blame: 'client' | 'provider' | 'gateway';
  /** `elsewhere`: another endpoint may succeed. `never`: the same request fails everywhere. */
  readonly retry: 'never' | 'elsewhere';
}

export type ErrorType =
  | 'context_length_exceeded'
  | 'max_tokens_exceeded'
  | 'authentication'
  | 'permission_denied'
  | 'payment_required'
  | 'rate_limit_exceeded'
  | 'provider_overloaded'
  | 'provider_unavailable'
  | 'invalid_request'
  | 'not_found'
  | 'payload_too_large'
  | 'unprocessable'
  | 'content_policy_violation'
  | 'refusal'
  | 'server'
  | 'timeout'
  | 'unmapped';

export const ERRORS = {
  // The caller's mistakes.
  'client.invalid_request': { status: 400, type: 'invalid_request', blame: 'client', retry: 'never' },
  'client.model_not_found': { status: 400, type: 'invalid_request', blame: 'client', retry: 'never' },
  'client.too_large': { status: 413, type: 'payload_too_large', blame: 'client', retry: 'never' },
  'client.unsupported_media': { status: 415, type: 'invalid_request', blame: 'client', retry: 'never' },
  'client.not_found': { status: 404, type: 'not_found', blame: 'client', retry: 'never' },
  'client.method_not_allowed': { status: 405, type: 'invalid_request', blame: 'client', retry: 'never' },
  'client.conflict': { status: 409, type: 'invalid_request', blame: 'client', retry: 'never' },
  'client.request_timeout': { status: 408, type: 'timeout', blame: 'client', retry: 'never' },
  'client.gone': { status: 499, type: 'unmapped', blame: 'client', retry: 'never' },
  // Identity and money.
  'auth.unauthenticated': { status: 401, type: 'authentication', blame: 'client', retry: 'never' },
  'auth.forbidden': { status: 403, type: 'permission_denied', blame: 'client', retry: 'never' },
  'auth.payment_required': { status: 402, type: 'payment_required', blame: 'client', retry: 'never' },
  'auth.rate_limited': { status: 429, type: 'rate_limit_exceeded', blame: 'client', retry: 'never' },
  // Routing.
  'route.no_endpoints': { status: 404, type: 'not_found', blame: 'client', retry: 'never' },
  'route.wrong_endpoint': { status: 400, type: 'invalid_request', blame: 'client', retry: 'never' },
  'route.loop': { status: 508, type: 'invalid_request', blame: 'client', retry: 'never' },
  'route.model_retired': { status: 404, type: 'not_found', blame: 'client', retry: 'never' },
  // What a provider answered or failed to.
  'provider.invalid_request': { status: 400, type: 'invalid_request', blame: 'client', retry: 'never' },
  'provider.context_length': { status: 400, type: 'context_length_exceeded', blame: 'client', retry: 'elsewhere' },
  'provider.content_policy': { status: 403, type: 'content_policy_violation', blame: 'client', retry: 'never' },
  'provider.too_large': { status: 413, type: 'payload_too_large', blame: 'client', retry: 'elsewhere' },
  'provider.unprocessable': { status: 422, type: 'unprocessable', blame: 'client', retry: 'never' },
  'provider.not_found': { status: 404, type: 'not_found', blame: 'provider', retry: 'elsewhere' },
  'provider.credential': { status: 502, type: 'provider_unavailable', blame: 'provider', retry: 'elsewhere' },
  'provider.payment_required': { status: 502, type: 'provider_unavailable', blame: 'provider', retry: 'elsewhere' },
  'provider.rate_limited': { status: 429, type: 'rate_limit_exceeded', blame: 'provider', retry: 'elsewhere' },
  'provider.overloaded': { status: 503, type: 'provider_overloaded', blame: 'provider', retry: 'elsewhere' },
  'provider.failed': { status: 502, type: 'provider_unavailable', blame: 'provider', retry: 'elsewhere' },
  'provider.bad_answer': { status: 502, type: 'provider_unavailable', blame: 'provider', retry: 'elsewhere' },
  'provider.truncated': { status: 502, type: 'provider_unavailable', blame: 'provider', retry: 'elsewhere' },
  'provider.unreachable': { status: 502, type: 'provider_unavailable', blame: 'provider', retry: 'elsewhere' },
  'provider.timeout': { status: 504, type: 'timeout', blame: 'provider', retry: 'elsewhere' },
  // Our own trouble.
  'gateway.unavailable': { status: 503, type: 'provider_unavailable', blame: 'gateway', retry: 'never' },
  'gateway.unsupported': { status: 501, type: 'unmapped', blame: 'gateway', retry: 'never' },
  'gateway.internal': { status: 500, type: 'server', blame: 'gateway', retry: 'never' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;

export interface GatewayErrorDetails {
  /** Path of the offending field in the caller's body, e.g. `messages[1].content[0].type`. */
  readonly field?: string;
  /** When to come back, where somebody said so. */
  readonly retryAfterMs?: number;
  /** Display name of the provider that failed. */
  readonly providerName?: string;
  /** The provider's own machine-readable code. */
  readonly providerCode?: string;
  /** The provider's HTTP status. */
  readonly providerStatus?: number;
  /** The provider's error text, length-limited, for the client's `metadata.raw`. */
  readonly raw?: string;
  /** Overrides the table's status (a provider's own 4xx that the caller should see as it was). */
  readonly status?: number;
  /** More wire metadata: availability, flagged input, near matches. */
  readonly metadata?: JsonObject;
  readonly availability?: JsonObject;
  /** Facts by which clients of a grammar that has a place for them act on the error by themselves: `error_code` and its like. */
  readonly facts?: JsonObject;
  readonly cause?: unknown;
}

/** The only error class that crosses layers. Its message names the cause and the cure and holds no secret. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: GatewayErrorDetails;

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  get spec(): ErrorSpec {
    return ERRORS[this.code];
  }

  get status(): number {
    return this.details.status ?? this.spec.status;
  }
}

/** A refusal of bad input, with the field's path. */
export function invalidRequest(field: string, message: string): GatewayError {
  return new GatewayError('client.invalid_request', `${field}: ${message}`, { field });
}

/** The one door for unknown throwables: whatever is not ours is an internal error whose text stays inside. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError('gateway.internal', 'Internal error. The log names it under this request id.', {
    cause: thrown,
  });
}
