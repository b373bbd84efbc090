import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createSessions, type SessionAnswer, type SessionRef, type StickyEndpoint } from './sessions.ts';

const MINUTE_MS = 60_000;
const LIFE_MS = 5 * MINUTE_MS;
const named: SessionRef = { key: 'named', isNamed: true };
const unnamed: SessionRef = { key: 'unnamed', isNamed: false };

const answerOf = (about: Partial<SessionAnswer> = {}): SessionAnswer => ({
  endpointId: 'A',
  atMs: 0,
  promptTokens: 1000,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  cacheLifeMs: LIFE_MS,
  ...about,
});
const HIT = { cachedTokens: 900 } as const;
const WRITE = { cacheWriteTokens: 1000 } as const;

describe('a conversation sticks', () => {
  test('from the first success where the caller named it', () => {
    const sessions = createSessions();
    expect(sessions.find(named, 0)).toBeUndefined();
    sessions.answered(named, answerOf());
    expect(sessions.find(named, 1)).toEqual({ endpointId: 'A', cachedTokens: 0 });
  });

  test.each([HIT, WRITE])('else from the first cache hit or write: %o', (use) => {
    const sessions = createSessions();
    sessions.answered(unnamed, answerOf());
    expect(sessions.find(unnamed, 1)).toBeUndefined();
    sessions.answered(unnamed, answerOf(use));
    expect(sessions.find(unnamed, 1)).toEqual({ endpointId: 'A', cachedTokens: 1000 });
  });

  test('as long as the cache of its provider lives after the last answer', () => {
    const sessions = createSessions();
    sessions.answered(unnamed, answerOf(WRITE));
    sessions.answered(unnamed, answerOf({ ...HIT, atMs: LIFE_MS - 1 }));
    expect(sessions.find(unnamed, 2 * LIFE_MS - 2)).toBeDefined();
    expect(sessions.find(unnamed, 2 * LIFE_MS - 1)).toBeUndefined();
    sessions.answered(unnamed, answerOf({ ...WRITE, atMs: 0, cacheLifeMs: 24 * 60 * MINUTE_MS }));
    expect(sessions.find(unnamed, 20 * 60 * MINUTE_MS)).toBeDefined();
  });

  test('for ten minutes where there is no cache to wait for', () => {
    const sessions = createSessions();
    sessions.answered(named, answerOf({ cacheLifeMs: 0 }));
    expect(sessions.find(named, 10 * MINUTE_MS - 1)).toEqual({ endpointId: 'A', cachedTokens: 0 });
    expect(sessions.find(named, 10 * MINUTE_MS)).toBeUndefined();
  });
});

describe('a conversation moves', () => {
  test('to the endpoint that answered after the failure of its own', () => {
    const sessions = createSessions();
    sessions.answered(named, answerOf(WRITE));
    sessions.failed(named, 'A');
    expect(sessions.find(named, 1)).toBeUndefined();
    sessions.answered(named, answerOf({ endpointId: 'B', atMs: 2 }));
    expect(sessions.find(named, 3)).toEqual({ endpointId: 'B', cachedTokens: 0 });
  });

  test('not by the failure of another', () => {
    const sessions = createSessions();
    sessions.answered(named, answerOf());
    sessions.failed(named, 'B');
    sessions.failed(unnamed, 'A');
    expect(sessions.find(named, 1)).toBeDefined();
  });

  test('not by an answer that a later one has overtaken', () => {
    const sessions = createSessions();
    sessions.answered(named, answerOf({ endpointId: 'B', atMs: 10 }));
    sessions.answered(named, answerOf({ endpointId: 'A', atMs: 9 }));
    expect(sessions.find(named, 11)).toMatchObject({ endpointId: 'B' });
  });

  test('not to an endpoint that showed no cache, where its own one is warm and nobody named it', () => {
    const sessions = createSessions();
    sessions.answered(unnamed, answerOf(WRITE));
    sessions.answered(unnamed, answerOf({ endpointId: 'B', atMs: 1 }));
    expect(sessions.find(unnamed, 2)).toMatchObject({ endpointId: 'A' });
    sessions.answered(unnamed, answerOf({ endpointId: 'B', atMs: 3, ...HIT }));
    expect(sessions.find(unnamed, 4)).toMatchObject({ endpointId: 'B' });
  });
});

describe('bounded', () => {
  const refs = (count: number, length = 1) =>
    Array.from({ length: count }, (_, i) => ({ key: `${i}`.padStart(length, '.'), isNamed: true }));

  test('in number: the least recently used goes, and being asked for is use', () => {
    const sessions = createSessions({ maxSessions: 3 });
    const four = refs(4);
    for (const ref of four.slice(0, 3)) sessions.answered(ref, answerOf());
    for (const ref of four.slice(0, 1)) sessions.find(ref, 1);
    for (const ref of four.slice(3)) sessions.answered(ref, answerOf());
    expect(four.map((ref) => sessions.find(ref, 1) !== undefined)).toEqual([true, false, true, true]);
  });

  test('in bytes: long keys leave room for fewer', () => {
    const sessions = createSessions({ maxBytes: 100_000 });
    const long = refs(100, 10_000);
    for (const ref of long) sessions.answered(ref, answerOf());
    const kept = long.filter((ref) => sessions.find(ref, 1));
    expect(kept.length).toBeWithin(1, 6);
    expect(kept).toEqual(long.slice(-kept.length));
    // What went gave its bytes back.
    for (const ref of kept) sessions.failed(ref, 'A');
    for (const ref of refs(100)) sessions.answered(ref, answerOf());
    expect(refs(100).every((ref) => sessions.find(ref, 1))).toBe(true);
  });

  test('a key that alone is too long is not kept', () => {
    const sessions = createSessions({ maxBytes: 1000 });
    sessions.answered({ key: 'x'.repeat(1000), isNamed: true }, answerOf());
    expect(sessions.find({ key: 'x'.repeat(1000), isNamed: true }, 1)).toBeUndefined();
  });
});

