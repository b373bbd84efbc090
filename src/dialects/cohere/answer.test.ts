import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { contextWith } from '../shared/testing/context.ts';
import { playFrames } from '../shared/testing/request.ts';
import { cohere } from './index.ts';
import { decodeUsage } from './usage.ts';

const { upstream } = cohere;
const context = contextWith();

const usage = {
  billed_units: { input_tokens: 11, output_tokens: 3 },
  tokens: { input_tokens: 506, output_tokens: 4 },
  cached_tokens: 448,
};
const start = {
  id: 'm1',
  type: 'message-start',
  delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [] } },
};
const end = (reason: string, members: JsonObject = {}): JsonObject => ({
  type: 'message-end',
  delta: { finish_reason: reason, usage, ...members },
});
const content = (index: number, piece: JsonObject, members: JsonObject = {}): JsonObject => ({
  type: 'content-delta',
  index,
  delta: { message: { content: piece } },
  ...members,
});
const toolCall = (type: string, index: number, call: JsonObject = {}): JsonObject => ({
  type,
  index,
  delta: { message: { tool_calls: call } },
});
const plan = (text: string): JsonObject => ({ type: 'tool-plan-delta', delta: { message: { tool_plan: text } } });
const cite = (citation: JsonObject): JsonObject => ({
  type: 'citation-start',
  index: 0,
  delta: { message: { citations: citation } },
});

const play = (frames: readonly (JsonObject | string)[], reason?: Parameters<typeof playFrames>[2]) =>
  playFrames(upstream.openDecoder(context), frames, reason);

const citation = {
  start: 4,
  end: 7,
  text: 'sky',
  type: 'TEXT_CONTENT',
  sources: [{ type: 'document', id: 'd1', document: { id: 'd1', text: 'The sky is green.' } }],
};
const annotation = {
  type: 'file_annotation',
  file_annotation: { file_id: 'd1', quote: 'sky', start_index: 4, end_index: 7, source: citation.sources[0] },
};

const whole = {
  id: 'm1',
  finish_reason: 'TOOL_CALL',
  message: {
    role: 'assistant',
    tool_plan: 'First add.',
    content: [
      { type: 'thinking', thinking: 'Hm. ' },
      { type: 'text', text: 'The sky.' },
    ],
    tool_calls: [
      { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
      { id: 'c2', type: 'function', function: { name: 'now', arguments: '' } },
    ],
    citations: [{ ...citation, content_index: 1 }],
  },
  usage,
};

const stream: readonly JsonObject[] = [
  start,
  plan('First '),
  plan('add.'),
  { type: 'content-start', index: 0, delta: { message: { content: { type: 'thinking', thinking: '' } } } },
  content(0, { thinking: 'Hm. ' }),
  { type: 'content-end', index: 0 },
  { type: 'content-start', index: 1, delta: { message: { content: { type: 'text', text: '' } } } },
  content(1, { text: 'The ' }),
  content(1, { text: 'sky.' }),
  cite(citation),
  { type: 'citation-end', index: 0 },
  toolCall('tool-call-start', 0, { id: 'c1', type: 'function', function: { name: 'add', arguments: '' } }),
  toolCall('tool-call-start', 1, { id: 'c2', type: 'function', function: { name: 'now', arguments: '' } }),
  toolCall('tool-call-delta', 0, { function: { arguments: '{"a"' } }),
  toolCall('tool-call-delta', 0, { function: { arguments: ':1}' } }),
  { type: 'tool-call-end', index: 0 },
  { type: 'tool-call-end', index: 1 },
  { type: 'debug', prompt: 'x' },
  end('TOOL_CALL'),
];

test('a whole reply says everything, and a stream of it the same', () => {
  const response = upstream.decodeResponse(whole, context);
  expect(response).toMatchObject({
    upstreamId: 'm1',
    choices: [
      {
        content: 'The sky.',
        reasoning: 'First add.Hm. ',
        reasoningDetails: [
          { type: 'reasoning.text', text: 'First add.', id: 'tool_plan', format: 'unknown', index: 0 },
          { type: 'reasoning.text', text: 'Hm. ', format: 'unknown', index: 1 },
        ],
        toolCalls: [
          { id: 'c1', name: 'add', arguments: '{"a":1}' },
          { id: 'c2', name: 'now', arguments: '{}' },
        ],
        annotations: [annotation],
        finishReason: 'tool_calls',
        nativeFinishReason: 'TOOL_CALL',
      },
    ],
  });
  expect(play(stream)).toMatchObject({ outcome: 'complete', response });
});

test.each([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['ERROR', 'error'],
  ['TIMEOUT', 'error'],
  ['SOMETHING_NEW', 'stop'],
] as const)('%s ends a choice as %s', (native, finishReason) => {
  const { response } = play([start, content(0, { text: 'Hi' }), end(native)]);
  expect(response.choices[0]).toMatchObject({ finishReason, nativeFinishReason: native });
});

test('an empty answer is one', () => {
  const { response, outcome } = play([start, end('COMPLETE')]);
  expect(outcome).toBe('complete');
  expect(response.choices).toMatchObject([{ content: null, finishReason: 'stop' }]);
});

describe('the end', () => {
  test('is proved by message-end alone; what follows it is not read', () => {
    expect(play([...stream, '[DONE]', content(1, { text: 'more' })]).response).toEqual(play(stream).response);
    const decoder = upstream.openDecoder(context);
    expect(decoder.isTerminated).toBe(false);
    for (const frame of stream) decoder.push({ data: JSON.stringify(frame) });
    expect(decoder.isTerminated).toBe(true);
  });

  test.each([
    ['upstream-end', 'provider.truncated'],
    ['upstream-cut', 'provider.truncated'],
    ['deadline', 'provider.timeout'],
    ['client-gone', 'client.gone'],
  ] as const)('missing, after %s: %s', (reason, code) => {
    for (let kept = 0; kept < stream.length; kept++) {
      expect(play(stream.slice(0, kept), reason).outcome).toMatchObject({ code });
    }
  });

  test('with an error in words is that error', () => {
    const { outcome, events } = play([start, end('ERROR', { error: 'the model crashed' })]);
    expect(outcome).toMatchObject({ code: 'provider.failed' });
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      error: { message: 'Host answered an error: the model crashed' },
    });
  });

  test('and frames of another kind are errors, not answers', () => {
    expect(play([start, '{"type"']).outcome).toMatchObject({ code: 'provider.bad_answer' });
    expect(play([start, '7']).outcome).toMatchObject({ code: 'provider.bad_answer' });
    expect(play([start, { message: 'too many tokens' }]).outcome).toMatchObject({ code: 'provider.context_length' });
  });
});

