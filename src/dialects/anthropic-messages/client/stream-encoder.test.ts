import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';
import { openFold } from '../../../core/fold.ts';
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import type { UsageCounts } from '../../../core/usage.ts';
import type { ReplyHead, SettledUsage } from '../../dialect.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import { testHead } from '../../shared/testing/context.ts';
import { foldStream } from './naive-client.fixture.ts';
import { parseMessagesRequest } from './parse.ts';
import { encodeMessagesResponse } from './response.ts';
import { openMessagesEncoder } from './stream-encoder.ts';

const wire = parseMessagesRequest({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] });
const settledFor = (counts: UsageCounts): SettledUsage => ({
  usage: { counts, estimated: false },
  costNanoUsd: 7n,
  promptCostNanoUsd: 3n,
  completionCostNanoUsd: 4n,
  isByok: false,
});
const settled = settledFor({ promptTokens: 5, completionTokens: 2 });

function stream(events: readonly ChatEvent[], head: ReplyHead = testHead, request = wire) {
  const encoder = openMessagesEncoder(head, request);
  const pieces = events.map((event) => encoder.push(event));
  return foldStream(pieces.join('') + encoder.final(settled));
}

function whole(events: readonly ChatEvent[], head: ReplyHead = testHead) {
  const fold = openFold();
  for (const event of events) fold.push(event);
  return encodeMessagesResponse(fold.response(), head, settled, wire);
}

const blocksOf = (message: JsonObject): readonly JsonObject[] =>
  (arrayAt(message, 'content') ?? []).filter(isJsonObject);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const say = (text: string): ChatEvent => ({ type: 'text-delta', choice: 0, text });
const call = (index: number, id = `c${index}`): ChatEvent => ({
  type: 'tool-call-start',
  choice: 0,
  index,
  id,
  name: `tool${index}`,
});
const write = (index: number, args: string): ChatEvent => ({
  type: 'tool-call-delta',
  choice: 0,
  index,
  arguments: args,
});
const think = (text: string, ...details: ReasoningDetail[]): ChatEvent => ({
  type: 'reasoning-delta',
  choice: 0,
  text,
  details,
});
const end = (finishReason: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error', native = 'x'): ChatEvent => ({
  type: 'choice-end',
  choice: 0,
  finishReason,
  nativeFinishReason: native,
});
const cite = (url: string, last = 0): ChatEvent => ({
  type: 'annotation-delta',
  choice: 0,
  annotations: [
    { type: 'url_citation', url_citation: { url, title: 'T', content: 'C', start_index: 0, end_index: last } },
  ],
});
const own = 'anthropic-claude-v1';

describe('the order of events', () => {
  test('one block after another, the end last', () => {
    const { order, message } = stream([
      { type: 'response-start', serviceTier: 'default' },
      say('a'),
      say('b'),
      end('stop'),
    ]);
    expect(order).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(message).toMatchObject({
      id: 'msg_1700000000-abc',
      type: 'message',
      role: 'assistant',
      model: 'author/model-1',
      provider: 'Host',
      content: [{ type: 'text', text: 'ab', citations: null }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 2, service_tier: 'standard', speed: 'standard', cost: 7e-9 },
    });
  });

  test('an empty answer is an answer', () => {
    const { order, message } = stream([end('stop')]);
    expect(order).toEqual(['message_start', 'message_delta', 'message_stop']);
    expect(message['content']).toEqual([]);
  });

  test('how it was routed rides on the last event', () => {
    const encoder = openMessagesEncoder(testHead, wire);
    const last = encoder
      .final({ ...settled, routerMetadata: { requested: 'm' } })
      .split('\n\n')
      .at(-2);
    expect(last).toBe('event: message_stop\ndata: {"type":"message_stop","openrouter_metadata":{"requested":"m"}}');
  });

  test('a ping before anything else, and an error, which nothing follows', () => {
    const encoder = openMessagesEncoder(testHead, wire);
    expect(encoder.keepAlive()).toBe('event: ping\ndata: {"type":"ping"}\n\n');
    const { order } = foldStream(encoder.push(say('a')) + encoder.fail(new GatewayError('provider.truncated', 'cut')));
    expect(order.at(-1)).toBe('error');
  });
});

