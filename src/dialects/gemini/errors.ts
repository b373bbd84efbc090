/** Google's errors (docs/sources.md): `{error: {code, message, status, details}}`, sometimes wrapped in an array. */
import { type ErrorCode, GatewayError, type GatewayErrorDetails } from '../../core/errors.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, numberAt, stringAt } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { UpstreamContext, UpstreamFailure } from '../dialect.ts';
import { waitWithinReason } from '../shared/upstream/longest-wait.ts';

/** A failed reply. */
export function decodeError(failure: UpstreamFailure, context: UpstreamContext): GatewayError {
  const facts = factsOf(tryParseJson(failure.body), failure.status, failure.body);
  const retryAfterMs = facts.retryAfterMs ?? retryAfterOf(failure.headers['retry-after'], failure.nowMs);
  return toError({ ...facts, ...(retryAfterMs !== undefined && { retryAfterMs }) }, context);
}

/** An error inside a reply of status 200, or inside a stream. */
export function decodeErrorBody(body: Json, context: UpstreamContext): GatewayError {
  return toError(factsOf(body, undefined, JSON.stringify(body)), context);
}

interface Facts {
  readonly httpStatus: number | undefined;
  /** The canonical name, `RESOURCE_EXHAUSTED`. */
  readonly status: string | undefined;
  /** The reason in `ErrorInfo`, `API_KEY_INVALID`. */
  readonly reason: string | undefined;
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly raw: string;
}

function factsOf(body: Json | undefined, httpStatus: number | undefined, raw: string): Facts {
  const outer = isJsonArray(body) ? body[0] : body;
  const error = isJsonObject(outer) ? outer['error'] : undefined;
  const object: JsonObject = isJsonObject(error) ? error : {};
  const details = (arrayAt(object, 'details') ?? []).filter(isJsonObject);
  const message = stringAt(object, 'message') ?? (typeof error === 'string' ? error : '');
  const retryAfterMs = retryDelayOf(details, message);
  return {
    httpStatus: httpStatus ?? numberAt(object, 'code'),
    status: stringAt(object, 'status'),
    reason: detailOf(details, 'ErrorInfo', 'reason'),
    message: limited(message, MAX_MESSAGE),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    raw: limited(raw, MAX_RAW),
  };
}

function detailOf(details: readonly JsonObject[], type: string, key: string): string | undefined {
  const detail = details.find((each) => stringAt(each, '@type')?.endsWith(type));
  return detail && stringAt(detail, key);
}

/** `RetryInfo.retryDelay` is a protobuf duration ("48s", "1.5s"); some replies say it in the message only. */
function retryDelayOf(details: readonly JsonObject[], message: string): number | undefined {
  const delay = detailOf(details, 'RetryInfo', 'retryDelay');
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? '')?.[1] ?? /retry in (\d+(?:\.\d+)?)s\b/i.exec(message)?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}

/** RFC 9110 §10.2.3: seconds or an HTTP date. */
function retryAfterOf(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Math.ceil(Number(header) * 1000);
  const at = Date.parse(header);
  return Number.isFinite(at) ? Math.max(0, at - nowMs) : undefined;
}

