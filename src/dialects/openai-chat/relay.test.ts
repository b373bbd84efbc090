/** The relay of a stream: what hosts send → frames that every client takes (OpenRouter's API), metered on the way. */
import { describe, expect, test } from 'bun:test';
import { ChatStreamChunk$inboundSchema } from '@openrouter/sdk/models';
import fc from 'fast-check';
import type { EndReason } from '../../core/chat-events.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt } from '../../core/json.ts';
import { openSseReader } from '../../wire/sse.ts';
import type { SettledUsage } from '../dialect.ts';
import type { HostQuirks, UsageSemantics } from '../host.ts';
import { contextWith, testHead } from '../shared/testing/context.ts';
import { openRelay } from './relay.ts';

interface Host {
  readonly quirks?: HostQuirks;
  readonly usage?: Partial<UsageSemantics>;
  readonly excludeReasoning?: boolean;
}
const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const settled: SettledUsage = {
  usage: { counts: { promptTokens: 7, completionTokens: 3 }, estimated: false },
  costNanoUsd: 5n,
  promptCostNanoUsd: 2n,
  completionCostNanoUsd: 3n,
  isByok: false,
};

function openFor({ excludeReasoning = false, ...host }: Host) {
  return openRelay({ ...contextWith(host), head: { ...testHead, excludeReasoning }, wire: {} });
}

/** Frames as a host sends them; text goes as it is. */
function sse(frames: readonly (Json | string)[]): string {
  return frames.map((frame) => `data: ${typeof frame === 'string' ? frame : JSON.stringify(frame)}\n\n`).join('');
}
const chunk = (choice: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: 'up-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, finish_reason: null, ...choice }],
  ...more,
});
const says = (delta: JsonObject, more: JsonObject = {}): JsonObject => chunk({ delta }, more);
const stop = chunk({ delta: {}, finish_reason: 'stop' });

/** Plays bytes in pieces of these sizes, as the pipeline does, with its short cut over whole events or without. */
function play(
  text: string,
  host: Host = {},
  sizes: readonly number[] = [text.length],
  skims = true,
  reason: EndReason = 'upstream-end',
) {
  const relay = openFor(host);
  const reader = openSseReader();
  const out: string[] = [];
  const sink = (data: string, event: string | undefined): void => {
    if (!relay.failure && !relay.isTerminated) out.push(relay.push(data, event));
  };
  const skim = (piece: string, at: number): number => (skims && relay.skim ? relay.skim(piece, at, out) : at);
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    reader.push(text.slice(at, at + size), sink, skim);
    at += size;
  }
  reader.end(sink);
  const { text: last, outcome } = relay.end(reason);
  const client = out.join('') + last + (outcome === 'complete' ? relay.final(settled) : '');
  return { client, outcome, frames: framesOf(client), meter: relay.meter, relay };
}
const run = (frames: readonly (Json | string)[], host: Host = {}) => play(sse(frames), host);

function framesOf(client: string): JsonObject[] {
  return client
    .split('\n\n')
    .filter((event) => event !== '' && event !== 'data: [DONE]')
    .map((event): Json => JSON.parse(event.slice('data: '.length)))
    .filter(isJsonObject);
}
function choicesOf(frames: readonly JsonObject[]): JsonObject[] {
  return frames.flatMap(({ choices }) => (isJsonArray(choices) ? choices.filter(isJsonObject) : []));
}
const deltasOf = (frames: readonly JsonObject[]): JsonObject[] =>
  choicesOf(frames).map((choice) => objectAt(choice, 'delta') ?? {});
const textOf = (frames: readonly JsonObject[], member = 'content'): string =>
  deltasOf(frames)
    .map((delta) => delta[member] ?? '')
    .join('');
const codeOf = ({ outcome }: ReturnType<typeof play>): string => (outcome === 'complete' ? outcome : outcome.code);

