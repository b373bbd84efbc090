/**
 * The load generator, a process of its own: raw TCP with keep-alive, one request at a time on each connection, until the
 * time is up. Every answer is read to its end and checked (check-answer.ts), so that a gateway cannot win by losing something.
 * Options as JSON in argv, the result as JSON on stdout.
 */
import type { Socket } from 'bun';
import { problemWith } from './check-answer.ts';
import { GRAMMARS } from './grammars/index.ts';
import { framesOf, ROWS, requestBody } from './rows.ts';

export interface LoadOptions {
  readonly rowId: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** No new request is begun after this; those that run are waited for. */
  readonly seconds: number;
  /** True: each connection asks exactly once, whatever the time. */
  readonly once: boolean;
  /** True where the answer must say what it cost. */
  readonly isCharged: boolean;
}

export interface LoadResult {
  readonly completed: number;
  readonly wrong: number;
  /** The first few reasons. */
  readonly reasons: readonly string[];
  readonly seconds: number;
  /** Whole time of a request; for paced rows the time beyond the pace itself. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the request's last byte to the first byte of the body. */
  readonly firstByteP50Ms: number;
  readonly firstByteP99Ms: number;
  /** CPU seconds of this process, to see that it is not what is measured. */
  readonly ownCpuSeconds: number;
}

interface Connection {
  parts: Buffer[];
  length: number;
  sentAtMs: number;
  firstByteAtMs: number;
  /** Bytes still to be sent. */
  unsent: Buffer | null;
  /** Parsed head of the reply; null until it is whole. */
  head: ReplyHead | null;
  busy: boolean;
}

interface ReplyHead {
  readonly status: number;
  readonly bodyStart: number;
  /** Null where the body is chunked. */
  readonly bodyLength: number | null;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
/** Longest wait for requests still running when the time is up. */
const PATIENCE_MS = 60_000;

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const row = ROWS.find(({ id }) => id === options.rowId);
  if (!row) throw new Error(`no row ${options.rowId}`);
  const body = requestBody(row);
  const headers = Object.entries({
    host: `127.0.0.1:${options.port}`,
    'content-type': 'application/json',
    ...GRAMMARS[row.client].headers,
    ...options.headers,
  });
  const path = GRAMMARS[row.client].path(row.model);
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const request = Buffer.from(`POST ${path} HTTP/1.1\r\n${head}content-length: ${body.length}\r\n\r\n${body}`);
  const idealMs = row.paceMs * Math.max(0, framesOf(row) - 1);
  const startedMs = performance.now();
  const deadlineMs = startedMs + options.seconds * 1000;
  const totals: number[] = [];
  const firstBytes: number[] = [];
  const reasons: string[] = [];
  // Connections that are to be opened or being opened.
  let opening = 0;
  let wrong = 0;
  let running = 0;
  let lastEndMs = startedMs;
  const cpuBefore = process.cpuUsage();

