import { describe, expect, test } from 'bun:test';
import { contextWith } from '../shared/testing/context.ts';
import { decodeError } from './errors.ts';

const context = contextWith();
const fail = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
  decodeError({ status, body, headers, nowMs: 0 }, context);
const coral = (type: string) => ({
  'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
});

describe('a failed answer', () => {
  test.each<[string, number, string, string]>([
    ['ValidationException', 400, 'top_k: unknown', 'provider.invalid_request'],
    ['ValidationException', 400, 'The provided model identifier is invalid.', 'provider.not_found'],
    [
      'ValidationException',
      400,
      'Invocation of model ID anthropic.x with on-demand throughput isn’t supported.',
      'provider.not_found',
    ],
    ['ValidationException', 400, 'Input is too long for requested model.', 'provider.context_length'],
    [
      'ValidationException',
      400,
      'The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum',
      'provider.context_length',
    ],
    [
      'AccessDeniedException',
      403,
      'You don’t have access to the model with the specified model ID.',
      'provider.not_found',
    ],
    ['AccessDeniedException', 403, 'User is not authorized to perform bedrock:InvokeModel', 'provider.credential'],
    [
      'UnrecognizedClientException',
      403,
      'The security token included in the request is invalid.',
      'provider.credential',
    ],
    ['ExpiredTokenException', 403, 'The security token included in the request is expired', 'provider.credential'],
    ['InvalidSignatureException', 403, 'Signature expired', 'provider.credential'],
    ['ResourceNotFoundException', 404, 'This model version has reached the end of its life.', 'provider.not_found'],
    ['ModelTimeoutException', 408, 'Slow', 'provider.timeout'],
    ['RequestTimeoutException', 408, 'Slow', 'provider.timeout'],
    ['RequestEntityTooLargeException', 413, 'x', 'provider.too_large'],
    ['ConflictException', 409, 'x', 'provider.failed'],
    ['ModelErrorException', 424, 'x', 'provider.failed'],
    ['ThrottlingException', 429, 'Too many tokens, please wait before trying again.', 'provider.rate_limited'],
    ['ModelNotReadyException', 429, 'x', 'provider.overloaded'],
    ['ServiceQuotaExceededException', 400, 'x', 'provider.rate_limited'],
    ['InternalServerException', 500, 'x', 'provider.failed'],
    ['ServiceUnavailableException', 503, 'x', 'provider.overloaded'],
    ['SomethingNewException', 418, 'x', 'provider.invalid_request'],
    ['SomethingNewException', 502, 'x', 'provider.failed'],
  ])('%s %d %j is %s', (type, status, message, code) => {
    const error = fail(status, JSON.stringify({ message }), coral(type));
    expect<string>(error.code).toBe(code);
    expect(error.details).toMatchObject({ providerName: 'Host', providerCode: type, providerStatus: status });
  });

  test('without the header the body or the status tells', () => {
    const typed = fail(400, '{"__type":"com.amazon.coral.service#ThrottlingException","message":"x"}');
    expect([typed.code, typed.details.providerCode]).toEqual(['provider.rate_limited', 'ThrottlingException']);
    expect(fail(403, '{"Message":"Authentication failed: Please make sure your API Key is valid."}').code).toBe(
      'provider.credential',
    );
    expect(fail(429, '').code).toBe('provider.rate_limited');
    expect(fail(413, '<html>').code).toBe('provider.too_large');
    // Never the host's own: a proxy's.
    const proxied = [402, 422, 502, 504, 529].map((status) => fail(status, '{"message":"x"}').code);
    expect(proxied).toEqual([
      'provider.payment_required',
      'provider.unprocessable',
      'provider.failed',
      'provider.timeout',
      'provider.overloaded',
    ]);
    expect(fail(503, 'x').message).toBe('Host failed with status 503 and gave no reason.');
    expect(fail(404, '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"}}').code).toBe(
      'provider.not_found',
    );
  });

  test('when to come back', () => {
    const wait = (headers: Readonly<Record<string, string>>) => fail(429, '{}', headers).details.retryAfterMs;
    expect(wait({ 'retry-after': '7' })).toBe(7000);
    expect(wait({ 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' })).toBe(9000);
    expect(wait({ 'retry-after': '99999999' })).toBe(3_600_000);
    expect(wait({})).toBeUndefined();
  });

  test('nothing of a refused signature is repeated; other words are, cut to a length', () => {
    const body = { message: 'The Canonical String should have been x-amz-security-token:IQoJsecret AKIASECRETSECRET' };
    const refused = fail(403, JSON.stringify(body), coral('SignatureDoesNotMatch'));
    expect(JSON.stringify([refused.message, refused.details])).not.toMatch(/IQoJ|AKIA/);
    expect(refused.message).toContain('The operator must check');
    const long = fail(400, JSON.stringify({ message: 'y'.repeat(5000) }), coral('ValidationException'));
    expect(long.message.length).toBeLessThan(600);
    expect(long.details.raw?.length).toBe(2000);
  });
});
