/**
 * An upstream stream being read: bytes → text → frames → client text, one read at a time and only when asked, so that a slow
 * client pauses its upstream. It knows its end: complete or an error, never a guess.
 */
import type { EndReason } from '../core/chat-events.ts';
import { GatewayError, toGatewayError } from '../core/errors.ts';
import type { Clock } from '../core/ids.ts';
import type { Outcome, RelayStream } from '../dialects/dialect.ts';
import type { FrameReader } from '../wire/frames.ts';
import { tryParseJson } from '../wire/json.ts';
import { ofProvider } from './attempt-errors.ts';
import type { Deadline } from './deadlines.ts';

/**
 * What a stream may amount to before it is no answer any more: some grammars repeat all of it at their end, so that somebody has to
 * keep it. The characters are twenty times the longest output of any model; the bytes leave room for every token's chances.
 */
export const MOST_STREAM_BYTES = 256 * 1024 * 1024;
export const MOST_CHARACTERS = 64 * 1024 * 1024;

/** How long a host may take to close its stream after the terminator, before its socket is given up. */
const LAST_BYTES_MS = 1000;

export interface StreamLimits {
  readonly idleMs: number;
  readonly contentIdleMs: number;
  /** Absolute end, in ms since the epoch. */
  readonly totalAtMs: number;
}

export interface LiveStreamOptions {
  readonly body: ReadableStream<Uint8Array>;
  readonly lane: RelayStream;
  readonly frames: FrameReader;
  readonly abort: AbortController;
  readonly deadline: Deadline;
  readonly limits: StreamLimits;
  readonly clock: Clock;
  readonly providerName: string;
}

export interface StreamEnd {
  /** Last client text before the final frames. */
  readonly text: string;
  readonly outcome: Outcome;
}

/** The part of the runtime's reader that is used here: `readMany` gives all that is queued in one turn. */
interface BodyReader {
  readMany(): ManyRead | Promise<ManyRead>;
}

interface ManyRead {
  readonly done: boolean;
  readonly value?: readonly Uint8Array[] | undefined;
}

// The types of web streams do not know the runtime's own method.
function isBodyReader(reader: object): reader is BodyReader {
  return 'readMany' in reader;
}

function readerOf(body: ReadableStream<Uint8Array>): BodyReader {
  const reader = body.getReader();
  if (isBodyReader(reader)) return reader;
  throw new GatewayError(
    'gateway.internal',
    'The runtime has no ReadableStreamDefaultReader.readMany; use the bundled one.',
  );
}

/** A stream being read, piece by piece and only when asked. */
export interface LiveSource {
  readonly lane: RelayStream;
  /** Set once the stream has ended. */
  readonly end: StreamEnd | undefined;
  /** When the first content came, or null. */
  readonly firstContentAtMs: number | null;
  /** The next client text, or undefined once the stream has ended. */
  next(): Promise<string | undefined>;
}

export class LiveStream implements LiveSource {
  readonly lane: RelayStream;
  /** Set once the stream has ended. */
  end: StreamEnd | undefined;
  /** When the first content came, or null. */
  firstContentAtMs: number | null = null;

