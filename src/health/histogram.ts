/** Counts per bucket of a scale. */
import type { Percentiles } from '../core/health.ts';
import type { LogScale } from './log-scale.ts';

/** Most endpoints answer within a narrow span: counts exist only for blocks of buckets that were hit, and what lies between. */
const BLOCK = 16;
const NOTHING = new Uint32Array(0);

export class Histogram {
  /** Bucket of the first count. */
  #first = 0;
  #counts = NOTHING;

  add(bucket: number): void {
    const at = bucket - this.#first;
    if (at < 0 || at >= this.#counts.length) this.#cover(bucket);
    const index = bucket - this.#first;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** Adds the counts to `sums`, one place per bucket of the scale. Returns how many there were. */
  addTo(sums: Float64Array): number {
    const counts = this.#counts;
    const first = this.#first;
    let total = 0;
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i] ?? 0;
      if (count === 0) continue;
      total += count;
      sums[first + i] = (sums[first + i] ?? 0) + count;
    }
    return total;
  }

  #cover(bucket: number): void {
    const isEmpty = this.#counts.length === 0;
    const wanted = bucket - (bucket % BLOCK);
    const first = isEmpty ? wanted : Math.min(this.#first, wanted);
    const end = isEmpty ? wanted + BLOCK : Math.max(this.#first + this.#counts.length, wanted + BLOCK);
    const grown = new Uint32Array(end - first);
    if (!isEmpty) grown.set(this.#counts, this.#first - first);
    this.#first = first;
    this.#counts = grown;
  }
}

/** Which values are good ones: p90 is what 90 % of the values are at least as good as. */
export type Good = 'low' | 'high';

/** The percentiles of added-up counts, by nearest rank from the good end. `total` is their sum, at least 1. */
export function percentilesOf(scale: LogScale, total: number, good: Good): Percentiles {
  const { sums } = scale;
  const step = good === 'low' ? 1 : -1;
  let bucket = good === 'low' ? -1 : scale.buckets;
  let seen = 0;
  const next = (percent: number): number => {
    const rank = Math.ceil((percent * total) / 100);
    while (seen < rank) {
      bucket += step;
      seen += sums[bucket] ?? 0;
    }
    return scale.middleOf(bucket);
  };
  return Object.freeze({ p50: next(50), p75: next(75), p90: next(90), p99: next(99) });
}
