import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ChatResponse, Choice, ReasoningDetail } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';
import { openFold } from '../../../core/fold.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import { testHead } from '../../shared/testing/context.ts';
import { encodeResponse } from './response.ts';
import { openEncoder } from './stream-encoder.ts';
import { framesOf, settled, wireOf } from './test-kit.ts';

const shown = { ...testHead, excludeReasoning: false };
const hidden = { ...testHead, excludeReasoning: true };

const text = (said: string): ChatEvent => ({ type: 'text-delta', choice: 0, text: said });
const start = (index: number, name: string): ChatEvent => ({
  type: 'tool-call-start',
  choice: 0,
  index,
  id: `id_${index}`,
  name,
});
const args = (index: number, said: string): ChatEvent => ({
  type: 'tool-call-delta',
  choice: 0,
  index,
  arguments: said,
});
const end = (finishReason: Choice['finishReason'] = 'stop', nativeFinishReason = 'end'): ChatEvent => ({
  type: 'choice-end',
  choice: 0,
  finishReason: finishReason ?? 'stop',
  nativeFinishReason,
});
const reason = (said: string, ...details: ReasoningDetail[]): ChatEvent => ({
  type: 'reasoning-delta',
  choice: 0,
  text: said,
  details,
});
const claude = (said: string, signature?: string): ReasoningDetail => ({
  type: 'reasoning.text',
  text: said,
  ...(signature && { signature }),
  format: 'anthropic-claude-v1',
  index: 0,
});
const google = (data: string, id: string | null): ReasoningDetail => ({
  type: 'reasoning.encrypted',
  data,
  id,
  format: 'google-gemini-v1',
});

function partsIn(frame: JsonObject): readonly JsonObject[] {
  const [candidate] = arrayAt(frame, 'candidates') ?? [];
  const content = isJsonObject(candidate) ? objectAt(candidate, 'content') : undefined;
  return (content ? (arrayAt(content, 'parts') ?? []) : []).filter(isJsonObject);
}

/** The parts of a stream, the closing empty one aside. */
function streamed(events: readonly ChatEvent[], head = shown): readonly JsonObject[] {
  const encoder = openEncoder(head, wireOf());
  const said = events.map((event) => encoder.push(event)).join('');
  const frames = framesOf(said + encoder.final(settled));
  return frames.slice(0, -1).flatMap(partsIn);
}

function whole(events: readonly ChatEvent[], head = shown): JsonObject {
  const fold = openFold();
  for (const event of events) fold.push(event);
  return JSON.parse(JSON.stringify(encodeResponse(fold.response(), head, settled)));
}

const candidateOf = (events: readonly ChatEvent[], head = shown): JsonObject => {
  const [candidate] = arrayAt(whole(events, head), 'candidates') ?? [];
  return isJsonObject(candidate) ? candidate : {};
};

/** A sealed signature as what it holds. */
const opened = (part: JsonObject | undefined): readonly ReasoningDetail[] | null | undefined => {
  const signature = part?.['thoughtSignature'];
  return typeof signature === 'string' ? unsealReasoning(signature) : undefined;
};

