import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { GatewayError } from '../core/errors.ts';
import { errorMessage, eventMessage, exceptionMessage, joinBytes, messageOf } from './aws-event-stream.fixture.ts';
import { openAwsEventStreamFrames } from './aws-event-stream.ts';

type Read = readonly [data: string, event: string | undefined];

function read(pieces: Iterable<Uint8Array>, maxMessageBytes?: number): Read[] {
  const frames: Read[] = [];
  const sink = (data: string, event: string | undefined): void => void frames.push([data, event]);
  const reader = openAwsEventStreamFrames(maxMessageBytes);
  for (const piece of pieces) reader.push(piece, sink);
  reader.end(sink);
  return frames;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
  return 'no error';
}

const MESSAGES = [
  eventMessage('messageStart', { role: 'assistant', p: 'abc' }),
  eventMessage('contentBlockDelta', { delta: { text: 'né👋' } }),
  exceptionMessage('throttlingException', { message: 'slow down' }),
  errorMessage('InternalFailure', 'broken “inside”'),
  messageOf({}, 'no type'),
];
const BYTES = joinBytes(MESSAGES);
const FRAMES: Read[] = [
  ['{"role":"assistant","p":"abc"}', 'messageStart'],
  ['{"delta":{"text":"né👋"}}', 'contentBlockDelta'],
  ['{"message":"slow down"}', 'exception:throttlingException'],
  ['{"message":"broken “inside”"}', 'error:InternalFailure'],
  ['no type', undefined],
];

describe('an AWS event stream', () => {
  test('events, exceptions and errors become frames with their names', () => {
    expect(read([BYTES])).toEqual(FRAMES);
    expect(read([])).toEqual([]);
  });

  test('one message known byte by byte: the framing is that of the specification', () => {
    // prelude: 49 bytes in all, 16 of headers; header ":event-type" cut short to "a" = "b"; no body but "{}"
    const header = [1, 0x61, 7, 0, 1, 0x62];
    const prelude = [0, 0, 0, 24, 0, 0, 0, 6];
    const body = [0x7b, 0x7d];
    const head = [...prelude, ...u32(crc32(prelude)), ...header, ...body];
    expect(read([Uint8Array.from([...head, ...u32(crc32(head))])])).toEqual([['{}', undefined]]);
  });

  test('two pieces cut at every byte, and single bytes, give the same frames', () => {
    for (let at = 0; at <= BYTES.length; at++)
      expect(read([BYTES.subarray(0, at), BYTES.subarray(at)])).toEqual(FRAMES);
    expect(read(Array.from(BYTES, (byte) => Uint8Array.of(byte)))).toEqual(FRAMES);
  });

  test('any split gives the same frames, also where the reader’s bytes are used again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(BYTES.length)), (cuts) => {
        const points = [0, ...cuts.sort((a, b) => a - b), BYTES.length];
        const one = new Uint8Array(BYTES.length);
        const pieces = function* () {
          for (let i = 1; i < points.length; i++) {
            const piece = BYTES.subarray(points[i - 1], points[i]);
            one.set(piece);
            yield one.subarray(0, piece.length);
          }
        };
        expect(read(pieces())).toEqual(FRAMES);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test('a stream that ends inside a message is cut, at every byte', () => {
    const ends = new Set<number>();
    MESSAGES.reduce((at, message) => {
      ends.add(at);
      return at + message.length;
    }, 0);
    for (let at = 1; at < BYTES.length; at++) {
      expect(codeOf(() => read([BYTES.subarray(0, at)]))).toBe(ends.has(at) ? 'no error' : 'provider.truncated');
    }
  });

  test('a byte changed on its way is noticed, wherever it is', () => {
    for (let at = 0; at < BYTES.length; at++) {
      const damaged = BYTES.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x01;
      expect(codeOf(() => read([damaged]))).toMatch(/^provider\.(truncated|bad_answer)$/);
    }
  });

  test('a message beyond the limit is refused by its length, before its bytes have come', () => {
    const message = eventMessage('x', { text: 'y'.repeat(200) });
    expect(read([message], message.length)).toHaveLength(1);
    expect(() => read([message.subarray(0, 4)], message.length - 1)).toThrow(`more than ${message.length - 1} bytes`);
    expect(codeOf(() => read([Uint8Array.of(1, 0, 0, 1)]))).toBe('provider.bad_answer');
  });

  test('text is no such stream', () => {
    expect(codeOf(() => read([new TextEncoder().encode('data: {}\n\n')]))).toBe('provider.bad_answer');
    expect(codeOf(() => read([Uint8Array.of(0, 0, 0, 15)]))).toBe('provider.bad_answer');
  });

  test('a large message in small reads stays linear', () => {
    const text = 'z'.repeat(2_000_000);
    const message = eventMessage('big', { text });
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < message.length; at += 1000) pieces.push(message.subarray(at, at + 1000));
    const startedAt = performance.now();
    expect(read(pieces)).toEqual([[JSON.stringify({ text }), 'big']]);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

/** CRC-32 (ISO 3309), bit by bit: apart from the codec's. */
function crc32(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
