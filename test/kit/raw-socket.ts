/** A chat request over a bare socket, for what `fetch` cannot do: stop reading, close or reset at a chosen moment. */
import { connect, type Socket } from 'node:net';
import type { Asked } from './ask.ts';

export interface RawRequest {
  readonly socket: Socket;
  /** Everything received so far, head and transfer coding included. */
  received(): string;
  /** `X-Generation-Id` of the answer's head, once it has come. */
  id(): string | undefined;
  /** Resolves once the received text holds this. @throws where it did not come in time */
  until(text: string, timeoutMs?: number): Promise<void>;
  /** Resolves with everything received once the other side has closed. */
  closed(): Promise<string>;
}

export function openRaw(gateway: Asked, body: unknown): RawRequest {
  const { hostname, port } = new URL(gateway.url);
  const text = JSON.stringify(body);
  const socket = connect({ host: hostname, port: Number(port) });
  let received = '';
  let isClosed = false;
  socket.on('data', (bytes) => {
    received += bytes.toString('utf8');
  });
  const close = (): void => {
    isClosed = true;
  };
  socket.on('close', close);
  // A reset ends the connection like any other end: the tests look at what was received.
  socket.on('error', close);
  socket.write(
    `POST /api/v1/chat/completions HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n` +
      `Authorization: Bearer ${gateway.apiKey}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  const until = async (holds: () => boolean, timeoutMs: number, what: string): Promise<void> => {
    const end = performance.now() + timeoutMs;
    while (!holds()) {
      if (performance.now() > end)
        throw new Error(`${what} did not come within ${timeoutMs} ms; received: ${received}`);
      await Bun.sleep(5);
    }
  };
  return {
    socket,
    received: () => received,
    id: () => /x-generation-id: (\S+)/i.exec(received)?.[1],
    until: (expected, timeoutMs = 3000) => until(() => received.includes(expected), timeoutMs, expected),
    async closed() {
      await until(() => isClosed, 10_000, 'the end of the connection');
      return received;
    },
  };
}