describe('a stream', () => {
  test('is one object a part, under our id and name; usage and finish come last, together and once', () => {
    const encoder = openEncoder(shown, wireOf());
    const said = [text('a'), text('b "c"\n'), end('length', 'max')].map((event) => encoder.push(event)).join('');
    expect(said).not.toContain('usageMetadata');
    expect(said).not.toContain('finishReason');
    const frames = framesOf(said + encoder.final({ ...settled, routerMetadata: { attempt: 1 } }));
    const about = { modelVersion: testHead.model, responseId: testHead.id };
    expect(frames).toEqual([
      { candidates: [{ content: { parts: [{ text: 'a' }], role: 'model' }, index: 0 }], ...about },
      { candidates: [{ content: { parts: [{ text: 'b "c"\n' }], role: 'model' }, index: 0 }], ...about },
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
        usageMetadata: {
          promptTokenCount: 10,
          candidatesTokenCount: 4,
          totalTokenCount: 17,
          thoughtsTokenCount: 3,
          cost: 0.000017,
        },
        ...about,
        openrouterMetadata: { attempt: 1 },
      },
    ]);
  });

  test('calls whose pieces are mixed come whole, in order', () => {
    expect(
      streamed([
        start(0, 'f'),
        start(1, 'g'),
        args(1, '{"b"'),
        args(0, '{"a":'),
        args(1, ':2}'),
        args(0, '1}'),
        end('tool_calls'),
      ]),
    ).toEqual([
      { functionCall: { id: 'id_0', name: 'f', args: { a: 1 } } },
      { functionCall: { id: 'id_1', name: 'g', args: { b: 2 } } },
    ]);
  });

  test('a text after a whole call lets it go; one amid its pieces waits for them', () => {
    const encoder = openEncoder(shown, wireOf());
    const push = (event: ChatEvent): readonly JsonObject[] => framesOf(encoder.push(event)).flatMap(partsIn);
    push(start(0, 'f'));
    push(args(0, '{}'));
    expect(push(text('x'))).toEqual([{ functionCall: { id: 'id_0', name: 'f', args: {} } }, { text: 'x' }]);
    push(start(1, 'g'));
    expect(push(text('y'))).toEqual([]);
    push(start(2, 'h'));
    push(args(1, '{"late":1}'));
    push(text('z'));
    expect(push(end('tool_calls'))).toEqual([
      { functionCall: { id: 'id_1', name: 'g', args: { late: 1 } } },
      { text: 'y' },
      { functionCall: { id: 'id_2', name: 'h', args: {} } },
      { text: 'z' },
    ]);
  });

  test('arguments that are no JSON object are not lost', () => {
    expect(streamed([start(0, 'f'), args(0, '{"half'), end('tool_calls')])).toEqual([
      { functionCall: { id: 'id_0', name: 'f', args: { _raw: '{"half' } } },
    ]);
  });

  test('what comes without an end is said by the final frame', () => {
    expect(streamed([start(0, 'f'), args(0, '{}')])).toEqual([{ functionCall: { id: 'id_0', name: 'f', args: {} } }]);
    const frames = framesOf(openEncoder(shown, wireOf()).final(settled));
    expect(frames).toMatchObject([{ candidates: [], usageMetadata: { totalTokenCount: 17 } }]);
  });

  test('an error is an object with its code, and no success follows', () => {
    const encoder = openEncoder(shown, wireOf());
    const error = new GatewayError('provider.overloaded', 'Host is full.', {
      retryAfterMs: 1500,
      providerName: 'Host',
    });
    encoder.push(text('a'));
    const [bare = '', framed = ''] = encoder.fail(error).split('\n\n');
    // As Google's older clients know it, and as its newer ones do.
    expect(framed).toBe(`data: ${bare}`);
    expect(JSON.parse(bare)).toEqual({
      error: {
        code: 503,
        message: 'Host is full.',
        status: 'UNAVAILABLE',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'PROVIDER_OVERLOADED',
            domain: 'signalbox',
            metadata: { generation_id: testHead.id, provider_name: 'Host' },
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' },
        ],
      },
    });
  });
});

describe('a stream that is one JSON array', () => {
  const keepingAlive = (events: readonly ChatEvent[]) => {
    const encoder = openEncoder(shown, wireOf({ alt: 'json' }));
    const said = events.map((event) => encoder.keepAlive() + encoder.push(event)).join('') + encoder.keepAlive();
    return { encoder, said };
  };

  test.each<readonly [string, readonly ChatEvent[]]>([
    ['of several', [text('a'), text('b'), end()]],
    ['of nothing', []],
  ])('%s: valid with keep-alives anywhere, to its end or its error', (_, events) => {
    const { encoder, said } = keepingAlive(events);
    const value: Json = JSON.parse(said + encoder.final(settled));
    if (!Array.isArray(value)) throw new Error('an array is due');
    expect(value.at(-1)).toMatchObject({ usageMetadata: { totalTokenCount: 17 } });
    const broken = keepingAlive(events);
    const failed: Json = JSON.parse(broken.said + broken.encoder.fail(new GatewayError('provider.timeout', 'Late.')));
    if (!Array.isArray(failed)) throw new Error('an array is due');
    expect(failed.at(-1)).toMatchObject({ error: { code: 504, status: 'DEADLINE_EXCEEDED' } });
  });
});

