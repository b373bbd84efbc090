import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { decodeCitations } from './citations.ts';

const MOST_MS = 3000;
const chunk = (uri: string, title = 'T') => ({ web: { uri, title } });
const support = (startIndex: number, endIndex: number, source = 0) => ({
  segment: { startIndex, endIndex },
  groundingChunkIndices: [source],
});
const encoder = new TextEncoder();

test('positions in bytes are positions in characters, wherever they are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'é', '中', '😀', 'x'.repeat(700)), { maxLength: 40 }),
      fc.nat(40),
      (words, to) => {
        const said = words.slice(0, to).join('');
        const startIndex = encoder.encode(said).length;
        const grounding = { groundingChunks: [chunk('https://a')], groundingSupports: [support(startIndex, 1e9)] };
        const text = words.join('');
        expect(decodeCitations(grounding, [], text)).toMatchObject([
          { url_citation: { start_index: said.length, end_index: text.length } },
        ]);
      },
    ),
    { seed: 3, numRuns: 100 },
  );
});

test('thousands of passages that name one source are bounded, and found at the same cost', () => {
  const text = 'ä'.repeat(1_000_000);
  const groundingSupports = Array.from({ length: 100_000 }, (_, n) => support(2_000_000 - n, 2_000_000));
  const startedMs = performance.now();
  const told = decodeCitations({ groundingChunks: [chunk('https://a')], groundingSupports }, [], text);
  expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
  expect(told).toHaveLength(5000);
});

test('an address that is none because of its length is not repeated for every passage', () => {
  const groundingChunks = [chunk(`https://a/${'x'.repeat(1_000_000)}`), chunk('https://b', 't'.repeat(1_000_000))];
  const groundingSupports = Array.from({ length: 3000 }, (_, n) => support(n, n + 1, n % 2));
  const told = decodeCitations({ groundingChunks, groundingSupports }, [], 'y'.repeat(4000));
  expect(told).toHaveLength(1500);
  expect(JSON.stringify(told).length).toBeLessThan(10_000_000);
});
