import { afterAll, expect, test } from 'bun:test';
import { type ErrorCode, GatewayError } from '../core/errors.ts';
import { createEgress } from './egress.ts';
import { postText } from './post-text.ts';

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    switch (new URL(request.url).pathname) {
      case '/echo':
        return new Response(`${request.method} ${request.headers.get('x-a')} ${await request.text()}`, { status: 418 });
      case '/large':
        return new Response('x'.repeat(2000));
      case '/half':
        return new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode('half')),
          }),
        );
      default:
        return new Promise<Response>(() => {});
    }
  },
});
afterAll(() => server.stop(true));

const egress = createEgress({ localSchemes: {} });
const host = `127.0.0.1:${server.port}`;
const post = (url: string, timeoutMs = 5000) =>
  postText(egress, { url, headers: { 'x-a': 'b' }, body: 'form' }, { timeoutMs, maxBytes: 1000 });

async function errorOf(pending: Promise<unknown>): Promise<GatewayError> {
  const error = await pending.catch((thrown: unknown) => thrown);
  if (!(error instanceof GatewayError)) throw new Error('no GatewayError');
  return error;
}

test('gives an answer of any status', async () => {
  expect(await post(`http://${host}/echo`)).toEqual({ status: 418, body: 'POST b form' });
});

const FAILURES: readonly (readonly [what: string, path: string, code: ErrorCode, says: string])[] = [
  ['silence', '/silent', 'provider.timeout', 'did not answer within 40 ms.'],
  ['half an answer', '/half', 'provider.timeout', 'did not answer within 40 ms.'],
  ['too large an answer', '/large', 'provider.bad_answer', 'larger than 1000 bytes.'],
];

test.each(FAILURES)('%s is an error that names the service', async (_, path, code, says) => {
  const error = await errorOf(post(`http://${host}${path}`, path === '/large' ? 5000 : 40));
  expect(error.code).toBe(code);
  expect(error.message).toStartWith(host);
  expect(error.message).toEndWith(says);
});

test('nobody there is an error that names the service', async () => {
  const error = await errorOf(post('http://127.0.0.1:1/token'));
  expect(error.code).toBe('provider.unreachable');
  expect(error.message).toStartWith('127.0.0.1:1: No response');
});
