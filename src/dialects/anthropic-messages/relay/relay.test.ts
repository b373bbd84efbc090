import { describe, expect, test } from 'bun:test';
import { arrayAt, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { openSseReader } from '../../../wire/sse.ts';
import type { RelayContext, RelayStream, SettledUsage } from '../../dialect.ts';
import type { HostQuirks } from '../../host.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { contextWith, testHead } from '../../shared/testing/context.ts';
import { foldStream } from '../client/naive-client.fixture.ts';
import { openRelay } from './relay.ts';
import { relayResponse } from './relay-response.ts';

const contextOf = (quirks: HostQuirks = {}, excludeReasoning = false): RelayContext => ({
  ...contextWith({ quirks, usage: { cachedInput: 'beside-input' } }),
  head: { ...testHead, excludeReasoning },
  wire: {},
});

const event = (value: JsonObject): string => `event: ${String(value['type'])}\ndata: ${JSON.stringify(value)}\n\n`;
const start = (message: JsonObject = {}): string =>
  event({
    type: 'message_start',
    message: {
      id: 'msg_upstream',
      type: 'message',
      role: 'assistant',
      model: 'model-1-2026',
      content: [],
      usage: { input_tokens: 10, cache_read_input_tokens: 4, output_tokens: 1, service_tier: 'standard' },
      ...message,
    },
  });
const open = (index: number, block: JsonObject): string =>
  event({ type: 'content_block_start', index, content_block: block });
const delta = (index: number, piece: JsonObject): string => event({ type: 'content_block_delta', index, delta: piece });
const stop = (index: number): string => event({ type: 'content_block_stop', index });
const text = (index: number, said: string): string => delta(index, { type: 'text_delta', text: said });
const ending = (reason: string | null, usage: JsonObject = { output_tokens: 6 }, more: JsonObject = {}): string =>
  event({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage, ...more });
const last = event({ type: 'message_stop' });
const simple = start() + open(0, { type: 'text', text: '' }) + text(0, 'Hel') + text(0, 'lo') + stop(0);

function settledOf({ meter }: RelayStream): SettledUsage {
  return {
    usage: meter.usage ?? { counts: {}, estimated: true },
    costNanoUsd: 1_000n,
    promptCostNanoUsd: 400n,
    completionCostNanoUsd: 600n,
    isByok: false,
  };
}

function play(body: string, context = contextOf(), skims = true) {
  const relay = openRelay(context);
  const reader = openSseReader();
  const pieces: string[] = [];
  reader.push(
    body,
    (data, name) => {
      if (!relay.failure && !relay.isTerminated) pieces.push(relay.push(data, name));
    },
    (all, at) => (skims && !relay.failure && !relay.isTerminated ? (relay.skim?.(all, at, pieces) ?? at) : at),
  );
  const before = pieces.join('');
  const { text: rest, outcome } = relay.end('upstream-end');
  const complete = outcome === 'complete';
  return { relay, before, outcome, sent: before + rest + (complete ? relay.final(settledOf(relay)) : '') };
}

const messageOf = (body: string, context = contextOf()) => foldStream(play(body, context).sent).message;
const contentOf = (body: string, context = contextOf()): readonly Json[] =>
  arrayAt(messageOf(body, context), 'content') ?? [];

describe('a message’s frame', () => {
  test('id, model and provider are ours; what the host said else stands', () => {
    const body =
      start({ brand_new: { a: 1 } }) +
      ending('end_turn', { output_tokens: 6 }, { context_management: { x: 1 } }) +
      last;
    expect(play(body).sent).toContain('"context_management":{"x":1}');
    expect(messageOf(body)).toMatchObject({
      id: 'msg_1700000000-abc',
      model: 'author/model-1',
      provider: 'Host',
      brand_new: { a: 1 },
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: 0,
        output_tokens: 6,
        service_tier: 'standard',
        server_tool_use: null,
        inference_geo: null,
        cost: 0.000001,
      },
    });
  });

  test('its end is held back until it is settled', () => {
    const { before, sent } = play(simple + ending('end_turn') + last);
    expect(foldStream(before).order.slice(-1)).toEqual(['content_block_stop']);
    expect(foldStream(sent).order.slice(-2)).toEqual(['message_delta', 'message_stop']);
  });

  test('an end told twice is the later one, with all its members', () => {
    const body =
      simple + ending('tool_use', { output_tokens: 3 }, { early: 1 }) + ending('end_turn', { output_tokens: 6 }) + last;
    const { sent } = play(body);
    expect(foldStream(sent).order.filter((type) => type === 'message_delta')).toHaveLength(1);
    expect(messageOf(body)).toMatchObject({ stop_reason: 'end_turn', usage: { output_tokens: 6 } });
    expect(sent).toContain('"early":1');
  });

  test('events that nobody knows go on by value, before the end', () => {
    const news = event({ type: 'weather_report', sky: 'blue' });
    expect(play(simple + news + ending('end_turn') + news + last).sent.split(news)).toHaveLength(3);
  });

  test('a message given whole in its opening is written block by block', () => {
    const body =
      start({
        content: [{ type: 'text', text: 'all' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 2 },
      }) + last;
    const { order, message } = foldStream(play(body).sent);
    expect(order).toEqual([
      'message_start',
      'content_block_start',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'all' }], stop_reason: 'end_turn' });
  });

  test('tokens of passes over a long conversation are billed, and stand apart', () => {
    const usage = {
      input_tokens: 5,
      output_tokens: 6,
      iterations: [{ type: 'compaction', input_tokens: 90, output_tokens: 9 }],
    };
    const { relay } = play(start() + ending('end_turn', usage) + last);
    expect(relay.meter.usage?.counts).toMatchObject({ completionTokens: 15 });
    expect(messageOf(start() + ending('end_turn', usage) + last)['usage']).toMatchObject({
      input_tokens: 5,
      output_tokens: 6,
    });
  });
});

