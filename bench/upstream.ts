/**
 * The benchmark's upstream: answers each row's model with bytes made beforehand, over plain TCP, so that it costs as little
 * of the shared machine as can be. Not a simulator (that is `signalbox sim`): it reads of a request only its length and its
 * model's name.
 */
import type { Socket } from 'bun';
import { GRAMMARS } from './grammars/index.ts';
import { wholeReply } from './grammars/openai-chat.ts';
import type { Row } from './rows.ts';
import { answerTo, ROWS } from './rows.ts';

interface Connection {
  /** Bytes of the request so far. */
  parts: Buffer[];
  length: number;
  /** Head and body; null until the head is whole. */
  needed: number | null;
  /** Bytes the kernel would not take yet. */
  unsent: Buffer | null;
}

interface PacedStream {
  readonly socket: Socket<Connection>;
  readonly frames: readonly Buffer[];
  next: number;
  dueMs: number;
  readonly paceMs: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n';

// ---- the answers ----

function jsonReply(status: number, body: unknown): Buffer {
  const text = JSON.stringify(body);
  return Buffer.from(
    `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Not Found'}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
}

/** Each flush in an HTTP chunk of its own; the head goes with the first, the end with the last. */
function streamFrames(row: Row): readonly Buffer[] {
  const flushes = GRAMMARS[row.upstream].stream(answerTo(row)).map(httpChunk);
  const last = flushes.length - 1;
  return flushes.map((text, at) =>
    Buffer.from((at === 0 ? STREAM_HEAD : '') + text + (at === last ? httpChunk('') : '')),
  );
}

const httpChunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

interface Answer {
  /** Bytes of a request that ask for it. */
  readonly marker: Buffer;
  readonly row: Row;
  /** Each leaves in a write of its own, as a provider flushes each event; a whole reply is one. */
  readonly frames: readonly Buffer[];
}

const answers: readonly Answer[] = ROWS.map((row) => {
  const frames = row.contentFrames > 0 ? streamFrames(row) : [jsonReply(200, wholeReply(answerTo(row)))];
  return { marker: Buffer.from(GRAMMARS[row.upstream].marker(row.model)), row, frames };
});
const notFound = jsonReply(404, {
  error: { message: 'no such model', type: 'invalid_request_error', code: 'model_not_found' },
});

// ---- pacing: one timer for all streams; each keeps the phase at which its request came ----

let paced: PacedStream[] = [];

function startPaced(socket: Socket<Connection>, answer: Answer): void {
  paced.push({ socket, frames: answer.frames, next: 0, dueMs: performance.now(), paceMs: answer.row.paceMs });
}

setInterval(() => {
  if (paced.length === 0) return;
  const nowMs = performance.now();
  let finished = false;
  for (const stream of paced) {
    if (stream.dueMs > nowMs) continue;
    const frame = stream.frames[stream.next++];
    if (frame) send(stream.socket, frame);
    stream.dueMs += stream.paceMs;
    if (stream.next >= stream.frames.length) finished = true;
  }
  if (finished) paced = paced.filter((stream) => stream.next < stream.frames.length);
}, 1);

// ---- HTTP, as much of it as is needed ----

function send(socket: Socket<Connection>, bytes: Buffer): void {
  const state = socket.data;
  if (state.unsent) {
    state.unsent = Buffer.concat([state.unsent, bytes]);
    return;
  }
  const written = socket.write(bytes);
  if (written >= 0 && written < bytes.length) state.unsent = bytes.subarray(written);
}

function answerRequest(socket: Socket<Connection>, request: Buffer): void {
  // Nearly all write the model first; a large body is searched through only where one did not.
  const beginning = request.subarray(0, 2048);
  const answer =
    answers.find(({ marker }) => beginning.includes(marker)) ?? answers.find(({ marker }) => request.includes(marker));
  // A body that a gateway wrote anew may be a little shorter, a body that lost something is much shorter.
  if (!answer || request.length < answer.row.requestBytes * 0.95) send(socket, notFound);
  else if (answer.row.paceMs > 0) startPaced(socket, answer);
  else for (const frame of answer.frames) send(socket, frame);
}

/** Length of head and body together, or null while the head is not whole. Chunked bodies: as soon as the last chunk is in. */
function lengthOf(bytes: Buffer): number | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd).toLowerCase();
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length !== undefined) return headEnd + HEAD_END.length + Number(length);
  if (!head.includes('transfer-encoding: chunked')) return headEnd + HEAD_END.length;
  const last = bytes.indexOf('0\r\n\r\n', headEnd);
  return last < 0 ? null : last + 5;
}

const server = Bun.listen<Connection>({
  hostname: '127.0.0.1',
  port: Number(process.env['BENCH_UPSTREAM_PORT'] ?? 0),
  socket: {
    open(socket) {
      socket.data = { parts: [], length: 0, needed: null, unsent: null };
      socket.setNoDelay(true);
    },
    data(socket, bytes) {
      const state = socket.data;
      state.parts.push(Buffer.from(bytes));
      state.length += bytes.length;
      if (state.needed === null) {
        const joined = state.parts.length === 1 ? (state.parts[0] ?? bytes) : Buffer.concat(state.parts);
        state.parts = [joined];
        state.needed = lengthOf(joined);
      }
      if (state.needed === null || state.length < state.needed) return;
      const whole = state.parts.length === 1 ? (state.parts[0] ?? bytes) : Buffer.concat(state.parts);
      state.parts = [];
      state.length = 0;
      state.needed = null;
      answerRequest(socket, whole);
    },
    drain(socket) {
      const { unsent } = socket.data;
      if (!unsent) return;
      socket.data.unsent = null;
      send(socket, unsent);
    },
    close(socket) {
      paced = paced.filter((stream) => stream.socket !== socket);
    },
    error() {},
  },
});
console.log(JSON.stringify({ port: server.port }));