/** Every rule that holds for every frame, whatever came in; a choice's first frame names its role, the others do not. */
function expectWellFormed(frames: readonly JsonObject[]): void {
  const begun = new Set<Json | undefined>();
  for (const frame of frames) {
    expect(ChatStreamChunk$inboundSchema.safeParse(frame).error).toBeUndefined();
    expect(frame).toMatchObject({
      id: testHead.id,
      object: 'chat.completion.chunk',
      created: testHead.createdSeconds,
      model: testHead.model,
      provider: testHead.providerName,
    });
    expect(frame).not.toHaveProperty('obfuscation');
    for (const choice of choicesOf([frame])) {
      expect(choice).toContainKeys(['index', 'delta', 'finish_reason', 'native_finish_reason']);
      expectIndexes(choice['delta']);
      expect(objectAt(choice, 'delta')?.['role']).toBe(begun.has(choice['index']) ? undefined : 'assistant');
      begun.add(choice['index']);
    }
  }
}
function expectIndexes(value: Json | undefined): void {
  if (isJsonArray(value)) for (const item of value) if (isJsonObject(item)) expect(item['index']).toBeNumber();
  if (isJsonArray(value)) for (const item of value) expectIndexes(item);
  else if (isJsonObject(value)) for (const member of Object.values(value)) expectIndexes(member);
}

describe('an ordinary stream', () => {
  const opening = says({ role: 'assistant', content: '' });

  test('text, one finish, one usage frame, the terminator; head, provider and model are ours', () => {
    const { client, frames, meter } = run([opening, says({ content: 'Hel' }), says({ content: 'lo' }), stop, '[DONE]']);
    expectWellFormed(frames);
    expect(textOf(frames)).toBe('Hello');
    expect(choicesOf(frames).map((choice) => choice['finish_reason'])).toEqual([null, null, 'stop']);
    expect(client.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(frames.filter((frame) => 'usage' in frame)).toHaveLength(1);
    expect(frames.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 7, cost: 5e-9 } });
    expect(meter).toMatchObject({ hasContent: true, deliveredCharacters: 5, finishReason: 'stop', upstreamId: 'up-1' });
  });

  test('a role-only opening is no content: fallback stays possible', () => {
    const relay = openFor({});
    expect(relay.push(JSON.stringify(opening))).toBe('');
    expect(relay.meter.hasContent).toBe(false);
    expect(relay.push(JSON.stringify(says({ content: 'x' })))).not.toBe('');
    expect(relay.meter.hasContent).toBe(true);
  });

  test('frames of one skeleton are patched to what parsing them would give', () => {
    const texts = [
      'plain',
      'naïve 日本語 🚂',
      'a "quoted" \\ back\nslash',
      '',
      ' ',
      '\u2028\u0000',
      '~signalbox~probe~',
      '}],"x":"',
      'end',
    ];
    const frames = run([opening, ...texts.map((content) => says({ content })), stop]).frames;
    expectWellFormed(frames);
    expect(deltasOf(frames).map((delta) => delta['content'])).toEqual([...texts.filter((text) => text !== ''), '']);
  });

  test('content and reasoning alternate without mixing', () => {
    const { frames } = run([
      says({ reasoning: 'r1' }),
      says({ content: 'c1' }),
      says({ reasoning: 'r2' }),
      says({ content: 'c2' }),
      stop,
    ]);
    expect([textOf(frames), textOf(frames, 'reasoning')]).toEqual(['c1c2', 'r1r2']);
  });

  test('several choices keep their own', () => {
    const of = (index: number, delta: JsonObject, finish: string | null = null): JsonObject =>
      chunk({ index, delta, finish_reason: finish });
    const { frames, outcome } = run([
      of(0, { content: 'a' }),
      of(1, { content: 'b' }),
      of(1, {}, 'length'),
      of(0, { content: 'c' }),
      of(0, {}, 'stop'),
    ]);
    expect(outcome).toBe('complete');
    expect(choicesOf(frames).filter((choice) => choice['finish_reason'])).toMatchObject([
      { index: 0, finish_reason: 'stop' },
      { index: 1, finish_reason: 'length' },
    ]);
  });
});

