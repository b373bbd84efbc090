import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { errorMessage, eventMessage, exceptionMessage, joinBytes } from '../../wire/aws-event-stream.fixture.ts';
import { openAwsEventStreamFrames } from '../../wire/aws-event-stream.ts';
import { openSseFrames } from '../../wire/frames.ts';
import type { Outcome, UpstreamContext } from '../dialect.ts';
import { contextWith } from '../shared/testing/context.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const context: UpstreamContext = {
  ...contextWith({ usage: { cachedInput: 'beside-input' } }),
  upstreamModel: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
};

const citation = {
  title: 'X',
  location: { web: { url: 'https://x.test', domain: 'x.test' } },
  sourceContent: [{ text: 'quo' }, { text: 'ted' }],
};
const ownDocument = { title: 'Mine', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } };
const usage = {
  inputTokens: 10,
  outputTokens: 50,
  totalTokens: 167,
  cacheReadInputTokens: 100,
  cacheWriteInputTokens: 7,
  cacheDetails: [
    { ttl: '1h', inputTokens: 5 },
    { ttl: '5m', inputTokens: 2 },
  ],
};

/** One message that has everything, whole. */
const WHOLE: JsonObject = {
  output: {
    message: {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'Let me sée.', signature: 'SIG==' } } },
        { reasoningContent: { redactedContent: 'AAEC' } },
        { reasoningContent: { reasoningText: { text: '', signature: 'HIDDEN' } } },
        { text: 'Hello 👋 ' },
        { toolUse: { toolUseId: 'srv', name: 'search', input: { q: 1 }, type: 'server_tool_use' } },
        { toolResult: { toolUseId: 'srv', content: [{ text: 'found' }] } },
        { citationsContent: { content: [{ text: 'cited' }], citations: [citation, ownDocument] } },
        { image: { format: 'webp', source: { bytes: 'AAECAw==' } } },
        { toolUse: { toolUseId: 't1', name: 'look', input: { at: 'sky' } } },
        { toolUse: { toolUseId: 't2', name: 'wave', input: {} } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage,
  serviceTier: { type: 'default' },
};

type Message = readonly [type: string, payload: JsonObject];

const delta = (contentBlockIndex: number, value: JsonObject): Message => [
  'contentBlockDelta',
  { contentBlockIndex, delta: value, p: 'abc' },
];
const start = (contentBlockIndex: number, value: JsonObject): Message => [
  'contentBlockStart',
  { contentBlockIndex, start: value },
];
const stop = (contentBlockIndex: number): Message => ['contentBlockStop', { contentBlockIndex }];

/** The same as a stream, cut in the middle of words and of bytes. */
const MESSAGES: readonly Message[] = [
  ['messageStart', { role: 'assistant', p: 'ab' }],
  delta(0, { reasoningContent: { text: 'Let me' } }),
  delta(0, { reasoningContent: { text: ' sée.' } }),
  delta(0, { reasoningContent: { signature: 'SI' } }),
  delta(0, { reasoningContent: { signature: 'G==' } }),
  stop(0),
  delta(1, { reasoningContent: { redactedContent: 'AA==' } }),
  delta(1, { reasoningContent: { redactedContent: 'AQI=' } }),
  stop(1),
  delta(2, { reasoningContent: { signature: 'HIDDEN' } }),
  stop(2),
  delta(3, { text: 'Hello ' }),
  delta(3, { text: '👋 ' }),
  stop(3),
  start(4, { toolUse: { toolUseId: 'srv', name: 'search', type: 'server_tool_use' } }),
  delta(4, { toolUse: { input: '{"q":1}' } }),
  stop(4),
  start(5, { toolResult: { toolUseId: 'srv' } }),
  delta(5, { toolResult: [{ text: 'found' }] }),
  stop(5),
  delta(6, { text: 'cit' }),
  delta(6, { citation }),
  delta(6, { citation: ownDocument }),
  delta(6, { text: 'ed' }),
  stop(6),
  start(7, { image: { format: 'webp' } }),
  delta(7, { image: { source: { bytes: 'AAE=' } } }),
  delta(7, { image: { source: { bytes: 'AgM=' } } }),
  stop(7),
  start(8, { toolUse: { toolUseId: 't1', name: 'look' } }),
  delta(8, { toolUse: { input: '' } }),
  delta(8, { toolUse: { input: '{"at":' } }),
  delta(8, { toolUse: { input: '"sky"}' } }),
  stop(8),
  start(9, { toolUse: { toolUseId: 't2', name: 'wave' } }),
  stop(9),
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage, metrics: { latencyMs: 5 }, serviceTier: { type: 'default' } }],
];

