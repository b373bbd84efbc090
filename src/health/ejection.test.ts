import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Ejection } from './ejection.ts';
import { testClock } from './sample-traffic.ts';

const PROBE_MS = 60_000;
const SHORTEST_MS = 30_000;
const LONGEST_MS = 600_000;

function ejected(clock = testClock()) {
  const ejection = new Ejection();
  for (let i = 0; i < 5; i++) ejection.failed({}, clock.now());
  return { ejection, clock };
}

/** Waits for the rest's end and sends a probe. */
function probe({ ejection, clock }: ReturnType<typeof ejected>): object {
  clock.set(Math.max(ejection.untilMs(clock.now()), clock.now()));
  const attempt = {};
  ejection.began(attempt, clock.now());
  return attempt;
}

describe('ejection', () => {
  test('after five failures in a row, for 30 s; a success between them starts the row anew', () => {
    const clock = testClock();
    const ejection = new Ejection();
    for (let i = 0; i < 4; i++) ejection.failed({}, clock.now());
    ejection.opened(clock.now());
    for (let i = 0; i < 4; i++) ejection.failed({}, clock.now());
    expect(ejection.untilMs(clock.now())).toBe(0);
    ejection.failed({}, clock.now());
    expect(ejection.untilMs(clock.now())).toBe(clock.now() + SHORTEST_MS);
  });

  test('the rest doubles with every failed probe, up to ten minutes', () => {
    const out = ejected();
    const rests: number[] = [];
    for (let i = 0; i < 7; i++) {
      out.ejection.failed(probe(out), out.clock.now());
      rests.push((out.ejection.untilMs(out.clock.now()) - out.clock.now()) / 1000);
    }
    expect(rests).toEqual([60, 120, 240, 480, 600, 600, 600]);
  });

  test('what fails late, from before the ejection or in spite of it, makes the rest no longer', () => {
    const { ejection, clock } = ejected();
    const untilMs = ejection.untilMs(clock.now());
    clock.wait(1000);
    ejection.failed({}, clock.now());
    ejection.broke(clock.now());
    expect(ejection.untilMs(clock.now())).toBe(untilMs);
    clock.set(untilMs);
    ejection.failed({}, clock.now());
    expect(ejection.untilMs(clock.now())).toBe(0);
  });

  test('whoever opens ends it', () => {
    const out = ejected();
    out.ejection.opened(out.clock.now());
    expect([out.ejection.untilMs(out.clock.now()), out.ejection.isOut]).toEqual([0, false]);
  });

  test('a probe that gave up lets the next one in at once, one that says nothing after a minute', () => {
    const out = ejected();
    const first = probe(out);
    expect(out.ejection.untilMs(out.clock.now())).toBe(out.clock.now() + PROBE_MS);
    out.ejection.gaveUp({});
    expect(out.ejection.untilMs(out.clock.now())).toBeGreaterThan(0);
    out.ejection.gaveUp(first);
    expect(out.ejection.untilMs(out.clock.now())).toBe(0);
    probe(out);
    out.clock.wait(PROBE_MS);
    expect([out.ejection.untilMs(out.clock.now()), out.ejection.isOut]).toEqual([0, true]);
  });

  test('ten minutes of good behaviour make the rests short again, less does not', () => {
    for (const [goodMs, restMs] of [
      [LONGEST_MS - 1, 4 * SHORTEST_MS],
      [LONGEST_MS, SHORTEST_MS],
    ] as const) {
      const out = ejected();
      out.ejection.failed(probe(out), out.clock.now());
      probe(out);
      out.ejection.opened(out.clock.now());
      out.clock.wait(goodMs);
      for (let i = 0; i < 5; i++) out.ejection.failed({}, out.clock.now());
      expect(out.ejection.untilMs(out.clock.now()) - out.clock.now()).toBe(restMs);
    }
  });

  test('idle time is no good behaviour', () => {
    const out = ejected();
    out.clock.wait(10 * LONGEST_MS);
    out.ejection.failed(probe(out), out.clock.now());
    expect(out.ejection.untilMs(out.clock.now()) - out.clock.now()).toBe(2 * SHORTEST_MS);
  });

  test('a host whose streams all break is ejected, although each of them opened', () => {
    const clock = testClock();
    const ejection = new Ejection();
    const stream = (ends: 'breaks' | 'finishes'): void => {
      ejection.opened(clock.now());
      if (ends === 'breaks') ejection.broke(clock.now());
      else ejection.finished();
    };
    for (let i = 0; i < 4; i++) stream('breaks');
    stream('finishes');
    for (let i = 0; i < 4; i++) stream('breaks');
    expect(ejection.isOut).toBe(false);
    stream('breaks');
    expect(ejection.untilMs(clock.now())).toBe(clock.now() + SHORTEST_MS);
  });

  test('a clock that is set back an hour does not make the rest an hour longer', () => {
    const { ejection, clock } = ejected();
    clock.wait(-3_600_000);
    expect(ejection.untilMs(clock.now())).toBe(0);
  });
});

