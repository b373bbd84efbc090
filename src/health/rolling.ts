/**
 * Windows that roll: a ring of slots, each of which knows what stretch of time it stands for. A window of n slots shows
 * the current one, so far, and the n - 1 before it: never anything older than the window, always all of the last n - 1.
 * A clock that is set back hides what lies ahead of it and goes on.
 */
import type { Percentiles } from '../core/health.ts';
import { type Good, Histogram, percentilesOf } from './histogram.ts';
import type { LogScale } from './log-scale.ts';

/** Counters by column. */
export class RollingCounts {
  readonly #slotMs: number;
  readonly #slots: number;
  readonly #columns: number;
  readonly #stamps: Int32Array;
  readonly #counts: Uint32Array;

  constructor(slotMs: number, slots: number, columns: number) {
    this.#slotMs = slotMs;
    this.#slots = slots;
    this.#columns = columns;
    this.#stamps = new Int32Array(slots).fill(-1);
    this.#counts = new Uint32Array(slots * columns);
  }

  add(column: number, nowMs: number): void {
    const stamp = Math.floor(nowMs / this.#slotMs);
    const slot = stamp % this.#slots;
    const start = slot * this.#columns;
    if (this.#stamps[slot] !== stamp) {
      this.#stamps[slot] = stamp;
      this.#counts.fill(0, start, start + this.#columns);
    }
    this.#counts[start + column] = (this.#counts[start + column] ?? 0) + 1;
  }

  clear(): void {
    this.#stamps.fill(-1);
  }

  /** Takes one back that was counted at `atMs`, where its slot still exists. */
  takeBack(column: number, atMs: number): void {
    const stamp = Math.floor(atMs / this.#slotMs);
    const slot = stamp % this.#slots;
    const index = slot * this.#columns + column;
    const count = this.#counts[index] ?? 0;
    if (this.#stamps[slot] === stamp && count > 0) this.#counts[index] = count - 1;
  }

  /** Over the last `slots`, the current one included. */
  sum(column: number, nowMs: number, slots: number = this.#slots): number {
    const newest = Math.floor(nowMs / this.#slotMs);
    const oldest = newest - slots + 1;
    let sum = 0;
    for (let slot = 0; slot < this.#slots; slot++) {
      const stamp = this.#stamps[slot] ?? -1;
      if (stamp >= oldest && stamp <= newest) sum += this.#counts[slot * this.#columns + column] ?? 0;
    }
    return sum;
  }
}

interface Slot {
  readonly stamp: number;
  readonly histogram: Histogram;
}

/** Percentiles of a measured value. A slot takes memory only while there was traffic in it. */
export class RollingPercentiles {
  readonly #scale: LogScale;
  readonly #good: Good;
  readonly #slotMs: number;
  readonly #slots: (Slot | undefined)[];

  constructor(scale: LogScale, good: Good, slotMs: number, slots: number) {
    this.#scale = scale;
    this.#good = good;
    this.#slotMs = slotMs;
    this.#slots = Array.from({ length: slots }, () => undefined);
  }

  /** `bucket` of the scale, so that several windows look it up once. */
  add(bucket: number, nowMs: number): void {
    const stamp = Math.floor(nowMs / this.#slotMs);
    const index = stamp % this.#slots.length;
    let slot = this.#slots[index];
    if (slot?.stamp !== stamp) {
      slot = { stamp, histogram: new Histogram() };
      this.#slots[index] = slot;
    }
    slot.histogram.add(bucket);
  }

  /** Null without values. Lets go of slots that have left the window. */
  percentiles(nowMs: number): Percentiles | null {
    const { sums } = this.#scale;
    const newest = Math.floor(nowMs / this.#slotMs);
    let total = 0;
    for (const [index, slot] of this.#slots.entries()) {
      if (slot === undefined || slot.stamp > newest) continue;
      if (slot.stamp <= newest - this.#slots.length) {
        this.#slots[index] = undefined;
        continue;
      }
      if (total === 0) sums.fill(0);
      total += slot.histogram.addTo(sums);
    }
    return total === 0 ? null : percentilesOf(this.#scale, total, this.#good);
  }
}
