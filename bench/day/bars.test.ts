/** What Signalbox promises on a shortened day, beside the naive strategies and by itself. */
import { describe, expect, test } from 'bun:test';
import { NAIVE } from './naive.ts';
import { measureOutage, type OutageToll } from './outage.ts';
import { buildRequests } from './requests.ts';
import { type Scenario, shortDay } from './scenarios.ts';
import { type Score, scoreDay } from './score.ts';
import { SIGNALBOX } from './signalbox.ts';
import { type SentAttempt, simulate } from './simulate.ts';

const MOST_ATTEMPTS = 4;

describe('two hours with every sort of trouble', () => {
  const scenario = shortDay();
  const requests = buildRequests(scenario);
  const scores = [SIGNALBOX, ...NAIVE].map((strategy): readonly [string, Score] => [
    strategy.name,
    scoreDay(requests, simulate({ scenario, requests, strategy, mostAttempts: MOST_ATTEMPTS })),
  ]);
  const [, ours] = scores[0] ?? [];
  if (!ours) throw new Error('No score.');

  test('are two hours at that pace', () => {
    expect(requests.length).toBeGreaterThan(6000);
    expect(requests.length).toBeLessThan(8500);
  });

  for (const [name, theirs] of scores.slice(1)) {
    test(`more is answered than by ${name}, sooner at the slow end, and with fewer attempts`, () => {
      expect(ours.availability).toBeGreaterThan(theirs.availability);
      expect(ours.soonAvailability).toBeGreaterThan(theirs.soonAvailability);
      expect(ours.worstAvailability).toBeGreaterThan(theirs.worstAvailability);
      // Two hours have few late ones: a hundred more or less is chance.
      expect(ours.p99Ms).toBeLessThan(theirs.p99Ms * 1.05);
      expect(ours.attemptsPerRequest).toBeLessThan(theirs.attemptsPerRequest);
      expect(ours.badToolShare).toBeLessThanOrEqual(theirs.badToolShare);
      expect(ours.sortedTokensPerSecond).toBeGreaterThan(theirs.sortedTokensPerSecond);
    });
  }

  test('nearly everything is answered, with hardly more attempts than requests', () => {
    expect(ours.availability).toBeGreaterThan(0.99);
    expect(ours.worstAvailability).toBeGreaterThan(0.9);
    expect(ours.attemptsPerRequest).toBeLessThan(1.06);
  });

  test('conversations mostly stay where they are', () => {
    expect(ours.stayedShare).toBeGreaterThan(0.4);
  });
});

describe('a total outage', () => {
  /** 20 % more, one stretch of the budget's floor, and what was let through to hosts that had just answered. */
  function expectBounded({ attempts, requests }: OutageToll, letThrough: number): void {
    expect(attempts).toBeGreaterThan(requests);
    expect(attempts).toBeLessThanOrEqual(requests * 1.2 + 100 + letThrough);
  }

  test('in which everybody refuses is met with hardly more attempts than requests', () => {
    const toll = measureOutage({
      trouble: { kind: 'unavailable' },
      strategy: SIGNALBOX,
      mostAttempts: MOST_ATTEMPTS,
      seed: 1,
    });
    // Each of the hosts may fail three times before it no longer counts as answering, and more are under way.
    expectBounded(toll, 250);
    expect(toll.answeredAfter).toBeGreaterThan(0.98);
  });

  test('in which nobody answers at all is met so too, once the first attempts have timed out', () => {
    const toll = measureOutage({
      trouble: { kind: 'hangs' },
      strategy: SIGNALBOX,
      mostAttempts: MOST_ATTEMPTS,
      seed: 1,
    });
    // Hosts that answered just before it count as answering for 30 s, while their attempts wait for 20 s.
    expectBounded(toll, 800);
    expect(toll.answeredAfter).toBeGreaterThan(0.98);
  });
});

describe('one host that is down for half an hour among others', () => {
  const DOWN_MS = 30 * 60_000;
  const scenario: Scenario = {
    ...shortDay(),
    durationMs: 60 * 60_000,
    requestsPerSecond: 2,
    isDiurnal: false,
    capacity: 4,
    incidents: [
      { hosts: ['birch'], fromMs: 10 * 60_000, untilMs: 10 * 60_000 + DOWN_MS, trouble: { kind: 'refuses' } },
    ],
  };
  const sent: SentAttempt[] = [];
  simulate({
    scenario,
    requests: buildRequests(scenario),
    strategy: SIGNALBOX,
    mostAttempts: MOST_ATTEMPTS,
    onAttempt: (attempt) => {
      if (attempt.endpoint.facts.name === 'birch') sent.push(attempt);
    },
  });
  const between = (fromMinute: number, untilMinute: number): readonly SentAttempt[] =>
    sent.filter(({ atMs }) => {
      const minute = (atMs - scenario.startMs) / 60_000;
      return minute >= fromMinute && minute < untilMinute;
    });

  test('is asked as long as it takes to see it, then by single probes', () => {
    expect(between(0, 10).length).toBeGreaterThan(100);
    // Five in a row and what is under way; then rests of 30 s, 1, 2, 4, 8 and 10 minutes, each ended by one probe.
    expect(between(10, 40).length).toBeLessThanOrEqual(5 + 3 + 6);
    expect(between(11, 40).length).toBeLessThanOrEqual(7);
  });

  test('gets its share back within the longest rest, no more of it than before', () => {
    const perMinute = between(0, 10).length / 10;
    const busiest = Math.max(...Array.from({ length: 20 }, (_, i) => between(40 + i, 41 + i).length));
    expect(between(50, 60).length / 10).toBeGreaterThan(perMinute / 2);
    expect(busiest).toBeLessThan(perMinute * 2);
  });
});
