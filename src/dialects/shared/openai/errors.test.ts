import { describe, expect, test } from 'bun:test';
import type { ErrorCode } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { contextWith } from '../testing/context.ts';
import { carriesError, decodeErrorValue, decodeOpenAiError } from './errors.ts';

const context = contextWith();
const nowMs = Date.parse('2026-11-21T00:00:00Z');

function decode(status: number, body: Json, headers: Record<string, string> = {}) {
  return decodeOpenAiError(
    { status, body: typeof body === 'string' ? body : JSON.stringify(body), headers, nowMs },
    context,
  );
}

function behind(raw: string): Json {
  return { error: { code: 403, message: 'Provider returned error', metadata: { provider_name: 'xAI', raw } } };
}

describe('classes', () => {
  const rows: readonly (readonly [string, number, Json, ErrorCode])[] = [
    [
      'OpenAI’s context length',
      400,
      { error: { code: 'context_length_exceeded', message: 'x' } },
      'provider.context_length',
    ],
    [
      'DeepSeek’s, in words',
      400,
      { error: { message: "This model's maximum context length is 9 tokens." } },
      'provider.context_length',
    ],
    [
      'llama.cpp’s',
      400,
      { error: { code: 400, type: 'exceed_context_size_error', message: 'x' } },
      'provider.context_length',
    ],
    [
      'vLLM’s flat body',
      400,
      { object: 'error', message: 'prompt is too long', type: 'BadRequestError' },
      'provider.context_length',
    ],
    [
      'Azure’s filter',
      400,
      { error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'provider.content_policy',
    ],
    [
      'a bad key',
      401,
      { error: { code: 'invalid_api_key', message: 'Incorrect API key provided: sk-abcdef123456.' } },
      'provider.credential',
    ],
    [
      'a key without permission',
      403,
      { error: { message: 'You are not allowed to sample from this model' } },
      'provider.credential',
    ],
    [
      'a moderation of OpenRouter’s',
      403,
      { error: { code: 403, message: 'flagged', metadata: { reasons: ['violence'], flagged_input: 'x' } } },
      'provider.content_policy',
    ],
    [
      'what a provider behind OpenRouter does not answer',
      403,
      behind('{"code":"The caller does not have permission","error":"Content violates usage guidelines. Team: t"}'),
      'provider.content_policy',
    ],
    ['a credential of OpenRouter’s, not ours', 403, behind('Forbidden'), 'provider.failed'],
    ['a quota of OpenRouter’s, not ours', 429, behind('You exceeded your current quota'), 'provider.rate_limited'],
    ['too long for a provider behind it', 400, behind('prompt is too long'), 'provider.context_length'],
    [
      'Gemini’s bad key with status 400',
      400,
      [{ error: { code: 400, message: 'x', status: 'UNAUTHENTICATED' } }],
      'provider.credential',
    ],
    ['xAI’s bad key with status 400', 400, { code: 'x', error: 'Incorrect API key provided.' }, 'provider.credential'],
    [
      'OpenAI’s unverified organisation',
      400,
      {
        error: {
          message: 'Your organization must be verified to generate reasoning summaries.',
          code: 'unsupported_value',
        },
      },
      'provider.credential',
    ],
    ['OpenAI’s other policies', 400, { error: { code: 'bio_policy', message: 'x' } }, 'provider.content_policy'],
    ['no balance', 402, { error: { message: 'Insufficient Balance' } }, 'provider.payment_required'],
    [
      'no quota behind a 429',
      429,
      { error: { code: 'insufficient_quota', message: 'x' } },
      'provider.payment_required',
    ],
    ['Z.ai’s empty account', 429, { error: { code: '1113', message: 'x' } }, 'provider.payment_required'],
    ['a model that is gone', 400, { error: { code: 'model_decommissioned', message: 'x' } }, 'provider.not_found'],
    ['Azure’s deployment', 404, { error: { code: 'DeploymentNotFound' } }, 'provider.not_found'],
    [
      'xAI’s flat error',
      404,
      { code: 'Some requested entity was not found', error: 'The model grok-beta was deprecated' },
      'provider.not_found',
    ],
    [
      'Mistral’s invalid model',
      400,
      { object: 'error', code: '1500', message: 'Invalid model: x' },
      'provider.not_found',
    ],
    ['a rate limit', 429, { error: { message: 'slow down' } }, 'provider.rate_limited'],
    ['overload', 529, '', 'provider.overloaded'],
    ['a proxy’s page', 503, '<html><title>503 Service Unavailable</title></html>', 'provider.overloaded'],
    ['Groq’s unparsable call', 400, { error: { code: 'tool_use_failed', message: 'x' } }, 'provider.bad_answer'],
    [
      'a wrong parameter',
      400,
      { error: { code: 'unsupported_value', message: "'temperature' does not support 0" } },
      'provider.invalid_request',
    ],
    [
      'FastAPI’s validation',
      422,
      { detail: [{ loc: ['body', 'seed'], msg: 'extra fields not permitted', type: 'x' }] },
      'provider.unprocessable',
    ],
    ['too large', 413, '', 'provider.too_large'],
    ['a slow host', 504, '', 'provider.timeout'],
    ['an unknown 5xx', 500, '', 'provider.failed'],
  ];
  for (const [name, status, body, code] of rows) {
    test(`${name} → ${code}`, () => {
      const error = decode(status, body);
      expect(error.code).toBe(code);
      expect(error.details.providerStatus).toBe(status);
      expect([401, 402]).not.toContain(error.status);
    });
  }

  test('the message names the host, its status and its words; FastAPI’s place included', () => {
    const error = decode(422, { detail: [{ loc: ['body', 'seed'], msg: 'not permitted' }] });
    expect(error.message).toBe('Host answered 422: body.seed: not permitted');
  });

  test('what a host says about our credential stays inside', () => {
    const error = decode(401, { error: { message: 'Incorrect API key provided: sk-abcdef123456.' } });
    expect(JSON.stringify([error.message, error.details])).not.toContain('abcdef123456');
    expect(error.details.raw).toBeUndefined();
  });

  test('a key repeated in another error is masked, and the raw text is bounded', () => {
    const error = decode(500, `Bearer sk-live-abcdefgh ${'x'.repeat(5000)}`);
    expect(error.details.raw).not.toContain('abcdefgh');
    expect(error.details.raw?.length).toBeLessThanOrEqual(2048);
    expect(error.message.length).toBeLessThan(2200);
  });
});

describe('errors inside a 200', () => {
  test('are recognised in every form', () => {
    const forms: readonly Json[] = [
      { error: { message: 'x' } },
      { error: 'x' },
      { object: 'error', message: 'x' },
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
    ];
    for (const form of forms) expect(carriesError(JSON.parse(JSON.stringify(form)))).toBe(true);
    expect(carriesError({ choices: [], error: null, base_resp: { status_code: 0 } })).toBe(false);
  });
  test('are classed by the status they name', () => {
    expect(decodeErrorValue({ error: { code: 429, message: 'x' } }, context).code).toBe('provider.rate_limited');
    expect(decodeErrorValue({ error: { code: 'server_error', message: 'x' } }, context).code).toBe('provider.failed');
    expect(decodeErrorValue({ base_resp: { status_code: 1004 } }, context).code).toBe('provider.credential');
    expect(decodeErrorValue({ base_resp: { status_code: 1002 } }, context).code).toBe('provider.rate_limited');
  });
});

describe('when to come back', () => {
  const waits: readonly (readonly [string, Record<string, string>, Json, number | undefined])[] = [
    ['seconds', { 'retry-after': '20' }, {}, 20_000],
    ['a fraction', { 'retry-after': '1.5' }, {}, 1500],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 00:01:00 GMT' }, {}, 60_000],
    ['a date that is past', { 'retry-after': 'Fri, 20 Nov 2026 00:00:00 GMT' }, {}, 0],
    ['milliseconds win', { 'retry-after-ms': '250', 'retry-after': '20' }, {}, 250],
    ['a duration in words', {}, { error: { message: 'Please try again in 6m0s. Visit …' } }, 360_000],
    ['milliseconds in words', {}, { error: { message: 'Please try again in 20ms.' } }, 20],
    ['seconds in words', {}, { error: { message: 'Please retry after 7 seconds.' } }, 7000],
    ['Google’s RetryInfo', {}, { error: { details: [{ retryDelay: '34s' }] } }, 34_000],
    [
      'OpenRouter’s reset',
      {},
      { error: { metadata: { headers: { 'X-RateLimit-Reset': String(nowMs + 5000) } } } },
      5000,
    ],
    ['junk', { 'retry-after': 'soon' }, { error: { message: 'try again later' } }, undefined],
    ['negative', { 'retry-after': '-5' }, {}, undefined],
    ['too long is capped', { 'retry-after': '99999999' }, {}, 3_600_000],
  ];
  for (const [name, headers, body, expected] of waits) {
    test(name, () => {
      expect(decode(429, body, headers).details.retryAfterMs).toBe(expected);
    });
  }
});

test('an error in a stream is classed like the status that it has elsewhere, which was never sent', () => {
  const value = { error: { code: 'invalid_image', message: 'x' } };
  expect(decodeErrorValue(value, context).code).toBe('provider.failed');
  const error = decodeErrorValue(value, context, 400);
  expect(error.code).toBe('provider.invalid_request');
  expect(error.details.providerStatus).toBeUndefined();
});
