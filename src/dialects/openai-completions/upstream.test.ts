import { describe, expect, test } from 'bun:test';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { contextWith } from '../shared/testing/context.ts';
import { encodeWith, playFrames, requestWith } from '../shared/testing/request.ts';
import { openAiCompletions } from './index.ts';

const { upstream } = openAiCompletions;
const context = contextWith();

describe('a chat request', () => {
  test('that is one plain text is a prompt', () => {
    const { body, notes } = encodeWith(
      upstream,
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Say' },
              { type: 'text', text: 'hi.' },
            ],
          },
        ],
        maxOutputTokens: 50,
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          topK: 3,
          seed: 1,
          stop: ['x'],
          n: 2,
          logprobs: true,
          topLogprobs: 2,
          logitBias: { 1: 2 },
        },
        user: 'u',
        stream: true,
      },
      contextWith({ traits: { maxOutputTokens: 40 } }),
    );
    expect(body).toEqual({
      model: 'model-1',
      prompt: 'Say\nhi.',
      max_tokens: 40,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      seed: 1,
      stop: ['x'],
      n: 2,
      logit_bias: { 1: 2 },
      logprobs: 2,
      user: 'u',
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(notes).toEqual(['parameter.changed max_tokens']);
  });

  test('asks for chances without others by zero', () => {
    expect(encodeWith(upstream, { sampling: { logprobs: true } }, context).body['logprobs']).toBe(0);
  });

  test.each<[string, Partial<ChatRequest>, readonly string[]]>([
    ['a text', {}, []],
    ['tools', { tools: [{ name: 'a' }] }, ['tools']],
    [
      'a system message',
      { messages: [{ role: 'system', content: [] }, ...requestWith().messages] },
      ['a conversation (its API completes one text)'],
    ],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { kind: 'url', url: 'https://host/a' } }] }] },
      ['image'],
    ],
  ])('with %s is sayable or not', (_, members, kinds) => {
    expect(openAiCompletions.unsayable(requestWith(members))).toEqual(kinds);
  });

  test('notes what no completion has', () => {
    const { notes } = encodeWith(
      upstream,
      {
        reasoning: { enabled: true, exclude: false },
        responseFormat: { type: 'json_object' },
        verbosity: 'low',
        metadata: { a: 'b' },
        serviceTier: 'flex',
        extras: { what: 1 },
        cacheControl: {},
      },
      context,
    );
    const fields = ['reasoning', 'response_format', 'verbosity', 'metadata', 'what', 'cache_control', 'service_tier'];
    expect(notes).toEqual(fields.map((field) => `parameter.dropped ${field}`));
  });

  test('goes to the host’s own path, without fields that it refuses', () => {
    const quirks = { completionsPath: '/fim/completions', rejects: ['seed'], streamOptions: false } as const;
    const request = requestWith({ sampling: { seed: 1 }, stream: true });
    const { value, notes } = upstream.encodeRequest(request, contextWith({ quirks }));
    expect(value).toEqual({
      path: '/fim/completions',
      headers: {},
      body: { model: 'model-1', prompt: 'Hi', stream: true },
    });
    expect(notes).toMatchObject([{ code: 'parameter.dropped', field: 'seed' }]);
  });
});

const about = { id: 'cmpl-1', object: 'text_completion', created: 1_700_000_000, model: 'davinci-002' };
const frame = (choice: JsonObject, members: JsonObject = {}): JsonObject => ({
  ...about,
  choices: [{ index: 0, logprobs: null, finish_reason: null, ...choice }],
  ...members,
});
const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
const play = (frames: readonly (JsonObject | string)[], reason?: Parameters<typeof playFrames>[2]) =>
  playFrames(upstream.openDecoder(context), frames, reason);

describe('an answer', () => {
  const logprobs = { tokens: ['Hi'], token_logprobs: [-0.5], top_logprobs: [{ Hi: -0.5, Ho: -2 }], text_offset: [3] };
  const chances = {
    content: [
      {
        token: 'Hi',
        logprob: -0.5,
        bytes: null,
        top_logprobs: [
          { token: 'Hi', logprob: -0.5, bytes: null },
          { token: 'Ho', logprob: -2, bytes: null },
        ],
      },
    ],
  };
  const whole = {
    ...about,
    choices: [
      { text: 'Hi', index: 0, logprobs, finish_reason: 'stop' },
      { text: 'Ho', index: 1, logprobs: null, finish_reason: 'eos', reasoning: 'Hm.' },
    ],
    usage,
  };

  test('whole says everything, and a stream of it the same', () => {
    const response = upstream.decodeResponse(whole, context);
    expect(response).toMatchObject({
      upstreamId: 'cmpl-1',
      upstreamModel: 'davinci-002',
      choices: [
        { index: 0, content: 'Hi', logprobs: chances, finishReason: 'stop', nativeFinishReason: 'stop' },
        { index: 1, content: 'Ho', reasoning: 'Hm.', finishReason: 'stop', nativeFinishReason: 'eos' },
      ],
      usage: { counts: { promptTokens: 5, completionTokens: 3 } },
    });
    const frames = [
      frame({ text: 'Hi', logprobs }),
      frame({ text: '', index: 1, reasoning: 'Hm.' }),
      frame({ text: 'Ho', index: 1 }),
      frame({ text: '', finish_reason: 'stop' }),
      frame({ text: '', index: 1, finish_reason: 'eos' }),
      { ...about, choices: [], usage },
      '[DONE]',
    ];
    expect(play(frames)).toMatchObject({ outcome: 'complete', response });
  });

  test('in the words of chat is read too, as one host answers on this path', () => {
    const body = {
      ...about,
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    };
    expect(upstream.decodeResponse(body, context).choices[0]?.content).toBe('Hi');
    const frames = [{ ...about, choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] }];
    expect(play(frames).response.choices[0]?.content).toBe('Hi');
  });

  test('that is none is refused, and an error is told as one', () => {
    expect(() => upstream.decodeResponse([], context)).toThrow('no JSON object');
    expect(() => upstream.decodeResponse({ object: 'page', data: [] }, context)).toThrow('no choices');
    expect(() => upstream.decodeResponse({ error: { message: 'x' } }, context)).toThrow(GatewayError);
  });
});

describe('the end of a stream', () => {
  const frames = [frame({ text: 'Hi' }), frame({ text: ' you' })];

  test('is a reason, or the terminator after text', () => {
    expect(play([...frames, frame({ text: '', finish_reason: 'length' })])).toMatchObject({
      outcome: 'complete',
      response: { choices: [{ finishReason: 'length' }] },
    });
    expect(play([...frames, '[DONE]', frame({ text: 'more' })])).toMatchObject({
      outcome: 'complete',
      response: { choices: [{ content: 'Hi you', finishReason: 'stop' }] },
    });
  });

  test.each([
    ['upstream-end', 'provider.truncated'],
    ['upstream-cut', 'provider.truncated'],
    ['deadline', 'provider.timeout'],
    ['client-gone', 'client.gone'],
  ] as const)('missing, after %s: %s', (reason, code) => {
    expect(play(frames, reason).outcome).toMatchObject({ code });
    expect(play([], reason).outcome).toMatchObject({ code });
  });

  test('with an error is that error', () => {
    expect(play([...frames, { error: { message: 'overloaded', type: 'overloaded_error' } }]).outcome).toMatchObject({
      code: 'provider.overloaded',
    });
    expect(play(['{"id"']).outcome).toMatchObject({ code: 'provider.bad_answer' });
    expect(play(['7']).outcome).toMatchObject({ code: 'provider.bad_answer' });
  });
});
