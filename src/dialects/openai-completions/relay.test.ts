import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { EndReason } from '../../core/chat-events.ts';
import type { JsonObject } from '../../core/json.ts';
import { openSseReader } from '../../wire/sse.ts';
import { contextWith, testHead } from '../shared/testing/context.ts';
import { openAiCompletions } from './index.ts';
import { eventsOf, relayContext, settled, wireOf } from './test-kit.ts';

const { relay } = openAiCompletions;

describe('the request', () => {
  const target = (wire: JsonObject, changes: Parameters<typeof contextWith>[0] = {}) => {
    const { value, notes } = relay.retarget(wireOf(wire), contextWith(changes));
    return { ...value, notes: notes.map(({ code, field }) => `${code} ${field}`) };
  };

  test('is the caller’s own value but for the model and what is the gateway’s', () => {
    const own = {
      prompt: [[1, 2], [3]],
      echo: true,
      suffix: 'end',
      best_of: 3,
      logprobs: 5,
      max_tokens: 0,
      min_tokens: 4,
    };
    const gateway = {
      models: ['a/b'],
      provider: { only: ['x'] },
      route: 'fallback',
      usage: { include: true },
      trace: {},
    };
    expect(target({ ...own, ...gateway, temperature: null })).toEqual({
      path: '/completions',
      headers: {},
      body: { model: 'model-1', ...own },
      notes: [],
    });
    expect(target({ prompt: null }).body).toEqual({ model: 'model-1', prompt: null });
  });

  test('asks for the usage of a stream, whatever the caller does', () => {
    const wire = { stream: true, stream_options: { include_usage: false } };
    expect(target(wire).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(target(wire, { quirks: { streamOptions: false } }).body).not.toHaveProperty('stream_options');
  });

  test('leaves out with a note what the host cannot take', () => {
    const unknown = { refusesUnknownFields: true, ownFields: ['min_tokens'] };
    const quirks = { rejects: ['seed'], renames: { stop: 'stops' }, ...unknown };
    const asked = { seed: 1, stop: 'x', max_tokens: 90, min_tokens: 2, service_tier: 'flex' };
    const wire = { ...asked, reasoning: { effort: 'low' }, what: 1 };
    const { body, notes } = target(wire, { quirks, traits: { maxOutputTokens: 50 } });
    expect(body).toEqual({ model: 'model-1', prompt: 'Say', stops: 'x', max_tokens: 50, min_tokens: 2 });
    expect(notes.toSorted()).toEqual([
      'parameter.changed max_tokens',
      'parameter.dropped reasoning',
      'parameter.dropped seed',
      'parameter.dropped service_tier',
      'parameter.dropped what',
    ]);
  });

  test('of a gateway behind this one keeps what it knows', () => {
    const quirks = { gatewayFields: ['provider'] };
    const wire = { reasoning: { effort: 'low' }, provider: { only: ['x'] } };
    const context = { ...contextWith({ quirks }), gateway: { provider: { only: ['y'] }, noPromptTraining: false } };
    const { value } = relay.retarget(wireOf(wire), context);
    expect(value.body).toMatchObject({ reasoning: { effort: 'low' }, provider: { only: ['y'] } });
  });

  test('goes to hosts that serve the model there', () => {
    const quirks = { completionsModels: ['davinci-002'] };
    expect(relay.canRelay(contextWith(), wireOf({}))).toBe(true);
    expect(relay.canRelay(contextWith({ quirks }), wireOf({}))).toBe(false);
    expect(relay.canRelay({ ...contextWith({ quirks }), upstreamModel: 'davinci-002' }, wireOf({}))).toBe(true);
  });
});

const about = { id: 'cmpl-1', object: 'text.completion', created: 1, model: 'davinci-002' };
const usage = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18, special: 1 };

test('a whole reply keeps what nobody here knows, by value, under our id', () => {
  const logprobs = { tokens: ['Hi'], token_logprobs: [-0.5], text_offset: [3], odd: 1 };
  const body = {
    ...about,
    prompt: [],
    system_fingerprint: null,
    choices: [{ text: 'Hi', index: 0, logprobs, finish_reason: 'eos', seed: 7, stop_reason: null }],
    usage,
  };
  const { response, encode } = relay.relayResponse(body, relayContext());
  expect(response).toMatchObject({ upstreamId: 'cmpl-1', choices: [{ content: 'Hi' }] });
  expect(encode(settled)).toEqual({
    id: testHead.id,
    object: 'text_completion',
    created: 1_700_000_000,
    model: 'author/model-1',
    provider: 'Host',
    prompt: [],
    choices: [{ text: 'Hi', index: 0, logprobs, finish_reason: 'stop', native_finish_reason: 'eos', seed: 7 }],
    usage: expect.objectContaining({ prompt_tokens: 5, completion_tokens: 3, cost: 0.000007, special: 1 }),
  });
});

function frameOf(choice: JsonObject, members: JsonObject = {}): string {
  const whole = { index: 0, logprobs: null, finish_reason: null, ...choice };
  return JSON.stringify({ ...about, choices: [whole], ...members });
}

const run = (frames: readonly string[], wire: JsonObject = {}, reason: EndReason = 'upstream-end') => {
  const stream = relay.openRelay(relayContext({ stream: true, ...wire }));
  const pushed = frames.map((frame) => stream.push(frame));
  const end = stream.end(reason);
  return { stream, pushed, end };
};