const bytesOf = (messages: readonly Message[]): Uint8Array =>
  joinBytes(messages.map(([type, payload]) => eventMessage(type, payload)));
const BYTES = bytesOf(MESSAGES);

interface Decoded {
  readonly events: readonly ChatEvent[];
  readonly outcome: Outcome;
}

function decode(pieces: Iterable<Uint8Array>, reason: EndReason = 'upstream-end', isSse = false): Decoded {
  const decoder = openDecoder(context);
  const frames = isSse ? openSseFrames() : openAwsEventStreamFrames();
  const events: ChatEvent[] = [];
  const sink = (data: string, event: string | undefined): void => void events.push(...decoder.push({ data, event }));
  try {
    for (const piece of pieces) frames.push(piece, sink);
    frames.end(sink);
  } catch (error) {
    if (error instanceof GatewayError) return { events, outcome: error };
    throw error;
  }
  const end = decoder.end(reason);
  return { events: [...events, ...end.events], outcome: end.outcome };
}

const messages = (list: readonly Message[], reason?: EndReason): Decoded => decode([bytesOf(list)], reason);
const codeOf = ({ outcome }: Decoded): string => (outcome === 'complete' ? 'complete' : outcome.code);

function foldOf(events: readonly ChatEvent[]) {
  const fold = openFold();
  for (const event of events) fold.push(event);
  return fold.response();
}