/** The same rules over a plain list, least recently used first; each keeps every answer since it came to its endpoint. */
function createNaiveSessions(maxSessions: number) {
  interface Kept {
    readonly ref: SessionRef;
    readonly answers: readonly SessionAnswer[];
  }
  let list: readonly Kept[] = [];
  const lastOf = ({ answers }: Kept) => answers[answers.length - 1] ?? answerOf();
  const endOf = (answer: SessionAnswer) => answer.atMs + (answer.cacheLifeMs || 10 * MINUTE_MS);
  const without = (key: string) => list.filter(({ ref }) => ref.key !== key);
  const keep = (kept: Kept) => {
    list = [...without(kept.ref.key), kept].slice(-maxSessions);
  };
  const liveAt = (key: string, atMs: number) => {
    const kept = list.find(({ ref }) => ref.key === key);
    if (kept && atMs >= endOf(lastOf(kept))) list = without(key);
    return list.find(({ ref }) => ref.key === key);
  };
  const uses = ({ cachedTokens, cacheWriteTokens }: SessionAnswer) => cachedTokens + cacheWriteTokens;

  function expected(answers: readonly SessionAnswer[], nowMs: number): number {
    const firstWrite = answers.findIndex(({ cacheWriteTokens }) => cacheWriteTokens > 0);
    const firstRead = answers.findIndex(({ cachedTokens }) => cachedTokens > 0);
    const telling = answers.filter((answer, i) => {
      const writesAreReported = firstWrite >= 0 && i >= firstWrite;
      return writesAreReported ? uses(answer) > 0 : firstRead >= 0 && i >= firstRead;
    });
    const heldAfter = (answer: SessionAnswer) =>
      firstWrite >= 0 && answers.indexOf(answer) >= firstWrite
        ? uses(answer)
        : Math.max(answer.promptTokens, answer.cachedTokens);
    let misses = 0;
    telling.forEach((answer, i) => {
      const before = telling[i - 1];
      if (!before || answer.atMs >= endOf(before) || heldAfter(before) === 0) return;
      misses = answer.cachedTokens * 2 < heldAfter(before) ? misses + 1 : 0;
    });
    const last = telling.at(-1);
    if (!last || nowMs >= endOf(last)) return 0;
    return misses > 1 ? last.cachedTokens : heldAfter(last);
  }

  return {
    find(ref: SessionRef, nowMs: number): StickyEndpoint | undefined {
      const kept = liveAt(ref.key, nowMs);
      if (!kept) return undefined;
      keep(kept);
      return { endpointId: lastOf(kept).endpointId, cachedTokens: expected(kept.answers, nowMs) };
    },
    answered(ref: SessionRef, answer: SessionAnswer) {
      const kept = liveAt(ref.key, answer.atMs);
      const before = kept && lastOf(kept);
      if (before && answer.atMs < before.atMs) return;
      const stays = before?.endpointId === answer.endpointId;
      if (!stays && !ref.isNamed && uses(answer) === 0) return;
      keep({ ref, answers: [...(stays && kept ? kept.answers : []), answer] });
    },
    failed(ref: SessionRef, endpointId: string) {
      const kept = list.find((one) => one.ref.key === ref.key);
      if (kept && lastOf(kept).endpointId === endpointId) list = without(ref.key);
    },
  };
}

test('any interleaving of answers, failures and questions: as a plain list with the same rules', () => {
  const ref = fc.nat(4).map((number): SessionRef => ({ key: `${number}`, isNamed: number < 2 }));
  const step = fc.record({
    what: fc.constantFrom('answered', 'answered', 'answered', 'find', 'find', 'failed'),
    ref,
    endpointId: fc.constantFrom('A', 'A', 'A', 'B'),
    passesMs: fc.constantFrom(0, 1, 1, 200, 400, 999, MINUTE_MS),
    lateMs: fc.constantFrom(0, 0, 0, 1, 500),
    cacheLifeMs: fc.constantFrom(0, 1000, LIFE_MS),
    tokens: fc.constantFrom([0, 0], [0, 0], [0, 800], [800, 0], [300, 0], [300, 700], [900, 100]),
    promptTokens: fc.constantFrom(1000, 2000),
  });
  let found = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 80 }), (steps) => {
      const real = createSessions({ maxSessions: 3 });
      const naive = createNaiveSessions(3);
      let nowMs = 1000;
      for (const { what, ref: session, endpointId, tokens, lateMs, passesMs, ...about } of steps) {
        nowMs += passesMs;
        const [cachedTokens = 0, cacheWriteTokens = 0] = tokens;
        const answer = { ...about, endpointId, cachedTokens, cacheWriteTokens, atMs: nowMs - lateMs };
        for (const sessions of [real, naive]) {
          if (what === 'answered') sessions.answered(session, answer);
          else if (what === 'failed') sessions.failed(session, endpointId);
        }
        if (what !== 'find') continue;
        const sticky = naive.find(session, nowMs);
        expect(real.find(session, nowMs)).toEqual(sticky);
        if (sticky) found++;
      }
    }),
    { numRuns: 500, seed: 5 },
  );
  expect(found).toBeGreaterThan(1000);
});
