import { expect, test } from 'bun:test';
import { z } from 'zod';
import { GatewayError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { openAiResponses } from '../../openai-responses/index.ts';
import { check, refusalBy } from './refusal.ts';
import { pairs } from './wire-schema.ts';

const MEMBERS = 500_000;
const MOST_MS = 3000;

/** A list of which no member fits. */
const wrong: readonly Json[] = Array.from({ length: MEMBERS }, () => 5);

test('the check stops at the first member that does not fit', () => {
  const lists = z.object({ a: z.array(z.union([z.string(), z.object({ b: z.string() })])) });
  const startedMs = performance.now();
  const reasons = check(lists, { a: wrong }).error?.issues.map(({ path }) => path.join('.'));
  expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
  expect(reasons).toEqual(['a.0']);
});

test.each<readonly [string, Json]>([
  ['items', wrong],
  ['parts', [{ role: 'user', content: wrong }]],
])('half a million wrong %s are refused for the first of them', (_, input) => {
  const startedMs = performance.now();
  expect(() => openAiResponses.client.parseRequest({ model: 'a/b', input })).toThrow(/^input\[0\]/);
  expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
});

test('pairs beyond any number are not read at all; of others the first wrong one is named', () => {
  const schema = z.object({ bias: pairs(z.string(), z.number()).nullish() });
  const tooMany = Object.fromEntries(wrong.slice(0, 20_000).map((_, n) => [n, 'x']));
  const startedMs = performance.now();
  expect(refusalBy(schema, { bias: tooMany }, '').message).toBe('bias: got object; accepted: at most 10000 pairs');
  expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
  expect(refusalBy(schema, { bias: { a: 1, b: 'x' } }, '').message).toBe('bias.b: got string; accepted: number');
  expect(refusalBy(schema, { bias: [] }, '').message).toBe('bias: got array; accepted: an object');
  expect(check(schema, { bias: { a: 1 } }).success).toBe(true);
  expect(check(schema, { bias: null }).success).toBe(true);
});

test('the reason is the one of the alternative that was meant', () => {
  const schema = z.object({ a: z.union([z.string(), z.array(z.object({ b: z.string() }))]) });
  const refusal = refusalBy(schema, { a: [{ b: 'x' }, { b: 5 }] }, 'is no such thing');
  expect(refusal).toBeInstanceOf(GatewayError);
  expect(refusal.message).toBe('a[1].b: got number; accepted: string');
});
