/** A reply as a timed script of bytes, and the faults that only bytes can have: pace, cuts, stalls, odd splits. */

import type { SimOptions } from './faults.ts';
import type { SimDialect, WireBytes } from './grammar.ts';

export interface SimScript {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Wait before the head is sent. */
  readonly headDelayMs: number;
  readonly steps: readonly SimStep[];
  /**
   * How the body ends after the last step. `close`: properly. `drop`: the connection closes without the end of the body.
   * `reset`: the connection is reset. `stall`: nothing more is said and the connection stays open.
   */
  readonly end: 'close' | 'drop' | 'reset' | 'stall';
  readonly facts: SimFacts;
}

export interface SimStep {
  readonly delayMs: number;
  readonly bytes: WireBytes;
}

/** What the script amounts to, for the simulator's log: the oracle that tests compare the gateway's ledger with. */
export interface SimFacts {
  readonly dialect: SimDialect | 'none';
  readonly model: string;
  /** `answer`: told to its end. `broken`: an answer that a fault keeps from being whole. `refused`: an error. */
  readonly outcome: 'answer' | 'broken' | 'refused';
  /** The usage of the answer, whatever a usage fault makes the wire say. */
  readonly usage: { readonly promptTokens: number; readonly completionTokens: number } | null;
}

/** A piece of the body before byte faults: `content` pieces are paced and counted. */
export interface BodyPiece {
  readonly content: boolean;
  readonly text: WireBytes;
}

/** Paces the pieces, stalls among them, splits and cuts their bytes. Steps that need no pause between them are joined. */
export function scriptBody(
  body: readonly BodyPiece[],
  options: SimOptions,
  streaming: boolean,
): { readonly steps: readonly SimStep[]; readonly end: SimScript['end'] } {
  const paced = pace(body, options, streaming);
  const split = options.counts.get('split');
  const steps = split === undefined ? joinSteps(paced.steps) : splitSteps(joinSteps(paced.steps), split);
  const breaks = (['cut', 'drop', 'reset'] as const).flatMap((kind) => {
    const at = options.counts.get(kind);
    return at === undefined ? [] : [{ kind, at }];
  });
  const first = breaks.toSorted((a, b) => a.at - b.at)[0];
  if (first === undefined) return { steps, end: paced.stalled ? 'stall' : 'close' };
  const kept = keepBytes(steps, first.at);
  if (kept === null) return { steps, end: paced.stalled ? 'stall' : 'close' };
  return { steps: kept, end: first.kind === 'cut' ? 'close' : first.kind };
}

function pace(
  body: readonly BodyPiece[],
  options: SimOptions,
  streaming: boolean,
): { readonly steps: SimStep[]; readonly stalled: boolean } {
  const tokenMs = streaming ? (options.counts.get('token_ms') ?? 0) : 0;
  const stall = options.counts.get('stall');
  const steps: SimStep[] = [];
  let pending = options.counts.get('first_frame_ms') ?? 0;
  let contents = 0;
  for (const piece of body) {
    if (piece.content && contents === stall) return { steps, stalled: true };
    if (piece.content) contents++;
    steps.push({ delayMs: pending + (piece.content ? tokenMs : 0), bytes: piece.text });
    pending = 0;
  }
  return { steps, stalled: stall !== undefined && contents <= stall };
}

function joinSteps(steps: readonly SimStep[]): readonly SimStep[] {
  const joined: { delayMs: number; parts: WireBytes[] }[] = [];
  for (const { delayMs, bytes } of steps) {
    const last = joined.at(-1);
    if (last && delayMs === 0) last.parts.push(bytes);
    else joined.push({ delayMs, parts: [bytes] });
  }
  return joined.map(({ delayMs, parts }) => ({ delayMs, bytes: join(parts) }));
}

function join(parts: readonly WireBytes[]): WireBytes {
  const texts = parts.filter((part) => typeof part === 'string');
  return texts.length === parts.length ? texts.join('') : Buffer.concat(parts.map(encoded));
}

const encoded = (bytes: WireBytes): Uint8Array => (typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);

function splitSteps(steps: readonly SimStep[], size: number): readonly SimStep[] {
  return steps.flatMap(({ delayMs, bytes }) => {
    const whole = encoded(bytes);
    return Array.from({ length: Math.ceil(whole.length / size) }, (_, index) => ({
      delayMs: index === 0 ? delayMs : 0,
      bytes: whole.subarray(index * size, (index + 1) * size),
    }));
  });
}

/** The first `limit` bytes; null where the body has no byte after them, so that there is nothing to break off. */
function keepBytes(steps: readonly SimStep[], limit: number): readonly SimStep[] | null {
  const kept: SimStep[] = [];
  let left = limit;
  for (const { delayMs, bytes } of steps) {
    const whole = encoded(bytes);
    if (whole.length > left) {
      if (left > 0) kept.push({ delayMs, bytes: whole.subarray(0, left) });
      return kept;
    }
    kept.push({ delayMs, bytes: whole });
    left -= whole.length;
  }
  return null;
}
