/** Where the API is: bases, slashes, methods, other origins, and the id that every answer carries. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { readStream } from '../kit/read-stream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const GENERATION_ID = /^gen-\d{10}-[0-9A-Za-z]{20}$/;

describe('one API under every base that people configure', () => {
  test.each(['/api', '/api/', '/api/v1', '/api/v1/', '/v1', '/v1/'])('base %s', async (base) => {
    // A client joins base and path with a slash of its own, whether the base ends in one or not.
    const answer = await wholeOf(await ask(gateway, chat('sim/echo', 'hello'), { path: `${base}/chat/completions` }));
    expect(answer.choices[0]?.message.content).toBe('hello');
    expect((await ask(gateway, null, { method: 'GET', path: `${base}/models` })).status).toBe(200);
    expect((await ask(gateway, null, { method: 'GET', path: `${base}/key` })).status).toBe(200);
  });

  test.each([
    '/api/v1/chat/completions/',
    '/api/v1//chat/completions',
    '//api//v1///chat//completions//',
    '/v1/chat/completions///',
    '/api/v1/chat/completions?debug=1',
    '/api/v1/chat/completions/?a=/b//c',
  ])('%s is the same route, without a redirect', async (path) => {
    const answer = await wholeOf(await ask(gateway, chat('sim/echo', 'hello'), { path }));
    expect(answer.choices[0]?.message.content).toBe('hello');
  });
});

describe('what is not there', () => {
  test.each(['/api/v1/no-such-route', '/v2/chat/completions', '/api/v1/chat', '/chat/completions', '/api/v1', '/%00'])(
    '%s: 404',
    async (path) => {
      const error = await errorOf(await ask(gateway, chat('sim/echo'), { path }));
      expect(error).toMatchObject({ code: 404, metadata: { error_type: 'not_found' } });
    },
  );

  test('a path without the base says where the API is', async () => {
    const error = await errorOf(await ask(gateway, chat('sim/echo'), { path: '/chat/completions' }));
    expect(error.message).toContain('/api/v1');
  });

  test.each([
    ['GET', '/api/v1/chat/completions', 'POST'],
    ['PUT', '/api/v1/chat/completions', 'POST'],
    ['DELETE', '/v1/chat/completions/', 'POST'],
    ['POST', '/api/v1/models', 'GET'],
    ['PATCH', '/api/v1/keys', 'GET, POST'],
    ['POST', '/api/v1/generation', 'GET'],
  ])('%s %s: 405, allowing %s', async (method, path, allowed) => {
    const response = await ask(gateway, {}, { method, path });
    const allow = (response.headers.get('allow') ?? '').split(', ').sort().join(', ');
    expect(await errorOf(response)).toMatchObject({ code: 405, metadata: { error_type: 'invalid_request' } });
    expect(allow).toBe(allowed);
  });
});

describe('other origins', () => {
  test('a preflight is answered without a key', async () => {
    const response = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type, http-referer, x-title',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    // `*` does not cover Authorization (Fetch standard, CORS-safelisted request-header names).
    expect(response.headers.get('access-control-allow-headers')).toBe('*, Authorization');
  });

  test.each([
    ['an answer', 200, chat('sim/echo')],
    ['a stream', 200, chat('sim/echo', 'hi', { stream: true })],
    ['an error', 400, chat('sim/ecco')],
  ])('%s may be read by any origin, and never carries cookies', async (_, status, body) => {
    const response = await ask(gateway, body, { headers: { origin: 'https://app.example' } });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('X-Generation-Id');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('set-cookie')).toBeNull();
    await response.text();
  });

  test('a refused key may be read, too', async () => {
    const response = await ask(gateway, chat('sim/echo'), { key: 'wrong' });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    await errorOf(response);
  });
});

describe('X-Generation-Id', () => {
  test('a whole answer: the id of its body', async () => {
    const response = await ask(gateway, chat('sim/echo'));
    const id = response.headers.get('x-generation-id');
    expect(id).toMatch(GENERATION_ID);
    expect((await wholeOf(response)).id).toBe(id ?? '');
  });

  test('a stream: the id of every frame', async () => {
    const response = await ask(gateway, chat('sim/echo', 'one two', { stream: true }));
    const id = response.headers.get('x-generation-id');
    const { frames } = await readStream(response);
    expect(new Set(frames.map((frame) => frame.id))).toEqual(new Set([id ?? '']));
  });

  test.each([
    ['bad input', 400, '{"model":'],
    ['an unknown model', 400, chat('sim/ecco')],
    ['no endpoint', 404, chat('openai/gpt-4o-mini')],
    ['a provider failure', 502, chat('sim/echo?status=500')],
  ])('%s: on the error, too', async (_, status, body) => {
    const response = await ask(gateway, body);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-generation-id')).toMatch(GENERATION_ID);
    await errorOf(response);
  });

  test('a refused key: on the error, too', async () => {
    const response = await ask(gateway, chat('sim/echo'), { key: null });
    expect(response.headers.get('x-generation-id')).toMatch(GENERATION_ID);
    await errorOf(response);
  });
});
