/** Notices that a wait has lasted too long, without ending what is waited for. */
import type { Clock } from '../core/ids.ts';
import type { Deadline, Deadlines } from './deadlines.ts';

export const QUIET = Symbol('quiet');

interface QuietPorts {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** Ends a wait that has lasted too long; whoever waits may wait on. One object a stream, and no timer of its own. */
export class QuietWatch {
  readonly #ports: QuietPorts;
  readonly #quietMs: number;
  #deadline: Deadline | undefined;
  #wake: ((quiet: typeof QUIET) => void) | undefined;

  constructor(ports: QuietPorts, quietMs: number) {
    this.#ports = ports;
    this.#quietMs = quietMs;
  }

  /** What the wait gives, or QUIET where it takes too long: it then goes on by itself. */
  during<T>(wait: Promise<T>): Promise<T | typeof QUIET> {
    const atMs = this.#ports.clock.now() + this.#quietMs;
    if (this.#deadline) this.#deadline.move(atMs);
    else this.#deadline = this.#ports.deadlines.start(atMs, this.#onQuiet);
    return new Promise((resolve, reject) => {
      this.#wake = resolve;
      wait.then(resolve, reject);
    });
  }

  close(): void {
    this.#deadline?.cancel();
    this.#wake = undefined;
  }

  readonly #onQuiet = (): void => {
    // A deadline fires once.
    this.#deadline = undefined;
    this.#wake?.(QUIET);
  };
}
