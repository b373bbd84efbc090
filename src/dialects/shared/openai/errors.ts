/**
 * A provider's failure → the one table of errors. A host's trouble with *our* credential or account is never shown to the
 * caller as theirs: no 401 and no 402 pass through.
 */
import { type ErrorCode, GatewayError } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { UpstreamContext, UpstreamFailure } from '../../dialect.ts';
import { type ErrorFacts, factsOf } from '../upstream/error-facts.ts';
import { retryAfterMs } from '../upstream/retry-after.ts';

const MOST_CHARACTERS = 2048;

/** A reply with an error status. */
export function decodeOpenAiError(failure: UpstreamFailure, context: UpstreamContext): GatewayError {
  const facts = factsOf(tryParseJson(failure.body) ?? failure.body);
  return toError(facts, failure.status, failure.body, context, failure.headers, failure.nowMs);
}

/**
 * An error inside a reply whose status was 200, or inside a stream.
 * @param likeStatus the status that such an error has outside a stream, where the grammar's own words tell
 */
export function decodeErrorValue(value: Json, context: UpstreamContext, likeStatus = 0): GatewayError {
  const facts = factsOf(value);
  const status = facts.status ?? 0;
  return toError(facts, status, JSON.stringify(value), context, {}, 0, status || likeStatus);
}

/** Whether a whole reply or a frame carries an error instead of an answer. */
export function carriesError(value: JsonObject): boolean {
  const { error, base_resp: base } = value;
  if (error !== undefined && error !== null && error !== '' && error !== false) return true;
  if (typeof base !== 'object' || base === null || !('status_code' in base)) return value['object'] === 'error';
  return typeof base.status_code === 'number' && base.status_code !== 0;
}

function toError(
  facts: ErrorFacts,
  status: number,
  rawBody: string,
  context: UpstreamContext,
  headers: Readonly<Record<string, string>>,
  nowMs: number,
  likeStatus = status,
): GatewayError {
  const { providerName } = context.host;
  const code = classify(facts, likeStatus);
  const raw = redact(rawBody).slice(0, MOST_CHARACTERS);
  const said = redact(facts.message).slice(0, MOST_CHARACTERS);
  const retryAfter = retryAfterMs(headers, facts.member, facts.message, nowMs);
  const shared = {
    providerName,
    ...(facts.code !== undefined && { providerCode: redact(facts.code).slice(0, 128) }),
    ...(status >= 400 && { providerStatus: status }),
    ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
  };
  if (code === 'provider.credential' || code === 'provider.payment_required') {
    // What the host says about our key or account is for the operator's log, not for the caller.
    return new GatewayError(code, ownTrouble(code, providerName), { ...shared, cause: raw });
  }
  const answered = status >= 400 ? `${providerName} answered ${status}` : `${providerName} answered an error`;
  return new GatewayError(code, said ? `${answered}: ${said}` : `${answered}.`, { ...shared, raw });
}

function ownTrouble(code: 'provider.credential' | 'provider.payment_required', providerName: string): string {
  return code === 'provider.credential'
    ? `${providerName} refused this gateway's own credential; its operator must check the key and what it may use.`
    : `This gateway's own account at ${providerName} has no funds or quota left; its operator must top it up.`;
}

/** Words that settle the class by themselves; first match wins, the most specific rows first. */
const BY_WORD: readonly (readonly [RegExp, ErrorCode])[] = [
  [
    /^(insufficient_quota|insufficient_user_quota|insufficient_balance|billing_\w+|payment_required|arrearage)$/,
    'provider.payment_required',
  ],
  [
    /^(context_length_exceeded|exceed_context_size_error|context_window_exceeded|token_limit_exceeded|string_too_long)$/,
    'provider.context_length',
  ],
  [
    /^(content_filter|\w*policy(?:_violation)?|responsibleaipolicyviolation|data_inspection_failed|datainspectionfailed|moderation_blocked|refusal)$/,
    'provider.content_policy',
  ],
  [
    /^(invalid_api_key|incorrect_api_key|authentication\w*|invalid_authentication\w*|unauthenticated|unauthorized|api_key_invalid|account_deactivated|permission_denied|permission_error)$/,
    'provider.credential',
  ],
  [
    /^(model_not_found|model_decommissioned|model_not_available|deploymentnotfound|unknown_model|model_not_exist|invalid_model|modelnotfound)$/,
    'provider.not_found',
  ],
  [
    /^(rate_limit\w*|too_many_requests|tokens|requests|request_quota_exceeded|resource_exhausted|throttling.*)$/,
    'provider.rate_limited',
  ],
  [/^(\w*overloaded\w*|queue_exceeded|server_busy|capacity_exceeded|service_unavailable)$/, 'provider.overloaded'],
  // The model wrote a call that Groq could not parse: not the caller's mistake, another try may do.
  [/^tool_use_failed$/, 'provider.bad_answer'],
  [/^(timeout|timeout_error|deadline_exceeded)$/, 'provider.timeout'],
];

