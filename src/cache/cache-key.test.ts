import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Json } from '../core/json.ts';
import { type CacheQuestion, cacheKeyOf } from './cache-key.ts';

const digest = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex');
const KEY_A = 'a'.repeat(64);
const KEY_B = 'b'.repeat(64);

function question(text: string, about: Partial<CacheQuestion> = {}): CacheQuestion {
  const body: Json = JSON.parse(text);
  return { keyHash: KEY_A, endpoint: 'chat', model: 'maker/model', stream: false, variesBy: [], body, ...about };
}

const keyOf = (text: string, about?: Partial<CacheQuestion>) => cacheKeyOf(question(text, about), digest);

test('white space does not matter, the order of members and a default that is spelled out do', () => {
  const key = keyOf('{"model":"x","temperature":1}');
  expect(keyOf('{ "model" : "x",\n "temperature": 1.0 }')).toBe(key);
  expect(keyOf('{"temperature":1,"model":"x"}')).not.toBe(key);
  expect(keyOf('{"model":"x"}')).not.toBe(key);
});

test.each<[string, Partial<CacheQuestion>]>([
  ['another key', { keyHash: KEY_B }],
  ['another route', { endpoint: 'embeddings' }],
  ['another name of a model', { model: 'maker/model:free' }],
  ['a stream', { stream: true }],
  ['a header that changes the answer', { variesBy: ['beta-1'] }],
])('%s is another question', (_, about) => {
  expect(keyOf('{}', about)).not.toBe(keyOf('{}'));
});

test('whatever the digest does, no key meets another’s answers', () => {
  const one = cacheKeyOf(question('{}'), () => 'same');
  const other = cacheKeyOf(question('{}', { keyHash: KEY_B }), () => 'same');
  expect(one).not.toBe(other);
});

test('what is digested tells every two questions apart', () => {
  const arbitrary = fc.record({
    endpoint: fc.string(),
    model: fc.string(),
    stream: fc.boolean(),
    variesBy: fc.array(fc.string(), { maxLength: 3 }),
    text: fc.json({ maxDepth: 2 }),
  });
  const digested = ({ text, ...about }: { readonly text: string } & Partial<CacheQuestion>) =>
    cacheKeyOf(question(text, about), (input) => input);
  fc.assert(
    fc.property(arbitrary, arbitrary, (a, b) => {
      const areOne =
        JSON.stringify([a.endpoint, a.model, a.stream, a.variesBy]) ===
          JSON.stringify([b.endpoint, b.model, b.stream, b.variesBy]) &&
        JSON.stringify(JSON.parse(a.text)) === JSON.stringify(JSON.parse(b.text));
      expect(digested(a) === digested(b)).toBe(areOne);
    }),
  );
});
