import { describe, expect, test } from 'bun:test';
import { type ErrorCode, GatewayError } from '../../../core/errors.ts';
import { encodeErrorEvent, encodeMessagesError } from './errors.ts';
import { foldStream } from './naive-client.fixture.ts';

describe('an error’s type', () => {
  test.each<[ErrorCode, string]>([
    ['client.invalid_request', 'invalid_request_error'],
    ['auth.unauthenticated', 'authentication_error'],
    ['auth.forbidden', 'permission_error'],
    ['auth.payment_required', 'billing_error'],
    ['route.no_endpoints', 'not_found_error'],
    ['provider.rate_limited', 'rate_limit_error'],
    ['provider.overloaded', 'overloaded_error'],
    ['provider.timeout', 'timeout_error'],
    ['provider.failed', 'api_error'],
  ])('%s is %s', (code, type) => {
    const error = new GatewayError(code, 'words');
    expect(encodeMessagesError(error, undefined, 'gen-1')).toEqual({
      type: 'error',
      error: { type, message: 'words', error_type: error.spec.type },
      request_id: 'gen-1',
    });
  });
});

test('what the provider said, and how it was routed', () => {
  const details = { providerName: 'P', providerCode: 'c', raw: '{}', metadata: { reasons: ['x'] } };
  const error = new GatewayError('provider.failed', 'words', details);
  expect(encodeMessagesError(error, { requested: 'm' })).toMatchObject({
    request_id: null,
    metadata: { provider_name: 'P', provider_code: 'c', raw: '{}', reasons: ['x'] },
    openrouter_metadata: { requested: 'm' },
  });
});

test('a prompt that is too long is called so, as clients look for it', () => {
  const error = new GatewayError('provider.context_length', 'OpenAI: maximum context length is 8192 tokens');
  expect(encodeMessagesError(error)['error']).toMatchObject({
    message: 'prompt is too long: OpenAI: maximum context length is 8192 tokens',
  });
});

test('trouble of our own says nothing of itself', () => {
  const error = new GatewayError('gateway.internal', 'secret words', { providerName: 'P' });
  const body = encodeMessagesError(error, { requested: 'm' });
  expect(body).toEqual({
    type: 'error',
    error: { type: 'api_error', message: 'Internal Server Error', error_type: 'server' },
    request_id: null,
  });
});

test('in a stream it is an event', () => {
  const { error, order } = foldStream(encodeErrorEvent(new GatewayError('provider.timeout', 'late'), 'gen-1'));
  expect([order, error]).toEqual([['error'], { type: 'timeout_error', message: 'late', error_type: 'timeout' }]);
});
