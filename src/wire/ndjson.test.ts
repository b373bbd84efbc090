import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { openNdjsonFrames } from './ndjson.ts';

const LINES = ['{"a":"é😀"}', '{"b":2}', '{"done":true}'];

test('any split of the bytes gives the same lines, CRLF, blank lines and a missing last line end included', () => {
  const bytes = new TextEncoder().encode(`${LINES[0]}\r\n\n${LINES[1]}\n${LINES[2]}`);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const frames: string[] = [];
      const reader = openNdjsonFrames();
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      for (let i = 1; i < at.length; i++)
        reader.push(bytes.subarray(at[i - 1], at[i]), (data) => frames.push(data.trim()));
      reader.end((data) => frames.push(data.trim()));
      expect(frames).toEqual(LINES);
    }),
  );
});

test('a line without an end is cut off', () => {
  const reader = openNdjsonFrames(10);
  expect(() => reader.push(new TextEncoder().encode('x'.repeat(11)), () => {})).toThrow('more than 10 characters');
});
