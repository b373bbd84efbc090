import { expect, test } from 'bun:test';
import { createEgress } from './egress.ts';

const egress = createEgress({ localSchemes: {} });

test('a listening address takes connections; a refusal is an answer too', async () => {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const url = `http://127.0.0.1:${server.port}/v1`;
  expect(await egress.takesConnections(url, 1000)).toBe(true);
  server.stop(true);
  expect(await egress.takesConnections(url, 1000)).toBe(true);
});

test('what a host answers goes through; what it never answered is unreachable, in words', async () => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('hi', { status: 418 }) });
  const request = {
    url: `http://127.0.0.1:${server.port}/x`,
    headers: {},
    body: '{}',
    signal: new AbortController().signal,
  };
  const answer = await egress.send(request);
  expect([answer.status, await answer.text(10)]).toEqual([418, 'hi']);
  const again = await egress.send(request);
  await expect(again.text(1)).rejects.toThrow('larger than 1 bytes');
  await server.stop(true);
  await expect(egress.send(request)).rejects.toMatchObject({ code: 'provider.unreachable' });
});

test('a redirect is not followed', async () => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => Response.redirect('http://127.0.0.1:9/', 302),
  });
  const answer = await egress.send({
    url: `http://127.0.0.1:${server.port}/x`,
    headers: {},
    body: '{}',
    signal: new AbortController().signal,
  });
  expect(answer.status).toBe(302);
  await server.stop(true);
});

test('packed bytes are counted as they unpack, whatever length is declared', async () => {
  const packed = Bun.gzipSync(new Uint8Array(8_000_000));
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response(packed, { headers: { 'content-encoding': 'gzip' } }),
  });
  const answer = await egress.send({
    url: `http://127.0.0.1:${server.port}/x`,
    headers: {},
    body: '{}',
    signal: new AbortController().signal,
  });
  expect(Number(answer.headers.get('content-length'))).toBe(packed.byteLength);
  await expect(answer.text(100_000)).rejects.toThrow('larger than 100000 bytes');
  await server.stop(true);
});