describe('blocks', () => {
  test('pieces leave as they came, padding and unknown members too', () => {
    const padded =
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x","p":1}   }\n\n';
    expect(play(start() + open(0, { type: 'text', text: '', citations: null }) + padded).sent).toContain(padded);
  });

  test('blocks that a chat answer has no word for survive by value', () => {
    const blocks: JsonObject[] = [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 's', content: [{ type: 'web_search_result', url: 'u' }] },
    ];
    const body =
      start() +
      open(0, blocks[0] ?? {}) +
      delta(0, { type: 'input_json_delta', partial_json: '{"query":"q"}' }) +
      stop(0) +
      open(1, blocks[1] ?? {}) +
      stop(1) +
      ending('pause_turn') +
      last;
    expect(contentOf(body)).toEqual([{ ...blocks[0], input: { query: 'q' } }, blocks[1] ?? {}]);
    expect(messageOf(body)['stop_reason']).toBe('pause_turn');
    expect(play(body).relay.meter.hasContent).toBe(true);
    expect(play(start() + open(0, { type: 'text', text: '' })).relay.meter.hasContent).toBe(false);
  });

  test('members of the newest version are there, whatever the host’s', () => {
    const body =
      start() +
      open(0, { type: 'thinking', thinking: '' }) +
      stop(0) +
      open(1, { type: 'tool_use', id: 't', name: 'n' }) +
      stop(1) +
      ending('tool_use') +
      last;
    expect(contentOf(body)).toEqual([
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'tool_use', id: 't', name: 'n', input: {}, caller: { type: 'direct' } },
    ]);
  });

  test('a host that forgets to open or close, or counts otherwise', () => {
    const body =
      start() +
      text(3, 'a') +
      open(7, { type: 'text', text: '' }) +
      text(7, 'b') +
      text(7, '\n"c"') +
      ending('end_turn') +
      last;
    expect(contentOf(body)).toMatchObject([{ text: 'a' }, { text: 'b\n"c"' }]);
  });

  test('two calls at once cannot be told: an error, and no success', () => {
    const call = (index: number): string => open(index, { type: 'tool_use', id: `t${index}`, name: 'n' });
    const { outcome } = play(start() + call(0) + call(1) + delta(0, { type: 'input_json_delta', partial_json: '{' }));
    expect(outcome).toMatchObject({ code: 'provider.bad_answer' });
  });

  test('hosts that end a call as they end a turn are read by what they sent', () => {
    const body = start() + open(0, { type: 'tool_use', id: 't', name: 'n' }) + stop(0) + ending('end_turn') + last;
    expect(messageOf(body)['stop_reason']).toBe('tool_use');
    expect(messageOf(start() + ending('brand_new') + last)['stop_reason']).toBe('brand_new');
  });
});

