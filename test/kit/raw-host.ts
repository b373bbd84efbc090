/** A host of the openai-chat grammar on a bare socket, for answers that no HTTP server would let itself be made to give. */
import { createServer, type Socket } from 'node:net';
import { isJsonObject, stringAt } from '../../src/core/json.ts';

/** Bytes to write, or a number of milliseconds to wait. */
export type RawPart = string | Uint8Array | number;

export interface RawAnswer {
  readonly parts: readonly RawPart[];
  readonly end: 'close' | 'reset';
}

export interface RawHost {
  /** With the version segment. */
  readonly url: string;
  stop(): void;
}

/** @param answerFor the answer to a request for this model */
export async function startRawHost(answerFor: (model: string) => RawAnswer): Promise<RawHost> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = '';
    socket.setEncoding('latin1');
    // Whoever talks to it may hang up at any time.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (text) => {
      received += text;
      const model = modelOf(received);
      if (model === undefined) return;
      received = '';
      play(answerFor(model), socket).catch(() => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the host has no address');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Undefined while the request is not whole. */
function modelOf(received: string): string | undefined {
  const bodyAt = received.indexOf('\r\n\r\n') + 4;
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
  if (bodyAt < 4 || !(received.length >= bodyAt + length)) return undefined;
  const body: unknown = JSON.parse(received.slice(bodyAt));
  return isJsonObject(body) ? (stringAt(body, 'model') ?? '') : '';
}

async function play({ parts, end }: RawAnswer, socket: Socket): Promise<void> {
  for (const part of parts) {
    if (typeof part === 'number') await Bun.sleep(part);
    else if (!socket.write(part)) await once(socket);
  }
  if (end === 'close') socket.end();
  else socket.resetAndDestroy();
}

function once(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go);
      socket.off('close', go);
      resolve();
    };
    socket.on('drain', go);
    socket.on('close', go);
  });
}

// ---- answers ----

/** A reply that ends with its connection. */
export function rawReply(status: string, headers: readonly string[], ...body: readonly RawPart[]): RawAnswer {
  const head = [`HTTP/1.1 ${status}`, ...headers, 'connection: close', '', ''].join('\r\n');
  return { parts: [head, ...body], end: 'close' };
}

export function rawJson(text: string, status = '200 OK', headers: readonly string[] = []): RawAnswer {
  const all = ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`, ...headers];
  return rawReply(status, all, text);
}

export function rawStream(...body: readonly RawPart[]): RawAnswer {
  return rawReply('200 OK', ['content-type: text/event-stream'], ...body);
}
