import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { type ErrorCode, GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Frame, Outcome } from '../dialect.ts';
import type { HostQuirks } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { openChatDecoder } from './stream-decoder.ts';

const DONE: Frame = { data: '[DONE]' };

function frame(choices: readonly Json[], more: JsonObject = {}): Frame {
  return { data: JSON.stringify({ id: 'c-1', model: 'm', created: 5, choices, ...more }) };
}
function delta(value: JsonObject, finish: string | null = null, index = 0): Frame {
  return frame([{ index, delta: value, finish_reason: finish }]);
}

function run(frames: readonly Frame[], quirks: HostQuirks = {}, reason: EndReason = 'upstream-end') {
  const decoder = openChatDecoder(contextWith({ quirks }));
  const events: ChatEvent[] = frames.flatMap((each) => decoder.push(each));
  const end = decoder.end(reason);
  events.push(...end.events);
  const fold = openFold();
  for (const event of events) fold.push(event);
  const outcome: Outcome = end.outcome;
  return { events, response: fold.response(), outcome, choice: fold.response().choices[0] };
}
const codeOf = (outcome: Outcome) => (outcome === 'complete' ? outcome : outcome.code);

describe('the end is proved', () => {
  const hello = delta({ role: 'assistant', content: 'Hello' });
  const stop = delta({}, 'stop');
  const rows: readonly (readonly [string, readonly Frame[], EndReason, 'complete' | ErrorCode])[] = [
    ['finish and [DONE]', [hello, stop, DONE], 'upstream-end', 'complete'],
    ['finish without [DONE], closed cleanly', [hello, stop], 'upstream-end', 'complete'],
    ['[DONE] after content without a finish', [hello, DONE], 'upstream-end', 'complete'],
    ['a finish, but the connection broke', [hello, stop], 'upstream-cut', 'provider.truncated'],
    ['even [DONE], but the connection broke', [hello, stop, DONE], 'upstream-cut', 'provider.truncated'],
    ['content only', [hello], 'upstream-end', 'provider.truncated'],
    ['nothing', [], 'upstream-end', 'provider.truncated'],
    ['[DONE] only', [DONE], 'upstream-end', 'provider.truncated'],
    ['an opening and [DONE]', [delta({ role: 'assistant', content: '' }), DONE], 'upstream-end', 'provider.truncated'],
    [
      'one of two choices finished',
      [delta({ content: 'a' }, 'stop', 0), delta({ content: 'b' }, null, 1)],
      'upstream-end',
      'provider.truncated',
    ],
    ['half a frame at the end', [hello, stop, { data: '{"id":"c-1","choi' }], 'upstream-end', 'provider.bad_answer'],
    ['our deadline', [hello], 'deadline', 'provider.timeout'],
    ['the caller left', [hello, stop, DONE], 'client-gone', 'client.gone'],
  ];
  for (const [name, frames, reason, expected] of rows) {
    test(`${name} → ${expected}`, () => {
      expect(codeOf(run(frames, {}, reason).outcome)).toBe(expected);
    });
  }

  test('an unproved end names no finish', () => {
    const { events } = run([delta({ content: 'Hi' })], {}, 'upstream-cut');
    expect(events.some((event) => event.type === 'choice-end')).toBe(false);
  });

  test('usage seen before a cut is not lost', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2 };
    const { response } = run([frame([{ index: 0, delta: { content: 'x' } }], { usage })], {}, 'client-gone');
    expect(response.usage?.counts).toEqual({ promptTokens: 5, completionTokens: 2 });
  });
});

