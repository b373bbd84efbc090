/** A stream of several upstream answers, one after the other, that the client reads as one. */
import { type GatewayError, toGatewayError } from '../core/errors.ts';
import type { RelayStream } from '../dialects/dialect.ts';
import type { LiveSource, StreamEnd } from './live-stream.ts';

/** An answer that came whole, as client text. */
export interface WholeStep {
  readonly text: string;
}

export interface StepSource {
  /** The next answer, read into the same lane; null where the one that was read was the last. */
  next(): Promise<LiveSource | WholeStep | null>;
  /** Client text that was kept back until the last answer was known to be it. */
  release(): string;
  explain(thrown: unknown): GatewayError;
}

export class SteppedStream implements LiveSource {
  readonly lane: RelayStream;
  end: StreamEnd | undefined;
  firstContentAtMs: number | null = null;
  readonly #source: StepSource;
  /** Undefined while no answer is being read. */
  #current: LiveSource | undefined;
  /** Of a whole answer, still to be given. */
  #text = '';
  #inFlight: Promise<string | undefined> | undefined;

  constructor(lane: RelayStream, first: LiveSource | WholeStep, source: StepSource) {
    this.lane = lane;
    this.#source = source;
    this.#begin(first);
  }

  #begin(step: LiveSource | WholeStep): void {
    if ('text' in step) this.#text = step.text;
    else this.#current = step;
  }

  /** Calls may overlap: they share a read. */
  next(): Promise<string | undefined> {
    this.#inFlight ??= this.#advance().finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  async #advance(): Promise<string | undefined> {
    while (!this.end) {
      const text = this.#current ? await this.#read(this.#current) : this.#takeText();
      if (text) return text;
      if (this.#current || this.#text || this.end) continue;
      try {
        const next = await this.#source.next();
        if (next) this.#begin(next);
        else this.end = { text: this.#source.release(), outcome: 'complete' };
      } catch (thrown) {
        this.end = { text: '', outcome: this.#source.explain(toGatewayError(thrown)) };
      }
    }
    return undefined;
  }

  #takeText(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  async #read(current: LiveSource): Promise<string | undefined> {
    const text = await current.next();
    this.firstContentAtMs ??= current.firstContentAtMs;
    if (!current.end) return text;
    this.#current = undefined;
    if (current.end.outcome !== 'complete') {
      this.end = current.end;
      return text;
    }
    return (text ?? '') + current.end.text;
  }
}
