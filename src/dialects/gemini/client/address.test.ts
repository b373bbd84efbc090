import { describe, expect, test } from 'bun:test';
import {
  callAddress,
  framingOf,
  isModelList,
  isOwnClient,
  isOwnPath,
  keyInAddress,
  modelAddress,
  modelNamed,
} from './address.ts';

const modelIn = (path: string): string | null => {
  const address = callAddress(path, 'generateContent');
  return address && modelNamed(address);
};

describe('the model of a call', () => {
  test.each([
    ['/v1beta/models/gemini-2.5-flash:generateContent', 'gemini-2.5-flash'],
    ['/api/v1beta/models/google/gemini-2.5-flash:generateContent', 'google/gemini-2.5-flash'],
    ['/v1beta/models/google%2Fgemini-2.5-flash:generateContent', 'google/gemini-2.5-flash'],
    ['/api/v1/models/google/gemini-2.5-flash:generateContent', 'google/gemini-2.5-flash'],
    ['/v1alpha/models/a/b:free:generateContent', 'a/b:free'],
    ['/api/v1/v1beta/models/a/b:generateContent', 'a/b'],
    ['/v1beta/models/models/a/b:generateContent', 'a/b'],
    ['/v1beta/google/gemini-2.5-flash:generateContent', 'google/gemini-2.5-flash'],
    ['/api/v1/a/b:free:generateContent', 'a/b:free'],
    ['/v1beta/models/sim%2Fecho%3Fcut=120%26a=1:generateContent', 'sim/echo?cut=120&a=1'],
    ['/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent', 'gemini-2.5-flash'],
    ['/v1beta1/publishers/anthropic/models/claude-opus-5:generateContent', 'anthropic/claude-opus-5'],
    [
      '/v1beta1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent',
      'gemini-2.5-flash',
    ],
  ])('%s is %s', (path, model) => {
    expect(modelIn(path)).toBe(model);
  });

  test.each([
    '/v1beta/models/a:streamGenerateContent',
    '/v1beta/models/a:nothing',
    '/v1beta/models/:generateContent',
    '/models/a:generateContent',
    '/v1beta/a:generateContent',
    '/v1beta/a/b/c:generateContent',
    '/v1beta/a/b:free',
    '/v2/models/a:generateContent',
    '/api/v1/chat/completions',
  ])('%s is no such call', (path) => {
    expect(modelIn(path)).toBeNull();
  });

  test('a broken escape is the caller’s mistake', () => {
    expect(() => modelIn('/v1beta/models/a%zz:generateContent')).toThrow('model: the path holds a percent sign');
  });
});

describe('the list of models and one of them', () => {
  test('only under versions that no other grammar has', () => {
    expect(['/v1beta/models', '/api/v1beta/models', '/v1beta1/publishers/google/models'].map(isModelList)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['/api/v1/models', '/v1beta/models/a', '/v1beta'].map(isModelList)).toEqual([false, false, false]);
    expect(modelAddress('/v1beta/models/a/b:free')).toEqual({ model: 'a/b:free', publisher: '' });
    expect(modelAddress('/v1beta/models/a:generateContent')).toBeNull();
    expect(modelAddress('/api/v1/models/a/b')).toBeNull();
  });

  test('errors about such paths are said in this grammar', () => {
    expect(
      ['/v1beta/files', '/api/v1beta', '/api/v1/models/a:countTokens', '/v1/a/b:countTokens'].map(isOwnPath),
    ).toEqual([true, true, true, true]);
    expect(['/v1betamax', '/api/v1/models/a', '/'].map(isOwnPath)).toEqual([false, false, false]);
  });
});

describe('the rest of the address', () => {
  test('how a stream is written', () => {
    const framing = (query: string) => framingOf(new URLSearchParams(query));
    expect(['alt=sse', '$alt=sse', '', 'alt=json', '$alt=json;enum-encoding=int'].map(framing)).toEqual([
      'sse',
      'sse',
      'json',
      'json',
      'json',
    ]);
  });

  test('a key is refused, and not repeated', () => {
    for (const name of ['key', 'access_token']) {
      const refusal = keyInAddress(new URLSearchParams({ alt: 'sse', [name]: 'sk-or-v1-secret' }));
      expect(refusal?.status).toBe(400);
      expect(refusal?.message).toContain('x-goog-api-key');
      expect(refusal?.message).not.toContain('secret');
    }
    expect(keyInAddress(new URLSearchParams('alt=sse'))).toBeNull();
  });

  test('Google’s clients are known by their headers', () => {
    expect(isOwnClient(new Headers({ 'X-Goog-Api-Key': 'k' }))).toBe(true);
    expect(isOwnClient(new Headers({ 'x-goog-api-client': 'google-genai-sdk/3.1.0' }))).toBe(true);
    expect(isOwnClient(new Headers({ authorization: 'Bearer k' }))).toBe(false);
  });
});
