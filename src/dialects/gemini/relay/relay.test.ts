import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { EndReason } from '../../../core/chat-events.ts';
import type { JsonObject } from '../../../core/json.ts';
import { openSseReader } from '../../../wire/sse.ts';
import type { RelayContext } from '../../dialect.ts';
import { testHead } from '../../shared/testing/context.ts';
import { framesOf, settled, wireOf } from '../client/test-kit.ts';
import type { WireGeminiRequest } from '../client/wire-request.ts';
import { contextOf, streamOf } from '../test-kit.ts';
import { relayResponse } from './relay-response.ts';
import { openRelay } from './relay-stream.ts';

const contextFor = (alt: 'sse' | 'json' = 'sse'): RelayContext<WireGeminiRequest> => ({
  ...contextOf(),
  head: testHead,
  wire: wireOf({ alt }),
});

const usageMetadata = { promptTokenCount: 4, candidatesTokenCount: 2, thoughtsTokenCount: 1, totalTokenCount: 7 };
const about = { modelVersion: 'gemini-2.5-flash', responseId: 'theirs' };
const frame = (parts: readonly JsonObject[], more: JsonObject = {}, candidate: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...candidate }],
  usageMetadata,
  ...about,
  ...more,
});
const last = frame([{ text: '!' }], {}, { finishReason: 'STOP', safetyRatings: [{ category: 'x' }] });

function play(
  text: string,
  splits: readonly number[] = [],
  reason: EndReason = 'upstream-end',
  alt: 'sse' | 'json' = 'sse',
) {
  const relay = openRelay(contextFor(alt));
  const sse = openSseReader();
  let said = '';
  const sink = (data: string): void => {
    said += relay.push(data);
  };
  let from = 0;
  for (const to of [...splits, text.length]) {
    sse.push(text.slice(from, to), sink);
    from = to;
  }
  sse.end(sink);
  const end = relay.end(reason);
  return { relay, said: said + end.text, outcome: end.outcome };
}

