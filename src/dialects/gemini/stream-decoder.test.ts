import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { JsonObject } from '../../core/json.ts';
import { decodeResponse } from './response.ts';
import { contextOf, play, streamOf } from './test-kit.ts';

const head = { modelVersion: 'gemini-2.5-flash', responseId: 'R1' };
const of = (parts: readonly JsonObject[], more: JsonObject = {}, top: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  ...head,
  ...top,
});
const usage = { promptTokenCount: 10, candidatesTokenCount: 4, thoughtsTokenCount: 6, totalTokenCount: 20 };

/** A reply of all kinds of parts, in pieces. */
const pieces: readonly JsonObject[] = [
  of([{ text: 'Hm', thought: true }], {}, { usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 } }),
  of([{ text: 'm…', thought: true }]),
  of([{ text: 'Grüße ' }]),
  of([{ text: '🎉' }]),
  of([{ text: '', thoughtSignature: 'SIG-T' }]),
  of([{ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'SIG-F' }, { functionCall: { name: 'g' } }]),
  of([{ inlineData: { mimeType: 'image/png', data: 'iVBO' }, thoughtSignature: 'SIG-I' }]),
  of([], { finishReason: 'STOP' }, { usageMetadata: usage }),
];
const whole = of(
  [
    { text: 'Hmm…', thought: true },
    { text: 'Grüße 🎉', thoughtSignature: 'SIG-T' },
    { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'SIG-F' },
    { functionCall: { name: 'g' } },
    { inlineData: { mimeType: 'image/png', data: 'iVBO' }, thoughtSignature: 'SIG-I' },
  ],
  { finishReason: 'STOP' },
  { usageMetadata: usage },
);
const stream = streamOf(pieces);

describe('a stream', () => {
  test('folds to the whole reply of the same content', () => {
    const { response, outcome } = play(stream);
    expect(outcome).toBe('complete');
    expect(response).toEqual(decodeResponse(whole, contextOf()));
  });

  test('says what it holds', () => {
    const { response } = play(stream);
    const [choice] = response.choices;
    expect(response).toMatchObject({ upstreamId: 'R1', upstreamModel: 'gemini-2.5-flash' });
    expect(choice).toMatchObject({ content: 'Grüße 🎉', reasoning: 'Hmm…', images: ['data:image/png;base64,iVBO'] });
    expect(choice).toMatchObject({ finishReason: 'tool_calls', nativeFinishReason: 'STOP' });
    expect(choice?.toolCalls).toEqual([
      { id: 'call_R1_0_f', name: 'f', arguments: '{"a":1}' },
      { id: 'call_R1_1_g', name: 'g', arguments: '{}' },
    ]);
    const format = 'google-gemini-v1';
    expect(choice?.reasoningDetails).toEqual([
      { type: 'reasoning.text', text: 'Hmm…', format, index: 0 },
      { type: 'reasoning.encrypted', data: 'SIG-T', id: null, format, index: 1 },
      { type: 'reasoning.encrypted', data: 'SIG-F', id: 'call_R1_0_f', format, index: 2 },
      { type: 'reasoning.encrypted', data: 'SIG-I', id: 'image_0', format, index: 3 },
    ]);
    expect(response.usage?.counts).toEqual({ promptTokens: 10, completionTokens: 10, reasoningTokens: 6 });
  });

  test('gives the same events at every split', () => {
    const { events } = play(stream);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (splits) => {
        expect(
          play(
            stream,
            splits.sort((a, b) => a - b),
          ).events,
        ).toEqual(events);
      }),
      { numRuns: 60 },
    );
    expect(
      play(
        stream,
        Array.from(stream, (_, i) => i),
      ).events,
    ).toEqual(events);
  });

  test('is never complete where it was cut, at any character', () => {
    const lastBrace = stream.lastIndexOf('}');
    for (let cut = 0; cut <= lastBrace; cut++) {
      expect(play(stream.slice(0, cut), [], 'upstream-end').outcome).not.toBe('complete');
      expect(play(stream.slice(0, cut), [], 'upstream-cut').outcome).not.toBe('complete');
    }
    expect(play(stream, [], 'upstream-cut').outcome).toMatchObject({ code: 'provider.truncated' });
  });

  test('that was cut still tells the usage it saw, and no end', () => {
    const { events } = play(streamOf(pieces.slice(0, 3)), [], 'client-gone');
    expect(events.at(-1)).toMatchObject({ type: 'usage', usage: { counts: { promptTokens: 10 } } });
    expect(events.some((event) => event.type === 'choice-end')).toBe(false);
  });

  test('goes on after a finish reason, and the last one counts', () => {
    const { response, outcome } = play(
      streamOf([of([{ text: 'a' }], { finishReason: 'STOP' }), of([{ text: 'b' }], { finishReason: 'MAX_TOKENS' })]),
    );
    expect(outcome).toBe('complete');
    expect(response.choices[0]).toMatchObject({ content: 'ab', finishReason: 'length' });
  });

  test('needs the finish reason of every candidate it showed', () => {
    const two = {
      candidates: [
        { index: 0, finishReason: 'STOP' },
        { index: 1, content: { parts: [{ text: 'b' }] } },
      ],
    };
    expect(play(streamOf([two])).outcome).toMatchObject({ code: 'provider.truncated' });
    const rest = { candidates: [{ index: 1, finishReason: 'STOP' }] };
    const { response, outcome } = play(streamOf([two, rest]));
    expect(outcome).toBe('complete');
    expect(response.choices.map(({ index, content }) => [index, content])).toEqual([
      [0, null],
      [1, 'b'],
    ]);
  });

  test('of a blocked prompt is complete and empty', () => {
    const { response, outcome } = play(streamOf([{ promptFeedback: { blockReason: 'SAFETY' }, ...head }]));
    expect(outcome).toBe('complete');
    expect(response.choices).toMatchObject([
      { finishReason: 'content_filter', nativeFinishReason: 'SAFETY', content: null },
    ]);
  });

  test('with an error in it gives the error and takes nothing after it', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    const { events, outcome } = play(
      streamOf([of([{ text: 'a' }]), error, of([{ text: 'b' }], { finishReason: 'STOP' })]),
    );
    expect(outcome).toMatchObject({ code: 'provider.overloaded' });
    expect(events.map(({ type }) => type)).toEqual(['response-start', 'text-delta', 'error']);
  });

  test('with something that is no answer fails without a throw', () => {
    for (const text of ['data: {nope\n\n', 'data: {"choices":[]}\n\n', 'data: 3\n\n']) {
      const { events, outcome } = play(text);
      expect(outcome).toMatchObject({ code: 'provider.bad_answer' });
      expect(events).toMatchObject([{ type: 'error' }]);
    }
  });

  test('survives lost blank lines between events, and a terminator of another grammar', () => {
    const text = `${pieces.map((piece) => `data: ${JSON.stringify(piece)}\n`).join('')}\ndata: [DONE]\n\n`;
    expect(play(text).response).toEqual(play(stream).response);
  });
});

