/** Values on a logarithmic scale, so that a histogram of any length of time keeps the same relative precision. */

/** Neighbouring buckets differ by 5 %: a value is told from its bucket's middle to within 2.5 %, and 3 % once rounded. */
const STEP = 1.05;
const SHOWN_DIGITS = 3;

export class LogScale {
  readonly buckets: number;
  /** Working space of whoever adds up histograms of this scale; cleared by its user, never kept. */
  readonly sums: Float64Array;
  readonly #least: number;
  readonly #bucketsPerLog = 1 / Math.log(STEP);
  readonly #middles: Float64Array;

  /** Smaller and larger values count as `least` and `most`. */
  constructor(least: number, most: number) {
    this.#least = least;
    this.buckets = Math.floor(Math.log(most / least) * this.#bucketsPerLog) + 1;
    this.sums = new Float64Array(this.buckets);
    this.#middles = Float64Array.from({ length: this.buckets }, (_, bucket) =>
      Number((least * STEP ** (bucket + 0.5)).toPrecision(SHOWN_DIGITS)),
    );
  }

  bucketOf(value: number): number {
    if (!(value > this.#least)) return 0;
    return Math.min(Math.floor(Math.log(value / this.#least) * this.#bucketsPerLog), this.buckets - 1);
  }

  /** What stands for the bucket: its middle, in three digits. */
  middleOf(bucket: number): number {
    return this.#middles[bucket] ?? 0;
  }
}
