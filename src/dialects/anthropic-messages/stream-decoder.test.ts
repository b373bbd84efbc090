import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { openSseReader } from '../../wire/sse.ts';
import type { Outcome, UpstreamContext } from '../dialect.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const context: UpstreamContext = {
  upstreamModel: 'm',
  traits: {},
  host: {
    providerId: 'p',
    providerName: 'P',
    usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
    quirks: {},
  },
};

const citation = {
  type: 'web_search_result_location',
  url: 'https://x.test',
  title: 'X',
  cited_text: 'c',
  encrypted_index: 'e',
};

/** One message that has everything, whole. */
const MESSAGE: JsonObject = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-test-1',
  content: [
    { type: 'thinking', thinking: 'Let me sée.', signature: 'SIG==' },
    { type: 'redacted_thinking', data: 'XX' },
    { type: 'thinking', thinking: '', signature: 'HIDDEN' },
    { type: 'text', text: 'Hello 👋 ' },
    { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'q' } },
    { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [] },
    { type: 'text', text: 'cited', citations: [citation] },
    { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'sky' } },
    { type: 'tool_use', id: 'toolu_2', name: 'wave', input: {} },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: {
    input_tokens: 10,
    cache_creation_input_tokens: 7,
    cache_read_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 5 },
    output_tokens: 50,
    output_tokens_details: { thinking_tokens: 20 },
    server_tool_use: { web_search_requests: 1 },
    service_tier: 'standard',
  },
};

/** The same as a stream, deltas cut in the middle of words. */
const EVENTS: readonly JsonObject[] = [
  {
    type: 'message_start',
    message: {
      ...MESSAGE,
      content: [],
      stop_reason: null,
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 7,
        cache_read_input_tokens: 100,
        cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 5 },
        output_tokens: 1,
        service_tier: 'standard',
      },
    },
  },
  { type: 'ping' },
  ...block(0, { type: 'thinking', thinking: '', signature: '' }, [
    { type: 'thinking_delta', thinking: 'Let me' },
    { type: 'thinking_delta', thinking: ' sée.' },
    { type: 'signature_delta', signature: 'SIG==' },
  ]),
  ...block(1, { type: 'redacted_thinking', data: 'XX' }, []),
  ...block(2, { type: 'thinking', thinking: '', signature: '' }, [{ type: 'signature_delta', signature: 'HIDDEN' }]),
  ...block(3, { type: 'text', text: '' }, [
    { type: 'text_delta', text: 'Hello ' },
    { type: 'text_delta', text: '👋 ' },
  ]),
  ...block(4, { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} }, [
    { type: 'input_json_delta', partial_json: '{"query":"q"}' },
  ]),
  ...block(5, { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [] }, []),
  ...block(6, { type: 'text', text: '', citations: [] }, [
    { type: 'citations_delta', citation },
    { type: 'text_delta', text: 'cited' },
  ]),
  ...block(7, { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }, [
    { type: 'input_json_delta', partial_json: '' },
    { type: 'input_json_delta', partial_json: '{"at":' },
    { type: 'input_json_delta', partial_json: '"sky"}' },
  ]),
  ...block(8, { type: 'tool_use', id: 'toolu_2', name: 'wave', input: {} }, []),
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: {
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
      server_tool_use: { web_search_requests: 1 },
    },
  },
  { type: 'message_stop' },
];