describe('a host that breaks the grammar', () => {
  test('a piece without a type says nothing, and leaves nothing', () => {
    const broken = [
      event({ type: 'content_block_delta', index: 0 }),
      event({ type: 'content_block_delta', index: 0, delta: null }),
      delta(0, { type: ['text_delta'], text: 'x' }),
      delta(0, { text: 'x' }),
    ];
    const body =
      start() +
      open(0, { type: 'text', text: '' }) +
      broken.join('') +
      text(0, 'said') +
      stop(0) +
      ending('end_turn') +
      last;
    expect(contentOf(body)).toMatchObject([{ type: 'text', text: 'said' }]);
    const { sent } = play(body);
    expect(sent.match(/event: content_block_delta/g)).toHaveLength(1);
  });

  test.each([['0'], [{ a: 1 }], [null], [-0.5]])('an index of %p is never passed on', (index) => {
    const pieces = ['a', 'b', 'c'].map((said) =>
      event({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: said } }),
    );
    const opening = event({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } });
    const body =
      start() + opening + pieces.join('') + event({ type: 'content_block_stop', index }) + ending('end_turn') + last;
    expect(contentOf(body)).toMatchObject([{ type: 'text', text: 'abc' }]);
    for (const [, written] of play(body).sent.matchAll(/"index":([^,}]+)/g)) expect(written).toBe('0');
  });

  test('an event’s name cannot begin another event', () => {
    const { sent } = play(simple + event({ type: 'x\ndata: {}\n\nevent: message_stop' }) + ending('end_turn') + last);
    expect(sent.match(/^event: message_stop$/gm)).toHaveLength(1);
  });
});

describe('the end is proved', () => {
  test.each<[string, string | undefined]>([
    [simple, 'provider.truncated'],
    [simple + ending(null), 'provider.truncated'],
    [simple + ending('end_turn'), 'provider.truncated'],
    [simple + ending('end_turn') + last, undefined],
    ['', 'provider.truncated'],
    [`${simple}data: {nonsense\n\n`, 'provider.bad_answer'],
    [simple + event({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } }), 'provider.overloaded'],
    [simple + start(), 'provider.bad_answer'],
  ])('%#', (body, code) => {
    const { outcome } = play(body);
    expect<string | undefined>(outcome === 'complete' ? undefined : outcome.code).toBe(code);
  });

  test('nothing after the terminator matters', () => {
    const body = `${simple + ending('end_turn') + last}event: data\ndata: [DONE]\n\n`;
    expect(play(body).sent).toBe(play(simple + ending('end_turn') + last).sent);
  });
});

describe('thinking', () => {
  const thought = (signature: string): string =>
    start() +
    open(0, { type: 'thinking', thinking: '', signature: '' }) +
    delta(0, { type: 'thinking_delta', thinking: 'h' }) +
    delta(0, { type: 'thinking_delta', thinking: 'm' }) +
    delta(0, { type: 'signature_delta', signature }) +
    stop(0) +
    ending('end_turn') +
    last;

  test('of the grammar’s owner passes as it is', () => {
    const context = contextOf({ reasoningFormat: 'anthropic-claude-v1' });
    expect(contentOf(thought('sig'), context)).toEqual([{ type: 'thinking', thinking: 'hm', signature: 'sig' }]);
  });

  test('of a host that signs otherwise is sealed, whole and streamed alike', () => {
    const context = contextOf({ reasoningFormat: 'minimax-v1' });
    const signature = sealReasoning([{ type: 'reasoning.text', text: 'hm', signature: 'sig', format: 'minimax-v1' }]);
    expect(contentOf(thought('sig'), context)).toEqual([{ type: 'thinking', thinking: 'hm', signature }]);
    const body = { content: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }], stop_reason: 'end_turn' };
    const relay = openRelay(context);
    expect(relayResponse(body, context).encode(settledOf(relay))['content']).toEqual([
      { type: 'thinking', thinking: 'hm', signature },
    ]);
  });

  test('that the caller does not want to read leaves its signature only', () => {
    expect(contentOf(thought('sig'), contextOf({}, true))).toEqual([
      { type: 'thinking', thinking: '', signature: 'sig' },
    ]);
  });
});

