import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ERRORS, type ErrorCode, type GatewayErrorDetails } from '../core/errors.ts';
import { UNMEASURED } from '../core/health.ts';
import { createHealth } from './create-health.ts';
import type { AttemptRef, FinishedAnswer } from './health.ts';
import { attemptAt, errorOf, testClock } from './sample-traffic.ts';

const ID = 'host|model';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

function lab() {
  const clock = testClock();
  const health = createHealth({ clock });
  const begin = (attempt = attemptAt()): AttemptRef => {
    health.began(attempt);
    return attempt;
  };
  const open = (firstContentMs = 500): AttemptRef => {
    const attempt = begin();
    health.opened(attempt, firstContentMs);
    return attempt;
  };
  return {
    clock,
    health,
    begin,
    open,
    fail: (code: ErrorCode = 'provider.failed', details: GatewayErrorDetails = {}) =>
      health.failed(begin(), errorOf(code, details)),
    answer: ({ outputTokens = 100, generationMs = 1000, tools = null }: Partial<FinishedAnswer> = {}) =>
      health.finished(open(), { outputTokens, generationMs, tools }),
    /** Views are refreshed four times a second. */
    look() {
      clock.wait(250);
      return health.of(ID);
    },
    stats() {
      clock.wait(250);
      return health.statsOf(ID);
    },
  };
}

describe('what counts', () => {
  const codes = (blame: string) => Object.entries(ERRORS).filter(([, spec]) => spec.blame === blame);
  const ABOUT_THE_KEY = ['provider.credential', 'provider.payment_required', 'provider.rate_limited'];

  test("every error of the provider's counts against the endpoint, but for those about our key", () => {
    for (const [code] of codes('provider')) {
      const { health, look } = lab();
      health.failed(attemptAt(), errorOf(isCode(code)));
      const counted = ABOUT_THE_KEY.includes(code) ? 0 : 1;
      expect([code, look().recentFailures, look().attempts30m]).toEqual([code, counted, counted]);
    }
  });

  test("the caller's errors and ours count as nothing", () => {
    for (const [code] of [...codes('client'), ...codes('gateway')]) {
      const { health, look } = lab();
      health.failed(attemptAt(), errorOf(isCode(code)));
      expect([code, look()]).toEqual([code, UNMEASURED]);
    }
  });

  test('a refusal of the request shows that the key is good, a caller that left shows nothing', () => {
    const { health, fail } = lab();
    const rest = () => health.credentialRestsUntilMs('host', ID);
    fail('provider.credential');
    expect(rest()).toBeGreaterThan(0);
    for (const code of ['client.gone', 'client.invalid_request', 'gateway.internal'] as const) fail(code);
    expect(rest()).toBeGreaterThan(0);
    fail('provider.invalid_request');
    expect(rest()).toBe(0);
  });

  test('so does a failure with a status, not one without', () => {
    const { health } = lab();
    const rest = () => health.credentialRestsUntilMs('host', ID);
    health.failed(attemptAt(), errorOf('provider.credential'));
    health.failed(attemptAt(), errorOf('provider.unreachable'));
    expect(rest()).toBeGreaterThan(0);
    health.failed(attemptAt(), errorOf('provider.overloaded', { providerStatus: 503 }));
    expect(rest()).toBe(0);
  });

  test('403 is a key that lacks a permission here: it never rests everywhere', () => {
    const { health } = lab();
    for (let i = 0; i < 3; i++) health.failed(attemptAt(), errorOf('provider.credential', { providerStatus: 403 }));
    expect(health.credentialRestsUntilMs('host', 'host|other')).toBe(0);
    for (let i = 0; i < 3; i++) health.failed(attemptAt(), errorOf('provider.credential', { providerStatus: 401 }));
    expect(health.credentialRestsUntilMs('host', 'host|other')).toBeGreaterThan(0);
  });

  test('a rate limit rests the key there, as long as it says', () => {
    const { health, clock } = lab();
    health.failed(attemptAt(), errorOf('provider.rate_limited', { retryAfterMs: 7000, providerStatus: 429 }));
    expect(health.credentialRestsUntilMs('host', ID)).toBe(clock.now() + 7000);
    expect(health.credentialRestsUntilMs('host', 'host|other')).toBe(0);
    expect(health.credentialRestsUntilMs('host#2', ID)).toBe(0);
  });

  function isCode(text: string): ErrorCode {
    const code = Object.keys(ERRORS).find((each): each is ErrorCode => each === text);
    if (code === undefined) throw new Error(`${text} is no code`);
    return code;
  }
});