describe('what hosts do to a stream', () => {
  test('role on every delta, null content, empty finish, the last usage of many', () => {
    const { response, choice } = run([
      frame([{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: '' }], { usage: null }),
      frame([{ index: 0, delta: { role: 'assistant', content: 'a' } }], {
        usage: { prompt_tokens: 3, completion_tokens: 1 },
      }),
      frame([{ index: 0, delta: { role: 'assistant', content: 'b' }, finish_reason: 'eos' }], {
        usage: { prompt_tokens: 3, completion_tokens: 2 },
      }),
      DONE,
    ]);
    expect(choice).toMatchObject({ content: 'ab', finishReason: 'stop', nativeFinishReason: 'eos' });
    expect(response.usage?.counts).toEqual({ promptTokens: 3, completionTokens: 2 });
  });

  test('usage in Groq’s wrapper and on Moonshot’s choice', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 1 };
    const groq = run([delta({ content: 'a' }, 'stop'), frame([], { x_groq: { usage } }), DONE], {
      usageWrapper: 'x_groq',
    });
    expect(groq.response.usage?.counts['promptTokens']).toBe(3);
    const moonshot = run([frame([{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', usage }]), DONE]);
    expect(moonshot.response.usage?.counts['completionTokens']).toBe(1);
  });

  test('a first frame about the prompt only; choices missing altogether', () => {
    const { response, outcome } = run([
      { data: JSON.stringify({ id: '', model: '', choices: [], prompt_filter_results: [] }) },
      { data: JSON.stringify({ id: 'c-9' }) },
      delta({ content: 'a' }, 'stop'),
      DONE,
    ]);
    expect(outcome).toBe('complete');
    expect(response.upstreamId).toBe('c-9');
  });

  test('text said twice: whole messages and cumulative deltas give only what is new', () => {
    const repeated = run(
      [delta({ content: 'Hel' }), frame([{ index: 0, message: { content: 'Hello' }, finish_reason: 'stop' }])],
      { cumulativeStream: true },
    );
    expect(repeated.choice?.content).toBe('Hello');
    const cumulative = run([delta({ content: 'Hel' }), delta({ content: 'Hello' }, 'stop')], {
      cumulativeStream: true,
    });
    expect(cumulative.choice?.content).toBe('Hello');
  });

  test('a whole message after its pieces, or instead of them, is said once', () => {
    const whole = frame([{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }]);
    expect(run([delta({ content: 'Hel' }), delta({ content: 'lo' }), whole]).choice?.content).toBe('Hello');
    expect(run([whole]).choice?.content).toBe('Hello');
  });

  test('a fingerprint told late is kept', () => {
    const late = frame([{ index: 0, delta: {}, finish_reason: 'stop' }], { system_fingerprint: 'fp' });
    expect(run([delta({ content: 'a' }), late]).response.systemFingerprint).toBe('fp');
  });

  test('reasoning under any name, once; a detail for text that came alone', () => {
    const { choice } = run([
      delta({ reasoning: 'th', reasoning_content: 'th' }),
      delta({ reasoning_content: 'ink' }),
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: '!' }] }] }),
      delta({ content: 'ok' }, 'stop'),
    ]);
    expect(choice).toMatchObject({
      reasoning: 'think!',
      content: 'ok',
      reasoningDetails: [{ type: 'reasoning.text', text: 'think!', format: 'unknown', index: 0 }],
    });
  });

  test('details with a signature stay whole', () => {
    const details = (items: readonly Json[]) => delta({ reasoning: null, reasoning_details: items });
    const { choice } = run([
      details([{ type: 'reasoning.text', text: 'a', format: 'anthropic-claude-v1', index: 0 }]),
      details([{ type: 'reasoning.text', text: 'b', format: 'anthropic-claude-v1', index: 0 }]),
      details([{ type: 'reasoning.text', signature: 'sig', format: 'anthropic-claude-v1', index: 0 }]),
      details([{ type: 'reasoning.encrypted', data: 'blob', index: 1 }]),
      delta({ content: 'x' }, 'stop'),
    ]);
    expect(choice?.reasoning).toBe('ab');
    expect(choice?.reasoningDetails).toEqual([
      { type: 'reasoning.text', text: 'ab', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'blob', index: 1 },
    ]);
  });

  test('think tags come apart at any split', () => {
    const text = '<think>a < b</think>\n\nThe <think> tag';
    for (let size = 1; size <= text.length; size++) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const { choice } = run([...pieces.map((content) => delta({ content })), delta({}, 'stop')], { thinkTags: true });
      expect([choice?.reasoning, choice?.content]).toEqual(['a < b', 'The <think> tag']);
    }
  });

  test('logprobs in OpenAI’s form, whatever came', () => {
    const probs = (logprobs: Json) =>
      run([frame([{ index: 0, delta: { content: 'a' }, logprobs, finish_reason: 'stop' }])]).choice?.logprobs;
    const token = { token: 'a', logprob: -1, bytes: null, top_logprobs: [] };
    expect<unknown>(probs({ tokens: ['a'], token_logprobs: [-1] })).toEqual({ content: [token] });
    expect<unknown>(probs({ content: [{ token: 'a', logprob: -1 }] })).toEqual({ content: [token] });
    expect<unknown>(probs({ reasoning_content: [token] })).toEqual({ content: null, reasoning_content: [token] });
    expect(probs(-0.5)).toBeUndefined();
  });

  test('logprobs ride with their text', () => {
    const logprobs = { content: [{ token: 'a', logprob: -1, bytes: null, top_logprobs: [] }] };
    const { choice } = run([frame([{ index: 0, delta: { content: 'a' }, logprobs, finish_reason: 'stop' }])]);
    expect(choice?.logprobs).toEqual(logprobs);
  });

  test('images, audio, refusal, and sources told once at the end', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } };
    const { choice } = run([
      delta({ images: [image], audio: { id: 'a', data: 'QQ' } }),
      delta({ audio: { transcript: 'hi' }, refusal: 'no' }),
      frame([{ index: 0, delta: {}, finish_reason: 'stop' }], {
        citations: ['https://a.example'],
        search_results: [{ url: 'https://a.example', title: 'A' }],
      }),
    ]);
    expect(choice).toMatchObject({
      images: ['data:image/png;base64,AA'],
      audio: { id: 'a', data: 'QQ', transcript: 'hi' },
      refusal: 'no',
      annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } }],
    });
  });
});