describe('a stream', () => {
  const frames = [
    frameOf({ text: 'Hi', token_id: 3 }, { x: 1 }),
    frameOf({ text: ' you', finish_reason: 'length' }),
    frameOf({ text: '', finish_reason: 'length' }),
    JSON.stringify({ ...about, choices: [], usage, timings: { ms: 2 } }),
    '[DONE]',
  ];

  test('passes frame by frame; usage, the terminator and what came with them wait', () => {
    const { stream, pushed, end } = run(frames);
    expect(end).toEqual({ text: '', outcome: 'complete' });
    expect(eventsOf(pushed.join(''))).toEqual([
      {
        id: testHead.id,
        object: 'text_completion',
        created: 1_700_000_000,
        model: 'author/model-1',
        provider: 'Host',
        x: 1,
        choices: [
          { text: 'Hi', index: 0, logprobs: null, finish_reason: null, native_finish_reason: null, token_id: 3 },
        ],
      },
      expect.objectContaining({ choices: [expect.objectContaining({ text: ' you', finish_reason: 'length' })] }),
      expect.objectContaining({ choices: [expect.objectContaining({ text: '', finish_reason: 'length' })] }),
    ]);
    expect(pushed.slice(3)).toEqual(['', '']);
    const [last, done] = eventsOf(stream.final(settled));
    expect(last).toMatchObject({
      timings: { ms: 2 },
      choices: [{ text: '', finish_reason: 'length' }],
      usage: { prompt_tokens: 5, special: 1, cost: 0.000007 },
    });
    expect(done).toBe('[DONE]');
  });

  test('holds back usage that comes with text', () => {
    const { stream, pushed } = run([frameOf({ text: 'Hi', finish_reason: 'stop' }, { usage })]);
    expect(pushed.join('')).not.toContain('usage');
    expect(eventsOf(stream.final(settled))[0]).toMatchObject({ usage: { special: 1 } });
  });

  test('meters itself', () => {
    const { stream } = run(frames);
    expect(stream.isTerminated).toBe(true);
    expect(stream.meter).toMatchObject({
      hasContent: true,
      deliveredCharacters: 6,
      usage: { counts: { promptTokens: 9, completionTokens: 9 } },
      finishReason: 'length',
      nativeFinishReason: 'length',
      upstreamId: 'cmpl-1',
    });
  });

  test('of frames that differ only in their text says the same, parsed or not', () => {
    const pool = [
      frameOf({ text: 'Hi', token_id: 3 }, { x: 1 }),
      frameOf({ text: ' you', token_id: 3 }, { x: 1 }),
      frameOf({ text: 'a "quote"', token_id: 3 }, { x: 1 }),
      frameOf({ text: ' more' }),
      frameOf({ text: 'other', index: 1 }),
      frameOf({ text: 'paid' }, { usage }),
      frameOf({ text: 'paid' }, { usage: { ...usage, completion_tokens: 10 } }),
      frameOf({ text: 'sure', logprobs: { tokens: ['sure'], token_logprobs: [-1] } }),
      frameOf({ text: 'why', reasoning: 'because' }),
      frameOf({ text: '' }, { x: 2 }),
      frameOf({ text: 'end', finish_reason: 'stop' }),
    ];
    const play = (body: string, skims: boolean) => {
      const stream = relay.openRelay(relayContext({ stream: true }));
      const reader = openSseReader();
      const pieces: string[] = [];
      let skimmed = 0;
      const skim = (text: string, at: number): number => {
        const next = skims && stream.skim ? stream.skim(text, at, pieces) : at;
        skimmed += next - at;
        return next;
      };
      const sink = (data: string, event: string | undefined): void => void pieces.push(stream.push(data, event));
      for (let at = 0; at < body.length; at += 700) reader.push(body.slice(at, at + 700), sink, skim);
      reader.end(sink);
      const end = stream.end('upstream-end');
      return { said: { text: pieces.join(''), final: stream.final(settled), end, meter: stream.meter }, skimmed };
    };
    const bodyOf = (picks: readonly number[]): string =>
      [...picks.map((at) => pool[at]), pool.at(-1), '[DONE]'].map((data) => `data: ${data}\n\n`).join('');
    expect(play(bodyOf([0, 1, 1, 1]), true).skimmed).toBeGreaterThan(300);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: pool.length - 1 }), { maxLength: 30 }), (picks) => {
        const body = bodyOf(picks);
        expect(play(body, true).said).toEqual(play(body, false).said);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test('cut before its end is never complete', () => {
    for (const kept of [0, 1]) {
      for (const reason of ['upstream-end', 'upstream-cut', 'deadline', 'client-gone'] as const) {
        expect(run(frames.slice(0, kept), {}, reason).end.outcome).not.toBe('complete');
      }
    }
    expect(run(frames, {}, 'upstream-cut').end.outcome).not.toBe('complete');
  });

  test('owes an answer for each prompt and each wish', () => {
    const wire = { prompt: ['a', 'b'], n: 2 };
    const ends = [0, 1, 2].map((index) => frameOf({ text: 'x', index, finish_reason: 'stop' }));
    expect(run(ends, wire).end.outcome).toMatchObject({ code: 'provider.truncated' });
    const last = frameOf({ text: 'x', index: 3, finish_reason: 'stop' });
    expect(run([...ends, last], wire).end.outcome).toBe('complete');
    expect(run([...ends, '[DONE]'], wire).end.outcome).toBe('complete');
  });

  test('with an error ends in the error', () => {
    const { stream, pushed, end } = run([
      frameOf({ text: 'Hi' }),
      '{"error":{"message":"no"}}',
      frameOf({ text: 'more' }),
    ]);
    expect(stream.failure).toMatchObject({ code: 'provider.failed' });
    expect(pushed.slice(1)).toEqual(['', '']);
    expect(end.outcome).toBe(stream.failure ?? 'complete');
    const [frame, ...rest] = eventsOf(stream.failure ? stream.fail(stream.failure) : '');
    expect(frame).toMatchObject({ error: { code: 502 }, choices: [{ finish_reason: 'error' }] });
    expect(rest).toEqual([]);
  });
});