test('nothing that a key does wrong condemns the endpoint', () => {
  const trouble = fc.record({
    code: fc.constantFrom<ErrorCode>('provider.credential', 'provider.payment_required', 'provider.rate_limited'),
    providerStatus: fc.constantFrom(400, 401, 402, 403, 429),
    retryAfterMs: fc.option(fc.nat({ max: 1_000_000 }), { nil: undefined }),
    after: fc.constantFrom('nothing', 'opening'),
    waitMs: fc.nat({ max: 60_000 }),
  });
  fc.assert(
    fc.property(fc.array(trouble, { maxLength: 40 }), (troubles) => {
      const { health, clock, open } = lab();
      for (const { code, providerStatus, retryAfterMs, after, waitMs } of troubles) {
        const error = errorOf(code, { providerStatus, ...(retryAfterMs !== undefined && { retryAfterMs }) });
        if (after === 'opening') health.broke(open(), error);
        else health.failed(attemptAt(), error);
        clock.wait(waitMs);
        const { restsUntilMs, recentFailures, attempts30m, successes30m } = health.of(ID);
        expect([restsUntilMs, recentFailures, attempts30m - successes30m]).toEqual([0, 0, 0]);
        expect(health.statsOf(ID)?.status ?? 0).toBe(0);
      }
    }),
    { numRuns: 50 },
  );
});

describe('an endpoint that asks for a rest', () => {
  test('gets it, up to ten minutes, and is back by itself', () => {
    const traffic = lab();
    traffic.fail('provider.overloaded', { retryAfterMs: 2345 });
    const untilMs = traffic.clock.now() + 2345;
    expect(traffic.health.of(ID)).toMatchObject({ restsUntilMs: untilMs, restsBecause: 'asked' });
    expect(traffic.health.statsOf(ID)?.status).toBe(-3);
    traffic.clock.set(untilMs);
    expect(traffic.health.of(ID)).toMatchObject({ restsUntilMs: 0, restsBecause: null });
    traffic.fail('provider.overloaded', { retryAfterMs: 86_400_000 });
    expect(traffic.health.of(ID).restsUntilMs).toBe(traffic.clock.now() + 10 * MINUTE);
  });

  test('is not hurried by an answer to a request from before, but by one to a later request', () => {
    const traffic = lab();
    traffic.fail('provider.overloaded', { retryAfterMs: 60_000 });
    traffic.clock.wait(5000);
    traffic.open(5001);
    expect(traffic.health.of(ID).restsBecause).toBe('asked');
    traffic.open(5000);
    expect(traffic.health.of(ID).restsBecause).toBeNull();
  });

  test('and is ejected rests for the later of both', () => {
    const traffic = lab();
    for (let i = 0; i < 5; i++) traffic.fail('provider.failed', { retryAfterMs: 50_000 });
    const { health, clock } = traffic;
    expect(health.of(ID)).toMatchObject({ restsUntilMs: clock.now() + 50_000, restsBecause: 'asked' });
    expect(health.statsOf(ID)?.status).toBe(-2);
  });
});

