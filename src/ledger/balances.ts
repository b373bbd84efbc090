/**
 * Money counters in main-thread memory: they alone decide admission, synchronously, and are rebuilt from
 * the store at boot. Counters are kept by key hash, so they survive every change of the key itself.
 */
import type { KeyRecord, LimitReset } from '../core/caller.ts';
import type { Clock } from '../core/ids.ts';
import type { NanoUsd } from '../core/money.ts';
import type { KeySpend } from './spend.ts';
import { dayFromText, dayOf, startMsOf, type Window, windowOf } from './windows.ts';

export type Admission = 'ok' | OverLimit;

export interface OverLimit {
  readonly kind: 'over-limit';
  readonly window: LimitReset | 'total';
  readonly limitNanoUsd: NanoUsd;
  readonly spentNanoUsd: NanoUsd;
  /** What the refused exchange was expected to cost. */
  readonly neededNanoUsd: NanoUsd;
  /** When the window ends and the key may spend again; null for a limit that never resets. */
  readonly resetsAtMs: number | null;
}

export interface Balances {
  /** Counts what the store has settled, at boot. */
  load(rows: readonly { readonly keyHash: string; readonly utcDay: string; readonly costNanoUsd: NanoUsd }[]): void;
  /**
   * Whether the key may start an exchange of about this cost: refused once the settled spend of its window has reached
   * the limit. No await may stand between this and `take`.
   */
  admit(key: KeyRecord, estimateNanoUsd: NanoUsd): Admission;
  /** Holds money for a running exchange; give back the same amount. */
  take(keyHash: string, amountNanoUsd: NanoUsd): void;
  release(keyHash: string, amountNanoUsd: NanoUsd): void;
  /** Posts a settled cost. `atMs` is when the exchange was admitted: a charge falls in the window that admitted it. */
  post(keyHash: string, costNanoUsd: NanoUsd, atMs: number): void;
  heldOf(keyHash: string): NanoUsd;
  spendOf(keyHash: string): KeySpend;
  /** What is left of the key's limit in its window, never below zero; null without a limit. */
  remainingOf(key: KeyRecord): NanoUsd | null;
  /** Settled spend of all keys for ever, removed ones included. */
  totalNanoUsd(): NanoUsd;
}

/**
 * Buckets of a key before the oldest are dropped, and how many then stay. Counted, not dated: a clock that jumps years
 * ahead and back must still find the spend of today, or a budget window would open again.
 */
const MAX_DAYS = 128;
const DAYS_KEPT = 64;

interface KeyCounter {
  totalNanoUsd: NanoUsd;
  heldNanoUsd: NanoUsd;
  readonly byDay: Map<number, NanoUsd>;
  /** Sums over `byDay` for the windows around `today`; rebuilt when the day changes. */
  today: number;
  sums: Record<LimitReset, NanoUsd>;
}

export function createBalances(clock: Clock): Balances {
  const counters = new Map<string, KeyCounter>();
  let windows = windowsAround(dayOf(clock.now()));
  let totalNanoUsd = 0n;

  function currentWindows(): CurrentWindows {
    const today = dayOf(clock.now());
    if (today !== windows.today) windows = windowsAround(today);
    return windows;
  }

  function counterOf(keyHash: string): KeyCounter {
    let counter = counters.get(keyHash);
    if (counter === undefined) {
      counter = { totalNanoUsd: 0n, heldNanoUsd: 0n, byDay: new Map(), today: Number.NaN, sums: noSums() };
      counters.set(keyHash, counter);
    }
    return counter;
  }

  function sumsOf(counter: KeyCounter): Record<LimitReset, NanoUsd> {
    const current = currentWindows();
    if (counter.today !== current.today) {
      counter.today = current.today;
      counter.sums = noSums();
      for (const [day, amount] of counter.byDay) addToSums(counter.sums, current, day, amount);
    }
    return counter.sums;
  }

  function add(keyHash: string, day: number, costNanoUsd: NanoUsd): void {
    const counter = counterOf(keyHash);
    const sums = sumsOf(counter);
    counter.totalNanoUsd += costNanoUsd;
    totalNanoUsd += costNanoUsd;
    counter.byDay.set(day, (counter.byDay.get(day) ?? 0n) + costNanoUsd);
    if (counter.byDay.size > MAX_DAYS) dropOldestDays(counter.byDay);
    addToSums(sums, currentWindows(), day, costNanoUsd);
  }

  function spentInWindow(key: KeyRecord): NanoUsd {
    const counter = counters.get(key.hash);
    if (counter === undefined) return 0n;
    return key.limitReset === null ? counter.totalNanoUsd : sumsOf(counter)[key.limitReset];
  }

  return {
    load(rows) {
      for (const { keyHash, utcDay, costNanoUsd } of rows) add(keyHash, dayFromText(utcDay), costNanoUsd);
    },
    admit(key, estimateNanoUsd) {
      const { limitNanoUsd, limitReset } = key;
      if (limitNanoUsd === null) return 'ok';
      const spentNanoUsd = spentInWindow(key);
      if (spentNanoUsd < limitNanoUsd) return 'ok';
      return {
        kind: 'over-limit',
        window: limitReset ?? 'total',
        limitNanoUsd,
        spentNanoUsd,
        neededNanoUsd: estimateNanoUsd,
        resetsAtMs: limitReset === null ? null : startMsOf(currentWindows()[limitReset].end),
      };
    },
    take(keyHash, amountNanoUsd) {
      counterOf(keyHash).heldNanoUsd += amountNanoUsd;
    },
    release(keyHash, amountNanoUsd) {
      counterOf(keyHash).heldNanoUsd -= amountNanoUsd;
    },
    post(keyHash, costNanoUsd, atMs) {
      add(keyHash, dayOf(atMs), costNanoUsd);
    },
    heldOf: (keyHash) => counters.get(keyHash)?.heldNanoUsd ?? 0n,
    spendOf(keyHash) {
      const counter = counters.get(keyHash);
      const sums = counter === undefined ? noSums() : sumsOf(counter);
      return {
        totalNanoUsd: counter?.totalNanoUsd ?? 0n,
        dailyNanoUsd: sums.daily,
        weeklyNanoUsd: sums.weekly,
        monthlyNanoUsd: sums.monthly,
      };
    },
    remainingOf(key) {
      if (key.limitNanoUsd === null) return null;
      const left = key.limitNanoUsd - spentInWindow(key);
      return left > 0n ? left : 0n;
    },
    totalNanoUsd: () => totalNanoUsd,
  };
}

function dropOldestDays(byDay: Map<number, NanoUsd>): void {
  const days = [...byDay.keys()].sort((a, b) => a - b);
  for (const day of days.slice(0, days.length - DAYS_KEPT)) byDay.delete(day);
}

interface CurrentWindows extends Record<LimitReset, Window> {
  readonly today: number;
}

function windowsAround(today: number): CurrentWindows {
  return {
    today,
    daily: windowOf('daily', today),
    weekly: windowOf('weekly', today),
    monthly: windowOf('monthly', today),
  };
}

function noSums(): Record<LimitReset, NanoUsd> {
  return { daily: 0n, weekly: 0n, monthly: 0n };
}

const RESETS = ['daily', 'weekly', 'monthly'] as const satisfies readonly LimitReset[];

function addToSums(sums: Record<LimitReset, NanoUsd>, windows: CurrentWindows, day: number, amount: NanoUsd): void {
  for (const reset of RESETS) if (day >= windows[reset].start && day < windows[reset].end) sums[reset] += amount;
}