// ---- against a model ----

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'began' }
  | { readonly kind: 'failed' | 'opened' | 'gaveUp'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(100, 5000, 30_000, 60_000, 300_000, 600_000)
      .map((ms) => ({ kind: 'wait' as const, ms })),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'began' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('failed', 'failed', 'failed', 'opened', 'gaveUp'),
      which: fc.nat(20),
    }),
  },
);

/** The rules as one writes them down: a state, and what each event makes of it. */
type Model =
  | { readonly is: 'serving'; readonly failures: number; readonly sinceMs: number; readonly lastMs: number }
  | { readonly is: 'resting'; readonly untilMs: number; readonly lastMs: number }
  | { readonly is: 'half open'; readonly late: object | null; readonly lastMs: number }
  | { readonly is: 'probing'; readonly probe: object; readonly untilMs: number; readonly lastMs: number };

function settle(model: Model, nowMs: number): Model {
  if (model.is === 'resting' && nowMs >= model.untilMs) return { is: 'half open', late: null, lastMs: model.lastMs };
  if (model.is === 'probing' && nowMs >= model.untilMs)
    return { is: 'half open', late: model.probe, lastMs: model.lastMs };
  return model;
}

function eject(restMs: number, nowMs: number): Model {
  return { is: 'resting', untilMs: nowMs + restMs, lastMs: restMs };
}

function next(model: Model, kind: 'began' | 'failed' | 'opened' | 'gaveUp', attempt: object, nowMs: number): Model {
  const doubled = Math.min(model.lastMs * 2, LONGEST_MS) || SHORTEST_MS;
  if (kind === 'opened') {
    if (model.is === 'serving') return { ...model, failures: 0 };
    return { is: 'serving', failures: 0, sinceMs: nowMs, lastMs: model.lastMs };
  }
  switch (model.is) {
    case 'serving': {
      if (kind !== 'failed') return model;
      if (model.failures < 4) return { ...model, failures: model.failures + 1 };
      return eject(nowMs - model.sinceMs >= LONGEST_MS ? SHORTEST_MS : doubled, nowMs);
    }
    case 'resting':
      return model;
    case 'half open':
      if (kind === 'began') return { is: 'probing', probe: attempt, untilMs: nowMs + PROBE_MS, lastMs: model.lastMs };
      if (attempt !== model.late) return model;
      return kind === 'failed' ? eject(doubled, nowMs) : { ...model, late: null };
    case 'probing':
      if (attempt !== model.probe || kind === 'began') return model;
      return kind === 'failed' ? eject(doubled, nowMs) : { is: 'half open', late: null, lastMs: model.lastMs };
  }
}

test('any order of events leaves the ejection where the rules say', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 120 }), (steps) => {
      const clock = testClock();
      const ejection = new Ejection();
      const underWay: object[] = [];
      let model: Model = { is: 'serving', failures: 0, sinceMs: 0, lastMs: 0 };
      for (const each of steps) {
        model = settle(model, clock.now());
        if (each.kind === 'wait') clock.wait(each.ms);
        else if (each.kind === 'began') {
          const attempt = {};
          underWay.push(attempt);
          ejection.began(attempt, clock.now());
          model = next(model, 'began', attempt, clock.now());
        } else {
          const [attempt = {}] = underWay.splice(each.which % Math.max(underWay.length, 1), 1);
          if (each.kind === 'failed') ejection.failed(attempt, clock.now());
          else if (each.kind === 'opened') ejection.opened(clock.now());
          else ejection.gaveUp(attempt);
          model = next(model, each.kind, attempt, clock.now());
        }
        model = settle(model, clock.now());
        expect(ejection.isOut).toBe(model.is !== 'serving');
        expect(ejection.untilMs(clock.now())).toBe('untilMs' in model ? model.untilMs : 0);
      }
    }),
    { numRuns: 300 },
  );
});
