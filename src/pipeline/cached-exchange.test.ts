import { expect, test } from 'bun:test';
import { sampleAnswer } from '../cache/sample-answer.ts';
import { GatewayError } from '../core/errors.ts';
import type { ReplayFace } from '../dialects/dialect.ts';
import { originOf, runCached } from './cached-exchange.ts';
import { createHitLab, sampleHit } from './sample-hit.ts';

/** Counts the calls, changes the id. */
function createReplay() {
  const sizes: number[] = [];
  const replay: ReplayFace = {
    whole: (body, { id }) => body.replace('old', id),
    frames(events, { id }) {
      sizes.push(events.length);
      return events.replaceAll('old', id);
    },
  };
  return { replay, sizes };
}

const exchange = sampleHit('gen-hit', 1_764_072_000_000);

test('a long stream leaves in several writes, each of whole events, and only when it is asked for', async () => {
  const { replay, sizes } = createReplay();
  const events = Array.from(
    { length: 2000 },
    (_, i) => `data: {"id":"old","n":${i},"text":"${'.'.repeat(i % 100)}"}\n\n`,
  );
  const answer = sampleAnswer(events.join(''), { form: 'stream' });
  const lab = createHitLab();
  const reply = await runCached({ exchange, replay, answer }, lab);
  if (reply.kind !== 'stream') throw new Error('a stream was due');
  expect([sizes.length, lab.settled.length]).toEqual([0, 1]);
  const writes: string[] = [];
  for await (const text of reply.body) {
    writes.push(text);
    expect(sizes.length).toBe(writes.length);
    expect(text.endsWith('\n\n')).toBe(true);
  }
  expect(writes.join('')).toBe(events.join('').replaceAll('old', 'gen-hit'));
  expect(Math.max(...sizes)).toBeLessThan(17_000);
  expect(writes.length).toBeGreaterThan(5);
});

test('what the books do not take is not given', async () => {
  const lab = createHitLab();
  lab.refuse({ ledger: new GatewayError('gateway.unavailable', 'Away.') });
  for (const form of ['whole', 'stream'] as const) {
    const reply = await runCached(
      { exchange, replay: createReplay().replay, answer: sampleAnswer('x', { form }) },
      lab,
    );
    expect(reply).toMatchObject({ kind: 'error', error: { code: 'gateway.unavailable' } });
  }
  expect(lab.runningIds.size).toBe(0);
});

test('a key that may spend no more gets no answer and leaves no record', async () => {
  const lab = createHitLab();
  lab.refuse({ admission: new GatewayError('auth.payment_required', 'Spent.') });
  const reply = await runCached({ exchange, replay: createReplay().replay, answer: sampleAnswer('x') }, lab);
  expect(reply).toMatchObject({ kind: 'error', error: { code: 'auth.payment_required' } });
  expect(lab.settled).toEqual([]);
});

test('a hit of an answer once given again would name the same origin', async () => {
  const lab = createHitLab();
  const answer = sampleAnswer('{"id":"old"}');
  const reply = await runCached({ exchange, replay: createReplay().replay, answer }, lab);
  expect(reply).toEqual({ kind: 'whole', body: '{"id":"gen-hit"}', notes: 0 });
  expect(lab.settled.map(originOf)).toEqual([answer.origin]);
});
