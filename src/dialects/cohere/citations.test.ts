import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { contextWith } from '../shared/testing/context.ts';
import { CodePoints } from './citations.ts';
import { decodeResponse } from './response.ts';

const MOST_MS = 3000;

test('a position in code points is found in a text that grows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'é', '😀', 'x'.repeat(900)), fc.nat(6000)), { maxLength: 30 }),
      (steps) => {
        const places = new CodePoints();
        let text = '';
        for (const [more, at] of steps) {
          text += more;
          expect(places.unitsAt(text, at)).toBe([...text].slice(0, at).join('').length);
        }
      },
    ),
    { seed: 11, numRuns: 60 },
  );
});

test('thousands of citations far into a long text take no search through all of it, and are bounded', () => {
  const text = '😀'.repeat(500_000);
  const citations = Array.from({ length: 20_000 }, (_, n) => ({
    start: 499_000 - n,
    end: 500_000,
    text: 'other',
    sources: [],
  }));
  const message = { role: 'assistant', content: [{ type: 'text', text }], citations };
  const usage = { tokens: { input_tokens: 1, output_tokens: 1 } };
  const startedMs = performance.now();
  const { choices } = decodeResponse({ id: 'c', finish_reason: 'COMPLETE', message, usage }, contextWith());
  expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
  expect(choices[0]?.annotations).toHaveLength(5000);
  expect(choices[0]?.annotations[0]).toMatchObject({ file_annotation: { start_index: 998_000, end_index: 1_000_000 } });
});
