import { describe, expect, test } from 'bun:test';
import type { ErrorCode } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { decodeError } from './errors.ts';
import { contextOf } from './test-kit.ts';

const context = contextOf();
const decode = (status: number, body: Json | string, headers: Record<string, string> = {}) =>
  decodeError(
    { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body), nowMs: Date.UTC(2026, 0, 1) },
    context,
  );
const google = (code: number, status: string, message: string, details: readonly Json[] = []): Json => ({
  error: { code, status, message, details },
});

describe('classes', () => {
  const info = (reason: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason });
  const cases: readonly [status: number, body: Json | string, code: ErrorCode][] = [
    [
      400,
      google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [info('API_KEY_INVALID')]),
      'provider.credential',
    ],
    [400, google(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'), 'provider.credential'],
    [403, google(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.'), 'provider.credential'],
    [401, google(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'), 'provider.credential'],
    [
      403,
      google(403, 'PERMISSION_DENIED', 'Billing is disabled', [info('BILLING_DISABLED')]),
      'provider.payment_required',
    ],
    [400, google(400, 'FAILED_PRECONDITION', 'Please enable billing on your project.'), 'provider.payment_required'],
    [400, google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'provider.failed'],
    [
      400,
      google(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      'provider.context_length',
    ],
    [
      400,
      google(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
      'provider.too_large',
    ],
    [413, google(413, 'INVALID_ARGUMENT', 'Too big.'), 'provider.too_large'],
    [400, google(400, 'INVALID_ARGUMENT', 'Please use a valid role: user, model.'), 'provider.invalid_request'],
    [404, google(404, 'NOT_FOUND', 'models/x is not found for API version v1beta'), 'provider.not_found'],
    [
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan and billing details.'),
      'provider.rate_limited',
    ],
    [500, google(500, 'INTERNAL', 'An internal error has occurred.'), 'provider.failed'],
    [503, google(503, 'UNAVAILABLE', 'The model is overloaded.'), 'provider.overloaded'],
    [504, google(504, 'DEADLINE_EXCEEDED', 'Deadline expired.'), 'provider.timeout'],
    [429, [google(429, 'RESOURCE_EXHAUSTED', 'Wrapped.')], 'provider.rate_limited'],
    [502, '<html>Bad gateway</html>', 'provider.failed'],
    [413, '', 'provider.too_large'],
    [503, { error: 'plain text' }, 'provider.overloaded'],
  ];
  for (const [status, body, code] of cases) {
    test(`${status} ${JSON.stringify(body).slice(0, 100)} → ${code}`, () => {
      const error = decode(status, body);
      expect(error.code).toBe(code);
      expect(error.details.providerStatus).toBe(status);
    });
  }
});

describe('when to come back', () => {
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '48.5s' };
  test('RetryInfo', () => {
    expect(decode(429, google(429, 'RESOURCE_EXHAUSTED', 'x', [retryInfo])).details.retryAfterMs).toBe(48_500);
  });
  test('the message', () => {
    expect(decode(429, google(429, 'RESOURCE_EXHAUSTED', 'Please retry in 3.2s.')).details.retryAfterMs).toBe(3200);
  });
  test('Retry-After in seconds or as a date', () => {
    expect(decode(503, '', { 'retry-after': '7' }).details.retryAfterMs).toBe(7000);
    expect(decode(503, '', { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }).details.retryAfterMs).toBe(30_000);
  });
  test('longer than anybody waits is capped, however it is said', () => {
    const forever = { ...retryInfo, retryDelay: `${'9'.repeat(400)}s` };
    expect(decode(429, google(429, 'RESOURCE_EXHAUSTED', 'x', [forever])).details.retryAfterMs).toBe(3_600_000);
    expect(decode(503, '', { 'retry-after': '315360000' }).details.retryAfterMs).toBe(3_600_000);
  });
});

test('the provider is named with its words and a cure, secrets are not', () => {
  const key = `AIza${'x'.repeat(35)}`;
  const error = decode(400, google(400, 'INVALID_ARGUMENT', `API key not valid: ${key} (https://g.io/?key=abc&x=1)`));
  expect(error.message).toBe(
    'Google AI Studio: API key not valid: [redacted] (https://g.io/?key=[redacted]&x=1) Check the API key configured for provider "google-ai-studio".',
  );
  expect(error.details.raw).not.toContain(key);
  expect(error.details.providerCode).toBe('INVALID_ARGUMENT');
});

test('long texts are cut', () => {
  const error = decode(500, google(500, 'INTERNAL', 'y'.repeat(20_000)));
  expect(error.message.length).toBeLessThan(1200);
  expect(error.details.raw?.length).toBeLessThan(4100);
});
