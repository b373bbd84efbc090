import { describe, expect, test } from 'bun:test';
import { StreamEvents$inboundSchema } from '@openrouter/sdk/models';
import { GatewayError } from '../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import type { RelayContext, RelayStream, SettledUsage } from '../../dialect.ts';
import { testHead } from '../../shared/testing/context.ts';
import { openAiResponses } from '../index.ts';
import { contextOf, type HostChanges, items, responseOf, streamEvents, usage } from '../test-kit.ts';
import type { WireResponsesRequest } from '../wire-types.ts';

const { client, relay } = openAiResponses;
const settled: SettledUsage = {
  usage: {
    counts: { promptTokens: 30, completionTokens: 20, cachedTokens: 10, reasoningTokens: 12 },
    estimated: false,
  },
  costNanoUsd: 5_000n,
  promptCostNanoUsd: 2_000n,
  completionCostNanoUsd: 3_000n,
  isByok: false,
  routerMetadata: { strategy: 'x' },
};
const DONE = 'data: [DONE]\n\n';

function contextFor(changes: HostChanges = {}, members: JsonObject = {}): RelayContext<WireResponsesRequest> {
  const wire = client.parseRequest({ model: 'author/model-1', input: 'Hi', instructions: 'Be kind', ...members });
  return { ...contextOf(changes), head: testHead, wire };
}

interface Played {
  readonly text: string;
  readonly stream: RelayStream;
  readonly outcome: unknown;
}

function play(events: readonly JsonObject[], context = contextFor()): Played {
  const stream = relay.openRelay(context);
  const text = events.map((event) => stream.push(JSON.stringify(event), String(event['type']))).join('');
  return { text, stream, outcome: stream.end('upstream-end').outcome };
}

function eventsIn(text: string): readonly JsonObject[] {
  return text.split('\n\n').flatMap((frame) => {
    const [name, data] = frame.split('\n');
    if (!data) return [];
    const event: Json = JSON.parse(data.slice('data: '.length));
    if (!isJsonObject(event)) throw new Error('no event');
    expect(name).toBe(`event: ${event['type']}`);
    return [event];
  });
}

/** OpenRouter's own client hands on as unknown what does not fit its schema. */
function isRecognised(event: JsonObject): boolean {
  const read = StreamEvents$inboundSchema.parse(event);
  return !('isUnknown' in read && read.isUnknown === true);
}

const upstream = streamEvents();
const whole = play(upstream);
const relayed = eventsIn(whole.text + whole.stream.final(settled));

