/**
 * The writer's main-thread side without its worker: what waits, what is in flight, who is told. One batch is in flight at
 * a time; all that arrives meanwhile leaves together in the next, so the batch grows with the load by itself.
 */
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Intent, Settlement } from '../../ledger/store.ts';
import type { PresetRecord } from '../../presets/store.ts';
import { toKeyRow } from '../key-row.ts';
import { toPresetRow, toPresetVersionRow } from '../preset-row.ts';
import { toSettlementRow } from '../settlement-row.ts';
import { createIntentQueue } from './intent-queue.ts';
import type { BatchResult, Change, SqlRow, WriteBatch } from './messages.ts';

export interface WriteQueueOptions {
  /** Called with the next batch; answered later by `acknowledge` or `fail`. */
  send(batch: WriteBatch): void;
  /** Something an operator should read: refusals, conflicts, failures. */
  warn(message: string): void;
  monotonicMs(): number;
  /** How long a settlement may wait for its acknowledgement before the caller is told that the store is away. */
  readonly settleTimeoutMs: number;
  /** How old an exchange must be before its intent is worth a row. */
  readonly intentDelayMs: number;
}

/** Keeps a transaction, and with it the wait of everybody in it, short. */
const MAX_BATCH = 2000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5000;

interface Entry {
  readonly settlement: Settlement;
  readonly row: SqlRow;
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: GatewayError) => void;
  expiresAtMs: number;
  /** The caller has been told that the record is not durable yet; it stays queued all the same. */
  refused: boolean;
}

interface ChangeEntry {
  readonly change: Change;
  readonly resolve: (changed: boolean) => void;
  readonly reject: (error: GatewayError) => void;
}

/** A batch of this many settlements says that more are on their way. */
const BUSY_BATCH = 4;
const GATHER_MS = 1;