describe('arguments in pieces', () => {
  const piece = (functionCall: JsonObject, more: JsonObject = {}): JsonObject => of([{ functionCall }], more);
  const at = (jsonPath: string, value: JsonObject): JsonObject => ({
    partialArgs: [{ jsonPath, ...value }],
    willContinue: true,
  });

  test('are put together along their paths', () => {
    const { response } = play(
      streamOf([
        piece({ name: 'f', willContinue: true }),
        piece(at('$.city', { stringValue: 'New ', willContinue: true })),
        piece(at('$.city', { stringValue: 'York' })),
        piece(at('$.days[0].on', { boolValue: false })),
        piece(at('$.days[1].temp', { numberValue: 0.5 })),
        piece(at("$['odd key'].__proto__", { nullValue: 'NULL_VALUE' })),
        piece({}),
        piece({ name: 'g', willContinue: true }),
        piece({}, { finishReason: 'STOP' }),
      ]),
    );
    expect(response.choices[0]?.toolCalls.map(({ name, arguments: args }) => [name, args])).toEqual([
      ['f', '{"city":"New York","days":[{"on":false},{"temp":0.5}],"odd key":{"__proto__":null}}'],
      ['g', '{}'],
    ]);
  });

  test('a path that is none says nothing', () => {
    const paths = ['$', '', `$${'.a'.repeat(500_000)}`, `$${'[0]'.repeat(129)}`];
    const { response } = play(
      streamOf([
        piece({ name: 'f', willContinue: true }),
        piece(at('$.kept', { numberValue: 1 })),
        ...paths.map((path) => piece(at(path, { stringValue: 'x' }))),
        piece({}, { finishReason: 'STOP' }),
      ]),
    );
    expect(response.choices[0]?.toolCalls[0]?.arguments).toBe('{"kept":1}');
  });

  test('a far index makes no array of holes', () => {
    const { response } = play(
      streamOf([
        piece({ name: 'f', willContinue: true }),
        piece(at('$.list[999999999]', { stringValue: 'x' })),
        piece({}, { finishReason: 'STOP' }),
      ]),
    );
    expect(response.choices[0]?.toolCalls[0]?.arguments).toBe('{"list":["x"]}');
  });
});
