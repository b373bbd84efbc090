/** A view of something that keeps changing: taken again when it is old, not at every change. */

/** Traffic is not looked at more often than this. */
const REFRESH_MS = 250;

export class Aging<T> {
  #view: T | undefined;
  #takenAtMs = 0;
  #untilMs = 0;

  /** Undefined where it has to be taken again. A clock that was set back makes every view old. */
  get(nowMs: number): T | undefined {
    return nowMs < this.#untilMs && nowMs >= this.#takenAtMs ? this.#view : undefined;
  }

  /** Holds until then while nothing is counted. */
  take(view: T, nowMs: number, untilMs: number): T {
    this.#view = view;
    this.#takenAtMs = nowMs;
    this.#untilMs = untilMs;
    return view;
  }

  /** Something was counted. */
  age(): void {
    this.#untilMs = Math.min(this.#untilMs, this.#takenAtMs + REFRESH_MS);
  }

  /** Something changed that must be seen at once. */
  drop(): void {
    this.#untilMs = 0;
  }
}
