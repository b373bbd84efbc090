import { describe, expect, test } from 'bun:test';
import { verifySigV4 } from '../../../test/kit/sigv4.ts';
import { createSigV4Signer, sigV4 } from './sigv4.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const values = { access_key_id: 'AKIDEXAMPLE', secret_access_key: SECRET };
const { signal } = new AbortController();
const at = (iso: string) => ({ now: () => Date.parse(iso) });

describe("AWS's published test suite (aws-sig-v4-test-suite)", () => {
  const clock = at('2015-08-30T12:36:00Z');
  const region = 'us-east-1';
  const form = 'application/x-www-form-urlencoded';
  test.each([
    ['post-vanilla', {}, '', 'host;x-amz-date', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-x-www-form-urlencoded',
      { 'Content-Type': form },
      'Param1=value1',
      'content-type;host;x-amz-date',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ])('%s', async (_, headers, body, signed, signature) => {
    const sign = createSigV4Signer({ values, region, service: 'service', clock });
    expect(await sign({ url: 'https://example.amazonaws.com/', headers, body, signal })).toEqual({
      ...headers,
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    });
  });

  test('post-sts-header-before: a session token is sent and signed', async () => {
    const session_token =
      'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
    const sign = createSigV4Signer({ values: { ...values, session_token }, region, service: 'service', clock });
    const signed = await sign({ url: 'https://example.amazonaws.com/', headers: {}, body: '', signal });
    expect(signed['x-amz-security-token']).toBe(session_token);
    expect(signed['authorization']).toEndWith(
      'SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    );
  });
});

describe('a request to a model', () => {
  const clock = at('2026-11-21T10:00:00Z');
  const headers = {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'x-signalbox-via': 'abc',
    'X-Amzn-Bedrock-Trace': 'ENABLED',
  };
  const body = '{"messages":[{"role":"user","content":[{"text":"grüße 🚂"}]}]}';

  test.each([
    ['/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse', ''],
    ['/model/anthropic.claude-haiku-4-5-20251001-v1:0/converse', ''],
    ['/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.x-v1%3A0/converse-stream', ''],
    ['/model/a%20b/converse', 'z=1&a=b%20c&a=a'],
  ])('is signed over the path as it is sent: %s', async (path, query) => {
    const url = `https://bedrock-runtime.eu-west-1.amazonaws.com:8443${path}${query && `?${query}`}`;
    const sign = createSigV4Signer({ values, region: 'eu-west-1', service: 'bedrock', clock });
    const signed = await sign({ url, headers, body, signal });
    expect(signed).toMatchObject(headers);
    expect(JSON.stringify(signed)).not.toContain(SECRET);
    const arrived = { ...signed, host: 'bedrock-runtime.eu-west-1.amazonaws.com:8443' };
    expect(verifySigV4({ path, query, headers: arrived, body }, SECRET)).toEqual({
      isGenuine: true,
      accessKeyId: 'AKIDEXAMPLE',
      scope: '20261121/eu-west-1/bedrock/aws4_request',
      signedHeaders: ['content-type', 'host', 'x-amz-date'],
      atMs: clock.now(),
    });
    expect(verifySigV4({ path, query, headers: arrived, body: `${body} ` }, SECRET).isGenuine).toBe(false);
  });
});

test('what is no such pair of keys is told without repeating it', () => {
  const { problemWith } = sigV4('bedrock');
  expect(problemWith(values)).toBeNull();
  expect(problemWith({ access_key_id: 'AKIDEXAMPLE' })).toBe('needs secret_access_key.');
  expect(problemWith({})).toBe('needs access_key_id and secret_access_key.');
  expect(problemWith({ ...values, access_key_id: 'ASIAEXAMPLE' })).toBe(
    'needs session_token: the access key is a temporary one.',
  );
  expect(problemWith({ ...values, access_key_id: 'ASIAEXAMPLE', session_token: 't' })).toBeNull();
});