/** Phrases of hosts that have no words for it. Only looked at where the status does not contradict them. */
const QUOTA =
  /insufficient (?:balance|credits?|quota|funds)|exceeded your current quota|out of credits|requires more credits|credit balance is too low/i;
/** The second: some of OpenAI's models and their summaries are for verified organisations only. */
const KEY = /(?:incorrect|invalid) api key|api key (?:is )?(?:invalid|not valid)|organization must be verified/i;
const CONTEXT =
  /(?:maximum|max|exceed\w*|larger than|beyond)[^.]{0,60}context|context (?:length|window|size)[^.]{0,60}(?:exceed|limit|maximum)|(?:prompt|input|request) (?:is )?too (?:long|large)|too many (?:input |prompt )?tokens|reduce the length of/i;
const POLICY =
  /content (?:management )?policy|safety system|usage guidelines|flagged (?:by|for|as)|inappropriate content/i;
const NO_MODEL =
  /model\b[^.]{0,120}(?:does not exist|do(?:es)? not have access|not found|not exist|decommissioned|deprecated|is not a valid model|no longer)|invalid model|unknown model|not a chat model|no endpoints found/i;

/** Z.ai says everything by number (https://docs.z.ai/api-reference/api-code). */
const ZAI: Readonly<Record<string, ErrorCode>> = {
  1113: 'provider.payment_required',
  1211: 'provider.not_found',
  1261: 'provider.context_length',
  1301: 'provider.content_policy',
  1302: 'provider.rate_limited',
  1303: 'provider.rate_limited',
  1305: 'provider.overloaded',
};

function classify(facts: ErrorFacts, status: number): ErrorCode {
  const { message, words } = facts;
  if (status === 402 || (QUOTA.test(message) && !facts.isPassedOn)) return 'provider.payment_required';
  const numbered = facts.code === undefined ? undefined : ZAI[facts.code];
  if (numbered) return numbered;
  for (const [pattern, code] of BY_WORD) if (words.some((word) => pattern.test(word))) return code;
  if (status < 500 && status !== 401 && status !== 429) {
    if (CONTEXT.test(message)) return 'provider.context_length';
    if (POLICY.test(message)) return 'provider.content_policy';
    if (NO_MODEL.test(message)) return 'provider.not_found';
    // xAI answers 400 to a bad key.
    if (KEY.test(message)) return 'provider.credential';
  }
  return facts.isPassedOn && (status === 401 || status === 403) ? 'provider.failed' : byStatus(status);
}

function byStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'provider.credential';
    case 404:
    case 410:
      return 'provider.not_found';
    case 408:
    case 504:
    case 524:
      return 'provider.timeout';
    case 413:
      return 'provider.too_large';
    case 422:
      return 'provider.unprocessable';
    case 429:
      return 'provider.rate_limited';
    case 451:
      return 'provider.content_policy';
    // 498: Groq's flex tier without capacity; 529: overloaded at several hosts.
    case 498:
    case 503:
    case 529:
      return 'provider.overloaded';
    default:
      return status >= 400 && status < 500 ? 'provider.invalid_request' : 'provider.failed';
  }
}

/** Hosts repeat a bad key in their error text. */
function redact(text: string): string {
  return text
    .replace(/(api[ _-]?key(?: provided)?["']?\s*[:=]\s*["']?)[^\s"',}]+/gi, '$1***')
    .replace(/\bBearer\s+[^\s"',}]+/gi, 'Bearer ***')
    .replace(/\b(?:sk|pk|rk|gsk|xai|csk|nvapi|hf|fw|r8|pplx|tgp|AIza)[-_][A-Za-z0-9*._-]{6,}/g, '***')
    .replace(/\bAIza[A-Za-z0-9_-]{10,}/g, '***');
}
