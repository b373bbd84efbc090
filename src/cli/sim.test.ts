import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simCommand } from './sim.ts';
import type { SimServer } from './sim-server.ts';
import { serveSim } from './sim-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-sim-'));
const logFile = join(folder, 'sim.jsonl');
let server: SimServer;
let base: string;

beforeAll(async () => {
  server = await serveSim({ host: '127.0.0.1', port: 0, logFile, seed: 0 });
  base = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const chat = (model: string, more: Record<string, unknown> = {}) => ({
  method: 'POST',
  body: JSON.stringify({ model, messages: [{ role: 'user', content: 'one two three' }], ...more }),
});

const post = (model: string, more: Record<string, unknown> = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${base}/v1/chat/completions`, { ...chat(model, more), ...init });

/** The log's lines that speak of requests whose model or path contains the text, once the last one has ended. */
async function ended(model: string): Promise<{ outcome: string; bytesSent: number; usage: unknown }> {
  for (let i = 0; i < 100; i++) {
    const lines = server
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const request = lines.findLast((line) => line.event === 'request' && line.model === model);
    const end = lines.find((line) => line.event === 'end' && line.id === request?.id);
    if (end) return { outcome: end.outcome, bytesSent: end.bytesSent, usage: request.usage };
    await Bun.sleep(10);
  }
  throw new Error(`the log has no end for ${model}`);
}

/** Everything a plain socket sees, and how the connection ended. */
function rawExchange(body: string): Promise<{ text: string; end: string }> {
  return new Promise((resolve) => {
    let text = '';
    let end = 'open';
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.on('end', () => {
      end = 'fin';
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end = error.code ?? 'error';
    });
    socket.on('close', () => resolve({ text, end }));
  });
}

test('the three grammars, embeddings and the list are served', async () => {
  expect(await (await post('sim/echo')).json()).toMatchObject({ choices: [{ message: { content: 'one two three' } }] });
  expect(await (await post('sim/echo', { stream: true })).text()).toEndWith('data: [DONE]\n\n');
  const message = { model: 'sim/echo', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
  const anthropic = await fetch(`${base}/v1/messages`, { method: 'POST', body: JSON.stringify(message) });
  expect(await anthropic.json()).toMatchObject({ content: [{ type: 'text', text: 'hi' }] });
  const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
  const path = '/v1beta/models/sim%2Fecho:generateContent';
  const gemini = await fetch(base + path, { method: 'POST', body: JSON.stringify({ contents }) });
  expect(await gemini.json()).toMatchObject({ candidates: [{ content: { parts: [{ text: 'hi' }] } }] });
  const embeddings = { model: 'sim/embed', input: 'hi', dimensions: 3 };
  const embedded = await fetch(`${base}/v1/embeddings`, { method: 'POST', body: JSON.stringify(embeddings) });
  expect(await embedded.json()).toMatchObject({ data: [{ embedding: expect.any(Array) }] });
  expect(await (await fetch(`${base}/v1/models`)).json()).toMatchObject({ object: 'list' });
});

test('a body that is no JSON and an unknown path are refused', async () => {
  expect((await fetch(`${base}/v1/chat/completions`, { method: 'POST', body: '{' })).status).toBe(400);
  expect((await fetch(`${base}/v1/nothing`, { method: 'POST', body: '{}' })).status).toBe(404);
});

test('drop closes the socket without the end of the body, reset resets it, cut ends the body properly', async () => {
  const body = (fault: string): string => chat(`sim/echo?${fault}=200`, { stream: true }).body;
  const drop = await rawExchange(body('drop'));
  expect(drop.end).toBe('fin');
  expect(drop.text).toContain('data: {');
  expect(drop.text).not.toEndWith('0\r\n\r\n');
  expect((await rawExchange(body('reset'))).end).toBe('ECONNRESET');
  expect((await (await post('sim/echo?cut=200', { stream: true })).text()).length).toBe(200);
  await expect(post('sim/echo?drop=200', { stream: true }).then((reply) => reply.text())).rejects.toThrow();
});

test('the log tells complete, cut and client-gone, the bytes and the usage', async () => {
  const text = await (await post('sim/echo', { stream: true })).text();
  expect(await ended('echo')).toEqual({
    outcome: 'complete',
    bytesSent: text.length,
    usage: { promptTokens: 4, completionTokens: 4 },
  });
  await (await post('sim/echo?cut=100', { stream: true })).text();
  expect(await ended('echo')).toMatchObject({ outcome: 'cut', bytesSent: 100 });
});

test('a caller who leaves is noticed at once, also during silence', async () => {
  const leaving = new AbortController();
  const reply = await post('sim/lorem?stall=1', { stream: true }, { signal: leaving.signal });
  await reply.body?.getReader().read();
  leaving.abort();
  const left = performance.now();
  expect((await ended('lorem')).outcome).toBe('client-gone');
  expect(performance.now() - left).toBeLessThan(500);
});

test('times counts per key over requests', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await post('sim/echo?status=503&times=2&key=log')).status);
  expect(statuses).toEqual([503, 503, 200]);
});

test('the log is in the file as soon as the reply is read', async () => {
  await (await post('sim/json')).text();
  expect(readFileSync(logFile, 'utf8')).toContain('"model":"json"');
  expect(await (await fetch(`${base}/_log`)).text()).toContain('"model":"json"');
});

test('the command refuses a wrong line and serves until interrupted', async () => {
  const printed: string[] = [];
  const stop = new AbortController();
  const io = {
    out: (text: string) => printed.push(text),
    err: (text: string) => printed.push(text),
    signal: stop.signal,
  };
  expect(await simCommand(['--listn', 'x'], io)).toBe(2);
  expect(await simCommand([], io)).toBe(2);
  const running = simCommand(['--listen=127.0.0.1:0'], io);
  while (!printed.join('').includes('simulated provider on')) await Bun.sleep(5);
  stop.abort();
  expect(await running).toBe(0);
});