test('a call without an id is given one, the same each time', () => {
  const frames = [
    start,
    toolCall('tool-call-start', 0, { function: { name: 'add', arguments: '{}' } }),
    end('TOOL_CALL'),
  ];
  expect(play(frames).response.choices[0]?.toolCalls).toEqual([{ id: 'call_m1_0', name: 'add', arguments: '{}' }]);
});

test('chances are told by chunk, the chance of a chunk being that of its tokens together', () => {
  const logprobs = { text: ' Paris', token_ids: [1, 2], logprobs: [-0.5, -0.25] };
  const token = { token: ' Paris', logprob: -0.75, bytes: null, top_logprobs: [], token_ids: [1, 2] };
  const streamed = play([start, content(0, { text: ' Paris' }, { logprobs }), end('COMPLETE')]).response;
  expect(streamed.choices[0]?.logprobs).toEqual({ content: [token] });
  const body = {
    id: 'm',
    finish_reason: 'COMPLETE',
    message: { content: [{ type: 'text', text: ' Paris' }] },
    logprobs: [logprobs],
  };
  expect(upstream.decodeResponse(body, context).choices[0]?.logprobs).toEqual({ content: [token] });
});

describe('citations', () => {
  const annotationsOf = (text: string, citations: readonly JsonObject[]): readonly Json[] => {
    const body = { id: 'm', finish_reason: 'COMPLETE', message: { content: [{ type: 'text', text }], citations } };
    return upstream.decodeResponse(body, context).choices[0]?.annotations ?? [];
  };

  test('of a source with an address are links, one for each source', () => {
    const link = { type: 'document', id: 'w1', document: { url: 'https://host/a', title: 'A' } };
    expect(annotationsOf('The sky.', [{ ...citation, sources: [link, ...citation.sources] }])).toEqual([
      {
        type: 'url_citation',
        url_citation: { url: 'https://host/a', title: 'A', start_index: 4, end_index: 7, quote: 'sky', source: link },
      },
      annotation,
    ]);
  });

  test('count in characters where the text has pairs of surrogates', () => {
    const [first] = annotationsOf('😀😀 The sky', [{ ...citation, start: 7, end: 10 }]);
    expect(first).toMatchObject({ file_annotation: { start_index: 9, end_index: 12, quote: 'sky' } });
  });

  test('of the plan or the thinking do not pass for citations of the answer', () => {
    const link = { type: 'document', id: 'w1', document: { url: 'https://host/a' } };
    const [first] = annotationsOf('The sky.', [{ ...citation, type: 'PLAN', sources: [link] }]);
    expect(first).toMatchObject({ type: 'file_annotation', file_annotation: { file_id: 'w1', part: 'PLAN' } });
  });

  test('without a source still say what they are about', () => {
    expect(annotationsOf('The sky.', [{ start: 4, end: 7, text: 'sky' }])).toMatchObject([
      { type: 'file_annotation', file_annotation: { file_id: '', quote: 'sky', start_index: 4 } },
    ]);
  });
});