  readonly #options: LiveStreamOptions;
  readonly #reader: BodyReader;
  readonly #frames: FrameReader;
  #inFlight: Promise<string | undefined> | undefined;
  #contentAtMs: number;
  /** The last read, while the client is waited for: its time is not the provider's silence. */
  #pausedAtMs: number | undefined;
  #readAtMs = 0;
  #isCutInside = false;
  #bytes = 0;
  /** Client text of the read at hand, piece by piece: joining once is cheaper than a rope that is flattened later. */
  #pieces: string[] = [];

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    this.lane = options.lane;
    this.#frames = options.frames;
    this.#reader = readerOf(options.body);
    this.#contentAtMs = options.clock.now();
  }

  /** The next client text, or undefined once the stream has ended (then `end` is set). Calls may overlap: they share a read. */
  next(): Promise<string | undefined> {
    this.#inFlight ??= this.#advance();
    return this.#inFlight;
  }

  /** Stops reading: the upstream socket closes at once. `next` then ends with this error. */
  abort(error: GatewayError): void {
    this.#options.abort.abort(error);
  }

  async #advance(): Promise<string | undefined> {
    if (this.#pausedAtMs !== undefined) this.#resume(this.#pausedAtMs);
    const text = await this.#read();
    this.#inFlight = undefined;
    if (!this.end) this.#pause();
    return text;
  }

  #pause(): void {
    this.#pausedAtMs = this.#readAtMs;
    this.#options.deadline.move(this.#options.limits.totalAtMs);
  }

  #resume(pausedAtMs: number): void {
    const { clock, deadline, limits } = this.#options;
    const now = clock.now();
    this.#contentAtMs += now - pausedAtMs;
    deadline.move(Math.min(now + limits.idleMs, this.#contentAtMs + limits.contentIdleMs, limits.totalAtMs));
  }

  async #read(): Promise<string | undefined> {
    while (!this.end) {
      let read: ManyRead;
      try {
        read = await this.#reader.readMany();
      } catch (error) {
        this.#finish(...this.#endOfError(error));
        break;
      }
      try {
        const text = this.#take(read);
        if (read.done) this.#finish(this.#isCutInside ? 'upstream-cut' : 'upstream-end');
        else if (this.lane.failure || this.lane.isTerminated) this.#leaveEarly();
        if (text) return text;
      } catch (error) {
        // A frame beyond the limits: our own refusal, the upstream has no more to say. What came before it was said.
        const said = this.#pieces.join('');
        this.#finish('upstream-cut', ofProvider(toGatewayError(error), this.#options.providerName));
        this.#options.abort.abort(error);
        if (said) return said;
      }
    }
    return undefined;
  }

  /** Client text of one read; the end of the bytes flushes what is left. */
  #take({ done, value = [] }: ManyRead): string {
    this.#pieces = [];
    for (const bytes of value) {
      this.#bytes += bytes.byteLength;
      this.#frames.push(bytes, this.#onFrame, this.#skim);
    }
    this.#assertBounded();
    if (done) this.#frames.end(this.#onLastFrame);
    const text = this.#pieces.length === 1 ? (this.#pieces[0] ?? '') : this.#pieces.join('');
    this.#touch(text);
    return text;
  }

  /** @throws GatewayError `provider.bad_answer` */
  #assertBounded(): void {
    if (this.#bytes <= MOST_STREAM_BYTES && this.lane.meter.deliveredCharacters <= MOST_CHARACTERS) return;
    throw new GatewayError('provider.bad_answer', 'The provider streamed more than any answer; it was cut off.');
  }

  readonly #skim = (text: string, at: number): number => {
    const { lane } = this;
    return lane.skim && !lane.isTerminated && !lane.failure ? lane.skim(text, at, this.#pieces) : at;
  };

  /** An event without its blank line: whole where it can be read or is a word (`[DONE]`), else the stream was cut inside it. */
  readonly #onLastFrame = (data: string, event: string | undefined): void => {
    if (!/^\s*[{[]/.test(data) || /^\s*\[[A-Z]+\]\s*$/.test(data) || isJson(data)) this.#onFrame(data, event);
    else this.#isCutInside = true;
  };

  readonly #onFrame = (data: string, event: string | undefined): void => {
    if (this.lane.failure || this.lane.isTerminated) return;
    const text = this.lane.push(data, event);
    if (text) this.#pieces.push(text);
  };

  #touch(text: string): void {
    const { clock, deadline, limits } = this.#options;
    const now = clock.now();
    this.#readAtMs = now;
    if (text) this.#contentAtMs = now;
    if (this.firstContentAtMs === null && this.lane.meter.hasContent) this.firstContentAtMs = now;
    deadline.move(Math.min(now + limits.idleMs, this.#contentAtMs + limits.contentIdleMs, limits.totalAtMs));
  }

  /** The grammar's terminator (or an error) came: nothing after it matters. The socket is drained for reuse. */
  #leaveEarly(): void {
    this.#close('upstream-end');
    const { clock, deadline } = this.#options;
    deadline.move(clock.now() + LAST_BYTES_MS);
    const drain = async (): Promise<void> => {
      while (!(await this.#reader.readMany()).done);
    };
    drain()
      .catch(() => {
        // The answer is already complete: how its socket closes is of no interest.
      })
      .finally(() => deadline.cancel());
  }

  #finish(reason: EndReason, error?: GatewayError): void {
    this.#options.deadline.cancel();
    this.#close(reason, error);
  }

  #close(reason: EndReason, error?: GatewayError): void {
    const { text, outcome } = this.lane.end(reason);
    // A provider's own error, seen in the stream, says more than the way its bytes stopped.
    this.end = { text, outcome: this.lane.failure ?? error ?? outcome };
  }

  #endOfError(error: unknown): [EndReason, GatewayError?] {
    const { signal } = this.#options.abort;
    const reason = signal.aborted ? signal.reason : error;
    if (!(reason instanceof GatewayError)) return ['upstream-cut'];
    if (reason.code === 'client.gone') return ['client-gone', reason];
    return [reason.code === 'provider.timeout' ? 'deadline' : 'upstream-cut', reason];
  }
}

/** One value, or one a line, where a proxy lost the blank lines between the events. */
function isJson(data: string): boolean {
  return tryParseJson(data) !== undefined || data.split('\n').every((line) => tryParseJson(line) !== undefined);
}
