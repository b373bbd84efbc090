import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { LogScale } from './log-scale.ts';
import { RollingCounts, RollingPercentiles } from './rolling.ts';
import { testClock } from './sample-traffic.ts';

const SLOT_MS = 1000;
const SLOTS = 6;
const WINDOW_MS = SLOT_MS * SLOTS;

const waits = fc.array(fc.nat({ max: 2500 }), { minLength: 1, maxLength: 60 });

describe('rolling counts', () => {
  test('never hold what is older than the window, always what is younger than all but one slot', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5000 }), waits, (startMs, steps) => {
        const clock = testClock(startMs);
        const counts = new RollingCounts(SLOT_MS, SLOTS, 2);
        const times: number[] = [];
        for (const step of steps) {
          clock.wait(step);
          counts.add(1, clock.now());
          times.push(clock.now());
          const ages = times.map((each) => clock.now() - each);
          const sum = counts.sum(1, clock.now());
          expect(sum).toBeLessThanOrEqual(ages.filter((age) => age < WINDOW_MS).length);
          expect(sum).toBeGreaterThanOrEqual(ages.filter((age) => age <= WINDOW_MS - SLOT_MS).length);
          expect(counts.sum(0, clock.now())).toBe(0);
        }
      }),
    );
  });

  test('a shorter window is the end of the longer one', () => {
    const counts = new RollingCounts(SLOT_MS, SLOTS, 1);
    for (let slot = 0; slot < SLOTS; slot++) counts.add(0, slot * SLOT_MS);
    const nowMs = (SLOTS - 1) * SLOT_MS;
    expect([1, 2, 5, 6].map((slots) => counts.sum(0, nowMs, slots))).toEqual([1, 2, 5, 6]);
    expect(counts.sum(0, nowMs + 3 * SLOT_MS)).toBe(3);
    expect(counts.sum(0, nowMs + WINDOW_MS)).toBe(0);
  });

  test('take back what is still there, and no more than was counted', () => {
    const counts = new RollingCounts(SLOT_MS, SLOTS, 1);
    counts.add(0, 100);
    counts.add(0, 1100);
    counts.takeBack(0, 100);
    expect(counts.sum(0, 1100)).toBe(1);
    counts.takeBack(0, 100);
    expect(counts.sum(0, 1100)).toBe(1);
    // The slot has gone and another stands in its place.
    counts.add(0, 100 + WINDOW_MS);
    counts.takeBack(0, 100);
    expect(counts.sum(0, 100 + WINDOW_MS)).toBe(2);
  });

  test('a clock that is set back hides what lies ahead of it', () => {
    const counts = new RollingCounts(SLOT_MS, SLOTS, 1);
    counts.add(0, 60_000);
    expect(counts.sum(0, 30_000)).toBe(0);
    counts.add(0, 30_000);
    expect(counts.sum(0, 30_000)).toBe(1);
  });
});

describe('rolling percentiles', () => {
  const scale = new LogScale(0.001, 3600);
  const rolling = () => new RollingPercentiles(scale, 'low', SLOT_MS, SLOTS);

  test('are of the slots in the window only', () => {
    const percentiles = rolling();
    expect(percentiles.percentiles(0)).toBeNull();
    percentiles.add(scale.bucketOf(10), 0);
    for (let slot = 1; slot < SLOTS; slot++) percentiles.add(scale.bucketOf(1), slot * SLOT_MS);
    expect(percentiles.percentiles(WINDOW_MS - 1)?.p99).toBeCloseTo(10, 0);
    expect(percentiles.percentiles(WINDOW_MS)?.p99).toBeCloseTo(1, 1);
    expect(percentiles.percentiles(2 * WINDOW_MS)).toBeNull();
  });

  test('two endpoints that share a scale do not mix', () => {
    const [fast, slow] = [rolling(), rolling()];
    fast.add(scale.bucketOf(0.1), 0);
    slow.add(scale.bucketOf(100), 0);
    expect(slow.percentiles(0)?.p50).toBeCloseTo(100, -1);
    expect(fast.percentiles(0)?.p50).toBeCloseTo(0.1, 2);
  });

  test('a clock that is set back hides what lies ahead of it', () => {
    const percentiles = rolling();
    percentiles.add(scale.bucketOf(1), 60_000);
    expect(percentiles.percentiles(30_000)).toBeNull();
    expect(percentiles.percentiles(60_000)?.p50).toBeCloseTo(1, 1);
  });
});