describe('parallel calls', () => {
  const inputs = (events: readonly ChatEvent[]) =>
    blocksOf(stream(events).message).map(({ type, id, input, text }) => [type, id ?? text, input]);

  test('whole calls follow one another as they come', () => {
    const encoder = openMessagesEncoder(testHead, wire);
    const text = [call(0), write(0, '{"a":1}'), call(1), write(1, '{"b"')].map((event) => encoder.push(event)).join('');
    // The second call is open although the answer goes on.
    expect(text).toContain('"index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"b\\""');
  });

  test('pieces that interleave are put in order, and text after them waits', () => {
    const events = [
      call(0),
      call(1),
      write(1, '{"b":'),
      write(0, '{"a"'),
      say('after'),
      write(1, '2}'),
      write(0, ':1}'),
      end('tool_calls'),
    ];
    expect(inputs(events)).toEqual([
      ['tool_use', 'c0', { a: 1 }],
      ['tool_use', 'c1', { b: 2 }],
      ['text', 'after', undefined],
    ]);
  });

  test('a call without arguments has an empty input', () => {
    expect(inputs([call(0), call(1), write(1, '{}'), end('tool_calls')])).toEqual([
      ['tool_use', 'c0', {}],
      ['tool_use', 'c1', {}],
    ]);
  });

  test('broken arguments are kept word for word', () => {
    const events = [call(0), write(0, '{"a":'), end('tool_calls')];
    expect(inputs(events)).toEqual([['tool_use', 'c0', { _raw: '{"a":' }]]);
    expect(plain(whole(events)['content'])).toEqual(plain(stream(events).message['content']));
  });
});