describe('an answer', () => {
  test('is the same streamed and whole', () => {
    const { events, outcome } = decode([BYTES]);
    expect(outcome).toBe('complete');
    const whole = decodeResponse(WHOLE, context);
    expect(foldOf(events)).toEqual(whole);
    const [choice] = whole.choices;
    const format = 'anthropic-claude-v1';
    expect(choice).toMatchObject({
      content: 'Hello 👋 cited',
      reasoning: 'Let me sée.',
      reasoningDetails: [
        { type: 'reasoning.text', text: 'Let me sée.', signature: 'SIG==', format, index: 0 },
        { type: 'reasoning.encrypted', data: 'AAEC', format, index: 1 },
        { type: 'reasoning.text', text: '', signature: 'HIDDEN', format, index: 2 },
      ],
      toolCalls: [
        { id: 't1', name: 'look', arguments: '{"at":"sky"}' },
        { id: 't2', name: 'wave', arguments: '{}' },
      ],
      images: ['data:image/webp;base64,AAECAw=='],
      finishReason: 'tool_calls',
      nativeFinishReason: 'tool_use',
    });
    const { length: before } = 'Hello 👋 ';
    expect(choice?.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: {
          url: 'https://x.test',
          title: 'X',
          content: 'quoted',
          start_index: before,
          end_index: before + 'cited'.length,
        },
      },
    ]);
    expect(whole).toMatchObject({
      serviceTier: 'default',
      usage: {
        estimated: false,
        counts: {
          promptTokens: 117,
          completionTokens: 50,
          cachedTokens: 100,
          cacheWriteTokens: 7,
          cacheWrite1hTokens: 5,
        },
      },
    });
  });

  test('is the same however the bytes are split', () => {
    const whole = decode([BYTES]);
    for (let at = 0; at <= BYTES.length; at += 7) {
      expect(decode([BYTES.subarray(0, at), BYTES.subarray(at)])).toEqual(whole);
    }
    fc.assert(
      fc.property(fc.array(fc.nat(BYTES.length)), (cuts) => {
        const points = [0, ...cuts.sort((a, b) => a - b), BYTES.length];
        expect(decode(points.slice(1).map((to, at) => BYTES.subarray(points[at], to)))).toEqual(whole);
      }),
      { seed: 11, numRuns: 40 },
    );
    expect(decode(Array.from(BYTES, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  test('is the same behind a proxy that sends server-sent events, metadata first or last', () => {
    const sse = (list: readonly Message[]) =>
      decode(
        [new TextEncoder().encode(list.map(([type, p]) => `data: ${JSON.stringify({ [type]: p })}\n\n`).join(''))],
        'upstream-end',
        true,
      );
    const { events, outcome } = sse(MESSAGES);
    expect(outcome).toBe('complete');
    expect(foldOf(events)).toEqual(decodeResponse(WHOLE, context));
    const metadataFirst = sse([...MESSAGES.slice(0, -2), MESSAGES.at(-1) ?? stop(0), MESSAGES.at(-2) ?? stop(0)]);
    expect([metadataFirst.outcome, foldOf(metadataFirst.events)]).toEqual(['complete', decodeResponse(WHOLE, context)]);
  });

  test('reads on where stops and starts of blocks are left out', () => {
    const { events, outcome } = messages([
      delta(0, { reasoningContent: { text: 'hm', signature: 'S' } }),
      start(1, {}),
      delta(1, { text: 'a' }),
      delta(1, { citation }),
      delta(2, { text: 'b' }),
      start(3, { toolUse: { toolUseId: '', name: 'look' } }),
      ['futureEvent', { x: 1 }],
      ['messageStop', { stopReason: 'end_turn' }],
    ]);
    expect(outcome).toBe('complete');
    expect(foldOf(events)).toMatchObject({
      choices: [
        {
          content: 'ab',
          annotations: [{ url_citation: { start_index: 0, end_index: 1 } }],
          reasoningDetails: [{ text: 'hm', signature: 'S' }],
          toolCalls: [{ id: 'tooluse_0', name: 'look', arguments: '{}' }],
          finishReason: 'tool_calls',
        },
      ],
    });
    expect(foldOf(events).usage).toBeUndefined();
  });
});

describe('the end', () => {
  const at = (type: string): number => MESSAGES.findIndex(([name]) => name === type);

  test('is proved by messageStop and a clean end; a cut before metadata is a cut', () => {
    const stopped = MESSAGES.slice(0, at('metadata'));
    expect(codeOf(messages(stopped))).toBe('complete');
    expect(codeOf(messages(stopped, 'upstream-cut'))).toBe('provider.truncated');
    for (const reason of ['upstream-cut', 'deadline', 'client-gone'] as const) {
      expect(codeOf(messages(MESSAGES, reason))).toBe('complete');
    }
  });

  test('nothing matters after messageStop and metadata, in either order', () => {
    const decoder = openDecoder(context);
    const push = ([type, payload]: Message) => decoder.push({ event: type, data: JSON.stringify(payload) });
    for (const message of MESSAGES.slice(0, -1)) {
      push(message);
      expect(decoder.isTerminated).toBe(false);
    }
    expect(push(delta(9, { text: 'late' }))).toEqual([]);
    push(MESSAGES.at(-1) ?? stop(0));
    expect(decoder.isTerminated).toBe(true);
  });

  test.each<[EndReason, string]>([
    ['upstream-end', 'provider.truncated'],
    ['upstream-cut', 'provider.truncated'],
    ['deadline', 'provider.timeout'],
    ['client-gone', 'client.gone'],
  ])('after %s before messageStop is %s, whatever came before', (reason, code) => {
    for (let count = 0; count < at('messageStop'); count++) {
      expect(codeOf(messages(MESSAGES.slice(0, count), reason))).toBe(code);
    }
  });

  test('at any byte before the last message is whole is never complete', () => {
    const end = bytesOf(MESSAGES.slice(0, at('messageStop') + 1)).length;
    for (let cut = 0; cut < end; cut += 3) {
      expect(codeOf(decode([BYTES.subarray(0, cut)], 'upstream-cut'))).toBe('provider.truncated');
    }
    for (let cut = end; cut < BYTES.length; cut += 3) {
      expect(codeOf(decode([BYTES.subarray(0, cut)], 'upstream-cut'))).toBe('provider.truncated');
    }
    // Between the two last messages a clean end is one.
    expect(codeOf(decode([BYTES.subarray(0, end)]))).toBe('complete');
    expect(codeOf(decode([BYTES.subarray(0, end + 1)]))).toBe('provider.truncated');
  });

  test.each<[string, boolean, string]>([
    ['end_turn', false, 'stop'],
    ['end_turn', true, 'tool_calls'],
    ['stop_sequence', false, 'stop'],
    ['tool_use', true, 'tool_calls'],
    ['tool_use', false, 'stop'],
    ['max_tokens', true, 'length'],
    ['model_context_window_exceeded', false, 'length'],
    ['content_filtered', false, 'content_filter'],
    ['guardrail_intervened', false, 'content_filter'],
    ['malformed_model_output', false, 'error'],
    ['malformed_tool_use', true, 'error'],
    ['something_new', false, 'stop'],
  ])('%s with a call: %p is %s', (stopReason, hasCall, finishReason) => {
    const call = { toolUse: { toolUseId: 't', name: 'n', input: {} } };
    const content = hasCall ? [call] : [{ text: 'x' }];
    const response = decodeResponse({ output: { message: { content } }, stopReason, usage }, context);
    expect(response.choices[0]).toMatchObject({ finishReason, nativeFinishReason: stopReason });
  });
});

describe('failures inside a stream', () => {
  const opening = bytesOf(MESSAGES.slice(0, 3));
  const after = (...more: Uint8Array[]): Decoded => decode([opening, ...more]);

  test.each([
    ['throttlingException', { message: 'Too many' }, 'provider.rate_limited'],
    ['validationException', { message: 'Bad' }, 'provider.invalid_request'],
    ['validationException', { message: 'Input is too long for requested model.' }, 'provider.context_length'],
    ['modelStreamErrorException', { message: 'Broke', originalStatusCode: 500 }, 'provider.failed'],
    ['modelStreamErrorException', { originalMessage: 'Slow down', originalStatusCode: 429 }, 'provider.rate_limited'],
    ['modelTimeoutException', { message: 'Late' }, 'provider.timeout'],
    ['internalServerException', { message: 'Oops' }, 'provider.failed'],
    ['serviceUnavailableException', { message: 'Busy' }, 'provider.overloaded'],
    ['newException', { message: 'What' }, 'provider.failed'],
  ])('%s %j is %s', (type, payload, code) => {
    const { events, outcome } = after(exceptionMessage(type, payload), BYTES);
    expect(codeOf({ events, outcome })).toBe(code);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code } });
    expect(outcome).toMatchObject({ details: { providerName: 'Host', providerCode: type } });
  });

  test('an error of the framing, and exceptions as members behind a proxy', () => {
    expect(codeOf(after(errorMessage('InternalFailure', 'Oops')))).toBe('provider.failed');
    const sse = 'data: {"messageStart":{"role":"assistant"}}\n\ndata: {"throttlingException":{"message":"Slow"}}\n\n';
    expect(codeOf(decode([new TextEncoder().encode(sse)], 'upstream-end', true))).toBe('provider.rate_limited');
  });

  test('an error after everything was said does not undo it', () => {
    const events = after();
    expect(codeOf(events)).toBe('provider.truncated');
    expect(codeOf(decode([bytesOf(MESSAGES.slice(0, -1)), exceptionMessage('internalServerException', {})]))).toBe(
      'provider.failed',
    );
  });

  test.each<[string, Json | string, string]>([
    ['contentBlockDelta', 'no json', 'not JSON'],
    ['contentBlockDelta', ['list'], 'not a JSON object'],
    ['contentBlockDelta', { contentBlockIndex: 7, delta: { toolUse: { input: '{' } } }, 'without opening'],
    ['messageStart', { role: 'assistant' }, 'second message'],
  ])('%s %j is no answer', (event, payload, words) => {
    const decoder = openDecoder(context);
    for (const [type, data] of MESSAGES.slice(0, 3)) decoder.push({ event: type, data: JSON.stringify(data) });
    const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const events = decoder.push({ event, data });
    expect(events).toHaveLength(1);
    const { outcome } = decoder.end('upstream-end');
    expect(outcome).toMatchObject({ code: 'provider.bad_answer' });
    expect(String(outcome)).toContain(words);
    expect(decoder.push({ event: 'contentBlockDelta', data: '{}' })).toEqual([]);
  });

  test('what says nothing says nothing', () => {
    const decoder = openDecoder(context);
    for (const frame of [
      { data: '' },
      { data: '{}' },
      { data: '{"a":1}' },
      { event: 'initial-response', data: '{}' },
    ]) {
      expect(decoder.push(frame)).toEqual([]);
    }
    expect(decoder.end('upstream-end').outcome).toMatchObject({ code: 'provider.truncated' });
  });
});