describe('an ejected endpoint', () => {
  test('is shown at rest, then usable, then at rest while a probe is under way', () => {
    const traffic = lab();
    const { health, clock } = traffic;
    for (let i = 0; i < 5; i++) traffic.fail();
    expect(health.of(ID)).toMatchObject({ restsUntilMs: clock.now() + 30 * SECOND, restsBecause: 'ejected' });
    clock.wait(30 * SECOND);
    expect(health.of(ID)).toMatchObject({ restsUntilMs: 0, restsBecause: null });
    expect(health.statsOf(ID)?.status).toBe(-2);
    const probe = traffic.begin();
    expect(health.of(ID)).toMatchObject({ restsUntilMs: clock.now() + MINUTE, restsBecause: 'ejected' });
    health.abandoned(probe);
    expect(health.of(ID).restsUntilMs).toBe(0);
    // A refused key or request is no verdict on the endpoint either way: the next one probes.
    for (const code of ['provider.credential', 'provider.rate_limited', 'provider.invalid_request'] as const) {
      health.failed(traffic.begin(), errorOf(code));
      expect([health.of(ID).restsUntilMs, health.statsOf(ID)?.status]).toEqual([0, -2]);
    }
    health.opened(traffic.begin(), 300);
    expect(health.of(ID).restsUntilMs).toBe(0);
    expect(health.statsOf(ID)?.status).not.toBe(-2);
  });

  test('gets one probe at a time from callers who keep away from what rests, however many wait', () => {
    const events = fc.array(fc.record({ waitMs: fc.nat({ max: 20_000 }), ends: fc.nat({ max: 9 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(events, (all) => {
        const traffic = lab();
        const { health, clock } = traffic;
        for (let i = 0; i < 5; i++) traffic.fail();
        const probes: { readonly attempt: AttemptRef; readonly atMs: number }[] = [];
        for (const { waitMs, ends } of all) {
          clock.wait(waitMs);
          for (let caller = 0; caller < 20; caller++) {
            if (health.of(ID).restsUntilMs === 0) probes.push({ attempt: traffic.begin(), atMs: clock.now() });
          }
          // What has been silent for a minute is given up.
          const alive = probes.filter(({ atMs }) => clock.now() - atMs < MINUTE);
          expect(alive.length).toBeLessThanOrEqual(1);
          if (ends > 6) continue;
          for (const { attempt } of probes.splice(0)) health.failed(attempt, errorOf('provider.failed'));
        }
        expect(health.statsOf(ID)?.status).toBe(-2);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a broken stream', () => {
  test('was no success: an attempt failed, none was added', () => {
    const traffic = lab();
    traffic.answer();
    const stream = traffic.open();
    expect(traffic.look()).toMatchObject({ recentAttempts: 2, recentFailures: 0, successes30m: 2 });
    traffic.health.broke(stream, errorOf('provider.truncated'));
    expect(traffic.look()).toMatchObject({ recentAttempts: 2, recentFailures: 1, attempts30m: 2, successes30m: 1 });
    expect(traffic.stats()).toMatchObject({ uptimeLast5m: 50, uptimeLast30m: 50, uptimeLast1d: 50, status: -1 });
  });

  test('fails when it breaks, also where its opening has left the window', () => {
    const traffic = lab();
    const stream = traffic.open();
    traffic.clock.wait(2 * MINUTE);
    traffic.health.broke(stream, errorOf('provider.timeout'));
    expect(traffic.look()).toMatchObject({ recentAttempts: 1, recentFailures: 1, attempts30m: 1, successes30m: 0 });
  });

  test('successes are never negative, whatever is reported in whatever order', () => {
    const event = fc.record({
      kind: fc.constantFrom('opened', 'broke', 'failed', 'finished', 'abandoned'),
      which: fc.nat({ max: 3 }),
      waitMs: fc.oneof(fc.nat({ max: 3000 }), fc.nat({ max: 40 * MINUTE })),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const { health, clock, look, stats } = lab();
        const attempts = Array.from({ length: 4 }, () => attemptAt());
        for (const { kind, which, waitMs } of events) {
          const attempt = attempts[which] ?? attemptAt();
          if (kind === 'opened') health.opened(attempt, 100);
          else if (kind === 'finished') health.finished(attempt, { outputTokens: 10, generationMs: 10, tools: null });
          else if (kind === 'abandoned') health.abandoned(attempt);
          else health[kind](attempt, errorOf('provider.failed'));
          clock.wait(waitMs);
          const { recentAttempts, recentFailures, attempts30m, successes30m } = look();
          expect(recentFailures).toBeLessThanOrEqual(recentAttempts);
          expect(recentAttempts).toBeLessThanOrEqual(attempts30m);
          expect(successes30m).toBeGreaterThanOrEqual(0);
          const { uptimeLast5m, uptimeLast1d } = stats() ?? { uptimeLast5m: null, uptimeLast1d: null };
          for (const each of [uptimeLast5m ?? 0, uptimeLast1d ?? 0]) expect(each >= 0 && each <= 100).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('speed', () => {
  test('latency is to the first content, throughput from there to the end', () => {
    const traffic = lab();
    const stream = traffic.open(250);
    traffic.health.finished(stream, { outputTokens: 120, generationMs: 2000, tools: null });
    const { latency, throughput } = traffic.look();
    expect(latency?.p50).toBeCloseTo(0.25, 1.5);
    expect(throughput?.p50).toBeCloseTo(60, -0.5);
    expect(traffic.stats()).toMatchObject({ latencyLast30m: latency, throughputLast30m: throughput });
  });

  test('of a whole reply, or of a stream that came at once, is over the whole attempt', () => {
    for (const generationMs of [0, 1]) {
      const traffic = lab();
      const reply = traffic.open(4000);
      // Another answer in between changes nothing.
      traffic.open(10);
      traffic.health.finished(reply, { outputTokens: 200, generationMs, tools: null });
      expect(traffic.look().throughput?.p50).toBeCloseTo(50, -0.5);
    }
  });

  test('is not told from fewer than five tokens or from no time', () => {
    const traffic = lab();
    traffic.answer({ outputTokens: 4 });
    traffic.health.finished(traffic.open(0), { outputTokens: 100, generationMs: 0, tools: null });
    expect(traffic.look().throughput).toBeNull();
    expect(traffic.look().latency).not.toBeNull();
  });

  test('p90 is what 90 % of the requests got or better', () => {
    const traffic = lab();
    for (let i = 1; i <= 100; i++) {
      traffic.health.finished(traffic.open(i * 10), { outputTokens: i * 10, generationMs: 1000, tools: null });
    }
    const { latency, throughput } = traffic.look();
    expect(latency?.p90).toBeCloseTo(0.9, 1);
    expect(throughput?.p90).toBeGreaterThan(100);
    expect(throughput?.p90).toBeLessThan(120);
  });

  test('is of the last five minutes for routing, of the last thirty for the catalogue', () => {
    const traffic = lab();
    traffic.answer();
    traffic.clock.wait(5 * MINUTE);
    expect(traffic.look()).toMatchObject({ latency: null, throughput: null, attempts30m: 1 });
    expect(traffic.stats()).toMatchObject({ uptimeLast5m: null, uptimeLast30m: 100 });
    expect(traffic.stats()?.latencyLast30m).not.toBeNull();
    traffic.clock.wait(25 * MINUTE);
    expect(traffic.look().attempts30m).toBe(0);
    expect(traffic.stats()).toMatchObject({ uptimeLast30m: null, latencyLast30m: null, uptimeLast1d: 100 });
    traffic.clock.wait(24 * 60 * MINUTE);
    expect(traffic.stats()?.uptimeLast1d).toBeNull();
  });
});

test('answers with tools are counted, and those of them with a bad call', () => {
  const traffic = lab();
  traffic.answer({ tools: { bad: true } });
  traffic.answer({ tools: { bad: false } });
  traffic.answer();
  expect(traffic.look()).toMatchObject({ toolAnswers: 2, badToolAnswers: 1 });
});

test('uptime is rounded down: 100 is without a failure', () => {
  const traffic = lab();
  for (let i = 0; i < 29_999; i++) traffic.open();
  traffic.fail();
  expect(traffic.stats()).toMatchObject({ uptimeLast5m: 99.99, status: 0 });
});

describe('a view', () => {
  test('is frozen, and the same object until something changed and a moment passed', () => {
    const traffic = lab();
    const { health, clock } = traffic;
    traffic.open();
    const first = health.of(ID);
    expect(Object.isFrozen(first) && Object.isFrozen(first.latency)).toBe(true);
    traffic.open();
    expect(health.of(ID)).toBe(first);
    clock.wait(249);
    expect(health.of(ID)).toBe(first);
    clock.wait(1);
    const second = health.of(ID);
    expect(second.recentAttempts).toBe(2);
    clock.wait(4000);
    expect(health.of(ID)).toBe(second);
    clock.wait(30 * SECOND);
    expect(health.of(ID).recentAttempts).toBe(0);
    clock.wait(-10 * SECOND);
    expect(health.of(ID).recentAttempts).toBe(2);
  });

  test('of what is unknown is UNMEASURED, and looking remembers nothing', () => {
    const { health } = lab();
    expect(health.of('nobody|nothing')).toBe(UNMEASURED);
    expect(health.statsOf('nobody|nothing')).toBeUndefined();
    expect(health.credentialRestsUntilMs('nobody', 'nothing')).toBe(0);
    health.began(attemptAt('nobody|nothing'));
    health.abandoned(attemptAt('nobody|nothing'));
    expect(health.statsOf('nobody|nothing')).toBeUndefined();
  });
});

test('memory is bounded: of 20,000 endpoints the ones longest without traffic are forgotten', () => {
  const { health, clock } = lab();
  const use = (i: number) => health.opened(attemptAt(`host|${i}`), 100);
  for (let i = 0; i < 20_000; i++) use(i);
  clock.wait(MINUTE);
  use(0);
  for (let i = 20_000; i < 20_100; i++) use(i);
  const known = (i: number) => health.statsOf(`host|${i}`) !== undefined;
  expect([known(0), known(1), known(100), known(101), known(20_099)]).toEqual([true, false, false, true, true]);
});
