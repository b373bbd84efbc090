import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createResponseCache, type Recording, type ResponseCache } from './response-cache.ts';
import { sampleAnswer } from './sample-answer.ts';

const MAX_BYTES = 64 * 1024;
const textOf = (cache: ResponseCache, key: string, nowMs: number) => {
  const answer = cache.find(key, nowMs);
  return answer && new TextDecoder().decode(answer.body);
};

describe('an answer', () => {
  test('is given until its time is over, and not a moment longer', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    cache.keep('k', sampleAnswer('hello', { storedAtMs: 5000, ttlSeconds: 1 }));
    expect(textOf(cache, 'k', 5999)).toBe('hello');
    expect(textOf(cache, 'k', 6000)).toBeUndefined();
    expect(cache.usage()).toEqual({ answers: 0, bytes: 0 });
  });

  test('is replaced by a newer one, and forgotten on demand', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    cache.keep('k', sampleAnswer('old'));
    cache.keep('k', sampleAnswer('new'));
    expect(textOf(cache, 'k', 1)).toBe('new');
    cache.remove('k');
    expect(cache.usage()).toEqual({ answers: 0, bytes: 0 });
  });

  test('of more than a sixteenth of the cache is not kept, and the one before it is not given in its place', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    cache.keep('k', sampleAnswer('small'));
    cache.keep('k', sampleAnswer('x'.repeat(MAX_BYTES / 16)));
    expect(cache.usage()).toEqual({ answers: 0, bytes: 0 });
  });

  test('that was asked for lately outlives one that was not', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    cache.keep('asked', sampleAnswer('a'));
    cache.keep('unasked', sampleAnswer('b'));
    for (let i = 0; i < 100; i++) {
      cache.find('asked', 1);
      cache.keep(`other ${i}`, sampleAnswer('c'));
    }
    expect([textOf(cache, 'asked', 1), textOf(cache, 'unasked', 1)]).toEqual(['a', undefined]);
  });

  test('that expired unasked gives its place back within a minute of traffic', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    for (let i = 0; i < 10; i++) cache.keep(`k${i}`, sampleAnswer('a', { storedAtMs: 100_000, ttlSeconds: 1 }));
    cache.keep('late', sampleAnswer('b', { storedAtMs: 160_000 }));
    expect(cache.usage().answers).toBe(1);
  });
});

describe('a recording', () => {
  test('gives back what was pushed, as UTF-8', () => {
    const recording = createResponseCache({ maxBytes: MAX_BYTES }).record();
    for (const piece of ['data: ', 'señor 👋', '\n\n']) recording.push(piece);
    expect(new TextDecoder().decode(recording.take())).toBe('data: señor 👋\n\n');
  });

  test('gives up beyond the size of the largest answer, and costs nothing from then on', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    const recording = cache.record();
    for (let i = 0; i < 5; i++) recording.push('x'.repeat(1000));
    expect(cache.usage().bytes).toBe(0);
    recording.push('the end');
    expect(recording.take()).toBeUndefined();
  });

  test('makes room among the stored answers, and gives it back', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    for (let i = 0; i < 100; i++) cache.keep(`k${i}`, sampleAnswer('a'));
    const full = cache.usage();
    const recording = cache.record();
    recording.push('x'.repeat(4000));
    expect(cache.usage().bytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(cache.usage().answers).toBeLessThan(full.answers);
    recording.discard();
    recording.discard();
    expect(cache.usage().bytes).toBeLessThanOrEqual(full.bytes - 8000 + 1000);
  });

  test('is not begun where a quarter of the cache is being recorded already', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    const recordings = Array.from({ length: 4 }, () => cache.record());
    for (const recording of recordings) recording.push('x'.repeat(2500));
    expect(recordings.map((recording) => recording.take() !== undefined)).toEqual([true, true, true, false]);
    const next = cache.record();
    next.push('there is room again');
    expect(next.take()).toBeDefined();
  });
});

describe('an earlier process’s answers', () => {
  test('are taken over where they are fresh and nothing newer is known', () => {
    const cache = createResponseCache({ maxBytes: MAX_BYTES });
    cache.keep('known', sampleAnswer('new', { storedAtMs: 10_000 }));
    cache.adopt(
      [
        { key: 'known', answer: sampleAnswer('old') },
        { key: 'fresh', answer: sampleAnswer('kept', { ttlSeconds: 11 }) },
        { key: 'stale', answer: sampleAnswer('gone', { ttlSeconds: 10 }) },
      ],
      10_000,
    );
    expect(['known', 'fresh', 'stale'].map((key) => textOf(cache, key, 10_000))).toEqual(['new', 'kept', undefined]);
  });
});

// ---- laws ----

