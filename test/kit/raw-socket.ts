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
  const utf8 = new TextDecoder();
  let received = '';
  let isClosed = false;
  socket.on('data', (bytes) => {
    received += typeof bytes === 'string' ? bytes : utf8.decode(bytes, { stream: true });
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
        throw new Error(`${what} did not come within ${timeoutMs} ms; received last: ${received.slice(-2000)}`);
      await Bun.sleep(5);
    }
  };
  return {
    socket,
    received: () => received,
    id: () => /x-generation-id: (\S+)/i.exec(received)?.[1],
    until(expected, timeoutMs = 3000) {
      let searched = 0;
      // Megabytes may have come: only what is new is searched.
      const hasCome = (): boolean => {
        const from = Math.max(0, searched - expected.length);
        searched = received.length;
        return received.includes(expected, from);
      };
      return until(hasCome, timeoutMs, expected);
    },
    async closed() {
      await until(() => isClosed, 10_000, 'the end of the connection');
      return received;
    },
  };
}

/** Sends a chat request over a connection of its own and reads its whole answer: not bound by fetch's number of connections. */
export async function askRaw(gateway: Asked, body: unknown): Promise<Response> {
  const received = await openRaw(gateway, body).closed();
  const headEnd = received.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = received.slice(0, headEnd).split('\r\n');
  const headers = new Headers(lines.map((line): [string, string] => splitHeader(line)));
  const rest = received.slice(headEnd + 4);
  const text = headers.get('transfer-encoding') === 'chunked' ? unchunk(rest) : rest;
  return new Response(text, { status: Number(statusLine.split(' ')[1]), headers });
}

function splitHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** Chunked transfer coding (RFC 9112 §7.1) undone. @throws where its end is missing: the answer was cut */
function unchunk(coded: string): string {
  const bytes = Buffer.from(coded, 'utf8');
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) throw new Error('the answer ends without its last chunk');
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
