import { describe, expect, test } from 'bun:test';
import { type EgressResponse, readText } from './egress.ts';
import { peekResponse } from './peek-response.ts';

function responseOf(body: ReadableStream<Uint8Array> | null): EgressResponse {
  return { status: 200, headers: new Headers(), body, text: (maxBytes) => readText(body, maxBytes) };
}

function streamOf(pieces: readonly string[]): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return new ReadableStream({
    pull(controller) {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });
}

describe('how a body begins', () => {
  test.each<readonly [pieces: readonly string[], first: string]>([
    [['{"a":1}'], '{'],
    [['\ufeff \r\n', '\t', ' data: x'], 'd'],
    [['  ', '\n'], ''],
    [['\0\0\0{"a":1}'], '\0'],
    [[], ''],
  ])('%j begins with %p, and is all there afterwards', async (pieces, first) => {
    const peeked = await peekResponse(responseOf(streamOf(pieces)));
    expect(peeked.first).toBe(first);
    expect(await peeked.response.text(1000)).toBe(pieces.join('').replace('\ufeff', ''));
  });

  test('no body begins with nothing', async () => {
    expect((await peekResponse(responseOf(null))).first).toBe('');
  });

  test('white space without end is looked at for a while and handed on', async () => {
    let read = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read += 1000;
          controller.enqueue(new Uint8Array(1000).fill(32));
        },
        cancel() {
          isCancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const peeked = await peekResponse(responseOf(endless));
    expect(peeked.first).toBe('');
    expect(read).toBeLessThan(100_000);
    await expect(peeked.response.text(200_000)).rejects.toThrow('larger than 200000 bytes');
    expect(isCancelled).toBe(true);
  });
});