function toError(facts: Facts, context: UpstreamContext): GatewayError {
  const { providerName, providerId } = context.host;
  const code = codeOf(facts);
  const retryAfterMs = waitWithinReason(facts.retryAfterMs);
  const said = facts.message === '' ? `status ${facts.httpStatus ?? 'unknown'}` : facts.message;
  const providerCode = facts.reason ?? facts.status;
  const details: GatewayErrorDetails = {
    providerName,
    ...(providerCode !== undefined && { providerCode }),
    ...(facts.httpStatus !== undefined && { providerStatus: facts.httpStatus }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    raw: facts.raw,
  };
  return new GatewayError(code, `${providerName}: ${said}${cureOf(code, providerId, context)}`, details);
}

/** What the texts tell apart where Google's status does not. */
const CREDENTIAL_REASON = /^(?:API_KEY_|ACCESS_TOKEN_|CREDENTIALS_|ACCOUNT_STATE_|SERVICE_DISABLED|CONSUMER_INVALID)/;
const CREDENTIAL_TEXT =
  /api key (?:not valid|not found|expired)|api_key_invalid|reported as leaked|unregistered callers/i;
const BILLING =
  /billing (?:account )?(?:is |has been |to be )?(?:disabled|not enabled|not active)|enable billing|credits? (?:are|is|have been) depleted|prepayment/i;
const CONTEXT =
  /token count.{0,60}exceeds|exceeds the (?:maximum|limit).{0,40}tokens|too many (?:input )?tokens|(?:input|prompt|context).{0,30}too long|only supports up to \d+ tokens/i;
const TOO_LARGE = /(?:payload|request) size exceeds|request (?:body |entity )?(?:is )?too large/i;
const LOCATION = /user location is not supported/i;
const BLOCKED = /prompt (?:was|has been) blocked|violat\w+ (?:our |the |google'?s )?.{0,40}polic/i;

function codeOf(facts: Facts): ErrorCode {
  const { status, reason = '', message } = facts;
  if (reason === 'BILLING_DISABLED' || BILLING.test(message)) return 'provider.payment_required';
  if (CREDENTIAL_REASON.test(reason) || CREDENTIAL_TEXT.test(message)) return 'provider.credential';
  if (reason === 'RATE_LIMIT_EXCEEDED') return 'provider.rate_limited';
  switch (status ?? facts.httpStatus) {
    case 'INVALID_ARGUMENT':
    case 'FAILED_PRECONDITION':
    case 'OUT_OF_RANGE':
    case 400:
      if (CONTEXT.test(message)) return 'provider.context_length';
      if (facts.httpStatus === 413 || TOO_LARGE.test(message)) return 'provider.too_large';
      if (LOCATION.test(message)) return 'provider.failed';
      return BLOCKED.test(message) ? 'provider.content_policy' : 'provider.invalid_request';
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
    case 401:
    case 403:
      return 'provider.credential';
    case 402:
      return 'provider.payment_required';
    case 'NOT_FOUND':
    case 'UNIMPLEMENTED':
    case 404:
      return 'provider.not_found';
    case 'DEADLINE_EXCEEDED':
    case 408:
    case 504:
      return 'provider.timeout';
    case 413:
      return 'provider.too_large';
    case 422:
      return 'provider.unprocessable';
    case 'RESOURCE_EXHAUSTED':
    case 429:
      return 'provider.rate_limited';
    case 'UNAVAILABLE':
    case 503:
    case 529:
      return 'provider.overloaded';
    default:
      return 'provider.failed';
  }
}

function cureOf(code: ErrorCode, providerId: string, context: UpstreamContext): string {
  switch (code) {
    case 'provider.credential':
      return ` Check the API key configured for provider "${providerId}".`;
    case 'provider.payment_required':
      return ` Check the billing of the account behind provider "${providerId}".`;
    case 'provider.not_found':
      return ` Check that provider "${providerId}" has the model "${context.upstreamModel}".`;
    default:
      return '';
  }
}

const MAX_MESSAGE = 1000;
const MAX_RAW = 4000;

/** Google API keys and OAuth tokens, and keys in addresses: errors may quote the request. */
const SECRETS = /AIza[0-9A-Za-z_-]{20,}|AQ\.[0-9A-Za-z_-]{20,}|ya29\.[0-9A-Za-z_.-]+|([?&]key=)[^&\s"']+/g;

function limited(text: string, most: number): string {
  const safe = text.replace(SECRETS, (_, prefix: string | undefined) => `${prefix ?? ''}[redacted]`);
  return safe.length <= most ? safe : `${safe.slice(0, most)}…`;
}