describe('usage', () => {
  test('is what was read and written, and what of it is billed', () => {
    expect(decodeUsage(usage)).toEqual({
      counts: {
        promptTokens: 506,
        completionTokens: 4,
        billedPromptTokens: 11,
        billedCompletionTokens: 3,
        cachedTokens: 448,
      },
      estimated: false,
    });
  });

  test('counts images as input, and reasoning and searches where they are said', () => {
    const raw = {
      billed_units: { input_tokens: 265, output_tokens: 141, search_units: 1 },
      tokens: { input_tokens: 502, output_tokens: 141, image_tokens: 259, reasoning_tokens: 29 },
    };
    expect(decodeUsage(raw)?.counts).toEqual({
      promptTokens: 761,
      completionTokens: 141,
      billedPromptTokens: 265,
      imagePromptTokens: 259,
      reasoningTokens: 29,
      searchUnits: 1,
    });
  });

  test('without billed units is what was read and written; half of it is nothing', () => {
    expect(decodeUsage({ tokens: { input_tokens: 5, output_tokens: 7, image_tokens: 2 } })?.counts).toEqual({
      promptTokens: 7,
      completionTokens: 7,
      imagePromptTokens: 2,
    });
    expect(decodeUsage({ tokens: { input_tokens: 5 } })).toBeUndefined();
    expect(decodeUsage({ billed_units: { input_tokens: -1, output_tokens: 'x' } })).toBeUndefined();
  });
});

describe('errors', () => {
  const errorOf = (status: number, message: string) =>
    upstream.decodeError(
      { status, body: JSON.stringify({ id: 'e', message }), headers: { 'retry-after': '2' }, nowMs: 0 },
      context,
    );

  test.each([
    [
      400,
      'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.',
      'provider.context_length',
    ],
    [
      400,
      'too many tokens: max tokens must be less than or equal to 4096, the maximum output',
      'provider.invalid_request',
    ],
    [400, "invalid request: model 'command-r' is not supported by the generate API", 'provider.not_found'],
    [401, 'invalid api token', 'provider.credential'],
    [402, 'Please add or update your payment method', 'provider.payment_required'],
    [404, "model 'command-r' was removed on September 15, 2025.", 'provider.not_found'],
    [422, 'unprocessable', 'provider.unprocessable'],
    [429, 'You are using a Trial key, which is limited to 40 API calls / minute.', 'provider.rate_limited'],
    [429, 'You are using a Trial key, which is limited to 1000 API calls / month.', 'provider.payment_required'],
    [498, 'blocked output: please try again with a different prompt.', 'provider.content_policy'],
    [499, 'request cancelled', 'provider.failed'],
    [501, 'this method is unknown', 'provider.not_found'],
    [503, 'overloaded', 'provider.overloaded'],
    [504, 'timed out', 'provider.timeout'],
  ] as const)('%d %s', (status, message, code) => {
    expect(errorOf(status, message)).toMatchObject({ code, details: { providerStatus: status, retryAfterMs: 2000 } });
  });

  test('inside a reply of status 200, and replies of no kind', () => {
    expect(() => upstream.decodeResponse({ message: 'invalid api token' }, context)).toThrow(GatewayError);
    expect(() => upstream.decodeResponse([], context)).toThrow('not a JSON object');
    expect(() => upstream.decodeResponse({ text: 'version 1' }, context)).toThrow('/v2');
  });
});
