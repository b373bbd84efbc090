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
  test('of a quiet gateway is ten extra attempts a second, each place back one second after it was taken', () => {
    const clock = testClock();
    const budget = createRetryBudget({ clock });
    expect(drain(budget)).toBe(10);
    clock.wait(999);
    expect(budget.take()).toBe(false);
    clock.wait(1);
    expect(budget.take()).toBe(true);
    clock.wait(500);
    expect(drain(budget)).toBe(9);
    clock.wait(500);
    expect(drain(budget)).toBe(1);
  });

  test('of a busy one is a fifth of its first attempts within ten seconds beside', () => {
    const clock = testClock();
    const budget = createRetryBudget({ clock });
    for (let i = 0; i < 1000; i++) budget.counted();
    expect(drain(budget)).toBe(210);
    clock.wait(9000);
    expect(drain(budget)).toBe(10);
    // The thousand leave the window, and so do the extra ones.
    clock.wait(1000);
    expect(drain(budget)).toBe(10);
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
    expect(extra / first).toBeGreaterThan(0.2);
    expect(extra / first).toBeLessThan(0.2 + 10 / 1000 + 0.001);
  });

  test('survives a clock that is set back', () => {
    const clock = testClock();
    const budget = createRetryBudget({ clock });
    drain(budget);
    clock.wait(-3_600_000);
    expect(drain(budget)).toBe(10);
  });
});

/** The rule on a list of what happened. */
function model() {
  const floor: number[] = [];
  const firsts: number[] = [];
  const shared: number[] = [];
  const second = (ms: number) => Math.floor(ms / 1000);
  const inWindow = (times: readonly number[], nowMs: number) =>
    times.filter((each) => second(each) > second(nowMs) - 10).length;
  return {
    floor,
    firsts,
    shared,
    take(nowMs: number): boolean {
      if (floor.filter((each) => nowMs - each < 1000).length < 10) return floor.push(nowMs) > 0;
      if (inWindow(shared, nowMs) + 1 > inWindow(firsts, nowMs) * 0.2) return false;
      return shared.push(nowMs) > 0;
    },
  };
}

const step = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.nat({ max: 300 }), fc.nat({ max: 4000 })),
  firsts: fc.nat({ max: 30 }),
  wanted: fc.nat({ max: 20 }),
});

test('says what the rule says, and no second has more than the rule allows', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2000 }), fc.array(step, { minLength: 1, maxLength: 60 }), (startMs, steps) => {
      const clock = testClock(startMs);
      const budget = createRetryBudget({ clock });
      const rule = model();
      for (const { waitMs, firsts, wanted } of steps) {
        clock.wait(waitMs);
        for (let i = 0; i < firsts; i++) {
          budget.counted();
          rule.firsts.push(clock.now());
        }
        for (let i = 0; i < wanted; i++) expect(budget.take()).toBe(rule.take(clock.now()));
      }
      const extras = [...rule.floor, ...rule.shared];
      for (const startsMs of extras) {
        const within = (times: readonly number[], fromMs: number) =>
          times.filter((each) => each >= fromMs && each < startsMs + 1000).length;
        expect(within(extras, startsMs)).toBeLessThanOrEqual(10 + 0.2 * within(rule.firsts, startsMs - 10_000));
      }
    }),
    { numRuns: 150 },
  );
});
