import { describe, expect, test } from 'bun:test';
import { Credentials } from './credentials.ts';
import { attemptAt, testClock } from './sample-traffic.ts';

const HERE = attemptAt('host|a', 'host');
const THERE = attemptAt('host|b', 'host');
const OTHER_KEY = attemptAt('host|a', 'host#2');

function book() {
  const clock = testClock();
  const credentials = new Credentials();
  return {
    clock,
    credentials,
    accepted: (attempt = HERE) => credentials.accepted(attempt, clock.now()),
    refused: (attempt = HERE, how: 'refused' | 'denied' | 'unpaid' = 'refused') =>
      credentials.refused(attempt, how, clock.now()),
    limited: (retryAfterMs?: number) => credentials.limited(HERE, retryAfterMs, clock.now()),
    /** Seconds of rest from now. */
    rest: ({ credentialId, endpointId } = HERE) => {
      const untilMs = credentials.restsUntilMs(credentialId, endpointId, clock.now());
      return untilMs === 0 ? 0 : (untilMs - clock.now()) / 1000;
    },
    waitOut(attempt = HERE) {
      clock.wait(this.rest(attempt) * 1000);
    },
  };
}

describe('a refused key', () => {
  test('rests at that endpoint for 30 s, then longer; other keys and other endpoints go on', () => {
    const keys = book();
    const rests: number[] = [];
    for (let i = 0; i < 7; i++) {
      keys.refused(HERE, 'denied');
      rests.push(keys.rest());
      expect([keys.rest(THERE), keys.rest(OTHER_KEY)]).toEqual([0, 0]);
      keys.waitOut();
    }
    expect(rests).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  test('rests no longer for what was under way when it was refused first', () => {
    const keys = book();
    keys.refused();
    keys.clock.wait(10_000);
    keys.refused();
    expect(keys.rest()).toBe(20);
    for (let i = 0; i < 100; i++) keys.refused();
    expect(keys.rest(THERE)).toBe(60);
    keys.clock.wait(60_000);
    keys.refused();
    expect(keys.rest(THERE)).toBe(120);
  });

  test.each(['refused', 'unpaid'] as const)('three times in a row (%s) rests everywhere, longer each time', (how) => {
    const keys = book();
    keys.refused(HERE, how);
    keys.refused(THERE, how);
    expect(keys.rest(attemptAt('host|c', 'host'))).toBe(0);
    keys.refused(THERE, how);
    expect(keys.rest(attemptAt('host|c', 'host'))).toBe(60);
    expect(keys.rest(OTHER_KEY)).toBe(0);
    keys.clock.wait(60_000);
    keys.refused(attemptAt('host|c', 'host'), how);
    expect(keys.rest(attemptAt('host|d', 'host'))).toBe(120);
  });

  test('is no bad key where anything else came between', () => {
    const keys = book();
    const elsewhere = attemptAt('host|c', 'host');
    for (const between of [
      () => keys.accepted(THERE),
      () => keys.refused(THERE, 'unpaid'),
      () => keys.refused(THERE, 'denied'),
    ]) {
      keys.refused();
      keys.refused();
      between();
      keys.refused();
      expect(keys.rest(elsewhere)).toBe(0);
      keys.accepted(THERE);
    }
  });

  test('that is accepted again anywhere is good everywhere, except where it was refused by itself', () => {
    const keys = book();
    for (let i = 0; i < 3; i++) keys.refused(HERE);
    keys.accepted(THERE);
    expect([keys.rest(THERE), keys.rest(HERE)]).toEqual([0, 30]);
    keys.accepted(HERE);
    expect(keys.rest(HERE)).toBe(0);
    keys.limited(5000);
    keys.refused();
    keys.accepted();
    expect(keys.rest()).toBe(5);
    keys.waitOut();
    // And the next refusal is a first one.
    keys.refused();
    expect(keys.rest()).toBe(30);
  });
});

describe('a limited key', () => {
  test('rests as long as it was told, up to ten minutes', () => {
    const keys = book();
    keys.limited(45_000);
    expect(keys.rest()).toBe(45);
    keys.limited(5000);
    expect(keys.rest()).toBe(45);
    keys.limited(86_400_000);
    expect(keys.rest()).toBe(600);
    expect([keys.rest(THERE), keys.rest(OTHER_KEY)]).toEqual([0, 0]);
  });

  test('that was told nothing rests 10 s, doubling up to two minutes, until it was left alone for two', () => {
    const keys = book();
    const rests: number[] = [];
    for (let i = 0; i < 6; i++) {
      keys.limited(i === 0 ? 0 : undefined);
      rests.push(keys.rest());
      keys.waitOut();
    }
    expect(rests).toEqual([10, 20, 40, 80, 120, 120]);
    keys.clock.wait(120_000);
    keys.limited();
    expect(keys.rest()).toBe(120);
    keys.waitOut();
    keys.clock.wait(120_001);
    keys.limited();
    expect(keys.rest()).toBe(10);
  });

  test('rests no longer for a whole burst of refusals', () => {
    const keys = book();
    for (let i = 0; i < 100; i++) keys.limited();
    expect(keys.rest()).toBe(10);
  });

  test('rests on where an answer from before the limit arrives', () => {
    const keys = book();
    keys.limited(30_000);
    keys.accepted();
    expect(keys.rest()).toBe(30);
  });
});

test('memory is bounded, and what is over is let go', () => {
  const keys = book();
  const again = attemptAt('host|again', 'again');
  const fill = (from: number, to: number): void => {
    for (let i = from; i < to; i++) keys.refused(attemptAt(`host|${i % 7}`, `key-${i}`));
  };
  keys.refused(again);
  fill(0, 9000);
  keys.refused(again);
  fill(9000, 15_000);
  expect(keys.rest(again)).toBe(30);
  fill(15_000, 30_000);
  expect(keys.rest(again)).toBe(0);
  expect(keys.credentials.size).toBeLessThanOrEqual(20_000);
  expect(keys.rest(attemptAt(`host|${29_999 % 7}`, 'key-29999'))).toBe(30);
  expect(keys.rest(attemptAt('host|0', 'key-0'))).toBe(0);

  const one = book();
  for (let i = 0; i < 30_000; i++) one.refused(attemptAt(`host|${i}`, 'key'));
  expect(one.credentials.size).toBeLessThanOrEqual(20_000);

  const clean = book();
  clean.refused();
  clean.accepted();
  expect(clean.credentials.size).toBe(0);
});
