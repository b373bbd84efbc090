/** Connections that die under a request: one safe retry where the host cannot have begun, never a second paid call. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createServer, type Server, type Socket } from 'node:net';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const BODY = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'bare',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** What the host does with the n-th request (from 0) of a connection. */
type OnRequest = (socket: Socket, n: number) => void;

let onRequest: OnRequest;
let requests: number;
let connections: number;
let host: Server;
let gateway: Gateway;

beforeEach(async () => {
  requests = 0;
  connections = 0;
  host = createServer((socket) => {
    connections++;
    let n = 0;
    let text = '';
    socket.on('error', () => {
      // The other side noticed the same end.
    });
    socket.on('data', (bytes) => {
      text += bytes.toString();
      if (!text.includes('\r\n\r\n{') || !text.endsWith('}')) return;
      text = '';
      requests++;
      onRequest(socket, n++);
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const address = host.address();
  if (address === null || typeof address === 'string') throw new Error('the host has no address');
  gateway = await startGateway({
    config: `providers:
  bare:
    dialect: openai-chat
    base_url: "http://127.0.0.1:${address.port}/v1"
    api_key: none
    models: [{ id: lab/bare, upstream: bare, pricing: { prompt: "0.000001", completion: "0.000001" } }]
`,
  });
});
afterEach(async () => {
  await gateway.stop();
  host.close();
});

describe.each([
  ['closes', (socket: Socket) => void socket.destroy()],
  ['resets', (socket: Socket) => void socket.resetAndDestroy()],
])('a host that %s', (_, end) => {
  test('a pooled connection as the next request arrives: the caller notices nothing', async () => {
    onRequest = (socket, n) => {
      if (n === 0) socket.write(ANSWER);
      else end(socket);
    };
    for (let i = 0; i < 6; i++) {
      const whole = await wholeOf(await ask(gateway, chat('lab/bare')));
      expect(whole.choices[0]?.message.content).toBe('hello');
      expect((await generationOf(gateway, whole.id)).provider_responses).toHaveLength(1);
    }
    expect(connections).toBeGreaterThan(3);
  });

  test('a fresh connection: it may have begun, so it is not asked twice', async () => {
    onRequest = end;
    const error = await errorOf(await ask(gateway, chat('lab/bare')));
    expect(error).toMatchObject({ code: 502, metadata: { provider_name: 'bare' } });
    expect(requests).toBe(1);
  });
});

test('a pooled connection that closes after a while of work had begun: it is not asked twice', async () => {
  onRequest = (socket, n) => {
    if (n === 0) socket.write(ANSWER);
    else setTimeout(() => socket.destroy(), 1100);
  };
  await wholeOf(await ask(gateway, chat('lab/bare')));
  expect((await errorOf(await ask(gateway, chat('lab/bare')))).code).toBe(502);
  expect(requests).toBe(2);
});
