/**
 * The floor for any gateway on this runtime: Bun.serve and fetch, bytes forwarded untouched. It checks no key, parses
 * nothing, records nothing, and lets an abandoned upstream run on.
 */
const upstream = process.env['BENCH_UPSTREAM'] ?? '';

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env['BENCH_PORT'] ?? 0),
  idleTimeout: 0,
  async fetch(request) {
    const path = request.url.slice(request.url.indexOf('/', 'http://'.length));
    if (request.method !== 'POST') return new Response('ok\n');
    const reply = await fetch(upstream + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: request.headers.get('authorization') ?? '' },
      body: await request.arrayBuffer(),
      redirect: 'manual',
      decompress: false,
    });
    const type = reply.headers.get('content-type') ?? 'application/octet-stream';
    return new Response(reply.body, { status: reply.status, headers: { 'content-type': type } });
  },
});
