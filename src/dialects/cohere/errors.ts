/** `{message}` and a status say it all (https://docs.cohere.com/reference/errors); a few classes are told apart by their words. */
import { type ErrorCode, GatewayError } from '../../core/errors.ts';
import { type JsonObject, stringAt } from '../../core/json.ts';
import type { UpstreamContext, UpstreamFailure } from '../dialect.ts';
import { decodeErrorValue, decodeOpenAiError } from '../shared/openai/errors.ts';

/** What this host means by a status that others use otherwise. */
const OWN_STATUS: Readonly<Record<number, ErrorCode>> = {
  // A blocked prompt or answer.
  498: 'provider.content_policy',
  // "request cancelled", "streaming error": try again.
  499: 'provider.failed',
  501: 'provider.not_found',
};

/** "too many tokens: max tokens must be less than …" is about the answer's limit, not the prompt's length. */
const OUTPUT_LIMIT = /max tokens must be/i;
/** "model 'command-r' was removed on September 15, 2025", with another status than 404. */
const NO_MODEL = /\bmodel\b.{0,120}\b(?:was removed|not found|is not supported|does not exist)/i;
const TRIAL_QUOTA = /trial key.{0,120}\/ ?month/i;

export function decodeError(failure: UpstreamFailure, context: UpstreamContext): GatewayError {
  const error = decodeOpenAiError(failure, context);
  const code = ownCode(failure.status, `${error.details.raw ?? failure.body}`);
  return code === undefined || code === error.code ? error : new GatewayError(code, error.message, error.details);
}

function ownCode(status: number, said: string): ErrorCode | undefined {
  if (status === 429 && TRIAL_QUOTA.test(said)) return 'provider.payment_required';
  if (status === 400 && OUTPUT_LIMIT.test(said)) return 'provider.invalid_request';
  if (status === 400 && NO_MODEL.test(said)) return 'provider.not_found';
  return OWN_STATUS[status];
}

/** The error that a body or an event carries, `{message: "…"}`; undefined where it is none. */
export function errorInside(value: JsonObject, context: UpstreamContext): GatewayError | undefined {
  const isError = typeof value['message'] === 'string' || value['error'] !== undefined;
  return isError ? decodeErrorValue(value, context) : undefined;
}

/** The error of an answer that ended with one: `message-end` says in words what went wrong, where it says anything. */
export function failedEnd(delta: JsonObject, context: UpstreamContext): GatewayError | undefined {
  const message = stringAt(delta, 'error');
  return message ? decodeErrorValue({ message }, context) : undefined;
}
