import { describe, expect, test } from 'bun:test';
import type { Json } from '../../../core/json.ts';
import { testHead } from '../../shared/testing/context.ts';
import { replayGemini } from './replay.ts';
import { encodeResponse } from './response.ts';
import { openEncoder } from './stream-encoder.ts';
import { framesOf, settled, wireOf } from './test-kit.ts';

const stamp = { id: 'gen-1800000000-BBBBBBBBBBBBBBBBBBBB', createdSeconds: 1_800_000_000 };

function streamOf(alt: 'sse' | 'json'): string {
  const encoder = openEncoder(testHead, wireOf({ alt }));
  const said = ['one\n\ndata: {"responseId":"mine"}', 'two'].map((text) =>
    encoder.push({ type: 'text-delta', choice: 0, text }),
  );
  const last = encoder.final({ ...settled, routerMetadata: { attempt: 1 } });
  return encoder.keepAlive() + said.join('') + last;
}

const free = { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0, thoughtsTokenCount: 0, cost: 0 };

function check(frames: readonly Json[]): void {
  expect(frames).toHaveLength(3);
  for (const frame of frames) expect(frame).toMatchObject({ responseId: stamp.id, modelVersion: testHead.model });
  expect(frames[0]).toMatchObject({
    candidates: [{ content: { parts: [{ text: 'one\n\ndata: {"responseId":"mine"}' }] } }],
  });
  expect(frames[2]).toMatchObject({ usageMetadata: free });
  expect(JSON.stringify(frames)).not.toContain('openrouterMetadata');
}

describe('an answer given again, under its own id and free', () => {
  test('a stream of events', () => {
    check(framesOf(replayGemini.frames?.(streamOf('sse'), stamp) ?? ''));
  });

  test('a stream that is one array', () => {
    const frames: Json = JSON.parse(replayGemini.frames?.(streamOf('json'), stamp) ?? '');
    check(Array.isArray(frames) ? frames : []);
  });

  test('a whole answer', () => {
    const whole = JSON.stringify(encodeResponse({ choices: [] }, testHead, settled));
    expect(JSON.parse(replayGemini.whole(whole, stamp))).toEqual({
      candidates: [],
      usageMetadata: free,
      modelVersion: testHead.model,
      responseId: stamp.id,
    });
  });
});
