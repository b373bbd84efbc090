/**
 * The benchmark's upstream: answers each row's model with bytes made beforehand, over plain TCP, so that it costs as little
 * of the shared machine as can be. Not a simulator (that is `signalbox sim`): it reads of a request only its length and its
 * model's name.
 */
import type { Socket } from 'bun';
import type { Row } from './rows.ts';
import { COMPLETION_TOKENS, contentOf, PROMPT_TOKENS, ROWS, WHOLE_CONTENT } from './rows.ts';

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
const usage = {
  prompt_tokens: PROMPT_TOKENS,
  completion_tokens: COMPLETION_TOKENS,
  total_tokens: PROMPT_TOKENS + COMPLETION_TOKENS,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};
const CREATED_SECONDS = 1_795_219_200;

// ---- the answers ----

function wholeReply(row: Row): Buffer {
  const message = { role: 'assistant', content: WHOLE_CONTENT, refusal: null, annotations: [] };
  return jsonReply(200, {
    id: 'chatcmpl-bench00000000000000000000000',
    object: 'chat.completion',
    created: CREATED_SECONDS,
    model: row.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage,
    service_tier: 'default',
    system_fingerprint: 'fp_bench',
  });
}

function jsonReply(status: number, body: unknown): Buffer {
  const text = JSON.stringify(body);
  return Buffer.from(
    `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Not Found'}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
}

/** Shaped as OpenAI's frames are today (without the padding), each in an HTTP chunk of its own; the head goes with the first. */
function streamFrames(row: Row): readonly Buffer[] {
  const frame = (choices: unknown[], told: unknown): string => {
    const body = {
      id: 'chatcmpl-bench00000000000000000000000',
      object: 'chat.completion.chunk',
      created: CREATED_SECONDS,
      model: row.model,
      service_tier: 'default',
      system_fingerprint: 'fp_bench',
      choices,
      usage: told,
    };
    return httpChunk(`data: ${JSON.stringify(body)}\n\n`);
  };
  const choice = (delta: unknown, finish_reason: string | null): unknown => ({
    index: 0,
    delta,
    logprobs: null,
    finish_reason,
  });
  const contents = Array.from({ length: row.contentFrames }, (_, index) =>
    frame([choice({ content: contentOf(index) }, null)], null),
  );
  const head =
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n';
  return [
    head + frame([choice({ role: 'assistant', content: '', refusal: null }, null)], null),
    ...contents,
    frame([choice({}, 'stop')], null),
    frame([], usage) + httpChunk('data: [DONE]\n\n') + httpChunk(''),
  ].map((text) => Buffer.from(text));
}

const httpChunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

interface Answer {
  readonly model: Buffer;
  readonly row: Row;
  /** Each leaves in a write of its own, as a provider flushes each event; a whole reply is one. */
  readonly frames: readonly Buffer[];
}

const answers: readonly Answer[] = ROWS.map((row) => {
  const frames = row.contentFrames > 0 ? streamFrames(row) : [wholeReply(row)];
  return { model: Buffer.from(`"${row.model}"`), row, frames };
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
  const answer = answers.find(({ model }) => request.includes(model));
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
