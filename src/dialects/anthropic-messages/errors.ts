/**
 * What a failed reply means (docs/sources.md): Anthropic's error types, and the plainer bodies of compatible hosts and of
 * proxies in front of them, to rows of core/errors.ts.
 */
import { ERRORS, type ErrorCode, GatewayError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { UpstreamContext, UpstreamFailure } from '../dialect.ts';
import { waitWithinReason } from '../shared/upstream/longest-wait.ts';

const MAX_RAW_CHARACTERS = 2000;

const BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  invalid_request_error: 'provider.invalid_request',
  authentication_error: 'provider.credential',
  permission_error: 'provider.credential',
  billing_error: 'provider.payment_required',
  not_found_error: 'provider.not_found',
  request_too_large: 'provider.too_large',
  rate_limit_error: 'provider.rate_limited',
  timeout_error: 'provider.timeout',
  api_error: 'provider.failed',
  overloaded_error: 'provider.overloaded',
  conflict_error: 'provider.failed',
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'provider.credential',
  402: 'provider.payment_required',
  403: 'provider.credential',
  404: 'provider.not_found',
  408: 'provider.timeout',
  409: 'provider.failed',
  413: 'provider.too_large',
  422: 'provider.unprocessable',
  429: 'provider.rate_limited',
  503: 'provider.overloaded',
  504: 'provider.timeout',
  529: 'provider.overloaded',
};

/** Classes that Anthropic files under `invalid_request_error` and tells apart only by its words. */
const BY_WORDS: readonly (readonly [RegExp, ErrorCode])[] = [
  [
    /prompt is too long|exceeds? (the )?(model'?s )?(maximum )?context|context (window|length|limit)/i,
    'provider.context_length',
  ],
  [/credit balance is too low|insufficient (balance|credits?|funds)/i, 'provider.payment_required'],
  [/content filtering policy|content policy|usage polic/i, 'provider.content_policy'],
];

export function decodeError(failure: UpstreamFailure, context: UpstreamContext): GatewayError {
  const wire = readWireError(tryParseJson(failure.body));
  const code = classify(wire.type, wire.message ?? failure.body, failure.status);
  const retryAfterMs = waitWithinReason(retryAfter(failure, code));
  return toError(code, wire, failure.body, context, {
    providerStatus: failure.status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The error that an `error` event, or a body with status 200, carries; undefined where the value is no error. */
export function errorInside(value: JsonObject, context: UpstreamContext): GatewayError | undefined {
  const base = objectAt(value, 'base_resp');
  const refused = base !== undefined && (numberAt(base, 'status_code') ?? 0) !== 0;
  if (value['type'] !== 'error' && !value['error'] && !refused) return undefined;
  const wire = readWireError(value);
  const status = wire.status ?? 0;
  return toError(classify(wire.type, wire.message ?? '', status), wire, JSON.stringify(value), context, {
    ...(status >= 400 && { providerStatus: status }),
  });
}

interface WireError {
  readonly type?: string;
  readonly message?: string;
  readonly status?: number;
  /** By which clients of this grammar act on an error: `error_code` and what belongs to it. */
  readonly details?: JsonObject;
}

function readWireError(value: Json | undefined): WireError {
  if (!isJsonObject(value)) return {};
  const inner = value['error'];
  if (typeof inner === 'string') return { message: inner };
  const error = isJsonObject(inner) ? inner : value;
  const base = objectAt(value, 'base_resp');
  const type = stringAt(error, 'type') ?? stringAt(error, 'code');
  const message = stringAt(error, 'message') ?? stringAt(value, 'message') ?? (base && stringAt(base, 'status_msg'));
  const status = numberAt(error, 'code') ?? numberAt(error, 'status');
  const details = objectAt(error, 'details');
  return {
    ...(type !== undefined && type !== 'error' && { type }),
    ...(message !== undefined && { message }),
    ...(status !== undefined && { status }),
    ...(details && { details }),
  };
}

function classify(type: string | undefined, words: string, status: number): ErrorCode {
  const known = type === undefined ? undefined : BY_TYPE[type];
  const vague = known === undefined || known === 'provider.invalid_request';
  if (vague && (status === 0 || (status >= 400 && status < 500))) {
    for (const [pattern, code] of BY_WORDS) if (pattern.test(words)) return code;
  }
  if (known) return known;
  const byStatus = BY_STATUS[status];
  if (byStatus) return byStatus;
  return status >= 400 && status < 500 ? 'provider.invalid_request' : 'provider.failed';
}

function toError(
  code: ErrorCode,
  wire: WireError,
  body: string,
  context: UpstreamContext,
  more: { readonly providerStatus?: number; readonly retryAfterMs?: number },
): GatewayError {
  const { providerName } = context.host;
  return new GatewayError(code, sentence(code, wire, providerName, more.providerStatus), {
    providerName,
    raw: withoutSecrets(body).slice(0, MAX_RAW_CHARACTERS),
    ...(wire.type !== undefined && { providerCode: wire.type }),
    ...factsOf(code, wire),
    ...more,
  });
}

/** What the host says of the caller's request is for the caller; what it says of the operator's account is not. */
function factsOf(code: ErrorCode, { details }: WireError): { readonly facts?: JsonObject } {
  if (!details || ERRORS[code].blame !== 'client') return {};
  const facts = tryParseJson(withoutSecrets(JSON.stringify(details)));
  return isJsonObject(facts) ? { facts } : {};
}

function sentence(code: ErrorCode, wire: WireError, providerName: string, status: number | undefined): string {
  if (code === 'provider.credential') {
    return `${providerName} refused the gateway's credential. The operator must check this provider's API key.`;
  }
  if (code === 'provider.payment_required') {
    return `${providerName} reports that the operator's account has no funds left.`;
  }
  const words = wire.message ? withoutSecrets(wire.message).slice(0, 500) : undefined;
  if (words) return `${providerName}: ${words}`;
  return `${providerName} failed${status === undefined ? '' : ` with status ${status}`} and gave no reason.`;
}

/** Hosts repeat keys in their refusals ("invalid key sk-…"): nothing that looks like one leaves this file. */
function withoutSecrets(text: string): string {
  return text
    .replace(/\b(?:sk|pk|rk|xai|gsk|AIza)[-_A-Za-z0-9]{12,}/g, '[redacted]')
    .replace(/\bBearer\s+[^\s"']+/gi, 'Bearer [redacted]');
}

/** Retry-After in either form, else the reset of whichever limit is used up. */
function retryAfter(failure: UpstreamFailure, code: ErrorCode): number | undefined {
  const { headers, nowMs } = failure;
  const milliseconds = Number(headers['retry-after-ms'] || Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return Math.ceil(milliseconds);
  const text = headers['retry-after'];
  if (text) {
    const seconds = Number(text);
    if (Number.isFinite(seconds) && seconds >= 0) return Math.ceil(seconds * 1000);
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return Math.max(0, at - nowMs);
  }
  if (code !== 'provider.rate_limited') return undefined;
  let delay: number | undefined;
  for (const limit of ['requests', 'tokens', 'input-tokens', 'output-tokens']) {
    if (headers[`anthropic-ratelimit-${limit}-remaining`] !== '0') continue;
    const at = Date.parse(headers[`anthropic-ratelimit-${limit}-reset`] ?? '');
    if (!Number.isNaN(at)) delay = Math.max(delay ?? 0, at - nowMs);
  }
  return delay;
}