describe('keep-alives', () => {
  test('are blank lines: Google’s Python client reads any other line as a piece of JSON', () => {
    expect(openEncoder(shown, wireOf()).keepAlive().trim()).toBe('');
  });
});

describe('reasoning', () => {
  test('Google’s signatures stay on their parts', () => {
    expect(
      streamed([
        reason('hmm', { type: 'reasoning.text', text: 'hmm', format: 'google-gemini-v1', index: 0 }),
        reason('', { type: 'reasoning.text', text: '', signature: 'sT', format: 'google-gemini-v1', index: 0 }),
        text('say'),
        reason('', google('sX', null)),
        reason('', google('sC', 'id_0')),
        start(0, 'f'),
        args(0, '{}'),
        end('tool_calls'),
      ]),
    ).toEqual([
      { text: 'hmm', thought: true },
      { text: '', thought: true, thoughtSignature: 'sT' },
      { text: 'say' },
      { text: '', thoughtSignature: 'sX' },
      { functionCall: { id: 'id_0', name: 'f', args: {} }, thoughtSignature: 'sC' },
    ]);
  });

  test('a signature that comes after its call has begun finds it; one without its part is kept', () => {
    expect(
      streamed([
        start(0, 'f'),
        reason('', google('sC', 'id_0')),
        args(0, '{}'),
        reason('', google('sZ', 'gone')),
        end(),
      ]),
    ).toEqual([
      { functionCall: { id: 'id_0', name: 'f', args: {} }, thoughtSignature: 'sC' },
      { text: '', thoughtSignature: 'sZ' },
    ]);
  });

  test('another grammar’s is sealed on the call that it led to, shown or not', () => {
    const events = [
      reason('de', claude('de')),
      reason('ep', claude('ep')),
      reason('', claude('', 'sig')),
      text('so'),
      start(0, 'f'),
      args(0, '{}'),
      start(1, 'g'),
      args(1, '{}'),
      end('tool_calls'),
    ];
    const seen = streamed(events);
    expect(seen.map(({ thought, text }) => [thought, text])).toEqual([
      [true, 'de'],
      [true, 'ep'],
      [undefined, 'so'],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(opened(seen[3])).toEqual([claude('deep', 'sig')]);
    expect(seen[4]).not.toHaveProperty('thoughtSignature');
    const unseen = streamed(events, hidden);
    expect(unseen.map(({ text }) => text)).toEqual(['so', undefined, undefined]);
    expect(opened(unseen[1])).toEqual([claude('deep', 'sig')]);
  });

  test('without a call it is sealed on an empty text at the end', () => {
    const seen = streamed([reason('deep'), text('answer'), end()], hidden);
    expect(seen[0]).toEqual({ text: 'answer' });
    expect(opened(seen[1])).toEqual([{ type: 'reasoning.text', text: 'deep', format: 'unknown' }]);
  });

  test('pieces between texts are sealed apart, each after the text it led to', () => {
    const seen = streamed(
      [reason('1', claude('1', 'a')), text('x'), reason('2', claude('2', 'b')), text('y'), end()],
      hidden,
    );
    expect(seen.map((part) => part['text'])).toEqual(['x', '', 'y', '']);
    expect([seen[1], seen[3]].map(opened)).toEqual([[claude('1', 'a')], [claude('2', 'b')]]);
  });

  test('a thought of Google’s that is not shown keeps its signature', () => {
    const detail: ReasoningDetail = { type: 'reasoning.text', text: 'hmm', signature: 's', format: 'google-gemini-v1' };
    const seen = streamed([reason('hmm', detail), text('x'), end()], hidden);
    expect(seen).toHaveLength(2);
    expect(opened(seen[1])).toEqual([detail]);
  });
});

describe('a whole answer', () => {
  const everything: readonly ChatEvent[] = [
    reason('hm', claude('hm', 'sig')),
    text('Hello '),
    text('wörld'),
    start(0, 'f'),
    args(0, '{"a":1}'),
    { type: 'image-delta', choice: 0, url: 'data:image/webp;base64,AA' },
    { type: 'image-delta', choice: 0, url: 'https://i.example/b.png' },
    { type: 'audio-delta', choice: 0, audio: { data: 'UklG', transcript: 'spoken' } },
    {
      type: 'annotation-delta',
      choice: 0,
      annotations: [
        { type: 'url_citation', url_citation: { url: 'https://a', title: 'A', start_index: 6, end_index: 11 } },
        { type: 'url_citation', url_citation: { url: 'https://a', title: 'A', start_index: 0, end_index: 0 } },
        { type: 'url_citation', url_citation: { url: 'https://b', start_index: 0, end_index: 5 } },
      ],
    },
    {
      type: 'logprobs-delta',
      choice: 0,
      logprobs: { content: [{ token: 'H', logprob: -1, top_logprobs: [{ token: 'J', logprob: -2 }] }] },
    },
    end('tool_calls', 'tool_use'),
  ];

  test('everything that can be said', () => {
    const candidate = candidateOf(everything);
    expect(candidate).toMatchObject({
      finishReason: 'STOP',
      index: 0,
      groundingMetadata: {
        groundingChunks: [{ web: { uri: 'https://a', title: 'A' } }, { web: { uri: 'https://b', title: '' } }],
        groundingSupports: [
          { segment: { startIndex: 6, endIndex: 12, text: 'wörld' }, groundingChunkIndices: [0] },
          { segment: { startIndex: 0, endIndex: 5, text: 'Hello' }, groundingChunkIndices: [1] },
        ],
      },
      logprobsResult: {
        chosenCandidates: [{ token: 'H', logProbability: -1 }],
        topCandidates: [{ candidates: [{ token: 'J', logProbability: -2 }] }],
      },
    });
    const parts = partsIn({ candidates: [candidate] });
    expect(parts).toMatchObject([
      { text: 'hm', thought: true },
      { text: 'Hello wörld' },
      { functionCall: { id: 'id_0', name: 'f', args: { a: 1 } } },
      { inlineData: { mimeType: 'image/webp', data: 'AA' } },
      { fileData: { fileUri: 'https://i.example/b.png' } },
      { inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: 'UklG' } },
      { text: 'spoken' },
    ]);
    expect(opened(parts[2])).toEqual([claude('hm', 'sig')]);
  });

  test('a signature without a text of its own goes to the text before it', () => {
    expect(partsIn({ candidates: [candidateOf([text('a'), reason('', google('s', null)), end()])] })).toEqual([
      { text: 'a', thoughtSignature: 's' },
    ]);
  });

  test('images are signed by their place', () => {
    const image: ChatEvent = { type: 'image-delta', choice: 0, url: 'data:image/png;base64,AA' };
    const inlineData = { mimeType: 'image/png', data: 'AA' };
    const signed = [image, reason('', google('s0', 'image_0')), image, reason('', google('s1', 'image_1')), end()];
    const expected = [
      { inlineData, thoughtSignature: 's0' },
      { inlineData, thoughtSignature: 's1' },
    ];
    expect(streamed(signed)).toEqual(expected);
    expect(partsIn({ candidates: [candidateOf(signed)] })).toEqual(expected);
  });

  test('an empty answer has a part, so that clients keep the turn', () => {
    expect(candidateOf([end('content_filter')])).toEqual({
      content: { parts: [{ text: '' }], role: 'model' },
      finishReason: 'SAFETY',
      index: 0,
    });
  });

  test.each<readonly [Choice['finishReason'], string, string]>([
    ['stop', 'end_turn', 'STOP'],
    ['length', 'max_tokens', 'MAX_TOKENS'],
    ['tool_calls', 'tool_use', 'STOP'],
    ['content_filter', 'refusal', 'SAFETY'],
    ['error', 'whatever', 'OTHER'],
    // What a host of this grammar said stands, where it means the same.
    ['content_filter', 'RECITATION', 'RECITATION'],
    ['error', 'MALFORMED_FUNCTION_CALL', 'MALFORMED_FUNCTION_CALL'],
    ['length', 'STOP', 'MAX_TOKENS'],
    ['content_filter', 'MODEL_ARMOR', 'SAFETY'],
  ])('%s (%s) is %s', (finishReason, native, word) => {
    expect(candidateOf([text('a'), end(finishReason, native)])['finishReason']).toBe(word);
  });

  test('a refusal is a text that safety ended', () => {
    const refused = candidateOf([{ type: 'refusal-delta', choice: 0, text: 'I cannot.' }, end('stop')]);
    expect(refused).toMatchObject({ content: { parts: [{ text: 'I cannot.' }] }, finishReason: 'SAFETY' });
  });

  test('usage by modality, where the host told it', () => {
    const counts = {
      promptTokens: 20,
      completionTokens: 9,
      cachedTokens: 5,
      audioPromptTokens: 3,
      imagePromptTokens: 4,
      imageCompletionTokens: 9,
    };
    const { usageMetadata } = encodeResponse({ choices: [], serviceTier: 'default' }, shown, {
      ...settled,
      usage: { counts, estimated: false },
    });
    expect(usageMetadata).toEqual({
      promptTokenCount: 20,
      candidatesTokenCount: 9,
      totalTokenCount: 29,
      cachedContentTokenCount: 5,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 13 },
        { modality: 'AUDIO', tokenCount: 3 },
        { modality: 'IMAGE', tokenCount: 4 },
      ],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 9 }],
      serviceTier: 'standard',
      cost: 0.000017,
    });
  });

  test('several choices', () => {
    const choice = (index: number): Choice => ({
      index,
      content: `c${index}`,
      reasoning: null,
      reasoningDetails: [],
      toolCalls: [],
      refusal: null,
      images: [],
      annotations: [],
      finishReason: 'stop',
      nativeFinishReason: 'stop',
    });
    const response: ChatResponse = { choices: [choice(0), choice(1)] };
    expect(encodeResponse(response, shown, settled)).toMatchObject({
      candidates: [
        { index: 0, content: { parts: [{ text: 'c0' }] } },
        { index: 1, content: { parts: [{ text: 'c1' }] } },
      ],
    });
  });
});

