/** A map of bounded size: what was used longest ago goes first. */

/** Using a value again within this time does not move it: the order is exact to the minute, and using is cheap. */
const PRECISION_MS = 60_000;

export class LeastRecentMap<T> {
  readonly #limit: number;
  readonly #entries = new Map<string, { readonly value: T; usedAtMs: number }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Does not count as a use. */
  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Made where there is none. */
  use(key: string, nowMs: number, make: () => T): T {
    const known = this.#entries.get(key);
    if (known !== undefined && Math.abs(nowMs - known.usedAtMs) < PRECISION_MS) return known.value;
    const entry = { value: known === undefined ? make() : known.value, usedAtMs: nowMs };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#limit) this.#dropOldest();
    return entry.value;
  }

  get size(): number {
    return this.#entries.size;
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}
