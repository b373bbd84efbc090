import { describe, expect, test } from 'bun:test';
import type { UpstreamContext, UpstreamFailure } from '../dialect.ts';
import { decodeError } from './errors.ts';

const context: UpstreamContext = {
  upstreamModel: 'm',
  traits: {},
  host: {
    providerId: 'p',
    providerName: 'P',
    usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
    quirks: {},
  },
};

const NOW = Date.parse('2026-01-01T00:00:00Z');

function decode(status: number, body: unknown, headers: UpstreamFailure['headers'] = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return decodeError({ status, body: text, headers, nowMs: NOW }, context);
}

const wire = (type: string, message: string) => ({ type: 'error', error: { type, message }, request_id: 'req_1' });

describe('the class', () => {
  test.each<[number, unknown, string]>([
    [400, wire('invalid_request_error', 'max_tokens: Field required'), 'provider.invalid_request'],
    [
      400,
      wire('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
      'provider.context_length',
    ],
    [
      400,
      wire('invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 2'),
      'provider.context_length',
    ],
    [
      400,
      wire('invalid_request_error', 'Your credit balance is too low to access the API.'),
      'provider.payment_required',
    ],
    [400, wire('invalid_request_error', 'Output blocked by content filtering policy'), 'provider.content_policy'],
    [401, wire('authentication_error', 'invalid x-api-key'), 'provider.credential'],
    [402, wire('billing_error', 'pay'), 'provider.payment_required'],
    [403, wire('permission_error', 'no'), 'provider.credential'],
    [404, wire('not_found_error', 'model: m'), 'provider.not_found'],
    [413, wire('request_too_large', 'Request exceeds the maximum size'), 'provider.too_large'],
    [429, wire('rate_limit_error', 'slow down'), 'provider.rate_limited'],
    [500, wire('api_error', 'oops'), 'provider.failed'],
    [529, wire('overloaded_error', 'Overloaded'), 'provider.overloaded'],
    [504, wire('timeout_error', 'late'), 'provider.timeout'],
    [422, { detail: 'bad field' }, 'provider.unprocessable'],
    [503, '<html>Service Unavailable</html>', 'provider.overloaded'],
    [502, '', 'provider.failed'],
    [418, 'teapot', 'provider.invalid_request'],
    [401, { error: 'no key' }, 'provider.credential'],
  ])('%d with %j is %s', (status, body, code) => {
    const error = decode(status, body);
    expect<string>(error.code).toBe(code);
    expect(error.details).toMatchObject({ providerName: 'P', providerStatus: status });
  });
});

describe('when to come back', () => {
  const limited = wire('rate_limit_error', 'slow down');

  test.each<[UpstreamFailure['headers'], number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '315360000' }, 3_600_000],
    [{ 'retry-after-ms': '9'.repeat(300) }, 3_600_000],
    [{ 'retry-after': 'Fri, 01 Jan 2038 00:00:00 GMT' }, 3_600_000],
    [
      {
        'anthropic-ratelimit-requests-remaining': '12',
        'anthropic-ratelimit-requests-reset': '2026-01-01T00:01:00Z',
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:20Z',
      },
      20_000,
    ],
  ])('%j is %p ms', (headers, delay) => {
    expect(decode(429, limited, headers).details.retryAfterMs).toBe(delay);
  });
});

describe('the words', () => {
  test('of the provider are kept, its keys are not', () => {
    const secret = 'sk-ant-api03-abcdefghijklmnop';
    const error = decode(400, wire('invalid_request_error', `bad ${secret} given`));
    expect(error.message).toBe('P: bad [redacted] given');
    expect(JSON.stringify([error.message, error.details])).not.toContain(secret);
    expect(error.details.providerCode).toBe('invalid_request_error');
  });

  test('by which clients act on a bad request reach them, those of the operator’s account do not', () => {
    const told = (type: string, details: object) => ({ type: 'error', error: { type, message: 'no', details } });
    const image = { error_code: 'image_dimensions_too_large', paths: ['messages.0.content.1'] };
    expect(decode(400, told('invalid_request_error', image)).details.facts).toEqual(image);
    expect(decode(403, told('permission_error', { error_code: 'organization_on_hold' })).details.facts).toBeUndefined();
    const leaky = { error_code: 'bad_url', url: 'https://host.example/?key=sk-ant-api03-abcdefghijklmnop' };
    expect(decode(400, told('invalid_request_error', leaky)).details.facts).toEqual({
      error_code: 'bad_url',
      url: 'https://host.example/?key=[redacted]',
    });
  });

  test('about the operator’s credential stay the operator’s', () => {
    expect(decode(401, wire('authentication_error', 'invalid x-api-key')).message).toBe(
      "P refused the gateway's credential. The operator must check this provider's API key.",
    );
  });

  test('are limited in length and never missing', () => {
    expect(decode(500, 'x'.repeat(60_000)).details.raw?.length).toBe(2000);
    expect(decode(500, '').message).toBe('P failed with status 500 and gave no reason.');
  });
});
