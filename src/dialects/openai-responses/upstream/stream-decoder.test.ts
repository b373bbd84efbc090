import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { JsonObject } from '../../../core/json.ts';
import { contextOf, items, play, responseOf, streamEvents, streamOf, usage } from '../test-kit.ts';
import { decodeResponsesResponse } from './response.ts';

const stream = streamOf();

describe('a stream', () => {
  test('folds to the whole reply of the same content', () => {
    const { response, outcome } = play(stream);
    expect(outcome).toBe('complete');
    expect(response).toEqual(decodeResponsesResponse(responseOf(), contextOf()));
  });

  test('says what it holds', () => {
    const { response } = play(stream);
    const [choice] = response.choices;
    expect(response).toMatchObject({ upstreamId: 'resp_up', createdSeconds: 1_700_000_000, serviceTier: 'default' });
    expect(choice).toMatchObject({ content: 'Grüße 🎉 and more', reasoning: 'First.\n\nSecond.' });
    expect(choice).toMatchObject({ finishReason: 'tool_calls', nativeFinishReason: 'completed' });
    expect(choice?.toolCalls).toEqual([
      { id: 'call_1', name: 'f', arguments: '{"a":1}' },
      { id: 'call_2', name: 'patch', arguments: '*** Begin', custom: true },
    ]);
    const about = { id: 'rs_1', format: 'openai-responses-v1' };
    expect(choice?.reasoningDetails).toEqual([
      { type: 'reasoning.summary', summary: 'First.', ...about, index: 0 },
      { type: 'reasoning.summary', summary: 'Second.', ...about, index: 1 },
      { type: 'reasoning.encrypted', data: 'ENC', ...about, index: 2 },
    ]);
    expect(choice?.images).toEqual(['data:image/webp;base64,iVBO']);
    // Positions are the whole answer's, not the part's.
    const { type, ...where } = {
      type: 'url_citation',
      url: 'https://a.example',
      title: 'A',
      start_index: 8,
      end_index: 10,
    };
    expect(choice?.annotations).toEqual([{ type, [type]: where }]);
    expect(response.usage?.counts).toEqual({
      promptTokens: 30,
      cachedTokens: 10,
      cacheWriteTokens: 5,
      completionTokens: 20,
      reasoningTokens: 12,
      webSearches: 1,
    });
  });

  test('gives the same events at every split', () => {
    const { events } = play(stream);
    const sorted = (splits: number[]): number[] => splits.sort((a, b) => a - b);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (splits) => {
        expect(play(stream, sorted(splits)).events).toEqual(events);
      }),
      { numRuns: 40 },
    );
    expect(
      play(
        stream,
        [...stream].map((_, i) => i),
      ).events,
    ).toEqual(events);
  });

  test('is complete at its terminal event alone, whatever comes after', () => {
    const events = streamEvents();
    for (let kept = 0; kept < events.length; kept++) {
      const cut = streamOf(events.slice(0, kept));
      for (const text of [cut, `${cut}data: [DONE]\n\n`]) {
        for (const reason of ['upstream-end', 'upstream-cut'] as const) {
          expect(play(text, [], reason).outcome).toMatchObject({ code: 'provider.truncated' });
        }
      }
    }
    const another = streamOf(streamEvents(responseOf({ id: 'resp_other' })));
    expect(play(stream + another)).toEqual(play(stream));
    expect(play(streamOf(events.slice(0, 4)), [], 'deadline').outcome).toMatchObject({ code: 'provider.timeout' });
  });
});

describe('what hosts leave out', () => {
  const without = (...types: readonly string[]): string =>
    streamOf(streamEvents().filter(({ type }) => !types.some((part) => String(type).includes(part))));
  const answer = play(stream).response;

  test.each([
    ['pieces', without('.delta', 'annotation.added')],
    ['openings of items', without('output_item.added')],
    ['all but the terminal event', without('output_item', '.delta', 'annotation.added', 'created', 'in_progress')],
  ])('%s: the whole says it', (_, text) => {
    const { response, outcome } = play(text);
    expect(outcome).toBe('complete');
    expect(response.choices).toEqual(answer.choices);
    expect(response.usage).toEqual(answer.usage);
  });

  test('places of items: the last opened one is meant, and items are told apart by their ids', () => {
    const events = streamEvents().map(({ item_id: _, ...event }) => event);
    const unplaced = events.map(({ output_index, ...event }) =>
      event['type'] === 'response.output_item.done' ? event : { ...event, output_index },
    );
    expect(play(streamOf(unplaced)).response).toEqual(answer);
  });

  test('the items of the finished response', () => {
    expect(play(streamOf(streamEvents(responseOf({ output: [] })))).response).toEqual(answer);
  });

  test('an item that is told as done twice', () => {
    const twice = streamEvents().flatMap((event) =>
      event['type'] === 'response.output_item.done' ? [event, event] : [event],
    );
    expect(play(streamOf(twice)).response).toEqual(answer);
  });

  test('positions that are not those of the finished response', () => {
    const shifted = streamEvents().map(({ output_index: at, ...event }) =>
      typeof at === 'number' ? { ...event, output_index: at + 20 } : event,
    );
    expect(play(streamOf(shifted)).response).toEqual(answer);
  });

  test('a finished response that repeats the items under other ids says nothing twice', () => {
    const output = items.map((item) => ({ ...item, id: `other_${item['id']}` }));
    expect(play(streamOf(streamEvents(responseOf({ output })))).response).toEqual(answer);
  });
});