describe('frames of a known form', () => {
  const frames: readonly Frame[] = [
    delta({ role: 'assistant', content: '' }),
    delta({ content: 'Hi' }),
    delta({ content: ' you <think>' }),
    delta({ content: 'hm</think>' }),
    delta({ content: 'a "quote"' }),
    delta({ content: 'other' }, null, 1),
    delta({ content: 'both', reasoning: 'why' }),
    delta({ content: '', reasoning: 'because' }),
    delta({ content: 'call', tool_calls: [{ index: 0, id: 'x', function: { name: 'f', arguments: '{}' } }] }),
    delta({ content: 'end' }, 'stop'),
    frame([{ index: 0, delta: { content: 'sure' }, logprobs: { content: [{ token: 'a', logprob: -1 }] } }]),
    frame([{ index: 0, delta: { content: 'paid' } }], { usage: { prompt_tokens: 5, completion_tokens: 7 } }),
    frame([{ index: 0, delta: { content: 'paid' }, usage: { prompt_tokens: 6, completion_tokens: 8 } }]),
    frame([{ index: 0, delta: { content: 'tier' } }], { service_tier: 'flex', system_fingerprint: 'fp' }),
    frame([{ index: 0, delta: { content: 'tier' } }], { service_tier: 'default' }),
    frame([{ index: 0, delta: { content: 'x' } }], { x_groq: { usage: { prompt_tokens: 7, completion_tokens: 9 } } }),
    frame([{ index: 0, delta: { content: 'found' } }], { citations: ['https://a.example'] }),
  ];
  const failed: Frame = { data: delta({ content: 'Hi' }).data, event: 'error' };
  // Other white space before every frame: none has the form of another, and all say the same.
  const parsed = (list: readonly Frame[]): readonly Frame[] =>
    list.map(({ data, event }, at) => ({ data: ' '.repeat(at + 1) + data, event }));

  test.each<HostQuirks>([{}, { thinkTags: true }, { cumulativeStream: true }, { usageWrapper: 'x_groq' }])(
    'say what they say when they are parsed: %j',
    (quirks) => {
      fc.assert(
        fc.property(fc.array(fc.nat({ max: frames.length - 1 }), { maxLength: 40 }), (picks) => {
          const said = picks.flatMap((at) => frames[at] ?? []);
          for (const list of [
            [...said, delta({}, 'stop'), DONE],
            [...said, failed, ...said],
          ]) {
            expect(run(list, quirks)).toEqual(run(parsed(list), quirks));
          }
        }),
        // What each says beside its text is said again after another said otherwise.
        { seed: 4, numRuns: 60, examples: [[[1, 11, 12, 11]], [[1, 15, 11, 15]], [[1, 13, 13, 14, 13]]] },
      );
    },
  );
});

