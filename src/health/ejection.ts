/**
 * Outlier ejection of one endpoint: who fails again and again rests, longer each time, and comes back through one probe at a
 * time, so that a host that is coming up is not met by all that waited for it (after Envoy's outlier detection: 5 in a row,
 * 30 s at first).
 *
 *   serving ──5 failures in a row──► ejected ──rest over──► half open ──`began`──► probing
 *      ▲                                ▲                      ▲  │                  │
 *      └─────── `opened`, whoever's ────┼──────────────────────┼──┴──────────────────┤
 *                                       └──── failed, doubled ─┼─────────────────────┤
 *                                                              └── given up, 60 s ───┘
 */
import { endOfRest, GrowingRest } from './growing-rest.ts';

const FAILURES_IN_A_ROW = 5;
const REST = { firstMs: 30_000, longestMs: 10 * 60_000 };
/** A probe that says nothing for so long is forgotten and another may go. */
const PROBE_MS = 60_000;
/** After so long without another ejection the rests are short again. */
const GOOD_BEHAVIOUR_MS = 10 * 60_000;

export class Ejection {
  readonly #rest = new GrowingRest(REST);
  /** Without a success between them. */
  #failures = 0;
  /** Streams that broke after they had opened, without a finished one between them. */
  #breaks = 0;
  /** Ejected, half open or probing. */
  #isOut = false;
  #backSinceMs = 0;
  #probe: object | undefined;
  #probeUntilMs = 0;

  get isOut(): boolean {
    return this.#isOut;
  }

  /** When others may come, where they had better not now; else 0. */
  untilMs(nowMs: number): number {
    if (!this.#isOut) return 0;
    return this.#rest.untilMs(nowMs) || this.#probeEndMs(nowMs);
  }

  /** An attempt is about to be sent: in the half-open state it is the probe. */
  began(attempt: object, nowMs: number): void {
    if (!this.#isOut || this.untilMs(nowMs) > 0) return;
    this.#probe = attempt;
    this.#probeUntilMs = nowMs + PROBE_MS;
  }

  /** While the endpoint is out only the probe's failure is news: the others began before or in spite of it. */
  failed(attempt: object, nowMs: number): void {
    if (this.#isOut) {
      if (attempt === this.#probe) this.#eject(nowMs);
      return;
    }
    this.#failures++;
    if (this.#failures >= FAILURES_IN_A_ROW) this.#eject(nowMs);
  }

  /** Openings end a row of failures, so breaks have a row of their own: a host whose streams all break is no better. */
  broke(nowMs: number): void {
    if (this.#isOut) return;
    this.#failures++;
    this.#breaks++;
    if (Math.max(this.#failures, this.#breaks) >= FAILURES_IN_A_ROW) this.#eject(nowMs);
  }

  opened(nowMs: number): void {
    this.#failures = 0;
    if (!this.#isOut) return;
    this.#isOut = false;
    this.#probe = undefined;
    this.#rest.end();
    this.#backSinceMs = nowMs;
  }

  finished(): void {
    this.#breaks = 0;
  }

  /** The attempt ended without saying anything about the endpoint: the next one may probe. */
  gaveUp(attempt: object): void {
    if (attempt === this.#probe) this.#probe = undefined;
  }

  #eject(nowMs: number): void {
    if (!this.#isOut && nowMs - this.#backSinceMs >= GOOD_BEHAVIOUR_MS) this.#rest.startOver();
    this.#isOut = true;
    this.#failures = 0;
    this.#breaks = 0;
    this.#probe = undefined;
    this.#rest.begin(nowMs);
  }

  #probeEndMs(nowMs: number): number {
    return this.#probe === undefined ? 0 : endOfRest(this.#probeUntilMs, nowMs);
  }
}
