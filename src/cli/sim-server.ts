/**
 * The simulated provider as an HTTP server, for benchmarks, fault and crash tests. Its log (JSON lines, GET /_log) is the
 * oracle: a request is in the file before the first byte of its reply leaves, its end right after the last, each written
 * synchronously; so what a killed gateway should have settled can be read from it.
 *
 * node:http rather than Bun.serve, because a fault must be able to close a socket without the end of the body (FIN) or to
 * reset it (RST), which Bun.serve has no way to ask for.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../core/json.ts';
import type { SimScript } from '../providers/sim/script.ts';
import { countingKey, simulate } from '../providers/sim/simulate.ts';

const MAX_BODY_BYTES = 256 * 1024 * 1024;

export interface SimServer {
  readonly host: string;
  readonly port: number;
  /** The log so far, as JSON lines. */
  log(): string;
  close(): Promise<void>;
}

export interface SimServerOptions {
  readonly host: string;
  readonly port: number;
  /** Null = the log is kept in memory only. */
  readonly logFile: string | null;
  readonly seed: number;
}

/** How a reply ended, as this side saw it. `cut`: a fault kept it from being whole; `client-gone`: the caller closed first. */
export type SimOutcome = 'complete' | 'client-gone' | 'cut';

export type SimLogLine =
  | {
      readonly event: 'request';
      readonly time: number;
      readonly id: number;
      readonly method: string;
      readonly path: string;
      readonly model: string;
      readonly status: number;
      readonly answer: SimScript['facts']['outcome'];
      readonly usage: SimScript['facts']['usage'];
    }
  | {
      readonly event: 'end';
      readonly time: number;
      readonly id: number;
      readonly outcome: SimOutcome;
      readonly bytesSent: number;
      readonly durationMs: number;
    };

/** Serves the simulator until closed. */
export async function serveSim(options: SimServerOptions): Promise<SimServer> {
  const log = openLog(options.logFile);
  const priorByKey = new Map<string, number>();
  let next = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/';
    if (path === '/_log') return sendText(response, 200, 'application/x-ndjson', log.text());
    const id = next++;
    const started = performance.now();
    const body = await readBody(request);
    const key = countingKey(path, body);
    const priorRequests = key === null ? 0 : (priorByKey.get(key) ?? 0);
    if (key !== null) priorByKey.set(key, priorRequests + 1);
    const script = simulate({ path, body, seed: options.seed + id, priorRequests });
    const { model, outcome, usage } = script.facts;
    const method = request.method ?? '';
    log.write({
      event: 'request',
      time: Date.now(),
      id,
      method,
      path,
      model,
      status: script.status,
      answer: outcome,
      usage,
    });
    const sent = await play(script, response);
    log.write({ event: 'end', time: Date.now(), id, ...sent, durationMs: Math.round(performance.now() - started) });
  };

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendText(response, 500, 'text/plain', `signalbox sim: ${String(error)}\n`);
      else response.destroy();
    });
  });
  const address = await listen(server, options.host, options.port);
  return {
    host: options.host,
    port: address.port,
    log: log.text,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        log.close();
      }),
  };
}

// ---- one reply ----

interface Sent {
  readonly outcome: SimOutcome;
  readonly bytesSent: number;
}

function play(script: SimScript, response: ServerResponse): Promise<Sent> {
  return new Promise((resolve) => {
    let bytesSent = 0;
    let gone = false;
    let ending: SimOutcome | null = null;
    let wake = (): void => {};
    // Fires on an orderly end too; `ending` tells which it was.
    response.on('close', () => {
      gone = true;
      wake();
      const whole = ending !== 'complete' || response.writableFinished;
      resolve({ outcome: ending !== null && whole ? ending : 'client-gone', bytesSent });
    });
    const pause = (delayMs: number | null): Promise<void> =>
      new Promise((resume) => {
        const timer = delayMs === null ? undefined : setTimeout(resume, delayMs);
        wake = () => {
          clearTimeout(timer);
          resume();
        };
      });
    const run = async (): Promise<void> => {
      if (script.headDelayMs > 0) await pause(script.headDelayMs);
      if (gone) return;
      response.writeHead(script.status, headersOf(script));
      response.flushHeaders();
      for (const step of script.steps) {
        if (step.delayMs > 0) await pause(step.delayMs);
        if (gone) return;
        const bytes = typeof step.bytes === 'string' ? Buffer.from(step.bytes) : step.bytes;
        const roomLeft = response.write(bytes);
        bytesSent += bytes.length;
        if (!roomLeft) await drained(response);
      }
      if (gone) return;
      if (script.end === 'stall') return pause(null);
      ending = script.end === 'close' ? 'complete' : 'cut';
      if (script.facts.outcome === 'broken') ending = 'cut';
      if (script.end === 'close') response.end();
      else await breakConnection(response, script.end);
    };
    run().catch(() => response.destroy());
  });
}

/** A whole reply says its length, unless a fault will break it off: a proper host would not lie about that one. */
function headersOf(script: SimScript): Record<string, string> {
  const streaming = script.headers['content-type']?.startsWith('text/event-stream') ?? false;
  if (streaming || script.steps.length !== 1 || script.facts.outcome === 'broken') return { ...script.headers };
  const bytes = script.steps[0]?.bytes ?? '';
  return {
    ...script.headers,
    'content-length': String(typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length),
  };
}

async function breakConnection(response: ServerResponse, how: 'drop' | 'reset'): Promise<void> {
  const socket = response.socket;
  // What was written must leave first: a reset throws away what the kernel still holds.
  await new Promise<void>((resolve) => {
    response.write('', () => resolve());
    setTimeout(resolve, 20);
  });
  if (how === 'reset' && socket) socket.resetAndDestroy();
  else response.destroy();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': String(Buffer.byteLength(text)) });
  response.end(text);
}

/** Null where there is no body or it is no JSON: simulate() says what that means for the path. */
async function readBody(request: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    parts.push(part);
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new Error(`the body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return null;
  }
}

// ---- log ----

interface SimLog {
  write(line: SimLogLine): void;
  text(): string;
  close(): void;
}

/** Synchronous and unbuffered on purpose: a test kills processes and then believes this file. */
function openLog(file: string | null): SimLog {
  const lines: string[] = [];
  const descriptor = file === null ? null : openSync(file, 'a', 0o600);
  let open = true;
  return {
    write(line) {
      const text = `${JSON.stringify(line)}\n`;
      if (descriptor === null) lines.push(text);
      else if (open) writeSync(descriptor, text);
    },
    text: () => (file === null ? lines.join('') : readFileSync(file, 'utf8')),
    close() {
      open = false;
      if (descriptor !== null) closeSync(descriptor);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, 4096, () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address);
      else reject(new Error('the server has no address'));
    });
  });
}
