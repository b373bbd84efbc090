import { describe, expect, test } from 'bun:test';
import { type ErrorCode, GatewayError } from '../../../core/errors.ts';
import { encodeResponsesError, errorEventMembers, failureMember } from './response-failure.ts';

describe('codes that clients act on', () => {
  test.each<[ErrorCode, string]>([
    ['provider.context_length', 'context_length_exceeded'],
    ['provider.rate_limited', 'rate_limit_exceeded'],
    ['auth.payment_required', 'insufficient_quota'],
    ['provider.invalid_request', 'invalid_prompt'],
    ['provider.content_policy', 'image_content_policy_violation'],
    ['provider.overloaded', 'server_error'],
    ['provider.truncated', 'server_error'],
    ['provider.timeout', 'server_error'],
    ['gateway.internal', 'server_error'],
  ])('%s is %s', (code, told) => expect(failureMember(new GatewayError(code, 'x')).code).toBe(told));
});

test('the time to wait stands in the text, where a rate was limited', () => {
  const late = (code: ErrorCode) => failureMember(new GatewayError(code, 'Slow down.', { retryAfterMs: 2040 })).message;
  expect(late('provider.rate_limited')).toBe('Slow down. Please try again in 2.1s.');
  expect(late('provider.overloaded')).toBe('Slow down.');
});

test('the body of a failed reply has what each vendor’s client reads', () => {
  const error = new GatewayError('client.invalid_request', 'input: required', { field: 'input' });
  expect(encodeResponsesError(error)).toEqual({
    error: {
      code: 400,
      message: 'input: required',
      metadata: { error_type: 'invalid_request' },
      type: 'invalid_request_error',
      param: 'input',
    },
    metadata: null,
  });
  expect(errorEventMembers(error)).toEqual({ code: 'invalid_prompt', message: 'input: required', param: 'input' });
});

test.each<[ErrorCode, string]>([
  ['auth.unauthenticated', 'authentication_error'],
  ['auth.payment_required', 'insufficient_quota'],
  ['auth.forbidden', 'permission_error'],
  ['auth.rate_limited', 'rate_limit_error'],
  ['route.no_endpoints', 'invalid_request_error'],
  ['provider.failed', 'server_error'],
])('%s is of the type %s', (code, type) => {
  expect(encodeResponsesError(new GatewayError(code, 'x'))).toMatchObject({ error: { type } });
});

test('what went wrong inside stays inside', () => {
  const body = encodeResponsesError(new GatewayError('gateway.internal', 'a secret'), { attempts: 1 });
  expect(JSON.stringify(body)).not.toContain('secret');
  expect(body['openrouter_metadata']).toBeUndefined();
});
