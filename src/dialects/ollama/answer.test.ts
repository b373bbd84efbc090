import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { contextWith } from '../shared/testing/context.ts';
import { playFrames } from '../shared/testing/request.ts';
import { ollama } from './index.ts';

const { upstream } = ollama;
const context = contextWith();
const AT = '2026-07-28T06:36:19.610332Z';

const line = (message: JsonObject, members: JsonObject = {}): JsonObject => ({
  model: 'qwen3:4b',
  created_at: AT,
  message: { role: 'assistant', content: '', ...message },
  done: false,
  ...members,
});
const DONE = { done: true, done_reason: 'stop', prompt_eval_count: 17, eval_count: 5, total_duration: 9 };
const add = { function: { name: 'add', arguments: { x: 2, y: 3 } } };

const play = (frames: readonly (JsonObject | string)[], reason?: Parameters<typeof playFrames>[2]) =>
  playFrames(upstream.openDecoder(context), frames, reason);

const stream = [
  line({ thinking: 'Let me ' }),
  line({ thinking: 'see.' }),
  line({ content: 'Add' }),
  line({ content: 'ing.' }),
  line({ tool_calls: [{ id: 'call_a', ...add }] }),
  line({ tool_calls: [{ id: 'call_b', function: { index: 1, name: 'now', arguments: {} } }] }),
  line({}, DONE),
];

test('a whole reply says everything, and a stream of it the same', () => {
  const tool_calls = [
    { id: 'call_a', ...add },
    { id: 'call_b', function: { name: 'now', arguments: {} } },
  ];
  const response = upstream.decodeResponse(
    line({ thinking: 'Let me see.', content: 'Adding.', tool_calls }, DONE),
    context,
  );
  expect(response).toEqual({
    upstreamModel: 'qwen3:4b',
    createdSeconds: Math.floor(Date.parse(AT) / 1000),
    choices: [
      {
        index: 0,
        content: 'Adding.',
        reasoning: 'Let me see.',
        reasoningDetails: [{ type: 'reasoning.text', text: 'Let me see.', format: 'unknown', index: 0 }],
        toolCalls: [
          { id: 'call_a', name: 'add', arguments: '{"x":2,"y":3}' },
          { id: 'call_b', name: 'now', arguments: '{}' },
        ],
        refusal: null,
        images: [],
        annotations: [],
        finishReason: 'tool_calls',
        nativeFinishReason: 'stop',
      },
    ],
    usage: { counts: { promptTokens: 17, completionTokens: 5 }, estimated: false },
  });
  expect(play(stream)).toMatchObject({ outcome: 'complete', response });
});

test.each([
  ['stop', 'stop'],
  ['length', 'length'],
  ['load', 'stop'],
] as const)('%s ends a choice as %s', (native, finishReason) => {
  const { response } = play([line({ content: 'Hi' }), line({}, { ...DONE, done_reason: native })]);
  expect(response.choices[0]).toMatchObject({ finishReason, nativeFinishReason: native });
});

test('calls without ids are given some: stable, and different in one turn and from turn to turn', () => {
  const idsOf = (createdAt: string): readonly string[] => {
    const reply = { ...line({ tool_calls: [add, add] }, DONE), created_at: createdAt };
    return upstream.decodeResponse(reply, context).choices[0]?.toolCalls.map(({ id }) => id) ?? [];
  };
  expect(idsOf(AT)).toEqual(idsOf(AT));
  for (const id of idsOf(AT)) expect(id).toMatch(/^call_[a-z0-9]{9}$/);
  expect(new Set([...idsOf(AT), ...idsOf('2026-07-28T06:36:20.1Z')]).size).toBe(4);
});

test('chances come token by token', () => {
  const token = { token: 'Hi', logprob: -0.1, top_logprobs: [{ token: 'Ho', logprob: -2 }] };
  const { response } = play([line({ content: 'Hi' }, { logprobs: [token] }), line({}, DONE)]);
  expect(response.choices[0]?.logprobs).toEqual({
    content: [{ ...token, bytes: null, top_logprobs: [{ token: 'Ho', logprob: -2, bytes: null }] }],
  });
});

test('a count that is missing makes no bill', () => {
  const { prompt_eval_count: _, ...done } = DONE;
  expect(play([line({ content: 'Hi' }), line({}, done)]).response.usage).toBeUndefined();
});

describe('the end', () => {
  test('is proved by done alone; what follows it is not read', () => {
    expect(play([...stream, line({ content: 'more' })]).response).toEqual(play(stream).response);
  });

  test.each([
    ['upstream-end', 'provider.truncated'],
    ['upstream-cut', 'provider.truncated'],
    ['deadline', 'provider.timeout'],
    ['client-gone', 'client.gone'],
  ] as const)('missing, after %s: %s', (reason, code) => {
    for (let kept = 0; kept < stream.length; kept++)
      expect(play(stream.slice(0, kept), reason).outcome).toMatchObject({ code });
  });

  test('an error in a line is the error', () => {
    const { outcome, events } = play([
      line({ content: 'Hi' }),
      { error: 'an error was encountered while running the model' },
    ]);
    expect(outcome).toMatchObject({ code: 'provider.failed' });
    expect(events.at(-1)?.type).toBe('error');
  });

  test('lines of another kind are errors, not answers', () => {
    expect(play([line({ content: 'Hi' }), '{"model"']).outcome).toMatchObject({ code: 'provider.bad_answer' });
    expect(play(['[1]']).outcome).toMatchObject({ code: 'provider.bad_answer' });
  });
});

test('a whole reply that is none, or is not done, is refused', () => {
  expect(() => upstream.decodeResponse([], context)).toThrow('not a JSON object');
  expect(() => upstream.decodeResponse({ choices: [] }, context)).toThrow('native API');
  expect(() => upstream.decodeResponse({ error: 'model not found' }, context)).toThrow(GatewayError);
  expect(() => upstream.decodeResponse(line({ content: 'Hi' }), context)).toThrow('broke off');
});

test.each([
  [404, "model 'x:latest' not found", 'provider.not_found'],
  [400, 'registry.ollama.ai/library/gemma3:1b does not support tools', 'provider.invalid_request'],
  [500, 'llama runner process has terminated', 'provider.failed'],
  [503, 'server busy, please try again. maximum pending requests exceeded', 'provider.overloaded'],
] as const)('%d %s', (status, error, code) => {
  const failure = { status, body: JSON.stringify({ error }), headers: {}, nowMs: 0 };
  expect(upstream.decodeError(failure, context)).toMatchObject({ code });
});