export function createWriteQueue(options: WriteQueueOptions) {
  const entries = new Map<string, Entry>();
  const intents = createIntentQueue(options, schedule);
  let waiting: Entry[] = [];
  let waitingChanges: ChangeEntry[] = [];
  let inFlight: {
    readonly sequence: number;
    readonly entries: readonly Entry[];
    readonly changes: readonly ChangeEntry[];
  } | null = null;
  let connected = false;
  let backingOff = false;
  let scheduled = false;
  let sequence = 0;
  let retryMs = 0;
  let lastFailure: string | null = null;
  let expiryTimer: Timer | null = null;
  let flushWaiters: (() => void)[] = [];

  const canSend = () => connected && !backingOff && inFlight === null;

  /** One batch per turn of the event loop: everything this turn brings leaves in one message. */
  function schedule(): void {
    if (scheduled || !canSend()) return;
    scheduled = true;
    setImmediate(pump);
  }

  function pump(): void {
    scheduled = false;
    if (!canSend()) return;
    const dueIntents = intents.takeDue();
    if (waiting.length === 0 && waitingChanges.length === 0 && dueIntents.length === 0) {
      if (entries.size === 0 && intents.isIdle()) tellFlushed();
      return;
    }
    const batchEntries = waiting.length <= MAX_BATCH ? waiting : waiting.slice(0, MAX_BATCH);
    waiting = waiting.length <= MAX_BATCH ? [] : waiting.slice(MAX_BATCH);
    inFlight = { sequence: ++sequence, entries: batchEntries, changes: waitingChanges };
    waitingChanges = [];
    options.send({
      sequence,
      intents: dueIntents,
      settlements: batchEntries.map((entry) => entry.row),
      closedIntents: intents.takeClosed(batchEntries.map((entry) => entry.settlement.id)),
      changes: inFlight.changes.map((entry) => entry.change),
    });
  }

  function acknowledge(acknowledged: number, result: BatchResult): void {
    const batch = inFlight;
    if (batch === null || batch.sequence !== acknowledged) return;
    inFlight = null;
    retryMs = 0;
    lastFailure = null;
    intents.acknowledge();
    for (const entry of batch.entries) entries.delete(entry.settlement.id);
    for (const { id, reason } of result.refused) {
      options.warn(`settlement ${id} was refused by the database and kept in refused_settlements: ${reason}`);
      batch.entries.find((entry) => entry.settlement.id === id)?.reject(unavailable(reason));
    }
    for (const id of result.conflicts)
      options.warn(`settlement ${id} came twice with different content; the first stands`);
    // A promise that was rejected above or by its deadline ignores this.
    for (const entry of batch.entries) entry.resolve();
    for (const [index, change] of batch.changes.entries()) change.resolve(result.changed[index] === true);
    if (batch.entries.length < BUSY_BATCH) pump();
    else gather();
  }

  /** Under load a batch costs what it costs, however much it holds: a moment's wait makes fewer and fuller ones. */
  function gather(): void {
    if (scheduled) return;
    scheduled = true;
    setTimeout(pump, GATHER_MS);
  }

  /** Nothing of the batch was applied. Its callers are told; its settlements stay first in line. */
  function fail(failed: number, reason: string): void {
    const batch = inFlight;
    if (batch === null || batch.sequence !== failed) return;
    inFlight = null;
    if (lastFailure !== reason) options.warn(`the database refused a batch, it will be tried again: ${reason}`);
    lastFailure = reason;
    intents.restore((id) => entries.has(id));
    waiting = [...batch.entries, ...waiting];
    for (const entry of batch.entries) refuse(entry, reason);
    // A change nobody was told of must not appear later by itself.
    for (const change of batch.changes) change.reject(unavailable(reason));
    retryMs = Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, retryMs * 2));
    backingOff = true;
    setTimeout(() => {
      backingOff = false;
      pump();
    }, retryMs);
  }

  function refuse(entry: Entry, reason: string): void {
    if (entry.refused) return;
    entry.refused = true;
    entry.reject(unavailable(reason));
  }

  function watchExpiry(): void {
    if (expiryTimer !== null) return;
    expiryTimer = setInterval(expire, Math.max(10, options.settleTimeoutMs / 20));
    expiryTimer.unref();
  }

  function expire(): void {
    if (entries.size === 0 && expiryTimer !== null) {
      clearInterval(expiryTimer);
      expiryTimer = null;
      return;
    }
    const nowMs = options.monotonicMs();
    for (const entry of entries.values()) {
      if (entry.expiresAtMs <= nowMs) refuse(entry, `not written within ${options.settleTimeoutMs} ms`);
      // Entries lie in order of arrival; only one settled again after its refusal may expire later than its place.
      else if (!entry.refused) break;
    }
  }

  function settle(settlement: Settlement): Promise<void> {
    const known = entries.get(settlement.id);
    if (known !== undefined) return settleAgain(known);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const row = toSettlementRow(settlement);
    const expiresAtMs = options.monotonicMs() + options.settleTimeoutMs;
    const entry: Entry = { settlement, row, promise, resolve, reject, expiresAtMs, refused: false };
    entries.set(settlement.id, entry);
    intents.supersede(settlement.id);
    waiting.push(entry);
    watchExpiry();
    schedule();
    return promise;
  }

  function settleAgain(entry: Entry): Promise<void> {
    if (!entry.refused) return entry.promise;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const expiresAtMs = options.monotonicMs() + options.settleTimeoutMs;
    Object.assign(entry, { promise, resolve, reject, expiresAtMs, refused: false });
    return promise;
  }

  function make(change: Change): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    waitingChanges.push({ change, resolve, reject });
    schedule();
    return promise;
  }

  function tellFlushed(): void {
    for (const resolve of flushWaiters) resolve();
    flushWaiters = [];
  }

  return {
    open(intent: Intent): void {
      if (!entries.has(intent.id)) intents.add(intent);
    },
    settle,
    pending: (id: string): Settlement | undefined => entries.get(id)?.settlement,
    putKey: async (key: KeyRecord): Promise<void> => void (await make({ kind: 'put-key', row: toKeyRow(key) })),
    removeKey: (hash: string): Promise<boolean> => make({ kind: 'remove-key', hash }),
    async putPreset(preset: PresetRecord): Promise<'written' | 'conflict'> {
      const version = toPresetVersionRow(preset.designated);
      return (await make({ kind: 'put-preset', preset: toPresetRow(preset), version })) ? 'written' : 'conflict';
    },
    /** Waits until everything queued, young intents included, is durable. */
    flush(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      flushWaiters.push(resolve);
      intents.hurry();
      schedule();
      return promise;
    },
    /** The worker has the database open: batches may leave. */
    start(): void {
      connected = true;
      schedule();
    },
    /** The worker is gone, and whether it wrote the batch in flight is unknown: it goes again, and posts once by id. */
    stop(reason: string): void {
      connected = false;
      if (inFlight !== null) fail(inFlight.sequence, reason);
    },
    acknowledge,
    fail,
    health: () => ({ unacknowledged: entries.size, lastFailure }),
  };
}

function unavailable(reason: string): GatewayError {
  return new GatewayError('gateway.unavailable', 'The ledger could not record this exchange. Try again shortly.', {
    retryAfterMs: 1000,
    cause: new Error(`store: ${reason}`),
  });
}