  await new Promise<void>((resolve) => {
    const fail = (reason: string): void => {
      wrong++;
      if (reasons.length < 5) reasons.push(reason);
    };
    const patience = setTimeout(
      () => {
        for (let i = 0; i < running; i++) fail(`no end after ${PATIENCE_MS} ms`);
        resolve();
      },
      options.seconds * 1000 + idealMs + PATIENCE_MS,
    );
    const settle = (): void => {
      if (running + opening > 0) return;
      clearTimeout(patience);
      resolve();
    };
    const begin = (socket: Socket<Connection>): void => {
      const asked = socket.data !== undefined;
      if (asked && (options.once || performance.now() >= deadlineMs)) {
        socket.end();
        settle();
        return;
      }
      running++;
      socket.data = {
        parts: [],
        length: 0,
        sentAtMs: performance.now(),
        firstByteAtMs: 0,
        unsent: null,
        head: null,
        busy: true,
      };
      send(socket, request);
    };
    const finish = (socket: Socket<Connection>): void => {
      const state = socket.data;
      if (!state.busy || !state.head) return;
      state.busy = false;
      running--;
      lastEndMs = performance.now();
      const problem = problemWith(row, state.head.status, bodyOf(state.parts, state.head), options.isCharged);
      if (problem === null) {
        totals.push(lastEndMs - state.sentAtMs - idealMs);
        firstBytes.push(state.firstByteAtMs - state.sentAtMs);
      } else fail(problem);
      begin(socket);
    };
    const broken = (socket: Socket<Connection>, reason: string): void => {
      if (!socket.data?.busy) return;
      socket.data.busy = false;
      running--;
      fail(reason);
      if (!options.once && performance.now() < deadlineMs) open();
      settle();
    };
    const open = (): void => {
      opening++;
      const attempt = Bun.connect<Connection>({
        hostname: '127.0.0.1',
        port: options.port,
        socket: {
          open(socket) {
            opening--;
            begin(socket);
          },
          data(socket, bytes) {
            if (read(socket.data, bytes)) finish(socket);
          },
          drain(socket) {
            const { unsent } = socket.data;
            socket.data.unsent = null;
            if (unsent) send(socket, unsent);
          },
          close: (socket) => broken(socket, 'connection closed before the end of the reply'),
          error: (socket, error) => broken(socket, String(error)),
        },
      });
      attempt.catch((error: unknown) => {
        opening--;
        fail(`cannot connect: ${String(error)}`);
        settle();
      });
    };
    // Paced streams begin spread over one interval, so that their frames do not arrive in bursts.
    const waves = Math.max(1, row.paceMs);
    for (let wave = 0; wave < waves; wave++) {
      const size = Math.floor((row.connections * (wave + 1)) / waves) - Math.floor((row.connections * wave) / waves);
      opening++;
      setTimeout(() => {
        opening--;
        for (let i = 0; i < size; i++) open();
        settle();
      }, wave);
    }
  });

  const cpu = process.cpuUsage(cpuBefore);
  return {
    completed: totals.length,
    wrong,
    reasons,
    seconds: (lastEndMs - startedMs) / 1000,
    p50Ms: percentile(totals, 0.5),
    p99Ms: percentile(totals, 0.99),
    firstByteP50Ms: percentile(firstBytes, 0.5),
    firstByteP99Ms: percentile(firstBytes, 0.99),
    ownCpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

function send(socket: Socket<Connection>, bytes: Buffer): void {
  const written = socket.write(bytes);
  if (written >= 0 && written < bytes.length) socket.data.unsent = bytes.subarray(written);
}

/** True once the reply is whole. */
function read(state: Connection, bytes: Buffer): boolean {
  state.parts.push(Buffer.from(bytes));
  state.length += bytes.length;
  if (!state.head) {
    const joined = state.parts.length === 1 ? (state.parts[0] ?? bytes) : Buffer.concat(state.parts);
    state.parts = [joined];
    state.head = parseHead(joined);
    if (!state.head) return false;
  }
  if (state.firstByteAtMs === 0 && state.length > state.head.bodyStart) state.firstByteAtMs = performance.now();
  if (state.head.bodyLength !== null) return state.length >= state.head.bodyStart + state.head.bodyLength;
  return endsWithLastChunk(state.parts);
}

/** The last chunk's bytes may be divided over reads. */
function endsWithLastChunk(parts: Buffer[]): boolean {
  let last = parts.at(-1);
  if (last && last.length < LAST_CHUNK.length && parts.length > 1) {
    const before = parts.at(-2);
    if (before) {
      last = Buffer.concat([before, last]);
      parts.splice(-2, 2, last);
    }
  }
  return last?.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ?? false;
}

function parseHead(bytes: Buffer): ReplyHead | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end).toLowerCase();
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  return {
    status: Number(head.slice(9, 12)),
    bodyStart: end + HEAD_END.length,
    bodyLength: length === undefined ? null : Number(length),
  };
}

function bodyOf(parts: readonly Buffer[], head: ReplyHead): string {
  const bytes = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
  if (head.bodyLength !== null) return bytes.toString('latin1', head.bodyStart);
  const texts: string[] = [];
  let at = head.bodyStart;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) break;
    texts.push(bytes.toString('latin1', lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return texts.join('');
}

function percentile(values: readonly number[], fraction: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

if (import.meta.main) {
  const options: LoadOptions = JSON.parse(process.argv[2] ?? '{}');
  console.log(JSON.stringify(await runLoad(options)));
  process.exit(0);
}