function block(index: number, start: JsonObject, deltas: readonly JsonObject[]): JsonObject[] {
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta): JsonObject => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function toSse(events: readonly JsonObject[]): Uint8Array {
  const frames = events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`);
  return new TextEncoder().encode(frames.join(''));
}

function decodeBytes(pieces: readonly Uint8Array[], reason: EndReason): { events: ChatEvent[]; outcome: Outcome } {
  const decoder = openDecoder(context);
  const reader = openSseReader();
  const text = new TextDecoder();
  const events: ChatEvent[] = [];
  const sink = (data: string, event: string | undefined): void => {
    events.push(...decoder.push({ data, event }));
  };
  for (const piece of pieces) reader.push(text.decode(piece, { stream: true }), sink);
  reader.end(sink);
  const end = decoder.end(reason);
  return { events: [...events, ...end.events], outcome: end.outcome };
}

const decode = (events: readonly JsonObject[], reason: EndReason = 'upstream-end') =>
  decodeBytes([toSse(events)], reason);

function fold(events: readonly ChatEvent[]) {
  const folded = openFold();
  for (const event of events) folded.push(event);
  return folded.response();
}

const codeOf = (outcome: Outcome): string => (outcome === 'complete' ? outcome : outcome.code);

describe('the tier that served', () => {
  test.each<[JsonObject, string]>([
    [{ speed: 'fast', service_tier: 'standard' }, 'priority'],
    [{ speed: 'standard', service_tier: 'standard' }, 'default'],
    [{ service_tier: 'priority' }, 'default'],
    [{ speed: 'fast', service_tier: 'priority' }, 'priority'],
    [{ service_tier: 'batch' }, 'batch'],
  ])('%p is %s, whole and streamed', (said, tier) => {
    const usage: JsonObject = { input_tokens: 1, output_tokens: 1, ...said };
    expect(decodeResponse({ ...MESSAGE, usage }, context).serviceTier).toBe(tier);
    const [start] = openDecoder(context).push({
      data: JSON.stringify({ type: 'message_start', message: { ...MESSAGE, content: [], usage } }),
    });
    expect(start).toMatchObject({ type: 'response-start', serviceTier: tier });
  });
});

describe('a whole reply', () => {
  test('says everything in core’s words', () => {
    expect(decodeResponse(MESSAGE, context)).toEqual({
      upstreamId: 'msg_1',
      upstreamModel: 'claude-test-1',
      serviceTier: 'default',
      choices: [
        {
          index: 0,
          content: 'Hello 👋 cited',
          reasoning: 'Let me sée.',
          reasoningDetails: [
            {
              type: 'reasoning.text',
              text: 'Let me sée.',
              signature: 'SIG==',
              format: 'anthropic-claude-v1',
              index: 0,
            },
            { type: 'reasoning.encrypted', data: 'XX', format: 'anthropic-claude-v1', index: 1 },
            { type: 'reasoning.text', text: '', signature: 'HIDDEN', format: 'anthropic-claude-v1', index: 2 },
          ],
          toolCalls: [
            { id: 'toolu_1', name: 'look', arguments: '{"at":"sky"}' },
            { id: 'toolu_2', name: 'wave', arguments: '{}' },
          ],
          refusal: null,
          images: [],
          annotations: [
            {
              type: 'url_citation',
              url_citation: { url: 'https://x.test', title: 'X', content: 'c', start_index: 9, end_index: 14 },
            },
          ],
          finishReason: 'tool_calls',
          nativeFinishReason: 'tool_use',
        },
      ],
      usage: {
        estimated: false,
        counts: {
          promptTokens: 117,
          completionTokens: 50,
          cachedTokens: 100,
          cacheWriteTokens: 7,
          cacheWrite1hTokens: 5,
          reasoningTokens: 20,
          webSearches: 1,
        },
      },
    });
  });

  test.each<[Json, string, string]>([
    ['end_turn', 'stop', 'end_turn'],
    ['stop_sequence', 'stop', 'stop_sequence'],
    ['pause_turn', 'stop', 'pause_turn'],
    ['max_tokens', 'length', 'max_tokens'],
    ['model_context_window_exceeded', 'length', 'model_context_window_exceeded'],
    ['refusal', 'content_filter', 'refusal'],
    ['something_new', 'stop', 'something_new'],
    [null, 'stop', 'stop'],
  ])('stop reason %p is %s', (stop_reason, finish, native) => {
    const choice = decodeResponse({ ...MESSAGE, content: [{ type: 'text', text: 'x' }], stop_reason }, context)
      .choices[0];
    expect([choice?.finishReason, choice?.nativeFinishReason]).toEqual([finish as never, native]);
  });

  test('a refusal explains itself', () => {
    const stop_details = { type: 'refusal', explanation: 'Blocked.' };
    const choice = decodeResponse({ ...MESSAGE, content: [], stop_reason: 'refusal', stop_details }, context)
      .choices[0];
    expect(choice).toMatchObject({ content: null, refusal: 'Blocked.', finishReason: 'content_filter' });
  });

  test('compaction passes are billed though they stand beside the counts', () => {
    const usage = {
      input_tokens: 162,
      output_tokens: 11,
      iterations: [
        { type: 'compaction', input_tokens: 1000, output_tokens: 80, cache_read_input_tokens: 5 },
        { type: 'message', input_tokens: 162, output_tokens: 11 },
      ],
    };
    expect(decodeResponse({ ...MESSAGE, usage }, context).usage?.counts).toEqual({
      promptTokens: 1167,
      completionTokens: 91,
    });
  });

  test('a host that counts cached input inside, or reports its cost, is read so', () => {
    const host = {
      ...context.host,
      usage: { ...context.host.usage, cachedInput: 'inside-input', reportsCost: 'authoritative' },
    } as const;
    const usage = { input_tokens: 117, cache_read_input_tokens: 100, output_tokens: 5, cost: 0.25 };
    expect(decodeResponse({ ...MESSAGE, usage }, { ...context, host }).usage).toEqual({
      estimated: false,
      counts: { promptTokens: 117, completionTokens: 5, cachedTokens: 100 },
      reportedCostNanoUsd: 250_000_000n,
    });
  });

  test.each<[Json, string]>([
    [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'provider.overloaded'],
    [{ error: { message: 'nope', code: 402 } }, 'provider.payment_required'],
    [{ base_resp: { status_code: 1004, status_msg: 'login fail' } }, 'provider.failed'],
    [{ id: 'x' }, 'provider.bad_answer'],
    ['text', 'provider.bad_answer'],
  ])('status 200 with %j throws %s', (body, code) => {
    expect(() => decodeResponse(body, context)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a stream', () => {
  test('folds to what the whole reply says', () => {
    const { events, outcome } = decode(EVENTS);
    expect(outcome).toBe('complete');
    expect(fold(events)).toEqual(decodeResponse(MESSAGE, context));
  });

  test('gives the same events at any split of its bytes', () => {
    const bytes = toSse(EVENTS);
    const whole = decodeBytes([bytes], 'upstream-end');
    expect(
      decodeBytes(
        [...bytes].map((byte) => Uint8Array.of(byte)),
        'upstream-end',
      ),
    ).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(decodeBytes(pieces, 'upstream-end')).toEqual(whole);
      }),
    );
  });

  test('says the same of pieces whose form is known as when they are parsed', () => {
    const piece = (index: number, delta: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta });
    const pool: readonly JsonObject[] = [
      ...EVENTS.filter(({ index }) => index === 2 || index === 3 || index === 6),
      piece(3, { type: 'text_delta', text: 'again' }),
      piece(6, { type: 'text_delta', text: 'and "again"' }),
      piece(2, { type: 'text_delta', text: 'astray' }),
      piece(9, { type: 'text_delta', text: 'unopened' }),
      { type: 'content_block_stop', index: 3 },
    ];
    // Other white space before every event: none has the form of another, and all say the same.
    const play = (events: readonly JsonObject[], parses: boolean) => {
      const decoder = openDecoder(context);
      const said = events.map((event, at) =>
        decoder.push({ data: (parses ? ' '.repeat(at) : '') + JSON.stringify(event) }),
      );
      return { said, end: decoder.end('upstream-end') };
    };
    fc.assert(
      fc.property(fc.array(fc.nat({ max: pool.length - 1 }), { maxLength: 40 }), (picks) => {
        const events = [...EVENTS.slice(0, 1), ...picks.map((at) => pool[at] ?? {}), ...EVENTS.slice(-2)];
        expect(play(events, false)).toEqual(play(events, true));
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  test('is never complete when cut, at whatever byte', () => {
    const bytes = toSse(EVENTS);
    // Up to the closing brace of the terminator; the blank line after it adds nothing.
    for (let cut = 0; cut < bytes.length - 2; cut++) {
      const { events, outcome } = decodeBytes([bytes.subarray(0, cut)], 'upstream-cut');
      expect(outcome).toBeInstanceOf(GatewayError);
      expect(events.some((event) => event.type === 'choice-end')).toBe(false);
    }
  });

  test.each<[EndReason, string]>([
    ['upstream-end', 'provider.truncated'],
    ['upstream-cut', 'provider.truncated'],
    ['client-gone', 'client.gone'],
    ['deadline', 'provider.timeout'],
  ])('without message_stop, after its stop reason, %s is %s', (reason, wanted) => {
    const { events, outcome } = decode(EVENTS.slice(0, -1), reason);
    expect(codeOf(outcome)).toBe(wanted);
    expect(events.some((event) => event.type === 'choice-end')).toBe(false);
  });

  test.each<EndReason>(['upstream-cut', 'client-gone', 'deadline'])(
    'with message_stop, %s changes nothing',
    (reason) => {
      expect(decode(EVENTS, reason).outcome).toBe('complete');
    },
  );

  test('that is empty or ends before its stop reason is truncated', () => {
    expect(codeOf(decode([]).outcome)).toBe('provider.truncated');
    expect(codeOf(decode(EVENTS.slice(0, 12)).outcome)).toBe('provider.truncated');
  });

  test('an error event ends it, wherever it comes', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    for (let at = 0; at < EVENTS.length; at++) {
      const { events, outcome } = decode([...EVENTS.slice(0, at), error, ...EVENTS.slice(at)]);
      expect(codeOf(outcome)).toBe('provider.overloaded');
      expect(events.at(-1)).toMatchObject({ type: 'error' });
    }
  });

  test('unknown events, blocks and deltas are passed over', () => {
    const odd = [
      { type: 'message_weather' },
      { type: 'content_block_delta', index: 3, delta: { type: 'glitter_delta' } },
      ...block(20, { type: 'hologram', text: 'boo' }, [{ type: 'text_delta', text: 'boo' }]),
    ];
    const at = EVENTS.findIndex((event) => event['type'] === 'content_block_delta' && event['index'] === 3);
    const { events, outcome } = decode([...EVENTS.slice(0, at), ...odd, ...EVENTS.slice(at)]);
    expect(outcome).toBe('complete');
    expect(fold(events)).toEqual(decodeResponse(MESSAGE, context));
  });

  test('the opening’s usage is a placeholder, the final one is not', () => {
    const usages = decode(EVENTS).events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
    expect(usages.map(({ estimated, counts }) => [estimated, counts.promptTokens, counts.completionTokens])).toEqual([
      [true, 117, 1],
      [false, 117, 50],
    ]);
  });

  test('final usage overrides the opening’s, zeros and nulls do not', () => {
    const final = (usage: JsonObject) =>
      fold(
        decode([
          EVENTS[0] ?? {},
          { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
          { type: 'message_stop' },
        ]).events,
      ).usage?.counts;
    expect(final({ input_tokens: 90, cache_read_input_tokens: null, output_tokens: 3 })).toMatchObject({
      promptTokens: 197,
    });
    expect(final({ input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 3 })).toMatchObject({
      promptTokens: 117,
      cachedTokens: 100,
      completionTokens: 3,
    });
  });

  test('a tool’s input given in its opening is its arguments', () => {
    const given = block(0, { type: 'tool_use', id: 't', name: 'look', input: { at: 'sea' } }, []);
    const { events } = decode([
      EVENTS[0] ?? {},
      ...given,
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ]);
    expect(fold(events).choices[0]?.toolCalls).toEqual([{ id: 't', name: 'look', arguments: '{"at":"sea"}' }]);
  });

  test.each<[string, readonly JsonObject[], string]>([
    ['a repeated opening is one opening', [EVENTS[0] ?? {}, ...EVENTS], 'complete'],
    ['a second message inside the first is refused', [...EVENTS.slice(0, 6), ...EVENTS], 'provider.bad_answer'],
    ['what follows the end is ignored', [...EVENTS, ...EVENTS], 'complete'],
    [
      'a block that was never opened is opened by its text',
      [
        EVENTS[0] ?? {},
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } },
        ...EVENTS.slice(-2),
      ],
      'complete',
    ],
    [
      'arguments without their tool are refused',
      [
        EVENTS[0] ?? {},
        { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{' } },
        ...EVENTS.slice(-2),
      ],
      'provider.bad_answer',
    ],
    ['an end without a beginning is refused', [{ type: 'message_stop' }], 'provider.bad_answer'],
  ])('%s', (_, events, wanted) => {
    expect(codeOf(decode(events).outcome)).toBe(wanted);
  });

  test.each(['{"type":', '[1]', '"x"'])('the frame %s is an error event, not a throw', (data) => {
    const decoder = openDecoder(context);
    expect(decoder.push({ data })).toMatchObject([{ type: 'error' }]);
    expect(decoder.push({ data: JSON.stringify(EVENTS[0]) })).toEqual([]);
    expect(codeOf(decoder.end('upstream-end').outcome)).toBe('provider.bad_answer');
  });

  test('[DONE] of another grammar proves nothing', () => {
    const decoder = openDecoder(context);
    decoder.push({ data: JSON.stringify(EVENTS[0]) });
    expect(decoder.push({ data: '[DONE]' })).toEqual([]);
    expect(codeOf(decoder.end('upstream-end').outcome)).toBe('provider.truncated');
  });
});
