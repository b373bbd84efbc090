import { expect, test } from 'bun:test';
import { ERRORS, type ErrorCode, GatewayError, invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, objectAt, stringAt } from '../../../core/json.ts';
import { gemini } from '../index.ts';
import { contextOf } from '../test-kit.ts';
import { encodeError } from './errors.ts';

const CODES = Object.keys(ERRORS).filter((code): code is ErrorCode => Object.hasOwn(ERRORS, code));

test('every error has its status, a word for it, and a reason', () => {
  for (const code of CODES) {
    const { error } = encodeError(new GatewayError(code, 'What and how.'), undefined, 'gen-1');
    if (!isJsonObject(error)) throw new Error('an error is an object');
    expect(error['code']).toBe(ERRORS[code].status);
    expect(error['status']).toMatch(/^[A-Z_]+$/);
    expect(error['message']).toBe(code === 'gateway.internal' ? 'Internal Server Error' : 'What and how.');
    expect(error['details']).toMatchObject([
      { reason: ERRORS[code].type.toUpperCase(), metadata: { generation_id: 'gen-1' } },
    ]);
  }
});

test('words are those of Google’s for the same status', () => {
  const wordOf = (code: ErrorCode) =>
    stringAt(objectAt(encodeError(new GatewayError(code, 'x')), 'error') ?? {}, 'status');
  expect(wordOf('client.invalid_request')).toBe('INVALID_ARGUMENT');
  expect(wordOf('auth.unauthenticated')).toBe('UNAUTHENTICATED');
  expect(wordOf('auth.forbidden')).toBe('PERMISSION_DENIED');
  expect(wordOf('route.no_endpoints')).toBe('NOT_FOUND');
  expect(wordOf('provider.rate_limited')).toBe('RESOURCE_EXHAUSTED');
  expect(wordOf('provider.failed')).toBe('UNAVAILABLE');
  expect(wordOf('provider.timeout')).toBe('DEADLINE_EXCEEDED');
  expect(wordOf('gateway.internal')).toBe('INTERNAL');
});

test('the field, the wait and the way it was routed; what went wrong inside is kept inside', () => {
  const refused = encodeError(invalidRequest('contents[0]', 'got string'), { attempt: 1 });
  expect(refused).toMatchObject({
    error: {
      details: [
        {},
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'contents[0]' }] },
      ],
    },
    openrouterMetadata: { attempt: 1 },
  });
  const inside = encodeError(new GatewayError('gateway.internal', 'stack', { raw: 'secret' }), { attempt: 1 });
  expect(JSON.stringify(inside)).not.toMatch(/stack|secret|attempt/);
});

test('a gateway behind this one reads the same wait', () => {
  const body = JSON.stringify(
    encodeError(new GatewayError('provider.rate_limited', 'Slow down.', { retryAfterMs: 30_000 })),
  );
  const read = gemini.upstream.decodeError({ status: 429, body, headers: {}, nowMs: 0 }, contextOf());
  expect(read).toMatchObject({ code: 'provider.rate_limited', details: { retryAfterMs: 30_000 } });
});
