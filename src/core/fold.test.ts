import { expect, test } from 'bun:test';
import { openFold } from './fold.ts';

const PIECES = 100_000;
const MOST_MS = 3000;
const token = (n: number) => ({ token: `t${n}`, logprob: -n });

test('chances of tokens that come one by one are one list, with the members that were said beside it', () => {
  const fold = openFold();
  fold.push({ type: 'text-delta', choice: 0, text: 'a', logprobs: { content: [token(0)], refusal: null } });
  fold.push({ type: 'logprobs-delta', choice: 0, logprobs: { content: [token(1), token(2)], more: 1 } });
  fold.push({ type: 'logprobs-delta', choice: 0, logprobs: { content: null } });
  expect(fold.response().choices[0]?.logprobs).toEqual({
    content: [token(0), token(1), token(2)],
    refusal: null,
    more: 1,
  });
  // Asking changes nothing.
  fold.push({ type: 'logprobs-delta', choice: 0, logprobs: { content: [token(3)] } });
  expect(fold.response().choices[0]?.logprobs).toMatchObject({ content: [{}, {}, {}, token(3)] });
});

test('tens of thousands of pieces take a time that grows with their number alone', () => {
  const fold = openFold();
  const startedMs = performance.now();
  for (let n = 0; n < PIECES; n++) {
    fold.push({ type: 'text-delta', choice: 0, text: 'x', logprobs: { content: [token(n)] } });
  }
  const many = Array.from({ length: 10 * PIECES }, () => ({ type: 'url_citation' }));
  fold.push({ type: 'annotation-delta', choice: 0, annotations: many });
  const [choice] = fold.response().choices;
  expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
  expect(choice?.logprobs).toMatchObject({ content: { length: PIECES } });
  expect(choice?.annotations).toHaveLength(many.length);
});
