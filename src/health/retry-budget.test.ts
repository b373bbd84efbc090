import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createRetryBudget } from './retry-budget.ts';
import { testClock } from './sample-traffic.ts';

/** Takes as many as it gets. */
function drain(budget: { take(): boolean }): number {
  let taken = 0;
  while (taken < 100_000 && budget.take()) taken++;
  return taken;
}

describe('the retry budget', () => {
  test('of a quiet gateway is a hundred extra attempts within ten seconds of the clock', () => {
    const clock = testClock();
    const budget = createRetryBudget({ clock });
    expect(drain(budget)).toBe(100);
    clock.wait(8_000);
    expect(budget.take()).toBe(false);
    clock.wait(2_000);
    expect(drain(budget)).toBe(100);
  });

  test('of a busy one is a fifth of its first attempts', () => {
    const clock = testClock();
    const budget = createRetryBudget({ clock });
    for (let i = 0; i < 1000; i++) budget.counted();
    expect(drain(budget)).toBe(200);
    clock.wait(9000);
    expect(budget.take()).toBe(false);
    // The thousand leave the window, and so do the extra ones.
    clock.wait(1000);
    expect(drain(budget)).toBe(100);
  });

  test('keeps the attempts of a total failure within a fifth', () => {
    const clock = testClock();
    const budget = createRetryBudget({ clock });
    let [first, extra] = [0, 0];
    for (let ms = 0; ms < 60_000; ms++) {
      budget.counted();
      first++;
      // Each of them would like three more.
      for (let i = 0; i < 3; i++) extra += Number(budget.take());
      clock.wait(1);
    }
    expect(extra / first).toBeGreaterThan(0.19);
    expect(extra / first).toBeLessThan(0.205);
  });

  test('survives a clock that is set back', () => {
    const clock = testClock();
    const budget = createRetryBudget({ clock });
    drain(budget);
    clock.wait(-3_600_000);
    expect(drain(budget)).toBe(100);
  });
});

const step = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.nat({ max: 300 }), fc.nat({ max: 4000 })),
  firsts: fc.nat({ max: 300 }),
  wanted: fc.nat({ max: 200 }),
});

test('says what the rule says of a list of what happened', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2000 }), fc.array(step, { minLength: 1, maxLength: 30 }), (startMs, steps) => {
      const clock = testClock(startMs);
      const budget = createRetryBudget({ clock });
      const firsts: number[] = [];
      const extras: number[] = [];
      const second = (ms: number) => Math.floor(ms / 1000);
      const inWindow = (times: readonly number[]) =>
        times.filter((each) => second(each) > second(clock.now()) - 10).length;
      for (const { waitMs, firsts: count, wanted } of steps) {
        clock.wait(waitMs);
        for (let i = 0; i < count; i++) {
          budget.counted();
          firsts.push(clock.now());
        }
        for (let i = 0; i < wanted; i++) {
          const isAllowed = inWindow(extras) + 1 <= Math.max(100, inWindow(firsts) / 5);
          expect(budget.take()).toBe(isAllowed);
          if (isAllowed) extras.push(clock.now());
        }
      }
    }),
    { numRuns: 100 },
  );
});