describe('what hosts do', () => {
  test('a finish named twice, and text after it: the client is told once, at the end, the last word', () => {
    const { frames } = run([
      says({ content: 'a' }),
      chunk({ delta: { content: 'b' }, finish_reason: 'stop', native_finish_reason: 'eos' }),
      says({ content: 'c' }),
      chunk({ delta: { content: '' }, finish_reason: 'length', native_finish_reason: 'max' }, { usage }),
      '[DONE]',
    ]);
    const finishes = choicesOf(frames).filter((choice) => choice['finish_reason'] !== null);
    expect(finishes).toMatchObject([{ finish_reason: 'length', native_finish_reason: 'max' }]);
    expect(choicesOf(frames).at(-1)?.['finish_reason']).toBe('length');
    expect(textOf(frames)).toBe('abc');
  });

  test('usage on every frame, in a wrapper, on a choice: the last counts, none leaves before the end', () => {
    const running = (completion: number) => ({
      prompt_tokens: 7,
      completion_tokens: completion,
      total_tokens: 7 + completion,
    });
    const rows: readonly (readonly [readonly JsonObject[], Host])[] = [
      [[says({ content: 'a' }, { usage: running(1) }), says({ content: 'b' }, { usage: running(3) }), stop], {}],
      [
        [
          says({ content: 'a' }, { x_groq: { id: 'r' } }),
          chunk({ delta: {}, finish_reason: 'stop' }, { x_groq: { usage, seed: 5 } }),
        ],
        { quirks: { usageWrapper: 'x_groq' } },
      ],
      [[says({ content: 'a' }), chunk({ delta: {}, finish_reason: 'stop', usage })], {}],
      [[says({ content: 'a' }, { usage: null }), stop, { id: 'up-1', choices: [], usage }], {}],
    ];
    for (const [frames, host] of rows) {
      const played = run(frames, host);
      expectWellFormed(played.frames);
      expect(played.meter.usage?.counts).toMatchObject({ promptTokens: 7, completionTokens: 3 });
      expect(played.frames.map((frame) => 'usage' in frame)).toEqual(
        played.frames.map((_, i, all) => i === all.length - 1),
      );
      // What else stands in the wrapper survives.
      const wrapped = played.frames.flatMap((frame) => frame['x_groq'] ?? []);
      expect(wrapped).toEqual(host.quirks?.usageWrapper ? [{ id: 'r' }, { seed: 5 }] : []);
    }
  });

  test('reasoning under each of its names reaches the client under both of ours', () => {
    for (const member of ['reasoning', 'reasoning_content', 'reasoning_text']) {
      const { frames } = run([says({ [member]: 'thi' }), says({ [member]: 'nk' }), says({ content: 'x' }), stop]);
      expectWellFormed(frames);
      expect(deltasOf(frames).slice(0, 2)).toEqual(
        ['thi', 'nk'].map((text, at) => ({
          ...(at === 0 && { role: 'assistant' }),
          content: '',
          reasoning: text,
          reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown', index: 0 }],
        })),
      );
    }
    const both = run([says({ reasoning: 'same', reasoning_content: 'same' }), stop]);
    expect(textOf(both.frames, 'reasoning')).toBe('same');
  });

  test('reasoning_details survive by value, and say the text where nothing else does', () => {
    const detail = {
      type: 'reasoning.summary',
      summary: 'sum',
      format: 'openai-responses-v1',
      index: 2,
      own: { a: 1 },
    };
    const { frames } = run([
      says({ reasoning_details: [detail] }),
      says({ reasoning_details: [{ text: 'untyped' }, { type: 'reasoning.encrypted', data: 'xyz', format: null }] }),
      stop,
    ]);
    expectWellFormed(frames);
    expect(deltasOf(frames)[0]).toMatchObject({ reasoning: 'sum', reasoning_details: [detail] });
    expect(deltasOf(frames)[1]).toMatchObject({
      reasoning: 'untyped',
      reasoning_details: [
        { type: 'reasoning.text', text: 'untyped', format: 'unknown' },
        { type: 'reasoning.encrypted', data: 'xyz', format: 'unknown' },
      ],
    });
  });

  test('excluded reasoning never leaves, nor what stands beside it, and is counted', () => {
    const { client, meter, outcome } = run(
      [
        says({
          reasoning: 'secret',
          channel: 'analysis',
          reasoning_details: [{ type: 'reasoning.encrypted', data: 'ENC' }],
        }),
        says({ reasoning_content: 'more' }),
        says({ content: 'shown' }),
        stop,
      ],
      { excludeReasoning: true },
    );
    expect(outcome).toBe('complete');
    for (const word of ['secret', 'more', 'ENC', 'analysis', '"reasoning"']) expect(client).not.toContain(word);
    expect(meter.deliveredCharacters).toBe('secretmoreshown'.length);
  });

  test('Mistral’s list content: texts joined, thinking as reasoning, images apart', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'so ' },
      { type: 'text', text: 'it is' },
      { type: 'image_url', image_url: 'https://i.example/a.png' },
    ];
    const { frames } = run([says({ content }), stop]);
    expectWellFormed(frames);
    expect(deltasOf(frames)[0]).toMatchObject({
      content: 'so it is',
      reasoning: 'hm',
      images: [{ index: 0, image_url: { url: 'https://i.example/a.png' } }],
    });
  });

  test('an opening about the prompt only, padding, a fingerprint: kept or removed by their kind', () => {
    const { frames } = run([
      { id: '', model: '', object: '', created: 0, choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
      says({ role: 'assistant', content: '', refusal: null }, { obfuscation: 'aa' }),
      says({ content: 'x' }, { obfuscation: 'bbb', system_fingerprint: null }),
      says({ content: 'y' }, { obfuscation: 'c', system_fingerprint: 'fp', service_tier: null }),
      stop,
    ]);
    expectWellFormed(frames);
    expect(frames[0]).toMatchObject({
      prompt_filter_results: [{ prompt_index: 0 }],
      choices: [{ delta: { content: 'x' } }],
    });
    expect(frames[0]).not.toHaveProperty('system_fingerprint');
    expect(frames[1]).toMatchObject({ system_fingerprint: 'fp' });
    expect(frames[1]).not.toHaveProperty('prompt_filter_results');
  });

  test('unknown members survive by value, wherever they stand', () => {
    const nested = { a: [1, { b: null }], c: 'ü' };
    const { frames } = run([
      chunk({ delta: { role: 'assistant' }, content_filter_results: nested }),
      chunk({ delta: { content: 'x', own: nested }, token_ids: [1, 2] }, { x_own: nested }),
      chunk({ delta: {}, finish_reason: 'stop', stop_reason: 17, matched_stop: 'END' }),
      { id: 'up-1', choices: [], x_last: nested, usage: { ...usage, own_seconds: 1.5 } },
    ]);
    expectWellFormed(frames);
    expect(frames[0]).toMatchObject({
      x_own: nested,
      choices: [{ content_filter_results: nested, token_ids: [1, 2], delta: { content: 'x', own: { c: 'ü' } } }],
    });
    expect(choicesOf(frames)[1]).toMatchObject({ finish_reason: 'stop', stop_reason: 17, matched_stop: 'END' });
    expect(frames.some((frame) => 'x_last' in frame)).toBe(true);
    expect(frames.at(-1)).toMatchObject({ usage: { own_seconds: 1.5, prompt_tokens: 7 } });
  });

  test('what one frame carried is not repeated on frames of its skeleton', () => {
    const texts = ['a', 'b', 'c', 'd'].map((content) => says({ content }));
    const onChoice = run([chunk({ delta: { role: 'assistant' }, filter: 'once' }), ...texts, stop]).frames;
    expect(choicesOf(onChoice).map((choice) => 'filter' in choice)).toEqual([true, false, false, false, false]);
    const onTop = run([says({ role: 'assistant' }, { top: 'once' }), ...texts, stop]).frames;
    expect(onTop.map((frame) => 'top' in frame)).toEqual([true, false, false, false, false, false]);
  });

  test('what a host says of the end stands beside the finish, not beside the last text', () => {
    const { frames } = run([chunk({ delta: { content: 'x' }, finish_reason: 'stop', stop_reason: 17 })]);
    expect(choicesOf(frames).map((choice) => choice['stop_reason'])).toEqual([undefined, 17]);
  });

  test('sources named apart are annotations, told once', () => {
    const more = { citations: ['https://a.example'], search_results: [{ url: 'https://a.example', title: 'A' }] };
    const { frames } = run([
      says({ content: 'x' }, more),
      says({ content: 'y' }, more),
      chunk({ delta: {}, finish_reason: 'stop' }, more),
    ]);
    expectWellFormed(frames);
    expect(deltasOf(frames).filter((delta) => delta['annotations'])).toMatchObject([
      { annotations: [{ index: 0, type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } }] },
    ]);
  });

  test('a whole message after its pieces, or instead of them, is said once', () => {
    const whole = chunk({ message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' });
    expect(textOf(run([says({ content: 'Hel' }), says({ content: 'lo' }), whole]).frames)).toBe('Hello');
    expect(textOf(run([whole]).frames)).toBe('Hello');
  });

  test('lists inside lists have their indexes too', () => {
    const file = {
      type: 'file',
      file: {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    };
    const { frames } = run([
      says({ annotations: [file] }),
      says({ annotations: [file] }),
      says({ content: 'x' }),
      stop,
    ]);
    expectWellFormed(frames);
    const indexes = deltasOf(frames).flatMap(({ annotations }) =>
      isJsonArray(annotations) ? annotations.filter(isJsonObject) : [],
    );
    expect(indexes.map((item) => item['index'])).toEqual([0, 1]);
  });
});

describe('tool calls', () => {
  function callsOf(frames: readonly JsonObject[]) {
    const calls: { id: Json; type: Json; name: Json; args: string }[] = [];
    for (const delta of deltasOf(frames)) {
      for (const piece of isJsonArray(delta['tool_calls']) ? delta['tool_calls'].filter(isJsonObject) : []) {
        const fn = objectAt(piece, 'function') ?? {};
        const at = Number(piece['index']);
        calls[at] ??= { id: piece['id'] ?? null, type: piece['type'] ?? null, name: fn['name'] ?? null, args: '' };
        calls[at].args += String(fn['arguments'] ?? '');
      }
    }
    return calls;
  }
  const piece = (call: JsonObject): JsonObject => says({ tool_calls: [call] });
  const done = chunk({ delta: {}, finish_reason: 'tool_calls' });

  const rows: Readonly<Record<string, readonly JsonObject[]>> = {
    'as OpenAI sends them': [
      piece({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
      piece({ index: 0, function: { arguments: '{"x":' } }),
      piece({ index: 0, function: { arguments: '1}' } }),
      piece({ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
    ],
    'without an index': [
      piece({ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":' } }),
      piece({ id: 'a', function: { arguments: '1}' } }),
      piece({ id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
    ],
    'both under the index 0': [
      piece({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }),
      piece({ index: 0, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
    ],
    'without a type, all in one frame': [
      says({
        tool_calls: [
          { index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
          { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
        ],
      }),
    ],
    'arguments as objects, nulls about': [
      piece({ index: 0, id: 'a', type: null, function: { name: 'f', arguments: { x: 1 } } }),
      piece({ index: 1, id: 'b', function: { name: 'g', arguments: {} }, own: null }),
    ],
    'the name after the arguments': [
      piece({ index: 0, id: 'a', function: { arguments: '{"x":' } }),
      piece({ index: 0, function: { name: 'f', arguments: '1}' } }),
      piece({ index: 1, id: 'b', function: { name: 'g', arguments: '{}' } }),
    ],
  };
  for (const [name, frames] of Object.entries(rows)) {
    test(`${name}: two calls, each with id, type and name on its first piece`, () => {
      const played = run([...frames, done]);
      expectWellFormed(played.frames);
      expect(callsOf(played.frames)).toEqual([
        { id: 'a', type: 'function', name: 'f', args: '{"x":1}' },
        { id: 'b', type: 'function', name: 'g', args: '{}' },
      ]);
      expect(played.meter).toMatchObject({ finishReason: 'tool_calls', deliveredCharacters: 9 });
      expect(played.meter.toolCalls.calls).toEqual([
        { name: 'f', arguments: '{"x":1}' },
        { name: 'g', arguments: '{}' },
      ]);
    });
  }

  test('a call without an id gets one; a call ended with `stop` ends with tool_calls', () => {
    const { frames } = run([piece({ function: { name: 'f', arguments: '{}' } }), stop]);
    expect(callsOf(frames)).toMatchObject([{ id: expect.stringMatching(/^call_/), name: 'f' }]);
    expect(choicesOf(frames).at(-1)).toMatchObject({ finish_reason: 'tool_calls', native_finish_reason: 'stop' });
  });

  test('the function_call of before there were tools is a tool call', () => {
    const { frames } = run([
      says({ function_call: { name: 'f', arguments: '{"x":' } }),
      says({ function_call: { arguments: '1}' } }),
      chunk({ delta: {}, finish_reason: 'function_call' }),
    ]);
    expect(callsOf(frames)).toMatchObject([{ type: 'function', name: 'f', args: '{"x":1}' }]);
    expect(deltasOf(frames).some((delta) => 'function_call' in delta)).toBe(false);
    expect(choicesOf(frames).at(-1)).toMatchObject({
      finish_reason: 'tool_calls',
      native_finish_reason: 'function_call',
    });
  });

  test('members that a host adds to a call survive', () => {
    const extra = { google: { thought_signature: 'sig' } };
    const { frames } = run([
      piece({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: extra }),
      done,
    ]);
    expect(deltasOf(frames)[0]).toMatchObject({ tool_calls: [{ index: 0, id: 'a', extra_content: extra }] });
  });
});

describe('failures', () => {
  const hello = says({ content: 'Hello' });
  const rows: readonly (readonly [string, readonly (Json | string)[], Host, string])[] = [
    ['an error object', [hello, { error: { code: 429, message: 'slow down' } }, '[DONE]'], {}, 'provider.rate_limited'],
    ['an error as the whole frame', [hello, { object: 'error', message: 'broken', code: 500 }], {}, 'provider.failed'],
    [
      'an error in the usage wrapper',
      [hello, chunk({ delta: {} }, { x_groq: { error: 'over capacity' } })],
      { quirks: { usageWrapper: 'x_groq' } },
      'provider.failed',
    ],
    ['a frame that is no JSON', [hello, '{"id":'], {}, 'provider.bad_answer'],
    ['a frame that is no object', [hello, '[1]'], {}, 'provider.bad_answer'],
    ['no finish', [hello], {}, 'provider.truncated'],
    ['nothing', [], {}, 'provider.truncated'],
    ['an opening, then the terminator', [says({ role: 'assistant', content: '' }), '[DONE]'], {}, 'provider.truncated'],
    [
      'one of two choices without a finish',
      [hello, chunk({ index: 1, delta: { content: 'b' } }), stop],
      {},
      'provider.truncated',
    ],
  ];
  for (const [name, frames, host, code] of rows) {
    test(`${name} → ${code}, and no terminator`, () => {
      const played = run(frames, host);
      expect(codeOf(played)).toBe(code);
      expect(played.client).not.toContain('[DONE]');
      expect(choicesOf(played.frames).every((choice) => choice['finish_reason'] === null)).toBe(true);
      if (played.outcome === 'complete') return;
      const error = framesOf(played.relay.fail(played.outcome));
      expectWellFormed(error);
      expect(error).toMatchObject([{ error: { code: played.outcome.status }, choices: [{ finish_reason: 'error' }] }]);
    });
  }

  test('usage told in the error frame is kept', () => {
    const { meter } = run([hello, { error: { code: 502, message: 'x' }, usage }]);
    expect(meter.usage?.counts).toMatchObject({ promptTokens: 7 });
  });

  test('why the bytes stopped decides: a finish and [DONE] before a broken connection are no proof', () => {
    const text = sse([hello, stop, '[DONE]']);
    const outcomes = (['upstream-end', 'upstream-cut', 'deadline', 'client-gone'] as const).map((reason) =>
      codeOf(play(text, {}, [text.length], true, reason)),
    );
    expect(outcomes).toEqual(['complete', 'provider.truncated', 'provider.timeout', 'client.gone']);
  });

  test('[DONE] after content but without a finish is an end; the client is told which', () => {
    const { frames, outcome } = run([hello, '[DONE]']);
    expect(outcome).toBe('complete');
    expect(choicesOf(frames).at(-1)).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'stop' });
  });
});

describe('any bytes', () => {
  const text = `: waiting\n\n${sse([
    says({ role: 'assistant', content: '' }),
    ...['Once ', 'upon 日本 ', 'a "time"', '…', ' there'].map((content) => says({ content })),
    says({ reasoning: 'hm' }),
    says({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] }),
    chunk({ delta: {}, finish_reason: 'tool_calls' }, { usage }),
  ])}data: [DONE]\n\n`;
  const whole = play(text);

  test('every split gives the same bytes and the same counts, with the short cut and without', () => {
    expect(play(text, {}, [1]).client).toBe(whole.client);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (sizes, skims) => {
          const split = play(text, {}, sizes, skims);
          expect(split.client).toBe(whole.client);
          expect(split.meter).toEqual(whole.meter);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  test('a cut at any byte before the finish is told is never complete', () => {
    const proof = text.indexOf('\n\n', text.indexOf('"finish_reason":"tool_calls"'));
    for (let cut = 0; cut < text.length; cut++) {
      const { outcome, client } = play(text.slice(0, cut));
      if (cut < proof) expect([cut, outcome === 'complete', client.includes('[DONE]')]).toEqual([cut, false, false]);
      // Wherever it is cut, a broken connection is no end.
      if (cut % 7 === 0) expect(codeOf(play(text.slice(0, cut), {}, [999], true, 'upstream-cut'))).not.toBe('complete');
    }
  });

  test('whatever a delta holds, the frames are well formed', () => {
    const member = fc.constantFrom(
      'content',
      'reasoning',
      'reasoning_content',
      'reasoning_details',
      'refusal',
      'role',
      'tool_calls',
      'images',
      'audio',
      'annotations',
      'function_call',
      'own',
    );
    const value = fc.oneof(
      fc.string(),
      fc.constant(null),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }), { maxLength: 2 }),
    );
    const delta = fc.dictionary(member, value, { maxKeys: 4 });
    fc.assert(
      fc.property(fc.array(delta, { minLength: 1, maxLength: 5 }), (deltas) => {
        const { frames, outcome } = run([...deltas.map((each) => says(each)), stop]);
        expect(outcome).toBe('complete');
        expect(deltasOf(frames).flatMap(({ role }) => role ?? [])).toEqual(['assistant']);
        for (const frame of frames) expect(frame).toMatchObject({ id: testHead.id, provider: testHead.providerName });
        for (const choice of choicesOf(frames)) {
          expect(choice).toContainKeys(['index', 'finish_reason', 'native_finish_reason']);
          expectIndexes(choice['delta']);
        }
        expect(choicesOf(frames).filter((choice) => choice['finish_reason'] !== null)).toHaveLength(1);
      }),
      { seed: 2, numRuns: 150 },
    );
  });
});
