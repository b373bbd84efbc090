import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Good, Histogram, percentilesOf } from './histogram.ts';
import { LogScale } from './log-scale.ts';

const SECONDS = new LogScale(0.001, 3600);
/** Half a bucket of 5 %, and three digits. */
const PRECISION = 0.03;

const seconds = fc.double({ min: Math.log(0.001), max: Math.log(3600), noNaN: true }).map(Math.exp);

/** Nearest rank on the samples themselves. */
function exact(samples: readonly number[], percent: number, good: Good): number {
  const sorted = [...samples].sort((a, b) => (good === 'low' ? a - b : b - a));
  return sorted[Math.ceil((percent * samples.length) / 100) - 1] ?? Number.NaN;
}

function percentilesBy(samples: readonly number[], good: Good) {
  const histogram = new Histogram();
  for (const each of samples) histogram.add(SECONDS.bucketOf(each));
  SECONDS.sums.fill(0);
  return percentilesOf(SECONDS, histogram.addTo(SECONDS.sums), good);
}

const isNear = (shown: number, real: number) => Math.abs(shown / real - 1) <= PRECISION;

describe('a logarithmic scale', () => {
  test('shows every value to within 3 %, from a millisecond to an hour', () => {
    fc.assert(
      fc.property(seconds, (value) => {
        expect(isNear(SECONDS.middleOf(SECONDS.bucketOf(value)), value)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps the order of values', () => {
    fc.assert(
      fc.property(seconds, seconds, (a, b) => {
        expect(SECONDS.bucketOf(Math.min(a, b))).toBeLessThanOrEqual(SECONDS.bucketOf(Math.max(a, b)));
      }),
    );
  });

  test('takes what is beyond its ends as its ends', () => {
    for (const value of [-1, 0, 0.0001, Number.NaN]) expect(SECONDS.bucketOf(value)).toBe(0);
    for (const value of [3600, 90_000, Number.POSITIVE_INFINITY]) {
      expect(SECONDS.bucketOf(value)).toBe(SECONDS.buckets - 1);
    }
    expect(isNear(SECONDS.middleOf(SECONDS.buckets - 1), 3600)).toBe(true);
  });

  test('shows three digits', () => {
    const shown = Array.from({ length: SECONDS.buckets }, (_, bucket) => SECONDS.middleOf(bucket));
    expect(shown.filter((each) => Number(each.toPrecision(3)) !== each)).toEqual([]);
  });
});

describe('percentiles', () => {
  test.each<Good>(['low', 'high'])('where %s is good, are those of the sorted samples to within 3 %%', (good) => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 120 }), (samples) => {
        const shown = percentilesBy(samples, good);
        expect(isNear(shown.p50, exact(samples, 50, good))).toBe(true);
        expect(isNear(shown.p75, exact(samples, 75, good))).toBe(true);
        expect(isNear(shown.p90, exact(samples, 90, good))).toBe(true);
        expect(isNear(shown.p99, exact(samples, 99, good))).toBe(true);
      }),
    );
  });

  test('p90 of latencies is what 90 % were faster than; of speeds, what 90 % reached', () => {
    const samples = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(isNear(percentilesBy(samples, 'low').p90, 90)).toBe(true);
    expect(isNear(percentilesBy(samples, 'high').p90, 11)).toBe(true);
  });
});

test('a histogram adds up whatever order its buckets come in, and takes memory for the span it has seen', () => {
  const buckets = fc.array(fc.nat({ max: SECONDS.buckets - 1 }), { maxLength: 80 });
  fc.assert(
    fc.property(buckets, (all) => {
      const histogram = new Histogram();
      const expected = new Float64Array(SECONDS.buckets);
      for (const bucket of all) {
        histogram.add(bucket);
        expected[bucket] = (expected[bucket] ?? 0) + 1;
      }
      const sums = new Float64Array(SECONDS.buckets);
      expect(histogram.addTo(sums)).toBe(all.length);
      expect(sums).toEqual(expected);
    }),
  );
});