type Step =
  | { readonly kind: 'keep'; readonly key: string; readonly size: number; readonly ttlSeconds: number }
  | { readonly kind: 'find' | 'remove'; readonly key: string }
  | { readonly kind: 'push'; readonly slot: number; readonly size: number }
  | { readonly kind: 'end'; readonly slot: number; readonly key: string; readonly isKept: boolean }
  | { readonly kind: 'wait'; readonly ms: number };

const key = fc.integer({ min: 0, max: 30 }).map((n) => `key-${n}`);
const size = fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 5000 }));
const slot = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('keep'), key, size, ttlSeconds: fc.integer({ min: 1, max: 86_400 }) }),
  fc.record({ kind: fc.constantFrom('find', 'remove'), key }),
  fc.record({ kind: fc.constant('push'), slot, size }),
  fc.record({ kind: fc.constant('end'), slot, key, isKept: fc.boolean() }),
  fc.record({ kind: fc.constant('wait'), ms: fc.constantFrom(1, 999, 30_000, 90_000_000) }),
);

test('whatever is asked of it, it stays within its bound, gives only what was kept last and is fresh, and mirrors itself', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const mirror = new Set<string>();
      const store = {
        put: (kept: string) => void mirror.add(kept),
        remove: (gone: string) => void mirror.delete(gone),
      };
      const cache = createResponseCache({ maxBytes: MAX_BYTES, store });
      /** All that a cache without a bound could give. */
      const model = new Map<string, { readonly text: string; readonly untilMs: number }>();
      const slots = new Map<number, Recording>();
      const recorded = new Map<number, string>();
      let nowMs = 1_000_000;
      let serial = 0;
      const keep = (at: string, text: string, body: Uint8Array, ttlSeconds: number) => {
        cache.keep(at, sampleAnswer('', { body, storedAtMs: nowMs, ttlSeconds }));
        model.set(at, { text, untilMs: nowMs + ttlSeconds * 1000 });
      };
      for (const next of steps) {
        switch (next.kind) {
          case 'keep': {
            const text = `${++serial}`.padEnd(next.size, '.');
            keep(next.key, text, new TextEncoder().encode(text), next.ttlSeconds);
            break;
          }
          case 'find': {
            const found = textOf(cache, next.key, nowMs);
            const known = model.get(next.key);
            if (found !== undefined) expect([found, known && known.untilMs > nowMs]).toEqual([known?.text, true]);
            // Recordings take a quarter at most: what fits into the rest was never pushed out.
            const all = [...model.values()].reduce((sum, { text }) => sum + text.length + 1100, 0);
            if (known && known.untilMs > nowMs && known.text.length < 2900 && all <= (MAX_BYTES * 3) / 4)
              expect(found).toBe(known.text);
            break;
          }
          case 'remove':
            cache.remove(next.key);
            model.delete(next.key);
            expect(cache.find(next.key, nowMs)).toBeUndefined();
            break;
          case 'push': {
            const recording = slots.get(next.slot) ?? cache.record();
            slots.set(next.slot, recording);
            const text = `${++serial}`.padEnd(next.size, ',');
            recording.push(text);
            recorded.set(next.slot, (recorded.get(next.slot) ?? '') + text);
            break;
          }
          case 'end': {
            const recording = slots.get(next.slot);
            const text = recorded.get(next.slot) ?? '';
            slots.delete(next.slot);
            recorded.delete(next.slot);
            const body = next.isKept ? recording?.take() : recording?.discard();
            if (!body) break;
            expect(new TextDecoder().decode(body)).toBe(text);
            keep(next.key, text, body, 86_400);
            break;
          }
          case 'wait':
            nowMs += next.ms;
        }
        expect(cache.usage().bytes).toBeLessThanOrEqual(MAX_BYTES);
        expect(mirror.size).toBe(cache.usage().answers);
      }
      for (const recording of slots.values()) recording.discard();
      for (const left of [...mirror]) cache.remove(left);
      expect([cache.usage(), mirror.size]).toEqual([{ answers: 0, bytes: 0 }, 0]);
    }),
    { numRuns: 100 },
  );
});

test('a flood of distinct day-long answers leaves it at its bound', () => {
  const cache = createResponseCache({ maxBytes: 1024 * 1024 });
  for (let i = 0; i < 20_000; i++) {
    cache.keep(`attacker ${i}`, sampleAnswer('x'.repeat(i % 3000), { storedAtMs: i, ttlSeconds: 86_400 }));
    expect(cache.usage().bytes).toBeLessThanOrEqual(1024 * 1024);
  }
  expect(textOf(cache, 'attacker 19999', 20_000)).toBe('x'.repeat(19_999 % 3000));
});