describe('tool calls', () => {
  const piece = (call: JsonObject) => delta({ tool_calls: [call] });
  const end = delta({}, 'tool_calls');
  const rows: readonly (readonly [string, readonly Frame[]])[] = [
    [
      'as OpenAI sends them',
      [
        piece({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
        piece({ index: 0, function: { arguments: '{"x"' } }),
        piece({ index: 0, function: { arguments: ':1}' } }),
        piece({ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
        end,
      ],
    ],
    [
      'without index',
      [
        piece({ id: 'a', function: { name: 'f', arguments: '{"x"' } }),
        piece({ function: { arguments: ':1}' } }),
        piece({ id: 'b', function: { name: 'g', arguments: '{}' } }),
        end,
      ],
    ],
    [
      'interleaved by id',
      [
        piece({ id: 'a', function: { name: 'f', arguments: '{"x"' } }),
        piece({ id: 'b', function: { name: 'g', arguments: '{' } }),
        piece({ id: 'a', function: { arguments: ':1}' } }),
        piece({ id: 'b', function: { arguments: '}' } }),
        end,
      ],
    ],
    [
      'ids and names repeated on every piece',
      [
        piece({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }),
        piece({ index: 0, id: 'a', function: { name: 'f', arguments: ':1}' } }),
        piece({ index: 1, id: 'b', function: { name: 'g', arguments: '{}' } }),
        end,
      ],
    ],
    [
      'empty ids on later pieces',
      [
        piece({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }),
        piece({ index: 0, id: '', function: { name: '', arguments: ':1}' } }),
        piece({ index: 1, id: 'b', function: { name: 'g', arguments: '{}' } }),
        end,
      ],
    ],
    [
      'index 0 for all of them',
      [
        piece({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }),
        piece({ index: 0, id: 'b', function: { name: 'g', arguments: '{}' } }),
        end,
      ],
    ],
    [
      'arguments as an object',
      [
        piece({ index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } }),
        piece({ index: 1, id: 'b', function: { name: 'g', arguments: {} } }),
        end,
      ],
    ],
    [
      'the name after the id',
      [
        piece({ index: 0, id: 'a', type: 'function', function: {} }),
        piece({ index: 0, function: { name: 'f', arguments: '{"x":1}' } }),
        piece({ index: 1, id: 'b', function: { name: 'g', arguments: '{}' } }),
        end,
      ],
    ],
    [
      'ended with the word stop',
      [
        piece({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }),
        piece({ index: 1, id: 'b', function: { name: 'g', arguments: '{}' } }),
        delta({}, 'stop'),
      ],
    ],
  ];
  for (const [name, frames] of rows) {
    test(name, () => {
      const { choice, outcome } = run(frames);
      expect(outcome).toBe('complete');
      expect(choice?.toolCalls).toEqual([
        { id: 'a', name: 'f', arguments: '{"x":1}' },
        { id: 'b', name: 'g', arguments: '{}' },
      ]);
      expect(choice?.finishReason).toBe('tool_calls');
    });
  }

  test('missing ids are invented: distinct, and the reply’s own id is in them', () => {
    const calls = [{ function: { name: 'f', arguments: '{}' } }, { function: { name: 'g', arguments: '{}' } }];
    const { choice } = run([delta({ tool_calls: calls }), end]);
    expect(choice?.toolCalls.map(({ id, name }) => [id, name])).toEqual([
      ['call_c1_0', 'f'],
      ['call_c1_1', 'g'],
    ]);
  });

  test('the form before tools', () => {
    const { choice } = run([
      delta({ function_call: { name: 'f', arguments: '{"x"' } }),
      delta({ function_call: { arguments: ':1}' } }),
      delta({}, 'function_call'),
    ]);
    expect(choice?.toolCalls).toMatchObject([{ name: 'f', arguments: '{"x":1}' }]);
    expect(choice?.finishReason).toBe('tool_calls');
  });

  test('a custom tool’s input is free text', () => {
    const { choice } = run([
      piece({ index: 0, id: 'a', type: 'custom', custom: { name: 'grep', input: '' } }),
      piece({ index: 0, custom: { input: 'say "hi"' } }),
      piece({ index: 0, custom: { input: '\n' } }),
      end,
    ]);
    expect(choice?.toolCalls).toEqual([{ id: 'a', name: 'grep', arguments: 'say "hi"\n', custom: true }]);
  });
});

describe('errors inside a stream', () => {
  test('usage beside the error or after it still counts', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2 };
    const error = { code: 502, message: 'x' };
    const beside = run([frame([], { error, usage })]);
    const after = run([frame([], { error }), frame([], { usage })]);
    for (const { response, outcome } of [beside, after]) {
      expect(codeOf(outcome)).toBe('provider.failed');
      expect(response.usage?.counts).toEqual({ promptTokens: 5, completionTokens: 2 });
    }
  });

  const before = delta({ content: 'partial' });
  const rows: readonly (readonly [string, Frame, ErrorCode])[] = [
    ['an error object', { data: '{"error":{"code":429,"message":"slow down"}}' }, 'provider.rate_limited'],
    ['an error event', { event: 'error', data: '{"message":"broken"}' }, 'provider.failed'],
    [
      'MiniMax’s status',
      { data: '{"base_resp":{"status_code":1027,"status_msg":"sensitive"},"choices":[]}' },
      'provider.content_policy',
    ],
    ['Groq’s wrapper', { data: '{"x_groq":{"error":"over capacity"},"choices":[]}' }, 'provider.failed'],
    ['no JSON', { data: '<html>' }, 'provider.bad_answer'],
    ['no object', { data: '42' }, 'provider.bad_answer'],
  ];
  for (const [name, bad, code] of rows) {
    test(`${name} → ${code}, and nothing after it counts`, () => {
      const { events, outcome } = run([before, bad, delta({ content: 'more' }, 'stop'), DONE], {
        usageWrapper: 'x_groq',
      });
      expect(outcome).toBeInstanceOf(GatewayError);
      expect(codeOf(outcome)).toBe(code);
      expect(events.at(-1)).toMatchObject({ type: 'error' });
      expect(events.filter((event) => event.type === 'error')).toHaveLength(1);
    });
  }
});
