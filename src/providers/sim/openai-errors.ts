/** Errors as OpenAI and hosts of its grammars write them (docs/sources.md). */
import type { JsonObject } from '../../core/json.ts';
import type { FailureDetail, SimFailure } from './grammar.ts';

const CODES: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  402: ['insufficient_quota', 'insufficient_quota'],
  403: ['permission_error', 'permission_denied'],
  404: ['invalid_request_error', 'model_not_found'],
  413: ['invalid_request_error', 'request_too_large'],
  422: ['invalid_request_error', null],
  429: ['requests', 'rate_limit_exceeded'],
  529: ['server_error', 'overloaded'],
};

export function errorOf(status: number, message: string, param: string | null): JsonObject {
  const [type, code] = CODES[status] ?? ['server_error', null];
  return { message, type, param, code };
}

export function openAiFailure(status: number, message: string, detail: FailureDetail): SimFailure {
  const wait = detail.retryAfterSeconds;
  return {
    headers: { 'x-request-id': detail.requestId, ...(wait === null ? {} : { 'retry-after': String(wait) }) },
    body: { error: errorOf(status, message, detail.param) },
  };
}