describe('a stream says what a whole answer says', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.string({ maxLength: 5 }).map(text),
      fc.string({ minLength: 1, maxLength: 5 }).map((said) => reason(said, claude(said))),
      fc.constant(reason('', claude('', 'sig'))),
      fc.constant(reason('', google('sX', null))),
    ),
    { maxLength: 8 },
  );

  test('whatever the order of its pieces, nothing is lost', () => {
    fc.assert(
      fc.property(pieces, pieces, fc.boolean(), (before, after, isHidden) => {
        const events = [...before, start(0, 'f'), args(0, '{"a":'), args(0, '1}'), ...after, end('tool_calls')];
        const head = isHidden ? hidden : shown;
        const said = (parts: readonly JsonObject[]): readonly string[] => [
          parts.map(({ text: words, thought }) => (thought ? '' : (words ?? ''))).join(''),
          parts.map(({ text: words, thought }) => (thought ? words : '')).join(''),
          JSON.stringify(parts.flatMap((part) => part['functionCall'] ?? [])),
          JSON.stringify(
            parts
              .flatMap((part) => opened(part) ?? [])
              .map((detail) => ('text' in detail ? detail.text : ''))
              .join(''),
          ),
          String(parts.filter((part) => part['thoughtSignature'] === 'sX').length),
        ];
        const stream = said(streamed(events, head));
        expect(said(partsIn(whole(events, head)))).toEqual([...stream]);
        const texts = events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
        expect(stream[0]).toBe(texts.join(''));
        const thoughts = events.flatMap((event) => (event.type === 'reasoning-delta' ? [event.text] : []));
        expect(JSON.parse(stream[3] ?? '')).toBe(thoughts.join(''));
        expect(stream[1]).toBe(isHidden ? '' : thoughts.join(''));
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