describe('single events', () => {
  const from = (...events: readonly JsonObject[]): string =>
    streamOf([...events, { type: 'response.completed', response: { status: 'completed', output: [], usage } }]);
  const delta = (type: string, more: JsonObject): JsonObject => ({
    type: `response.${type}.delta`,
    output_index: 0,
    ...more,
  });

  test('a refusal is an answer that is complete', () => {
    const { response } = play(from(delta('refusal', { content_index: 0, delta: 'No.' })));
    expect(response.choices[0]).toMatchObject({ refusal: 'No.', content: null, finishReason: 'stop' });
  });

  test('log probabilities stand with their text', () => {
    const token = { token: 'Hi', logprob: -0.5 };
    const { response } = play(from(delta('output_text', { content_index: 0, delta: 'Hi', logprobs: [token] })));
    const whole = { ...token, bytes: null, top_logprobs: [] };
    expect(response.choices[0]).toMatchObject({ content: 'Hi', logprobs: { content: [whole] } });
  });

  test('reasoning that is shown is text', () => {
    const { response } = play(from(delta('reasoning_text', { content_index: 0, item_id: 'rs', delta: 'Hm' })));
    const detail = { type: 'reasoning.text', text: 'Hm', format: 'openai-responses-v1', index: 0 };
    expect(response.choices[0]).toMatchObject({ reasoning: 'Hm', reasoningDetails: [detail] });
  });

  test('where the whole contradicts its pieces, what was said stands', () => {
    const item = { type: 'message', content: [{ type: 'output_text', text: 'Other' }] };
    const done = { type: 'response.output_item.done', output_index: 0, item };
    expect(play(from(delta('output_text', { delta: 'This' }), done)).response.choices[0]?.content).toBe('This');
  });

  test('what a host searches by itself is no call of the caller’s', () => {
    const item = { type: 'custom_tool_call', call_id: 'xs_call_1', name: 'x_keyword_search', input: '{}' };
    const added = { type: 'response.output_item.added', output_index: 0, item: { ...item, input: '' } };
    const done = { type: 'response.output_item.done', output_index: 0, item };
    const [choice] = play(from(added, delta('custom_tool_call_input', { delta: '{}' }), done)).response.choices;
    expect(choice).toMatchObject({ toolCalls: [], finishReason: 'stop' });
  });

  test('parallel calls whose pieces come in turns', () => {
    const call = (n: number): JsonObject => ({ type: 'function_call', call_id: `c${n}`, name: `f${n}`, arguments: '' });
    const added = (n: number): JsonObject => ({ type: 'response.output_item.added', output_index: n, item: call(n) });
    const piece = (n: number, text: string): JsonObject => ({
      type: 'response.function_call_arguments.delta',
      output_index: n,
      delta: text,
    });
    const text = from(added(0), added(1), piece(0, '{"a'), piece(1, '{"b'), piece(0, '":1}'), piece(1, '":2}'));
    expect(play(text).response.choices[0]?.toolCalls).toEqual([
      { id: 'c0', name: 'f0', arguments: '{"a":1}' },
      { id: 'c1', name: 'f1', arguments: '{"b":2}' },
    ]);
  });
});