describe('events', () => {
  test('every one by value and in its order, under our id and model', () => {
    expect(whole.outcome).toBe('complete');
    expect(relayed.map(({ response: _, ...event }) => event)).toEqual(
      upstream.map(({ response: _, ...event }) => event),
    );
    for (const event of relayed) {
      const response = objectAt(event, 'response');
      if (response)
        expect(response).toMatchObject({ id: 'resp_1700000000-abc', model: 'author/model-1', instructions: 'Be kind' });
    }
  });

  test('nothing that ends the answer or counts it leaves before settlement', () => {
    expect(whole.text).not.toContain('response.completed');
    expect(whole.text).not.toContain('input_tokens');
    expect(whole.stream.final(settled)).toEndWith(`\n\n${DONE}`);
    expect(objectAt(relayed.at(-1) ?? {}, 'response')).toMatchObject({
      status: 'completed',
      output: [...items],
      usage: { input_tokens: 30, output_tokens: 20, cost: 0.000005, is_byok: false },
      openrouter_metadata: { strategy: 'x' },
    });
  });

  test('text that is not touched is the host’s own', () => {
    const stream = relay.openRelay(contextFor());
    stream.push(JSON.stringify(upstream[0]));
    const odd = '{ "type":"response.of_tomorrow",  "sequence_number":1, "big": 12345678901234567890 }';
    expect(stream.push(odd)).toBe(`event: response.of_tomorrow\ndata: ${odd}\n\n`);
  });

  test('are such as strict clients take, though the host left members out', () => {
    const bare = upstream.map(({ sequence_number: _, logprobs: __, response, ...event }) => ({
      ...event,
      ...(response !== undefined && {
        response: { id: 'x', output: [], status: 'completed', output_text: null, reasoning: '' },
      }),
    }));
    const { text, stream } = play(bare);
    const { routerMetadata: _, ...unasked } = settled;
    const events = eventsIn(text + stream.final(unasked));
    events.forEach((event, at) => {
      expect(event['sequence_number']).toBe(at);
      expect(isRecognised(event)).toBe(true);
    });
    expect(objectAt(events.at(-1) ?? {}, 'response')?.['output']).toEqual([...items]);
  });

  test('are numbered one by one, whatever numbers the host gives', () => {
    const lies = [5, -1, 2 ** 53, 0.5, 'x', null, 5, 5];
    const { text, stream } = play(
      upstream.map((event, at) => ({ ...event, sequence_number: lies[at % lies.length] ?? 7 })),
    );
    eventsIn(text + stream.final(settled)).forEach((event, at) => {
      expect(event['sequence_number']).toBe(at);
    });
  });

  test('a type of several lines begins no other event', () => {
    const stream = relay.openRelay(contextFor());
    stream.push(JSON.stringify(upstream[0]));
    const type = 'response.x\ndata: {}\n\nevent: response.completed';
    for (const event of [{ type, sequence_number: 1 }, { type }]) {
      expect(stream.push(JSON.stringify(event)).match(/^event: /gm)).toHaveLength(1);
    }
  });

  test('a host that does not say that it begins: clients are told', () => {
    const { text, stream } = play(upstream.slice(2).map((event, sequence_number) => ({ ...event, sequence_number })));
    const events = eventsIn(text + stream.final(settled));
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
    expect(new Set(events.map((event) => event['sequence_number'])).size).toBe(events.length);
    const alone = play(upstream.slice(-1));
    expect(eventsIn(alone.stream.final(settled)).map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
    ]);
  });

  test('the name of a call stands with its arguments, as newer hosts repeat it', () => {
    const stream = relay.openRelay(contextFor());
    const item = { id: 'fc', type: 'function_call', call_id: 'c', name: 'f', arguments: '' };
    stream.push(JSON.stringify({ type: 'response.output_item.added', output_index: 3, item }));
    const done = { type: 'response.function_call_arguments.done', item_id: 'fc', output_index: 3, arguments: '{}' };
    expect(eventsIn(stream.push(JSON.stringify(done)))).toMatchObject([{ ...done, name: 'f' }]);
    expect(eventsIn(stream.push(JSON.stringify({ ...done, name: 'g' })))).toMatchObject([{ ...done, name: 'g' }]);
  });

  test('a host that names its items anew in every event: clients see each under one id', () => {
    let count = 0;
    const renamed = upstream.map((event): JsonObject => {
      const { item, response } = event;
      if (isJsonObject(item)) return { ...event, item: { ...item, id: `new_${count++}` } };
      if (event['item_id'] !== undefined) return { ...event, item_id: `new_${count++}` };
      if (!isJsonObject(response) || !Array.isArray(response['output'])) return event;
      return {
        ...event,
        response: { ...response, output: response['output'].map((each) => ({ ...each, id: `new_${count++}` })) },
      };
    });
    const { text, stream, outcome } = play(renamed);
    expect(outcome).toBe('complete');
    const events = eventsIn(text + stream.final(settled).replace(DONE, ''));
    const ids = new Map<unknown, Set<unknown>>();
    for (const { output_index: at, item, item_id: id, response } of events) {
      const told = (index: unknown, name: unknown) => ids.set(index, (ids.get(index) ?? new Set()).add(name));
      if (isJsonObject(item)) told(at, item['id']);
      else if (id !== undefined) told(at, id);
      const output = isJsonObject(response) ? response['output'] : undefined;
      if (Array.isArray(output))
        for (const [index, each] of output.entries()) told(index, objectAt({ each }, 'each')?.['id']);
    }
    expect(ids.size).toBe(items.length);
    for (const names of ids.values()) expect(names.size).toBe(1);
  });

  test('what counts nothing yet counts nothing', () => {
    const response = responseOf({ status: 'in_progress', output: [] });
    const stream = relay.openRelay(contextFor());
    const [created] = eventsIn(stream.push(JSON.stringify({ type: 'response.created', sequence_number: 0, response })));
    expect(objectAt(created ?? {}, 'response')).toMatchObject({ usage: null, status: 'in_progress' });
  });

  test('what another host encrypted is sealed, wherever it stands', () => {
    const { text, stream } = play(upstream, contextFor({ providerId: 'lab' }));
    const out = text + stream.final(settled);
    expect(out).not.toMatch(/"encrypted_content":"(ENC|EARLY)"/);
    expect(out.match(/"encrypted_content":"[A-Za-z0-9+/=]{40,}"/g)).toHaveLength(3);
  });
});

