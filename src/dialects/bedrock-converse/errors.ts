/**
 * Errors of the Converse grammar → rows of core/errors.ts. The class is in the header `x-amzn-errortype`, in the body's `__type`
 * or in the name of a stream's exception (https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html).
 */
import { type ErrorCode, GatewayError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberAt, stringAt } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { UpstreamContext, UpstreamFailure } from '../dialect.ts';
import { retryAfterMs } from '../shared/upstream/retry-after.ts';

const MAX_RAW_CHARACTERS = 2000;

/** Without `Exception` and `Error` at the end, lower-case: streams begin the same names with a small letter. */
const BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  validation: 'provider.invalid_request',
  accessdenied: 'provider.credential',
  unrecognizedclient: 'provider.credential',
  invalidsignature: 'provider.credential',
  signaturedoesnotmatch: 'provider.credential',
  incompletesignature: 'provider.credential',
  expiredtoken: 'provider.credential',
  invalidclienttokenid: 'provider.credential',
  missingauthenticationtoken: 'provider.credential',
  optinrequired: 'provider.credential',
  notauthorized: 'provider.credential',
  resourcenotfound: 'provider.not_found',
  unknownoperation: 'provider.not_found',
  throttling: 'provider.rate_limited',
  toomanyrequests: 'provider.rate_limited',
  servicequotaexceeded: 'provider.rate_limited',
  modelnotready: 'provider.overloaded',
  serviceunavailable: 'provider.overloaded',
  modeltimeout: 'provider.timeout',
  requesttimeout: 'provider.timeout',
  requestentitytoolarge: 'provider.too_large',
  conflict: 'provider.failed',
  model: 'provider.failed',
  modelstream: 'provider.failed',
  internalserver: 'provider.failed',
  internalfailure: 'provider.failed',
};

/** Where no class is told: some of these are never the host's own but those of a proxy before it. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'provider.credential',
  402: 'provider.payment_required',
  403: 'provider.credential',
  404: 'provider.not_found',
  408: 'provider.timeout',
  413: 'provider.too_large',
  422: 'provider.unprocessable',
  424: 'provider.failed',
  429: 'provider.rate_limited',
  503: 'provider.overloaded',
  504: 'provider.timeout',
  529: 'provider.overloaded',
};

/** What the host files under `ValidationException` and `AccessDeniedException` and tells apart only by its words. */
const BY_WORDS: readonly (readonly [RegExp, ErrorCode])[] = [
  [
    /input is too long|prompt is too long|too many (?:input )?tokens|maximum (?:context|input|number of (?:input )?tokens)|context (?:window|length|limit)|exceeds? the (?:maximum|max)[^.]{0,40}tokens/i,
    'provider.context_length',
  ],
  // This model, not the account's key: others of the same key do well.
  [
    /model identifier is invalid|on-demand throughput isn.t supported|don.t have access to the model|model access|end of its life|marked by provider as legacy|model (?:is )?not (?:found|supported in)/i,
    'provider.not_found',
  ],
  [/content filter|content polic|usage polic/i, 'provider.content_policy'],
];

export function decodeError(failure: UpstreamFailure, context: UpstreamContext): GatewayError {
  const body = tryParseJson(failure.body);
  const told = factsOf(body);
  const type = typeOf(failure.headers['x-amzn-errortype']) ?? told.type;
  const code = classify(type, told.message, failure.status);
  const wait = retryAfterMs(failure.headers, {}, told.message, failure.nowMs);
  return toError(code, { ...told, type }, failure.body, context, {
    providerStatus: failure.status,
    ...(wait !== undefined && { retryAfterMs: wait }),
  });
}

/** An exception inside a stream. @param name as the stream calls it: `throttlingException` */
export function exceptionInside(name: string, value: Json | undefined, context: UpstreamContext): GatewayError {
  const told = factsOf(value);
  const type = typeOf(name);
  // A model that failed inside names the status of its own failure.
  const original = isJsonObject(value) ? numberAt(value, 'originalStatusCode') : undefined;
  const byOriginal = original === undefined || original === 500 ? undefined : BY_STATUS[original];
  const code = byOriginal ?? classify(type, told.message, 0);
  return toError(code, { ...told, type }, JSON.stringify(value ?? null), context, {});
}

/** The error that a body with status 200 carries; undefined where the value is no error. */
export function errorInside(value: JsonObject, context: UpstreamContext): GatewayError | undefined {
  const told = factsOf(value);
  if (value['output'] !== undefined || (told.type === undefined && told.message === '')) return undefined;
  return toError(classify(told.type, told.message, 0), told, JSON.stringify(value), context, {});
}

interface Told {
  readonly type: string | undefined;
  readonly message: string;
}

function factsOf(body: Json | undefined): Told {
  if (!isJsonObject(body)) return { type: undefined, message: '' };
  const message = stringAt(body, 'message') ?? stringAt(body, 'Message') ?? stringAt(body, 'originalMessage') ?? '';
  return { type: typeOf(stringAt(body, '__type') ?? stringAt(body, 'code')), message };
}

/** `ValidationException:http://internal…`, `com.amazon.coral.service#AccessDeniedException`, `throttlingException`. */
function typeOf(name: string | undefined): string | undefined {
  const plain = name?.split(':', 1)[0]?.split('#').at(-1)?.trim();
  return plain || undefined;
}

function classify(type: string | undefined, words: string, status: number): ErrorCode {
  const known = type === undefined ? undefined : BY_TYPE[type.replace(/(?:Exception|Error)+$/, '').toLowerCase()];
  const vague = known === undefined || known === 'provider.invalid_request' || known === 'provider.credential';
  if (vague && status < 500) {
    for (const [pattern, code] of BY_WORDS) if (pattern.test(words)) return code;
  }
  const code = known ?? BY_STATUS[status];
  if (code) return code;
  return status >= 400 && status < 500 ? 'provider.invalid_request' : 'provider.failed';
}

function toError(
  code: ErrorCode,
  { type, message }: Told,
  body: string,
  context: UpstreamContext,
  more: { readonly providerStatus?: number; readonly retryAfterMs?: number },
): GatewayError {
  const { providerName } = context.host;
  // A refused signature is answered with the signed text, session token included: nothing of it leaves this file.
  const raw = code === 'provider.credential' ? undefined : body.slice(0, MAX_RAW_CHARACTERS);
  return new GatewayError(code, sentence(code, message, providerName, more.providerStatus), {
    providerName,
    ...(raw && { raw }),
    ...(type !== undefined && { providerCode: type }),
    ...more,
  });
}

function sentence(code: ErrorCode, words: string, providerName: string, status: number | undefined): string {
  if (code === 'provider.credential') {
    return `${providerName} refused the gateway's credential. The operator must check this provider's key and its rights.`;
  }
  if (words) return `${providerName}: ${words.slice(0, 500)}`;
  return `${providerName} failed${status === undefined ? '' : ` with status ${status}`} and gave no reason.`;
}
