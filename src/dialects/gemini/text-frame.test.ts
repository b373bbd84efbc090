/** Objects of a known form, read and relayed unparsed: the same as if each had been parsed. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { EndReason } from '../../core/chat-events.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { openSseReader } from '../../wire/sse.ts';
import { testHead } from '../shared/testing/context.ts';
import { framesOf, settled, wireOf } from './client/test-kit.ts';
import { openRelay } from './relay/relay-stream.ts';
import { openDecoder } from './stream-decoder.ts';
import { contextOf } from './test-kit.ts';
import { lessonOf } from './text-frame.ts';

const usageOf = (written: number): JsonObject => ({
  promptTokenCount: 4,
  candidatesTokenCount: written,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 4 }],
  totalTokenCount: 4 + written,
});
const frameOf = (text: string, written: number, more: JsonObject = {}, candidate: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts: [{ text, ...more }], role: 'model' }, ...candidate, index: 0 }],
  usageMetadata: usageOf(written),
  modelVersion: 'gemini-2.5-flash',
  responseId: 'theirs',
});
/** As Google writes them. */
const wireText = (frame: Json): string => `data: ${JSON.stringify(frame, null, 1).replaceAll(/\n */g, '')}\r\n\r\n`;

const frames: readonly JsonObject[] = [
  frameOf('hm', 1, { thought: true }),
  ...Array.from({ length: 30 }, (_, at) => frameOf(at % 5 === 4 ? `"${at}"\n` : `wörd${at} 🎉 `, 2 + at * 7)),
  frameOf('', 300, { thoughtSignature: 's' }),
  frameOf('end', 301),
  frameOf('', 302, {}, { finishReason: 'STOP' }),
];
const stream = frames.map(wireText).join('');

interface Setting {
  readonly sizes?: readonly number[];
  readonly skims?: boolean;
  readonly alt?: 'sse' | 'json';
  readonly reason?: EndReason;
}

function relay(body: string, { sizes = [], skims = true, alt = 'sse', reason = 'upstream-end' }: Setting = {}) {
  const relayed = openRelay({ ...contextOf(), head: testHead, wire: wireOf({ alt }) });
  const reader = openSseReader();
  const pieces: string[] = [];
  let skimmed = 0;
  const sink = (data: string): void => {
    pieces.push(relayed.push(data));
  };
  const skim = (text: string, at: number): number => {
    const next = skims && relayed.skim ? relayed.skim(text, at, pieces) : at;
    skimmed += next - at;
    return next;
  };
  for (let at = 0, turn = 0; at < body.length; turn++) {
    const next = at + (sizes[turn % sizes.length] ?? body.length);
    reader.push(body.slice(at, next), sink, skim);
    at = next;
  }
  reader.end(sink);
  const { outcome } = relayed.end(reason);
  const text = pieces.join('') + (outcome === 'complete' ? relayed.final(settled) : '');
  return { said: { text, outcome, meter: relayed.meter }, skimmed };
}

describe('relayed', () => {
  test.each(['sse', 'json'] as const)('the same text and counts as if all were parsed (%s)', (alt) => {
    const plain = relay(stream, { skims: false, alt }).said;
    expect(plain.outcome).toBe('complete');
    const quick = relay(stream, { alt });
    expect(quick.said).toEqual(plain);
    expect(quick.skimmed).toBeGreaterThan(stream.length / 2);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1 }), (sizes) => {
        expect(relay(stream, { sizes, alt }).said).toEqual(plain);
      }),
      { seed: 9, numRuns: 40 },
    );
  });

  test('the counts of an object that was not parsed are those of the bill', () => {
    const body = frames.slice(0, 4).map(wireText).join('');
    for (const reason of ['upstream-cut', 'client-gone'] as const) {
      const { said, skimmed } = relay(body, { reason });
      expect(skimmed).toBeGreaterThan(0);
      expect(said.meter.usage?.counts).toMatchObject({ promptTokens: 4, completionTokens: 16 });
    }
    const { usageMetadata: _, ...bare } = frameOf('', 0, {}, { finishReason: 'STOP' });
    const last = framesOf(relay(body + wireText(bare)).said.text).at(-1);
    expect(last).toMatchObject({ usageMetadata: { candidatesTokenCount: 16 } });
  });

  test('what is held leaves before more text', () => {
    const odd = [
      ...frames.slice(0, 4),
      frameOf('', 9, {}, { finishReason: 'STOP' }),
      ...frames.slice(1, 4),
      ...frames.slice(-1),
    ];
    const body = odd.map(wireText).join('');
    expect(relay(body).said).toEqual(relay(body, { skims: false }).said);
  });
});

test('read: the same events as when each is parsed', () => {
  const pool: readonly JsonObject[] = [
    ...frames.slice(0, 8),
    ...frames.slice(-3),
    frameOf('other', 5, {}, { index: 1 }),
    { ...frameOf('found', 6), promptFeedback: {} },
    frameOf(
      'cited',
      7,
      {},
      { citationMetadata: { citations: [{ uri: 'https://a.example', startIndex: 2, endIndex: 19 }] } },
    ),
    { candidates: [{ content: { parts: [{ text: 'uncounted' }] } }], responseId: 'theirs' },
  ];
  // Other white space before every object: none has the form of another, and all say the same.
  const play = (list: readonly JsonObject[], parses: boolean) => {
    const decoder = openDecoder(contextOf());
    const said = list.map((frame, at) =>
      decoder.push({ data: (parses ? ' '.repeat(at + 1) : '') + JSON.stringify(frame) }),
    );
    return { said, end: decoder.end('upstream-end') };
  };
  fc.assert(
    fc.property(fc.array(fc.nat({ max: pool.length - 1 }), { maxLength: 40 }), (picks) => {
      const list = picks.map((at) => pool[at] ?? {});
      expect(play(list, false)).toEqual(play(list, true));
    }),
    { seed: 8, numRuns: 150 },
  );
});

test.each<[string, JsonObject]>([
  ['a thought', frameOf('a', 1, { thought: true })],
  ['a signature', frameOf('a', 1, { thoughtSignature: 's' })],
  ['an end', frameOf('a', 1, {}, { finishReason: 'STOP' })],
  ['sources', frameOf('a', 1, {}, { groundingMetadata: {} })],
  ['log probabilities', frameOf('a', 1, {}, { logprobsResult: {} })],
  ['no text', frameOf('', 1)],
  ['a verdict on the prompt', { ...frameOf('a', 1), promptFeedback: {} }],
  ['two candidates', { ...frameOf('a', 1), candidates: [frameOf('a', 1), frameOf('b', 1)] }],
  ['two parts', { candidates: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] } }] }],
  ['a call', { candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: { text: 'a' } } }] } }] }],
])('no form is learnt of an object with %s', (_, frame) => {
  expect(lessonOf(JSON.stringify(frame), frame, (choice) => choice)).toBeUndefined();
});
