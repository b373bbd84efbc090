/**
 * Reads PDFs off the main thread, each in a worker of its own that ends with it: what a file does to its worker is gone with it.
 * A hostile file may loop for hours or unpack to gigabytes; time and memory are watched from here.
 */
import { GatewayError } from '../../core/errors.ts';

export interface PdfLimits {
  readonly maxPages: number;
  readonly maxCharacters: number;
}

export type PdfOutcome =
  | { readonly kind: 'text'; readonly pages: readonly string[] }
  /** A fault of the file. `because` goes on from "it cannot be read: ". */
  | { readonly kind: 'unreadable'; readonly because: string };

export interface PdfReader {
  /** @throws GatewayError `gateway.unavailable` where too many files wait; the signal's reason where it was aborted */
  read(bytes: Uint8Array, options: ReadOptions): Promise<PdfOutcome>;
}

export interface ReadOptions extends PdfLimits {
  /** Waiting for a worker included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What the worker is sent; it answers a PdfOutcome. */
export interface PdfTask extends PdfLimits {
  readonly bytes: Uint8Array;
}

export interface PdfReaderSettings {
  /** Files read at once. */
  readonly maxParallel?: number;
  /** Files that may wait for their turn. */
  readonly maxWaiting?: number;
  /** How much the process may grow while a file is read. */
  readonly maxGrowthBytes?: number;
}

const WATCH_EVERY_MS = 50;

export function createPdfReader(settings: PdfReaderSettings = {}): PdfReader {
  const { maxParallel = 2, maxWaiting = 16, maxGrowthBytes = 512 * 1024 * 1024 } = settings;
  const waiting: (() => void)[] = [];
  let running = 0;

  /** Resolves when it is one's turn. */
  async function takeTurn(signal: AbortSignal): Promise<void> {
    if (running < maxParallel) {
      running++;
      return;
    }
    if (waiting.length >= maxWaiting) throw busy();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const turn = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      waiting.splice(waiting.indexOf(turn), 1);
      reject(busy());
    };
    waiting.push(turn);
    signal.addEventListener('abort', leave, { once: true });
    await promise;
  }

  /** The turn goes to the next one, or back. */
  function endTurn(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  return {
    async read(bytes, { timeoutMs, signal, ...limits }) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const stop = signal ? AbortSignal.any([signal, deadline]) : deadline;
      try {
        await takeTurn(stop);
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      }
      try {
        return await readInWorker({ bytes, ...limits }, stop, maxGrowthBytes);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (!deadline.aborted) throw error;
        return { kind: 'unreadable', because: `reading it takes more than ${timeoutMs / 1000} s` };
      } finally {
        endTurn();
      }
    },
  };
}

function busy(): GatewayError {
  return new GatewayError('gateway.unavailable', 'Too many files are being read at once. Try again shortly.', {
    retryAfterMs: 2000,
  });
}

/** @throws the signal's reason where it aborts first */
function readInWorker(task: PdfTask, stop: AbortSignal, maxGrowthBytes: number): Promise<PdfOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<PdfOutcome>();
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url).href, { smol: true });
  const before = process.memoryUsage.rss();
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() - before <= maxGrowthBytes) return;
    const megabytes = Math.round(maxGrowthBytes / 1024 / 1024);
    resolve({ kind: 'unreadable', because: `reading it takes more than ${megabytes} MB of memory` });
  }, WATCH_EVERY_MS);
  const onStop = (): void => reject(stop.reason);
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });
  worker.onmessage = (event: MessageEvent<PdfOutcome>) => resolve(event.data);
  worker.onerror = () => resolve({ kind: 'unreadable', because: 'it is damaged, or no PDF' });
  worker.postMessage(task);
  return promise.finally(() => {
    clearInterval(watch);
    stop.removeEventListener('abort', onStop);
    worker.terminate();
  });
}