describe('a relayed stream', () => {
  const stream = streamOf([
    frame([{ text: 'hm', thought: true }], { future: { a: 1 } }),
    frame([
      { text: 'Hel', extra: 1 },
      { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
    ]),
    last,
  ]);
  const ours = { modelVersion: testHead.model, responseId: testHead.id };

  test('is the host’s by value under our id; the end waits, with the usage', () => {
    const { relay, said, outcome } = play(stream);
    expect(outcome).toBe('complete');
    expect(framesOf(said)).toEqual([
      {
        candidates: [{ content: { parts: [{ text: 'hm', thought: true }], role: 'model' }, index: 0 }],
        future: { a: 1 },
        ...ours,
      },
      {
        candidates: [
          {
            content: {
              parts: [
                { text: 'Hel', extra: 1 },
                { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
              ],
              role: 'model',
            },
            index: 0,
          },
        ],
        ...ours,
      },
    ]);
    expect(framesOf(relay.final({ ...settled, routerMetadata: { attempt: 1 } }))).toEqual([
      {
        candidates: [
          {
            content: { parts: [{ text: '!' }], role: 'model' },
            index: 0,
            finishReason: 'STOP',
            safetyRatings: [{ category: 'x' }],
          },
        ],
        usageMetadata: { ...usageMetadata, cost: 0.000017 },
        ...ours,
        openrouterMetadata: { attempt: 1 },
      },
    ]);
    expect(relay.meter).toMatchObject({
      hasContent: true,
      deliveredCharacters: 'hmHel!{"a":1}'.length,
      finishReason: 'tool_calls',
      nativeFinishReason: 'STOP',
      upstreamId: 'theirs',
      usage: { counts: { promptTokens: 4, completionTokens: 3, reasoningTokens: 1 } },
    });
    expect(relay.meter.toolCalls.calls).toEqual([{ name: 'f', arguments: '{"a":1}' }]);
  });

  test('is the same at any split of the bytes', () => {
    const whole = play(stream).said;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 20 }), (splits) => {
        expect(
          play(
            stream,
            splits.toSorted((a, b) => a - b),
          ).said,
        ).toBe(whole);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  test('is never complete where it was cut', () => {
    const end = stream.indexOf('"finishReason"');
    for (let at = 0; at < end; at += 7) {
      expect(play(stream.slice(0, at)).outcome).toMatchObject({
        code: expect.stringMatching(/^provider\.(truncated|bad_answer)$/),
      });
    }
    expect(play(stream, [], 'upstream-cut').outcome).toMatchObject({ code: 'provider.truncated' });
    expect(play(stream, [], 'client-gone').outcome).toMatchObject({ code: 'client.gone' });
  });

  test('as one array it is valid JSON, to its end or its error', () => {
    const { relay, said } = play(stream, [], 'upstream-end', 'json');
    expect(JSON.parse(said + relay.final(settled))).toHaveLength(3);
    const broken = play(
      streamOf([frame([{ text: 'a' }]), { error: { code: 503, message: 'full', status: 'UNAVAILABLE' } }]),
      [],
      'upstream-end',
      'json',
    );
    expect(broken.outcome).toMatchObject({ code: 'provider.overloaded' });
    if (broken.outcome === 'complete') throw new Error('an error is due');
    expect(JSON.parse(broken.said + broken.relay.fail(broken.outcome))).toMatchObject([{}, { error: { code: 503 } }]);
  });

  test('an end that was none is let go when more follows; usage comes with the last all the same', () => {
    const early = frame([{ text: '', thoughtSignature: 's' }], {}, { finishReason: 'STOP' });
    const { relay, said, outcome } = play(
      streamOf([
        early,
        frame([{ text: 'more' }]),
        last,
        { usageMetadata: { ...usageMetadata, candidatesTokenCount: 9 }, ...about },
      ]),
    );
    expect(outcome).toBe('complete');
    expect(framesOf(said)).toHaveLength(2);
    expect(said).not.toContain('usageMetadata');
    const final = framesOf(relay.final(settled));
    expect(final).toHaveLength(2);
    expect(final[0]).toMatchObject({ candidates: [{ finishReason: 'STOP' }] });
    expect(final[0]).not.toHaveProperty('usageMetadata');
    expect(final[1]).toMatchObject({ usageMetadata: { candidatesTokenCount: 9 } });
  });

  test('a blocked prompt is an end too', () => {
    const { relay, outcome } = play(
      streamOf([{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 }, ...about }]),
    );
    expect(outcome).toBe('complete');
    expect(relay.meter.finishReason).toBe('content_filter');
    expect(framesOf(relay.final(settled))).toMatchObject([{ promptFeedback: { blockReason: 'SAFETY' } }]);
  });

  test('counts that cannot be right are not told', () => {
    const odd = { ...last, usageMetadata: { promptTokenCount: -1, candidatesTokenCount: 2 } };
    const { relay } = play(streamOf([odd]));
    expect(relay.meter.usage).toBeUndefined();
    expect(framesOf(relay.final(settled))).toMatchObject([
      { usageMetadata: { promptTokenCount: 10, totalTokenCount: 17 } },
    ]);
  });
});

describe('a relayed whole answer', () => {
  test('is the host’s by value under our id, with the cost', () => {
    const { response, encode } = relayResponse({ ...last, future: 1 }, contextFor());
    expect(response.choices).toMatchObject([{ content: '!', finishReason: 'stop' }]);
    expect(encode(settled)).toEqual({
      ...last,
      future: 1,
      usageMetadata: { ...usageMetadata, cost: 0.000017 },
      modelVersion: testHead.model,
      responseId: testHead.id,
    });
  });

  test('of pieces is put together', () => {
    const { encode } = relayResponse([frame([{ text: 'a' }]), last], contextFor());
    expect(encode(settled)).toMatchObject({
      candidates: [{ content: { parts: [{ text: 'a!' }] }, finishReason: 'STOP' }],
    });
  });
});