describe('the meter', () => {
  test('reads what the stream says', () => {
    const { meter } = whole.stream;
    const { toolCalls, ...counted } = meter;
    expect(counted).toMatchObject({ hasContent: true, finishReason: 'tool_calls', nativeFinishReason: 'completed' });
    expect(counted).toMatchObject({ upstreamId: 'resp_up', serviceTier: 'default' });
    expect(counted.usage?.counts).toMatchObject({ promptTokens: 30, completionTokens: 20 });
    expect(toolCalls.calls.map(({ name }) => name)).toEqual(['f', 'patch']);
  });

  test('knows namespaced tools under the name they have elsewhere', () => {
    const tools = [{ type: 'namespace', name: 'box', tools: [{ type: 'function', name: 'open', parameters: {} }] }];
    const item = { id: 'fc', type: 'function_call', call_id: 'c', name: 'open', namespace: 'box', arguments: '{}' };
    const context = contextFor({}, { tools });
    const { stream, text } = play(streamEvents(responseOf({ output: [item] }), [item]), context);
    expect(stream.meter.toolCalls.calls[0]?.name).toBe('box__open');
    expect(text).toContain('"name":"open","namespace":"box"');
    const { response } = relay.relayResponse(responseOf({ output: [item] }), context);
    expect(response.choices[0]?.toolCalls[0]?.name).toBe('box__open');
  });
});

describe('failures', () => {
  const said = { type: 'error', sequence_number: 9, error: { code: 'rate_limit_exceeded', message: 'Slow' } };
  const typesIn = (text: string): readonly unknown[] => eventsIn(text).map(({ type }) => type);

  test('before any content: nobody is told, and another host may be tried', () => {
    const { stream, outcome } = play([...upstream.slice(0, 2), said, ...upstream.slice(2)]);
    expect(stream.failure).toMatchObject({ code: 'provider.rate_limited' });
    expect(outcome).toBe(stream.failure);
    expect(stream.meter.hasContent).toBe(false);
  });

  test('a cut anywhere is none complete, and ends as a failed response', () => {
    const error = new GatewayError('provider.truncated', 'It broke off.');
    for (let kept = 0; kept < upstream.length; kept++) {
      const { text, stream, outcome } = play(upstream.slice(0, kept));
      expect(outcome).toMatchObject({ code: 'provider.truncated' });
      const out = text + stream.fail(error);
      expect(typesIn(out).slice(-2)).toEqual(['error', 'response.failed']);
      expect(typesIn(out)[0]).toBe('response.created');
      expect(out).not.toContain('[DONE]');
      const numbers = eventsIn(out).map((event) => Number(event['sequence_number']));
      expect(numbers).toEqual(numbers.map((_, at) => at));
      for (const event of eventsIn(out).slice(-2)) {
        expect(isRecognised(event)).toBe(true);
      }
    }
  });

  test('what was done is told with the failure', () => {
    const { stream } = play(upstream.slice(0, -1));
    const [, failed] = eventsIn(stream.fail(new GatewayError('provider.truncated', 'x'), { strategy: 'y' }));
    expect(objectAt(failed ?? {}, 'response')).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
      output: [...items],
      openrouter_metadata: { strategy: 'y' },
    });
  });

  test.each(['{', '[1]'])('the frame %s fails the stream', (data) => {
    const stream = relay.openRelay(contextFor());
    expect(stream.push(data)).toBe('');
    expect(stream.end('upstream-end').outcome).toMatchObject({ code: 'provider.bad_answer' });
  });

  test('[DONE] proves nothing and is not repeated', () => {
    const { stream } = play(upstream.slice(0, -1));
    expect(stream.push('[DONE]')).toBe('');
    expect(stream.end('upstream-end').outcome).toMatchObject({ code: 'provider.truncated' });
  });

  test('a stream of nothing else is text of several lines', () => {
    const stream = relay.openRelay(contextFor());
    const event = { type: 'response.of_tomorrow', sequence_number: 0 };
    const text = stream.push(JSON.stringify(event, null, 1));
    expect(eventsIn(text).at(-1)).toMatchObject({ type: 'response.of_tomorrow' });
  });
});

describe('a whole reply', () => {
  test('is the host’s own, under our id and model, once it is settled', () => {
    const body = responseOf({ billing: { payer: 'developer' }, usage: { ...usage, context_details: { x: 1 } } });
    const { response, encode } = relay.relayResponse(body, contextFor());
    expect(response.upstreamId).toBe('resp_up');
    expect(encode(settled)).toMatchObject({
      id: 'resp_1700000000-abc',
      model: 'author/model-1',
      created_at: testHead.createdSeconds,
      billing: { payer: 'developer' },
      output: [...items],
      usage: { context_details: { x: 1 }, input_tokens: 30, cost: 0.000005 },
      openrouter_metadata: { strategy: 'x' },
      tools: [],
      temperature: null,
    });
  });

  test('that is none is an error', () => {
    expect(() => relay.relayResponse({ choices: [] }, contextFor())).toThrow('has no output');
  });
});
