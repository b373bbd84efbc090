/** What replays of recorded traffic share: a stream played at any split, and failures counted over many recordings. */
import { expect } from 'bun:test';
import type { ChatResponse } from '../src/core/chat.ts';
import type { EndReason } from '../src/core/chat-events.ts';
import { openFold } from '../src/core/fold.ts';
import { seededRandom } from '../src/core/ids.ts';
import type { Outcome, UpstreamContext, UpstreamDialect } from '../src/dialects/dialect.ts';
import { framingOfBody, openFrames } from '../src/pipeline/framing.ts';
import type { Recording } from './recordings.ts';

export interface Played {
  readonly response: ChatResponse;
  readonly outcome: Outcome;
}

/** The answer that a stream decodes to when its bytes arrive cut at these places. */
export function play(
  dialect: UpstreamDialect,
  bytes: Uint8Array,
  splits: readonly number[],
  context: UpstreamContext,
  reason: EndReason,
): Played {
  // As the pipeline does: the first byte tells how the body is framed.
  const framing = framingOfBody(dialect.framing ?? 'sse', String.fromCharCode(bytes[0] ?? 0));
  const frames = openFrames(framing === 'whole' ? 'sse' : framing);
  const decoder = dialect.upstream.openDecoder(context);
  const fold = openFold();
  const sink = (data: string, event: string | undefined): void => {
    for (const each of decoder.push({ data, event })) fold.push(each);
  };
  let from = 0;
  for (const to of [...splits, bytes.length]) {
    if (to > from) frames.push(bytes.subarray(from, to), sink);
    from = Math.max(from, to);
  }
  frames.end(sink);
  const end = decoder.end(reason);
  for (const each of end.events) fold.push(each);
  return { response: fold.response(), outcome: end.outcome };
}

/** Places to cut so many bytes at: everywhere, often, and seldom. */
export function splitsOf(length: number): readonly (readonly number[])[] {
  const random = seededRandom(length);
  const somewhere = (): number => Math.floor(random.next() * length);
  const some = (count: number): number[] => Array.from({ length: count }, somewhere).sort((a, b) => a - b);
  return [Array.from({ length }, (_, i) => i), some(40), some(7)];
}

/** Runs one check for each recording and fails with the first failures of all. */
export function checkEach(recordings: Iterable<Recording>, check: (recording: Recording) => void): number {
  const failures: string[] = [];
  let count = 0;
  for (const recording of recordings) {
    count++;
    try {
      check(recording);
    } catch (thrown) {
      failures.push(`${recording.id}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  expect(failures.slice(0, 20)).toEqual([]);
  return count;
}