describe('a stream that fails', () => {
  const begun = streamEvents().slice(0, 2);
  const outcomeOf = (event: JsonObject): unknown => {
    const { events, outcome } = play(
      streamOf([...begun, event, { type: 'response.completed', response: responseOf() }]),
    );
    expect<unknown>(events.at(-1)).toEqual({ type: 'error', error: outcome });
    return outcome;
  };

  test.each([
    [
      { type: 'error', error: { type: 'tokens', code: 'rate_limit_exceeded', message: 'Slow down' } },
      'provider.rate_limited',
    ],
    [{ type: 'error', code: 'server_error', message: 'Oops', param: null }, 'provider.failed'],
    [{ type: 'error', code: 'insufficient_quota', message: 'x' }, 'provider.payment_required'],
    [{ type: 'response.failed', response: { error: { code: 'server_error', message: 'x' } } }, 'provider.failed'],
    [
      { type: 'response.failed', response: { error: { code: 'invalid_image', message: 'x' } } },
      'provider.invalid_request',
    ],
    [{ type: 'response.failed', response: { error: { code: 'bio_policy', message: 'x' } } }, 'provider.content_policy'],
    [
      { type: 'response.failed', response: { error: { code: 'context_length_exceeded', message: 'x' } } },
      'provider.context_length',
    ],
    [{ type: 'response.failed', response: {} }, 'provider.failed'],
    [{ error: { message: 'Overloaded', code: 503 } }, 'provider.overloaded'],
  ])('%j is %s', (event, code) => expect(outcomeOf(event)).toMatchObject({ code }));

  test('says no status that the host never sent', () => {
    expect(outcomeOf({ type: 'error', code: 'invalid_image', message: 'x' })).not.toHaveProperty(
      'details.providerStatus',
    );
  });

  test.each(['{', '[1]', '"x"'])('the frame %s is an error event, not a throw', (data) => {
    expect(play(`${streamOf(begun)}data: ${data}\n\n`).outcome).toMatchObject({ code: 'provider.bad_answer' });
  });

  test('a part of the answer that failed is no failed answer', () => {
    const event = { type: 'response.mcp_call.failed', output_index: 0, error: { message: 'x' } };
    expect(play(streamOf([...begun, event, ...streamEvents().slice(2)])).outcome).toBe('complete');
  });
});

describe('a host that breaks the grammar', () => {
  const MANY = 20_000;
  const MOST_MS = 4000;
  const many = (make: (n: number) => JsonObject): readonly JsonObject[] =>
    Array.from({ length: MANY }, (_, n) => make(n));
  const end = (output: readonly JsonObject[] = []): JsonObject => ({
    type: 'response.completed',
    response: responseOf({ output }),
  });
  const item = (n: number): JsonObject => ({ type: 'message', id: `m${n}`, content: [] });

  test('thousands of items, and pieces that name none of them, are read as fast as they come', () => {
    const added = many((n) => ({ type: 'response.output_item.added', output_index: n, item: item(n) }));
    const pieces = many((n) => ({
      type: 'response.output_text.delta',
      item_id: `other${n}`,
      content_index: 0,
      delta: 'x',
    }));
    const others = many((n) => ({ ...item(n), id: `late${n}` }));
    const startedMs = performance.now();
    const { outcome, response } = play(streamOf([...added, ...pieces, end(others)]));
    expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
    expect([outcome, response.choices[0]?.content?.length]).toEqual(['complete', MANY]);
  });

  test.each([[2 ** 53], [-1], [0.5], [1e300]])('an item at position %p is an item', (index) => {
    const call = { type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '{}' };
    const { outcome, response } = play(
      streamOf([
        { type: 'response.output_item.added', output_index: index, item: { ...call, arguments: '' } },
        { type: 'response.function_call_arguments.delta', output_index: index, delta: '{}' },
        { type: 'response.output_item.done', output_index: index, item: call },
        end([call]),
      ]),
    );
    expect(outcome).toBe('complete');
    expect(response.choices[0]?.toolCalls).toEqual([{ id: 'c', name: 'f', arguments: '{}' }]);
  });

  test('events of no form at all do not hurt', () => {
    const odd = [null, 5, 'x', [], {}].flatMap((value) => [
      { type: 'response.output_item.added', output_index: value, item: value },
      { type: 'response.output_item.done', output_index: value, item: value },
      { type: 'response.output_text.delta', output_index: value, delta: value === 'x' ? '' : value },
      { type: 'response.function_call_arguments.done', output_index: value, arguments: value === 'x' ? '' : value },
      { type: 'response.output_text.annotation.added', annotation: value },
      { type: 'response.created', response: value },
      { type: value },
    ]);
    const { events, outcome } = play(streamOf([...odd, end(items)]));
    expect(outcome).toBe('complete');
    expect(events.map(({ type }) => type)).not.toContain('error');
  });
});
