import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { openSseReader } from './sse.ts';

function read(pieces: readonly string[], maxEventCharacters?: number): [string, string | undefined][] {
  const frames: [string, string | undefined][] = [];
  const sink = (data: string, event: string | undefined) => void frames.push([data, event]);
  const reader = openSseReader(maxEventCharacters);
  for (const piece of pieces) reader.push(piece, sink);
  reader.end(sink);
  return frames;
}

describe('server-sent events', () => {
  test('data with and without a space, comments, event names, id and retry', () => {
    expect(read([': hi\n\ndata: a\n\ndata:b\n\nevent: x\nid: 1\nretry: 5\ndata: c\n\n'])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', 'x'],
    ]);
  });

  test('an event name does not leak into the next event', () => {
    expect(read(['event: x\ndata: a\n\ndata: b\n\n'])).toEqual([
      ['a', 'x'],
      ['b', undefined],
    ]);
  });

  test('a name holds for its event, whatever else stands in it', () => {
    const text =
      'event: x\ndata: a\ndata: b\n\nevent: y\nevent: z\ndata:c\n\nevent: gone\n\ndata: d\n\nevent: e\nid: 1\ndata: f\n\ndata: g\nevent: h\ndata: i\n\n';
    const frames: [string, string | undefined][] = [
      ['a\nb', 'x'],
      ['c', 'z'],
      ['d', undefined],
      ['f', 'e'],
      ['g\ni', 'h'],
    ];
    expect(read([text])).toEqual(frames);
    expect(read([...text])).toEqual(frames);
  });

  test('several data lines are one event', () => {
    expect(read(['data: a\ndata: b\ndata\n\n'])).toEqual([['a\nb\n', undefined]]);
  });

  test('CRLF, CR and a BOM', () => {
    expect(read(['\ufeffdata: a\r\n\r\ndata: b\r\rdata: c\n\n']).map(([data]) => data)).toEqual(['a', 'b', 'c']);
  });

  test('the last event counts without its blank line', () => {
    expect(read(['data: a\n\ndata: [DONE]'])).toEqual([
      ['a', undefined],
      ['[DONE]', undefined],
    ]);
  });

  test('an endless event is cut off', () => {
    expect(() => read(['data: ', 'x'.repeat(50), 'x'.repeat(60)], 100)).toThrow('more than 100 characters');
    expect(() =>
      read(
        Array.from({ length: 60 }, () => 'data: xx\n'),
        100,
      ),
    ).toThrow('more than 100 characters');
  });

  test('any split of the bytes gives the same events', () => {
    const text = fc
      .array(
        fc.constantFrom('data: a', 'data:b', ': c', 'event: e', 'data', '\n', '\r\n', '\r', '\n\n', '\r\n\r\n', 'x'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(200)), (whole, cuts) => {
        const points = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
        const pieces = [...points, whole.length].map((end, i) => whole.slice(points[i - 1] ?? 0, end));
        expect(read(pieces)).toEqual(read([whole]));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