describe('a whole answer', () => {
  const thrown = (body: Json): unknown => {
    try {
      return decodeResponse(body, context);
    } catch (error) {
      return error;
    }
  };

  test('that is none', () => {
    expect(thrown('text')).toMatchObject({ code: 'provider.bad_answer' });
    expect(thrown({})).toMatchObject({ code: 'provider.bad_answer' });
    expect(thrown({ output: { message: {} } })).toMatchObject({ code: 'provider.bad_answer' });
    expect(thrown({ message: 'Too many requests', __type: 'ThrottlingException' })).toMatchObject({
      code: 'provider.rate_limited',
    });
  });

  test('without counts is estimated, never billed as nothing', () => {
    const content = [{ text: 'x' }];
    for (const counts of [{}, { outputTokens: 5 }, { inputTokens: -1, outputTokens: 5 }]) {
      const body = { output: { message: { content } }, stopReason: 'end_turn', usage: counts };
      expect(decodeResponse(body, context).usage).toBeUndefined();
    }
  });

  test('cached counts under their older names, and of hosts that count them inside', () => {
    const counts = { inputTokens: 10, outputTokens: 1, cacheReadInputTokenCount: 4, cacheWriteInputTokenCount: 2 };
    const body = { output: { message: { content: [] } }, stopReason: 'end_turn', usage: counts };
    expect(decodeResponse(body, context).usage?.counts).toEqual({
      promptTokens: 16,
      completionTokens: 1,
      cachedTokens: 4,
      cacheWriteTokens: 2,
    });
    expect(decodeResponse(body, contextWith()).usage?.counts.promptTokens).toBe(10);
  });

  test('an empty one is an answer', () => {
    const body = { output: { message: { role: 'assistant', content: [] } }, stopReason: 'end_turn', usage };
    expect(decodeResponse(body, context).choices[0]).toMatchObject({ content: null, finishReason: 'stop' });
  });
});

test('hidden reasoning whose pieces are no base64 goes on as it came', () => {
  const hidden = (redactedContent: string): Message => delta(0, { reasoningContent: { redactedContent } });
  const { events, outcome } = messages([
    ['messageStart', { role: 'assistant' }],
    hidden('AA=='),
    hidden('no base64!'),
    stop(0),
    ['messageStop', { stopReason: 'end_turn' }],
    ['metadata', { usage }],
  ]);
  expect(outcome).toBe('complete');
  expect(foldOf(events).choices[0]?.reasoningDetails).toMatchObject([
    { type: 'reasoning.encrypted', data: 'AA==no base64!' },
  ]);
});