describe('reasoning', () => {
  test('what the grammar’s owner signed stays in its own fields, item by item', () => {
    const { message } = stream([
      think('one ', { type: 'reasoning.text', text: 'one ', format: own, index: 0 }),
      think('more', { type: 'reasoning.text', text: 'more', format: own, index: 0 }),
      think('', { type: 'reasoning.text', signature: 's0', format: own, index: 0 }),
      think('', { type: 'reasoning.text', text: '', signature: 's1', format: own, index: 1 }),
      think('', { type: 'reasoning.encrypted', data: 'd', format: own, index: 2 }),
      say('x'),
    ]);
    expect(blocksOf(message)).toEqual([
      { type: 'thinking', thinking: 'one more', signature: 's0' },
      { type: 'thinking', thinking: '', signature: 's1' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'text', text: 'x', citations: null },
    ]);
  });

  test('a signature closes what it signs, whatever the items are called', () => {
    const signed = (text: string, signature: string) =>
      think(text, { type: 'reasoning.text', text, signature, format: own, index: 0 });
    const { message } = stream([signed('a', 's0'), signed('b', 's1'), say('x')]);
    expect(blocksOf(message).map(({ thinking, signature }) => [thinking, signature])).toEqual([
      ['a', 's0'],
      ['b', 's1'],
      [undefined, undefined],
    ]);
  });

  test('what another grammar wrote is readable, and sealed whole into the signature', () => {
    const format = 'openai-responses-v1';
    const { message } = stream([
      think('sum', { type: 'reasoning.summary', summary: 'sum', format, index: 0 }),
      think('mary', { type: 'reasoning.summary', summary: 'mary', format, index: 0 }),
      think('', { type: 'reasoning.encrypted', data: 'secret', id: 'rs_1', format, index: 1 }),
      say('x'),
    ]);
    const [thinking] = blocksOf(message);
    expect(thinking?.['thinking']).toBe('summary');
    expect(unsealReasoning(String(thinking?.['signature']))).toEqual([
      { type: 'reasoning.summary', summary: 'summary', format, index: 0 },
      { type: 'reasoning.encrypted', data: 'secret', id: 'rs_1', format, index: 1 },
    ]);
  });

  test('plain text of nobody is sealed too, so that it finds its way back', () => {
    const [thinking] = blocksOf(stream([think('hm'), say('x')]).message);
    expect(thinking).toMatchObject({ type: 'thinking', thinking: 'hm' });
    expect(unsealReasoning(String(thinking?.['signature']))).toEqual([
      { type: 'reasoning.text', text: 'hm', format: 'unknown' },
    ]);
  });

  test('a signature at the end of the answer is no block of its own: clients take the last for the answer', () => {
    const signature: ReasoningDetail = { type: 'reasoning.encrypted', data: 'c2ln', format: 'google-gemini-v1' };
    const thought: ReasoningDetail = { type: 'reasoning.text', text: 'hm', format: 'google-gemini-v1', index: 0 };
    const ended = [think('hm', thought), say('done'), think('', signature)];
    for (const message of [stream(ended).message, whole(ended)]) {
      expect(blocksOf(message).map(({ type }) => type)).toEqual(['thinking', 'text']);
    }
    const called = [...ended, call(0), write(0, '{}')];
    for (const message of [stream(called).message, whole(called)]) {
      const blocks = blocksOf(message);
      expect(blocks.map(({ type }) => type)).toEqual(['thinking', 'text', 'thinking', 'tool_use']);
      expect(unsealReasoning(stringAt(blocks[2] ?? {}, 'signature') ?? '')).toEqual([signature]);
    }
    expect(blocksOf(stream([think('', signature)]).message).map(({ type }) => type)).toEqual(['thinking']);
  });

  test('excluded: no text of it, but what signs it', () => {
    const head = { ...testHead, excludeReasoning: true };
    const events = [
      think('hm', { type: 'reasoning.text', text: 'hm', format: own, index: 0 }),
      think('', { type: 'reasoning.text', signature: 's', format: own, index: 0 }),
      say('x'),
    ];
    const thinking = { type: 'thinking', thinking: '', signature: 's' };
    expect(blocksOf(stream(events, head).message)[0]).toEqual(thinking);
    expect(blocksOf(whole(events, head))[0]).toEqual(thinking);
  });
});

describe('what came beside the text', () => {
  const citation = (url: string) => ({
    type: 'web_search_result_location',
    url,
    title: 'T',
    cited_text: 'C',
    encrypted_index: '',
  });

  test('citations in the text that is open, else in one of their own at the end', () => {
    const events = [say('a'), cite('u1'), call(0), write(0, '{}'), end('tool_calls'), cite('u2')];
    expect(blocksOf(stream(events).message).map(({ citations }) => citations)).toEqual([
      [citation('u1')],
      undefined,
      [citation('u2')],
    ]);
  });

  test('in a whole answer each stands in the text that it is about', () => {
    const events = [say('ab'), cite('u1', 2), call(0), write(0, '{}'), say('cd'), cite('u2', 4), end('stop')];
    const cited = (message: JsonObject) => blocksOf(message).map(({ citations }) => citations);
    expect(cited(whole(events))).toEqual([[citation('u1')], undefined, [citation('u2')]]);
    expect(cited(whole(events))).toEqual(cited(stream(events).message));
  });

  test('images that the model made', () => {
    const events: ChatEvent[] = [
      say('see'),
      { type: 'image-delta', choice: 0, url: 'data:image/webp;base64,AAAA' },
      { type: 'image-delta', choice: 0, url: 'https://a/b.png' },
    ];
    expect(blocksOf(stream(events).message).slice(1)).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'AAAA' } },
      { type: 'image', source: { type: 'url', url: 'https://a/b.png' } },
    ]);
  });

  test('a refusal is a stop reason with its explanation', () => {
    const events: ChatEvent[] = [{ type: 'refusal-delta', choice: 0, text: 'No, sorry.' }, end('stop')];
    const said = {
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: null, explanation: 'No, sorry.' },
    };
    expect(stream(events).message).toMatchObject(said);
    expect(whole(events)).toMatchObject(said);
  });
});

