import { afterAll, describe, expect, test } from 'bun:test';
import { GatewayError } from '../core/errors.ts';
import { getJson } from './get-json.ts';

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case '/echo':
        return Response.json({
          q: searchParams.get('q'),
          token: request.headers.get('x-token'),
          method: request.method,
        });
      case '/large':
        return new Response(`"${'x'.repeat(5000)}"`);
      case '/html':
        return new Response('<html>');
      case '/moved':
        return Response.redirect('/echo', 302);
      case '/slow':
        return new Promise<Response>(() => {});
      default:
        return new Response('no', { status: 403 });
    }
  },
});
const origin = `http://127.0.0.1:${server.port}`;
afterAll(() => server.stop(true));

function get(path: string, signal?: AbortSignal) {
  return getJson({
    url: origin + path,
    headers: { 'x-token': 't' },
    timeoutMs: path === '/slow' && !signal ? 30 : 5000,
    maxBytes: 1000,
    ...(signal && { signal }),
  });
}

describe('getJson', () => {
  test('gives the parsed body', async () => {
    expect(await get('/echo?q=a%20b')).toEqual({ q: 'a b', token: 't', method: 'GET' });
  });

  test.each([
    ['/forbidden?q=secret', `${origin} answered 403.`],
    ['/moved', `${origin} answered 302.`],
    ['/html', `${origin} answered something that is no JSON.`],
    ['/slow', `${origin} did not answer within 30 ms.`],
  ])('%s is unavailable, without the query', async (path, message) => {
    const error = await get(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'gateway.unavailable', message });
  });

  test('reads no more than it may', async () => {
    const error = await get('/large').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'gateway.unavailable', message: `${origin} answered more than 1000 bytes.` });
  });

  test('a host that takes no connection is unavailable', async () => {
    const error = await getJson({ url: 'http://127.0.0.1:1/', headers: {}, timeoutMs: 5000, maxBytes: 10 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'gateway.unavailable', message: 'http://127.0.0.1:1 cannot be reached.' });
  });

  test('ends with the reason of whoever gave up', async () => {
    const gone = new GatewayError('client.gone', 'gone');
    const controller = new AbortController();
    const waiting = get('/slow', controller.signal).catch((thrown: unknown) => thrown);
    controller.abort(gone);
    expect(await waiting).toBe(gone);
  });
});