describe('the short cut', () => {
  const long =
    start() + open(0, { type: 'text', text: '' }) + Array.from({ length: 40 }, (_, i) => text(0, ` word${i}`)).join('');
  const body = `${long + text(0, '"quoted"\n')}${text(0, ' end') + stop(0) + ending('end_turn') + last}`;

  test('gives the same bytes and the same meter', () => {
    const [short, slow] = [play(body, contextOf(), true), play(body, contextOf(), false)];
    expect(short.sent).toBe(slow.sent);
    expect(JSON.stringify(short.relay.meter)).toBe(JSON.stringify(slow.relay.meter));
    expect(short.relay.meter.deliveredCharacters).toBeGreaterThan(200);
  });

  test('counts characters, not what stands for them', () => {
    const texts = [' plain', ' more', ' a\\', ' b"}}', ' \n', ' padded'];
    const pieces = texts.map((said) => text(0, said)).join('');
    const { relay, sent } = play(start() + open(0, { type: 'text', text: '' }) + pieces + ending('end_turn') + last);
    expect(relay.meter.deliveredCharacters).toBe(texts.join('').length);
    expect(foldStream(sent).message).toMatchObject({ content: [{ text: texts.join('') }] });
  });

  test('is not taken where the host counts its blocks otherwise', () => {
    const pieces = Array.from({ length: 5 }, (_, i) => text(5, ` word${i}`)).join('');
    const odd = start() + open(5, { type: 'text', text: '' }) + pieces + stop(5) + ending('end_turn') + last;
    expect(contentOf(odd)).toMatchObject([{ text: ' word0 word1 word2 word3 word4' }]);
  });

  test('is taken', () => {
    const relay = openRelay(contextOf());
    const reader = openSseReader();
    let parsed = 0;
    const pieces: string[] = [];
    reader.push(
      body,
      (data, name) => {
        parsed++;
        pieces.push(relay.push(data, name));
      },
      (all, at) => relay.skim?.(all, at, pieces) ?? at,
    );
    expect(parsed).toBeLessThan(10);
  });
});

test('a whole reply: the host’s members by value, ours patched in', () => {
  const body = {
    id: 'msg_upstream',
    type: 'message',
    role: 'assistant',
    model: 'model-1-2026',
    content: [{ type: 'text', text: 'hi', extra: 1 }, { type: 'hologram' }],
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
    stop_details: null,
    brand_new: [1],
    usage: { input_tokens: 3, output_tokens: 4, inference_geo: 'eu', novelty: 9 },
  };
  const { response, encode } = relayResponse(body, contextOf());
  const usage = response.usage ?? { counts: {}, estimated: true };
  const settled = { usage, costNanoUsd: 5n, promptCostNanoUsd: 2n, completionCostNanoUsd: 3n, isByok: true };
  const encoded: unknown = JSON.parse(JSON.stringify(encode({ ...settled, routerMetadata: { requested: 'm' } })));
  expect(isJsonObject(encoded)).toBe(true);
  expect(encoded).toMatchObject({
    id: 'msg_1700000000-abc',
    model: 'author/model-1',
    provider: 'Host',
    content: [{ type: 'text', text: 'hi', extra: 1, citations: null }, { type: 'hologram' }],
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
    container: null,
    brand_new: [1],
    usage: { input_tokens: 3, output_tokens: 4, inference_geo: 'eu', novelty: 9, cost: 5e-9, is_byok: true },
    openrouter_metadata: { requested: 'm' },
  });
});
