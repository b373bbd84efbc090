import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Settlement } from '../../ledger/store.ts';
import type { PresetStore } from '../../presets/store.ts';
import type { SessionSavings, SessionScope } from '../../server/management/queries.ts';
import type { KeyDaySpend } from '../queries/spend-by-key-and-day.ts';
import type { Answer, FromReader, Question, ToReader } from './reader-messages.ts';
import { within } from './within.ts';

export interface ReaderOptions {
  readonly file: string;
  /** Per question; migrating takes what it takes. Default 5000. */
  readonly deadlineMs?: number;
}

export interface SqliteReader {
  /**
   * Brings the database up to this version, before the writer opens it.
   * @throws Error where it cannot be opened or migrated, naming the file and the cause
   */
  migrate(): Promise<void>;
  generation(id: string): Promise<Settlement | undefined>;
  keys(): Promise<readonly KeyRecord[]>;
  readonly presets: Pick<PresetStore, 'list' | 'versions' | 'version'>;
  spendByKeyAndDay(): Promise<readonly KeyDaySpend[]>;
  session(scope: SessionScope, sessionId: string): Promise<SessionSavings | undefined>;
  latestSessions(scope: SessionScope, limit: number): Promise<readonly SessionSavings[]>;
  /** Refuses what is still asked and lets go of the file. */
  close(): Promise<void>;
}

const CLOSE_TIMEOUT_MS = 1000;

interface Asked {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: GatewayError) => void;
  readonly timer: Timer | undefined;
}

/**
 * Asks a read-only connection in a worker. A question that outlives its deadline is refused with `gateway.unavailable`,
 * and since SQLite cannot be interrupted from outside its thread, the worker is replaced; the other questions go to the
 * new one.
 */
export function createReader({ file, deadlineMs = 5000 }: ReaderOptions): SqliteReader {
  const asked = new Map<number, Asked>();
  let worker: Worker | null = null;
  let lastNumber = 0;
  let closed: (() => void) | null = null;

  function connect(): Worker {
    const started = new Worker(new URL('./reader-worker.ts', import.meta.url).href, { smol: true });
    started.onmessage = (event: MessageEvent<FromReader>) => take(event.data);
    started.onerror = () => {
      if (worker !== started) return;
      worker = null;
      started.terminate();
      refuseAll('the reader failed');
    };
    tell(started, { kind: 'open', file });
    return started;
  }

  function ask(question: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const number = ++lastNumber;
    const timer = question.kind === 'migrate' ? undefined : setTimeout(() => expire(number), deadlineMs);
    asked.set(number, { question, resolve, reject, timer });
    worker ??= connect();
    tell(worker, { kind: 'ask', number, question });
    return promise;
  }

  function take(message: FromReader): void {
    if (message.kind === 'closed') {
      closed?.();
      return;
    }
    const waiting = asked.get(message.number);
    if (waiting === undefined) return;
    asked.delete(message.number);
    clearTimeout(waiting.timer);
    if (message.kind === 'answer') waiting.resolve(message.answer);
    else waiting.reject(unavailable(message.reason));
  }

  function expire(number: number): void {
    const late = asked.get(number);
    if (late === undefined) return;
    asked.delete(number);
    late.reject(unavailable(`no answer to "${late.question.kind}" within ${deadlineMs} ms`));
    worker?.terminate();
    worker = null;
    if (asked.size === 0) return;
    worker = connect();
    for (const [other, { question }] of asked) tell(worker, { kind: 'ask', number: other, question });
  }

  function refuseAll(reason: string): void {
    for (const { timer, reject } of asked.values()) {
      clearTimeout(timer);
      reject(unavailable(reason));
    }
    asked.clear();
  }

  return {
    async migrate() {
      const answer = await ask({ kind: 'migrate' });
      if (answer.kind !== 'migrated') throw mismatch(answer);
      if (answer.failure !== null) throw new Error(`${file}: ${answer.failure}`);
    },
    async generation(id) {
      const answer = await ask({ kind: 'generation', id });
      if (answer.kind !== 'generation') throw mismatch(answer);
      return answer.generation;
    },
    async keys() {
      const answer = await ask({ kind: 'keys' });
      if (answer.kind !== 'keys') throw mismatch(answer);
      return answer.keys;
    },
    presets: presetReader(ask),
    async spendByKeyAndDay() {
      const answer = await ask({ kind: 'spend-by-key-and-day' });
      if (answer.kind !== 'spend-by-key-and-day') throw mismatch(answer);
      return answer.spend;
    },
    async session(scope, sessionId) {
      const answer = await ask({ kind: 'session', scope, sessionId });
      if (answer.kind !== 'session') throw mismatch(answer);
      return answer.session;
    },
    async latestSessions(scope, limit) {
      const answer = await ask({ kind: 'latest-sessions', scope, limit });
      if (answer.kind !== 'latest-sessions') throw mismatch(answer);
      return answer.sessions;
    },
    async close() {
      const last = worker;
      worker = null;
      refuseAll('the store is closed');
      if (last === null) return;
      const letGo = new Promise<void>((resolve) => {
        closed = resolve;
      });
      tell(last, { kind: 'close' });
      // A query at work cannot be interrupted; its connection ends with the thread.
      await within(letGo, CLOSE_TIMEOUT_MS);
      last.terminate();
    },
  };
}

function presetReader(ask: (question: Question) => Promise<Answer>): SqliteReader['presets'] {
  return {
    async list() {
      const answer = await ask({ kind: 'presets' });
      if (answer.kind !== 'presets') throw mismatch(answer);
      return answer.presets;
    },
    async versions(presetId, page) {
      const answer = await ask({ kind: 'preset-versions', presetId, page });
      if (answer.kind !== 'preset-versions') throw mismatch(answer);
      return answer.page;
    },
    async version(presetId, version) {
      const answer = await ask({ kind: 'preset-version', presetId, version });
      if (answer.kind !== 'preset-version') throw mismatch(answer);
      return answer.version;
    },
  };
}

function tell(worker: Worker, message: ToReader): void {
  worker.postMessage(message);
}

function mismatch(answer: Answer): GatewayError {
  return new GatewayError('gateway.internal', `The reader answered another question ("${answer.kind}").`);
}

function unavailable(reason: string): GatewayError {
  return new GatewayError('gateway.unavailable', 'The store could not be read. Try again shortly.', {
    retryAfterMs: 1000,
    cause: new Error(`store: ${reason}`),
  });
}
