import type { KeyRecord } from '../../core/caller.ts';
import type { Clock } from '../../core/ids.ts';
import type { LedgerStore } from '../../ledger/store.ts';
import type { PresetStore } from '../../presets/store.ts';
import type { FromWriter, ToWriter } from './messages.ts';
import { within } from './within.ts';
import { createWriteQueue } from './write-queue.ts';

export interface WriterOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Something an operator should read. */
  warn(message: string): void;
  /** For tests that end the worker's life. */
  startWorker?(): Worker;
  /** Default 5000. */
  readonly settleTimeoutMs?: number;
  /** Default 200. */
  readonly intentDelayMs?: number;
}

export interface SqliteWriter extends LedgerStore {
  putKey(key: KeyRecord): Promise<void>;
  removeKey(hash: string): Promise<boolean>;
  readonly putPreset: PresetStore['put'];
  health(): { readonly unacknowledged: number; readonly lastFailure: string | null };
  /** Writes what is queued, for at most `timeoutMs`, and closes the database. */
  close(timeoutMs?: number): Promise<void>;
}

const RESTART_MS = 200;

export function startWorker(): Worker {
  // `smol`: a small heap that is collected often; rows live for a moment.
  return new Worker(new URL('./writer-worker.ts', import.meta.url).href, { smol: true });
}

/**
 * Starts the writer's worker on a migrated database: it finishes what a stopped server left open, then takes batches.
 * A worker that dies is started again and gets the unacknowledged batch once more.
 * @throws Error where the database cannot be opened
 */
export async function openWriter(options: WriterOptions): Promise<SqliteWriter> {
  let worker: Worker | null = null;
  let closing: (() => void) | null = null;
  const queue = createWriteQueue({
    send: (batch) => post({ kind: 'batch', batch }),
    warn: options.warn,
    monotonicMs: () => performance.now(),
    settleTimeoutMs: options.settleTimeoutMs ?? 5000,
    intentDelayMs: options.intentDelayMs ?? 200,
  });

  function post(message: ToWriter): void {
    worker?.postMessage(message);
  }

  function drop(): void {
    const dropped = worker;
    worker = null;
    dropped?.terminate();
  }

  function connect(recover: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const started = options.startWorker?.() ?? startWorker();
    worker = started;
    let opened = false;
    started.onmessage = (event: MessageEvent<FromWriter>) => {
      const message = event.data;
      switch (message.kind) {
        case 'opened':
          if (message.recovered > 0)
            options.warn(
              `${message.recovered} exchanges were open when the server stopped; they are recorded as failed`,
            );
          opened = true;
          queue.start();
          return resolve();
        case 'open-failed':
          return reject(new Error(`${options.file}: ${message.reason}`));
        case 'written':
          return queue.acknowledge(message.sequence, message.result);
        case 'failed':
          return queue.fail(message.sequence, message.reason);
        case 'closed':
          return closing?.();
      }
    };
    const lost = (reason: string) => {
      // Before it has opened, whoever waits for it decides what comes next.
      if (!opened) reject(new Error(`${options.file}: ${reason}`));
      else if (worker === started) reconnect(reason);
    };
    started.onerror = (event) => lost(`the writer failed: ${event.message}`);
    started.addEventListener('close', () => lost('the writer stopped'));
    const open: ToWriter = { kind: 'open', file: options.file, nowMs: options.clock.now(), recover };
    started.postMessage(open);
    return promise;
  }

  function reconnect(reason: string): void {
    drop();
    if (closing !== null) {
      closing();
      return;
    }
    queue.stop(reason);
    options.warn(`${reason}; it is started again`);
    setTimeout(() => {
      // What is open now is running, not left over.
      if (closing === null) connect(false).catch((error: unknown) => reconnect(String(error)));
    }, RESTART_MS);
  }

  async function close(timeoutMs = 10_000): Promise<void> {
    if (!(await within(queue.flush(), timeoutMs)))
      options.warn(`${queue.health().unacknowledged} settlements could not be written before the end`);
    const closed = new Promise<void>((resolve) => {
      closing = resolve;
    });
    post({ kind: 'close' });
    await within(closed, timeoutMs);
    drop();
  }

  await connect(true).catch((error: unknown) => {
    drop();
    throw error;
  });
  return {
    open: queue.open,
    settle: queue.settle,
    pending: queue.pending,
    flush: queue.flush,
    putKey: queue.putKey,
    removeKey: queue.removeKey,
    putPreset: queue.putPreset,
    health: queue.health,
    close,
  };
}
