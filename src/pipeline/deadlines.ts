/**
 * Deadlines for many exchanges with one timer: setting one costs a field, not a timer. Checked every 50 ms, which is
 * fine for timeouts of seconds.
 */
import type { Clock } from '../core/ids.ts';

export interface Deadline {
  /** Moves the deadline; it fires once, at the first check at or after `atMs`. */
  move(atMs: number): void;
  cancel(): void;
}

export interface Deadlines {
  start(atMs: number, onExpire: () => void): Deadline;
  close(): void;
}

export const DEADLINE_TICK_MS = 50;

class Entry implements Deadline {
  atMs: number;
  readonly onExpire: () => void;
  readonly #entries: Set<Entry>;

  constructor(atMs: number, onExpire: () => void, entries: Set<Entry>) {
    this.atMs = atMs;
    this.onExpire = onExpire;
    this.#entries = entries;
    entries.add(this);
  }

  move(atMs: number): void {
    this.atMs = atMs;
  }

  cancel(): void {
    this.#entries.delete(this);
  }
}

export function createDeadlines(clock: Clock): Deadlines {
  const entries = new Set<Entry>();
  const timer = setInterval(() => {
    const now = clock.now();
    for (const entry of entries) {
      if (entry.atMs > now) continue;
      entries.delete(entry);
      entry.onExpire();
    }
  }, DEADLINE_TICK_MS);
  timer.unref();
  return {
    start: (atMs, onExpire) => new Entry(atMs, onExpire, entries),
    close: () => clearInterval(timer),
  };
}
