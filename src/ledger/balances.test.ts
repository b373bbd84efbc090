import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { KeyRecord, LimitReset } from '../core/caller.ts';
import { createBalances } from './balances.ts';

const key = (limitNanoUsd: bigint | null, limitReset: LimitReset | null = null): KeyRecord => ({
  hash: 'k',
  kind: 'inference',
  name: 'test',
  label: 'sk-or-v1-abc...123',
  disabled: false,
  limitNanoUsd,
  limitReset,
  includeByokInLimit: false,
  createdAtMs: 0,
  updatedAtMs: null,
  expiresAtMs: null,
  creatorUserId: null,
  workspaceId: 'w',
  externalUser: null,
  source: 'database',
});

function clockAt(text: string) {
  let ms = Date.parse(text);
  return {
    now: () => ms,
    set(later: string) {
      ms = Date.parse(later);
    },
  };
}

describe('spend by window', () => {
  test('counts the current UTC day, the week from Monday and the month', () => {
    const clock = clockAt('2026-11-25T12:00:00Z'); // a Wednesday
    const balances = createBalances(clock);
    balances.post('k', 1n, Date.parse('2026-11-25T00:00:00Z'));
    balances.post('k', 10n, Date.parse('2026-11-23T00:00:00Z')); // Monday
    balances.post('k', 100n, Date.parse('2026-11-22T23:59:59Z')); // Sunday before
    balances.post('k', 1000n, Date.parse('2026-10-31T23:59:59Z'));
    expect(balances.spendOf('k')).toEqual({
      totalNanoUsd: 1111n,
      dailyNanoUsd: 1n,
      weeklyNanoUsd: 11n,
      monthlyNanoUsd: 111n,
    });
  });

  test.each([
    [
      'midnight',
      '2026-11-25T23:59:59Z',
      '2026-11-26T00:00:00Z',
      { dailyNanoUsd: 0n, weeklyNanoUsd: 5n, monthlyNanoUsd: 5n },
    ],
    [
      'Monday',
      '2026-11-22T23:59:59Z',
      '2026-11-23T00:00:00Z',
      { dailyNanoUsd: 0n, weeklyNanoUsd: 0n, monthlyNanoUsd: 5n },
    ],
    [
      'the first of a month',
      '2026-11-30T23:59:59Z',
      '2026-12-01T00:00:00Z',
      { dailyNanoUsd: 0n, weeklyNanoUsd: 5n, monthlyNanoUsd: 0n },
    ],
    [
      'the end of February in a leap year',
      '2028-02-29T23:59:59Z',
      '2028-03-01T00:00:00Z',
      { dailyNanoUsd: 0n, weeklyNanoUsd: 5n, monthlyNanoUsd: 0n },
    ],
  ])('starts anew at %s', (_, before, after, expected) => {
    const clock = clockAt(before);
    const balances = createBalances(clock);
    balances.post('k', 5n, clock.now());
    expect(balances.spendOf('k').dailyNanoUsd).toBe(5n);
    clock.set(after);
    expect(balances.spendOf('k')).toEqual({ totalNanoUsd: 5n, ...expected });
  });

  test('a charge falls in the window that admitted it, however late it settles', () => {
    const clock = clockAt('2026-11-25T23:59:59Z');
    const balances = createBalances(clock);
    const admittedAtMs = clock.now();
    clock.set('2026-11-26T00:00:10Z');
    balances.post('k', 5n, admittedAtMs);
    expect(balances.spendOf('k')).toMatchObject({ totalNanoUsd: 5n, dailyNanoUsd: 0n, weeklyNanoUsd: 5n });
  });

  test('a clock that jumps ten years ahead and back opens no window again', () => {
    const clock = clockAt('2026-11-25T12:00:00Z');
    const balances = createBalances(clock);
    balances.post('k', 5n, clock.now());
    clock.set('2036-01-01T00:00:00Z');
    balances.post('k', 7n, clock.now());
    clock.set('2026-11-25T11:00:00Z');
    expect(balances.spendOf('k')).toEqual({
      totalNanoUsd: 12n,
      dailyNanoUsd: 5n,
      weeklyNanoUsd: 5n,
      monthlyNanoUsd: 5n,
    });
  });

  test('is the same rebuilt from the store as it was posted', () => {
    const day = fc.integer({ min: 0, max: 300 });
    const posting = fc.record({
      keyHash: fc.constantFrom('a', 'b'),
      day,
      cost: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    });
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 400 }), (postings) => {
        const clock = clockAt('2026-11-25T12:00:00Z');
        const [live, rebuilt] = [createBalances(clock), createBalances(clock)];
        const rows = postings.map((one) => ({ ...one, atMs: clock.now() - one.day * 86_400_000 }));
        for (const { keyHash, cost, atMs } of rows) live.post(keyHash, cost, atMs);
        rebuilt.load(
          rows.map(({ keyHash, cost, atMs }) => ({
            keyHash,
            costNanoUsd: cost,
            utcDay: new Date(atMs).toISOString().slice(0, 10),
          })),
        );
        for (const hash of ['a', 'b']) expect(rebuilt.spendOf(hash)).toEqual(live.spendOf(hash));
        expect(rebuilt.totalNanoUsd()).toBe(live.spendOf('a').totalNanoUsd + live.spendOf('b').totalNanoUsd);
      }),
    );
  });
});

describe('admission', () => {
  test('a key without a limit is always admitted', () => {
    const balances = createBalances(clockAt('2026-11-25T12:00:00Z'));
    balances.post('k', 10n ** 15n, Date.parse('2026-11-25T12:00:00Z'));
    expect(balances.admit(key(null), 1n)).toBe('ok');
    expect(balances.remainingOf(key(null))).toBeNull();
  });

  test('a key is refused once its settled spend has reached the limit, saying when it may spend again', () => {
    const clock = clockAt('2026-11-25T12:00:00Z');
    const balances = createBalances(clock);
    balances.post('k', 99n, clock.now());
    expect(balances.admit(key(100n, 'weekly'), 50n)).toBe('ok');
    balances.post('k', 1n, clock.now());
    expect(balances.admit(key(100n, 'weekly'), 50n)).toEqual({
      kind: 'over-limit',
      window: 'weekly',
      limitNanoUsd: 100n,
      spentNanoUsd: 100n,
      neededNanoUsd: 50n,
      resetsAtMs: Date.parse('2026-11-30T00:00:00Z'),
    });
    expect(balances.remainingOf(key(100n, 'weekly'))).toBe(0n);
    clock.set('2026-11-30T00:00:00Z');
    expect(balances.admit(key(100n, 'weekly'), 50n)).toBe('ok');
    expect(balances.admit(key(100n), 50n)).toMatchObject({ window: 'total', resetsAtMs: null });
  });

  test('a limit of zero admits nothing', () => {
    expect(createBalances(clockAt('2026-11-25T12:00:00Z')).admit(key(0n), 0n)).toMatchObject({ kind: 'over-limit' });
  });

  test('holds minus releases is zero in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1n, 20n, 300n, 4000n]), (amounts) => {
        const balances = createBalances(clockAt('2026-11-25T12:00:00Z'));
        for (const amount of amounts) balances.take('k', amount);
        expect(balances.heldOf('k')).toBe(amounts.reduce((sum, amount) => sum + amount, 0n));
        for (const amount of amounts.toReversed()) balances.release('k', amount);
        expect(balances.heldOf('k')).toBe(0n);
      }),
    );
  });
});
