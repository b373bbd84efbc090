import { expect, test } from 'bun:test';
import { newMeter } from '../dialects/shared/upstream/stream-meter.ts';
import type { FrameReader } from '../wire/frames.ts';
import type { Deadline } from './deadlines.ts';
import { LiveStream, MOST_CHARACTERS, MOST_STREAM_BYTES } from './live-stream.ts';

const MEGABYTE = 1024 * 1024;
const deadline: Deadline = { move: () => undefined, cancel: () => undefined };
/** A framing that keeps nothing and gives one frame for each piece of the body. */
const frames: FrameReader = { push: (_, sink) => sink('{}', undefined), end: () => undefined };

/** A stream of pieces without an end, read by a lane that counts this many characters for each. */
function endless(pieceBytes: number, charactersOfPiece: number) {
  const piece = new Uint8Array(pieceBytes);
  let given = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += pieceBytes;
      controller.enqueue(piece);
    },
  });
  const meter = newMeter();
  const abort = new AbortController();
  const lane = {
    meter,
    isTerminated: false,
    failure: undefined,
    push() {
      meter.deliveredCharacters += charactersOfPiece;
      return '';
    },
    end: () => ({ text: '', outcome: 'complete' as const }),
    final: () => '',
    fail: () => '',
  };
  const live = new LiveStream({
    body,
    lane,
    frames,
    abort,
    deadline,
    limits: { idleMs: 1000, contentIdleMs: 1000, totalAtMs: 1000 },
    clock: { now: () => 0 },
    providerName: 'Host',
  });
  return { live, abort, given: () => given };
}

test.each([
  ['bytes', 16 * MEGABYTE, 1, MOST_STREAM_BYTES],
  ['characters', 1024, MEGABYTE, (MOST_CHARACTERS / MEGABYTE) * 1024],
])('a stream of more %s than any answer is cut off, and its host with it', async (_, pieceBytes, characters, most) => {
  const { live, abort, given } = endless(pieceBytes, characters);
  while (!live.end) await live.next();
  expect(live.end.outcome).toMatchObject({ code: 'provider.bad_answer', details: { providerName: 'Host' } });
  expect(abort.signal.aborted).toBe(true);
  // The runtime reads a few pieces ahead.
  expect(given()).toBeGreaterThan(most);
  expect(given()).toBeLessThan(most + 8 * pieceBytes);
});