describe('why it ended', () => {
  test.each<[ChatEvent, string | null]>([
    [end('stop', 'STOP'), 'end_turn'],
    [end('stop', 'pause_turn'), 'pause_turn'],
    [end('length', 'length'), 'max_tokens'],
    [end('length', 'model_context_window_exceeded'), 'model_context_window_exceeded'],
    [end('tool_calls', 'end_turn'), 'tool_use'],
    [end('content_filter', 'SAFETY'), 'refusal'],
    [end('error', 'MALFORMED_FUNCTION_CALL'), null],
  ])('%j', (event, reason) => expect(stream([event]).message['stop_reason']).toBe(reason));

  test('which sequence stopped it, where there was but one', () => {
    const stopped = (...stop_sequences: string[]) =>
      stream([end('stop', 'stop_sequence')], testHead, { ...wire, stop_sequences }).message['stop_sequence'];
    expect([stopped('END'), stopped('A', 'B')]).toEqual(['END', null]);
  });
});

test('usage in exclusive parts', () => {
  const encoder = openMessagesEncoder(testHead, wire);
  const counts = {
    promptTokens: 100,
    cachedTokens: 60,
    cacheWriteTokens: 30,
    cacheWrite1hTokens: 10,
    completionTokens: 20,
    reasoningTokens: 5,
    webSearches: 2,
  };
  const { message } = foldStream(encoder.final(settledFor(counts)));
  expect(objectAt(message, 'usage')).toMatchObject({
    input_tokens: 10,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 5 },
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
  });
});

// ---- any answer ----

/** Some order of texts, thoughts and calls; pieces of calls may come any time after their start. */
const answers: fc.Arbitrary<readonly ChatEvent[]> = fc
  .array(
    fc.oneof(
      fc.string({ minLength: 1, maxLength: 4 }).map((text) => ['text', text] as const),
      fc.string({ minLength: 1, maxLength: 4 }).map((text) => ['think', text] as const),
      fc.constant(['call', ''] as const),
      fc.nat({ max: 5 }).map((which) => ['write', String(which)] as const),
    ),
    { maxLength: 24 },
  )
  .map((steps) => {
    const events: ChatEvent[] = [];
    const left: string[] = [];
    for (const [at, [kind, text]] of steps.entries()) {
      if (kind === 'text') events.push(say(text));
      else if (kind === 'think') {
        events.push(think(text, { type: 'reasoning.text', text, signature: `s${at}`, format: own, index: at }));
      } else if (kind === 'call') {
        events.push(call(left.length));
        left.push(JSON.stringify({ at, note: 'a "quoted" } brace' }));
      } else {
        const which = Number(text) % Math.max(1, left.length);
        const piece = left[which]?.slice(0, 9) ?? '';
        if (!piece) continue;
        left[which] = left[which]?.slice(9) ?? '';
        events.push(write(which, piece));
      }
    }
    for (const [which, piece] of left.entries()) if (piece) events.push(write(which, piece));
    return [...events, end('stop')];
  });

test('a stream folded is the whole answer, and nothing of it is lost, however it came', () => {
  fc.assert(
    fc.property(answers, (events) => {
      const folded = stream(events).message;
      expect(plain(folded)).toEqual(plain(whole(events)));
      const text = (type: ChatEvent['type']) =>
        events.flatMap((event) => (event.type === type && 'text' in event ? [event.text] : [])).join('');
      const inBlocks = (type: string) =>
        blocksOf(folded)
          .map((block) => stringAt(block, type) ?? '')
          .join('');
      expect(inBlocks('text')).toBe(text('text-delta'));
      expect(inBlocks('thinking')).toBe(text('reasoning-delta'));
      for (const { type, input } of blocksOf(folded)) {
        if (type === 'tool_use') expect(Object.keys(Object(input))).toEqual(['at', 'note']);
      }
    }),
    { numRuns: 300 },
  );
});
