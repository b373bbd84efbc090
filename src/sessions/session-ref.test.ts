import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { type SessionInput, sessionRef } from './session-ref.ts';

const REQUEST: SessionInput = {
  tenant: 'account',
  model: 'maker/model',
  sessionId: null,
  promptCacheKey: null,
  opening: () => ({ system: 'Be brief.', first: 'Hello' }),
  fingerprint: (text) => Bun.hash(text).toString(36),
};
const refOf = (about: Partial<SessionInput>) => sessionRef({ ...REQUEST, ...about });

test('session_id goes before prompt_cache_key before the opening; only the first is a name', () => {
  const both = refOf({ sessionId: 's', promptCacheKey: 'k' });
  expect(both).toEqual(refOf({ sessionId: 's' }));
  expect(both.isNamed).toBe(true);
  const keyed = refOf({ promptCacheKey: 'k', opening: () => ({ system: '', first: 'Other' }) });
  expect(keyed).toEqual(refOf({ promptCacheKey: 'k' }));
  expect([keyed.isNamed, refOf({}).isNamed]).toEqual([false, false]);
  expect(new Set([both.key, keyed.key, refOf({}).key, refOf({ sessionId: 'k' }).key]).size).toBe(4);
});

test('the opening is not read where the caller named the conversation', () => {
  const opening = (): never => {
    throw new Error('read');
  };
  expect(() => refOf({ sessionId: 's', opening })).not.toThrow();
  expect(() => refOf({ promptCacheKey: 'k', opening })).not.toThrow();
});

test('an empty name is none', () => {
  expect(refOf({ sessionId: '', promptCacheKey: '' })).toEqual(refOf({}));
});

test('a conversation is known by how it opens: system text and first message, told apart', () => {
  const opened = (system: string, first: string) => refOf({ opening: () => ({ system, first }) });
  expect(opened('ab', 'c')).toEqual(opened('ab', 'c'));
  expect(opened('ab', 'c')).not.toEqual(opened('a', 'bc'));
  expect(opened('', 'a')).not.toEqual(opened('a', ''));
});

test('a long name is kept as its fingerprint, and a short one that looks like it is another', () => {
  const long = 'x'.repeat(100_000);
  const fingerprint = (text: string) => `${text.length}`;
  const ref = refOf({ promptCacheKey: long, fingerprint });
  expect(ref.key.length).toBeLessThan(100);
  expect(ref).not.toEqual(refOf({ promptCacheKey: '100000', fingerprint }));
  expect(ref).not.toEqual(refOf({ promptCacheKey: '#100000', fingerprint }));
});

test('whatever is said, and however the fingerprint collides, another account or model is another conversation', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('1:a', ' session =s', '3:a b'));
  const names = fc.record({
    sessionId: fc.option(text),
    promptCacheKey: fc.option(text),
    tenant: text,
    model: text,
  });
  fc.assert(
    fc.property(names, names, (one, other) => {
      const same = one.tenant === other.tenant && one.model === other.model;
      const collide = () => '';
      const keys = [one, other].map((about) => refOf({ ...about, fingerprint: collide }).key);
      if (!same) expect(keys[0]).not.toBe(keys[1]);
    }),
  );
});
