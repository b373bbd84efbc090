import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ChatResponse, Choice, ReasoningDetail } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';
import { openFold, unfold } from '../../../core/fold.ts';
import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import type { SettledUsage } from '../../dialect.ts';
import { sealReasoning, unsealReasoning } from '../../shared/reasoning-seal.ts';
import { testHead } from '../../shared/testing/context.ts';
import { decodeResponsesRequest } from './decode.ts';
import { parseResponsesRequest } from './parse.ts';
import { encodeResponse } from './response.ts';
import { openResponsesEncoder } from './stream-encoder.ts';

const SETTLED: SettledUsage = {
  usage: { counts: { promptTokens: 10, cachedTokens: 4, completionTokens: 5, reasoningTokens: 2 }, estimated: false },
  costNanoUsd: 30_000n,
  promptCostNanoUsd: 10_000n,
  completionCostNanoUsd: 20_000n,
  isByok: false,
};

const wireOf = (more: object) => {
  const body: Json = JSON.parse(JSON.stringify({ model: 'a/b', input: 'hi', ...more }));
  return parseResponsesRequest(body);
};

interface Said {
  readonly type: string;
  readonly data: JsonObject;
}

/** Checks what every stream of this grammar has: names said twice, numbers from 0. */
function read(text: string): Said[] {
  const frames = text
    .split('\n\n')
    .filter((frame) => frame !== '' && frame !== 'data: [DONE]' && !frame.startsWith(':'));
  return frames.map((frame, at) => {
    const [, type = '', data = ''] = /^event: (.+)\ndata: (.+)$/.exec(frame) ?? [];
    const parsed: JsonObject = JSON.parse(data);
    expect(parsed['type']).toBe(type);
    expect(parsed['sequence_number']).toBe(at);
    return { type, data: parsed };
  });
}

function stream(events: readonly ChatEvent[], request: object = {}): { text: string; said: Said[] } {
  const encoder = openResponsesEncoder(testHead, wireOf(request));
  const text = events.map((event) => encoder.push(event)).join('') + encoder.final(SETTLED);
  return { text, said: read(text) };
}

const typesOf = (said: readonly Said[]) => said.map(({ type }) => type.replace('response.', ''));
const outputOf = (said: readonly Said[]): readonly Json[] => {
  const output = objectAt(said.at(-1)?.data ?? {}, 'response')?.['output'];
  return Array.isArray(output) ? output : [];
};

const textDelta = (text: string): ChatEvent => ({ type: 'text-delta', choice: 0, text });
const start = (index: number, name = 'f'): ChatEvent => ({
  type: 'tool-call-start',
  choice: 0,
  index,
  id: `call_${index}`,
  name,
});
const piece = (index: number, text: string): ChatEvent => ({
  type: 'tool-call-delta',
  choice: 0,
  index,
  arguments: text,
});
const thought = (text: string, ...details: ReasoningDetail[]): ChatEvent => ({
  type: 'reasoning-delta',
  choice: 0,
  text,
  details,
});
const end = (finishReason: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' = 'stop'): ChatEvent => ({
  type: 'choice-end',
  choice: 0,
  finishReason,
  nativeFinishReason: finishReason,
});

test('a text, event by event', () => {
  const { text, said } = stream([
    { type: 'response-start', serviceTier: 'default' },
    textDelta('Hel'),
    textDelta('lo'),
    end(),
  ]);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(typesOf(said)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  const [created, , added, part, delta, , done] = said.map(({ data }) => data);
  expect(created).toMatchObject({
    response: { id: 'resp_1700000000-abc', status: 'in_progress', model: 'author/model-1', output: [], usage: null },
  });
  expect(added).toMatchObject({ output_index: 0, item: { id: 'msg_abc_0', status: 'in_progress', content: [] } });
  expect(part).toMatchObject({ item_id: 'msg_abc_0', content_index: 0, part: { type: 'output_text', text: '' } });
  expect(delta).toMatchObject({ item_id: 'msg_abc_0', output_index: 0, content_index: 0, delta: 'Hel', logprobs: [] });
  expect(done).toMatchObject({ text: 'Hello', logprobs: [] });
  expect(said.at(-1)?.data).toMatchObject({
    response: {
      status: 'completed',
      service_tier: 'default',
      output: [{ status: 'completed', content: [{ text: 'Hello', annotations: [], logprobs: [] }] }],
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 15,
        cost: 0.00003,
        is_byok: false,
        cost_details: { upstream_inference_input_cost: 0.00001, upstream_inference_output_cost: 0.00002 },
      },
    },
  });
});

describe('tool calls', () => {
  test('one after the other: each is done when the next begins', () => {
    const { said } = stream([
      start(0),
      piece(0, '{"a"'),
      piece(0, ':1}'),
      start(1, 'g'),
      piece(1, '{}'),
      end('tool_calls'),
    ]);
    expect(typesOf(said).slice(2)).toEqual([
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ]);
    expect(outputOf(said)).toMatchObject([
      {
        type: 'function_call',
        id: 'fc_abc_0',
        call_id: 'call_0',
        name: 'f',
        arguments: '{"a":1}',
        status: 'completed',
      },
      { type: 'function_call', id: 'fc_abc_1', call_id: 'call_1', name: 'g', arguments: '{}', status: 'completed' },
    ]);
  });

  test('interleaved with each other and with text: nothing is lost, and items are done in their order', () => {
    const events = [
      start(0),
      piece(0, '{"a":'),
      start(1),
      piece(1, '{"b":'),
      textDelta('so'),
      piece(0, '1}'),
      piece(1, '2}'),
      end(),
    ];
    const { said } = stream(events);
    expect(outputOf(said)).toMatchObject([
      { arguments: '{"a":1}' },
      { arguments: '{"b":2}' },
      { content: [{ text: 'so' }] },
    ]);
    const done = said.filter(({ type }) => type === 'response.output_item.done').map(({ data }) => data);
    expect(done.map(({ output_index: at }) => at)).toEqual([0, 1, 2]);
    expect(done.map(({ item }) => item)).toEqual([...outputOf(said)]);
  });

  test('a custom call is free text', () => {
    const { said } = stream([
      { type: 'tool-call-start', choice: 0, index: 0, id: 'c', name: 'patch', custom: true },
      piece(0, '*** x\n'),
      end('tool_calls'),
    ]);
    expect(typesOf(said).slice(2, -1)).toEqual([
      'output_item.added',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
      'output_item.done',
    ]);
    expect(outputOf(said)).toMatchObject([
      { type: 'custom_tool_call', id: 'ctc_abc_0', call_id: 'c', name: 'patch', input: '*** x\n' },
    ]);
  });

  test('a call of a namespaced tool names its namespace', () => {
    const tools = [{ type: 'namespace', name: 'crm', description: '', tools: [{ type: 'function', name: 'find' }] }];
    const { said } = stream([start(0, 'crm__find'), piece(0, '{}'), end('tool_calls')], { tools });
    expect(outputOf(said)).toMatchObject([{ name: 'find', namespace: 'crm' }]);
  });

  test("the caller's search for tools is an item of its own", () => {
    const tools = [{ type: 'tool_search', execution: 'client', parameters: {} }];
    const { said } = stream([start(0, 'tool_search'), piece(0, '{"query":'), piece(0, '"x"}'), end('tool_calls')], {
      tools,
    });
    expect(typesOf(said).slice(2)).toEqual(['output_item.added', 'output_item.done', 'completed']);
    expect(outputOf(said)).toEqual([
      {
        id: 'tsc_abc_0',
        type: 'tool_search_call',
        status: 'completed',
        execution: 'client',
        call_id: 'call_0',
        arguments: { query: 'x' },
      },
    ]);
  });

  test('ids that a host repeats are told apart, missing ones are made', () => {
    const call = (index: number, id: string): ChatEvent => ({
      type: 'tool-call-start',
      choice: 0,
      index,
      id,
      name: 'f',
    });
    const { said } = stream([call(0, 'same'), piece(0, '{}'), call(1, 'same'), call(2, ''), end('tool_calls')]);
    expect(outputOf(said)).toMatchObject([{ call_id: 'same' }, { call_id: 'same_2' }, { call_id: 'call_abc_2' }]);
  });
});

describe('reasoning', () => {
  const OWN = 'openai-responses-v1';
  const summary = (said: string, index: number): ReasoningDetail => ({
    type: 'reasoning.summary',
    summary: said,
    id: 'rs_9',
    format: OWN,
    index,
  });
  const sealedIn = (item: Json | undefined) =>
    unsealReasoning((isJsonObject(item) ? stringAt(item, 'encrypted_content') : undefined) ?? '');

  test("the grammar owner's is told in the item's own members, item by item", () => {
    const { said } = stream([
      thought('one', summary('o', 0)),
      thought('', summary('ne', 0)),
      thought('\n\n'),
      thought('two', summary('two', 1)),
      thought('', { type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_9', format: OWN, index: 2 }),
      thought('', { type: 'reasoning.encrypted', data: 'gBBB', id: 'rs_10', format: OWN, index: 3 }),
      textDelta('so'),
      end(),
    ]);
    expect(typesOf(said).slice(2, 12)).toEqual([
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
    ]);
    expect(said[9]?.data).toMatchObject({ summary_index: 1, item_id: 'rs_9' });
    expect(outputOf(said)).toMatchObject([
      {
        type: 'reasoning',
        id: 'rs_9',
        summary: [
          { type: 'summary_text', text: 'one' },
          { type: 'summary_text', text: 'two' },
        ],
        encrypted_content: 'gAAA',
      },
      { type: 'reasoning', id: 'rs_10', summary: [], encrypted_content: 'gBBB' },
      { type: 'message' },
    ]);
  });

  test('what another host of this grammar made came sealed, item by item, and stays so', () => {
    const sealed = (data: string) =>
      sealReasoning([{ type: 'reasoning.encrypted', data, format: 'host-responses-v1' }]);
    const one = (data: string, index: number): ReasoningDetail => ({
      type: 'reasoning.encrypted',
      data: sealed(data),
      format: 'unknown',
      index,
    });
    const spoken: ReasoningDetail = { type: 'reasoning.summary', summary: 'hm', format: 'host-responses-v1', index: 0 };
    const { said } = stream([
      thought('hm', spoken),
      thought('', one('a', 1)),
      thought('', one('b', 2)),
      textDelta('so'),
      end(),
    ]);
    expect(outputOf(said)).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'hm' }], encrypted_content: sealed('a') },
      { type: 'reasoning', summary: [], encrypted_content: sealed('b') },
      { type: 'message' },
    ]);
  });

  test("another grammar's is text for the reader and a seal for the next turn", () => {
    const format = 'anthropic-claude-v1';
    const { said } = stream([
      thought('th', { type: 'reasoning.text', text: 'th', format, index: 0 }),
      thought('ink', { type: 'reasoning.text', text: 'ink', format, index: 0 }),
      thought('', { type: 'reasoning.text', signature: 'sig', format, index: 0 }),
      textDelta('so'),
      end(),
    ]);
    expect(typesOf(said).slice(2, 9)).toEqual([
      'output_item.added',
      'content_part.added',
      'reasoning_text.delta',
      'reasoning_text.delta',
      'reasoning_text.done',
      'content_part.done',
      'output_item.done',
    ]);
    const [item] = outputOf(said);
    expect(item).toMatchObject({ id: 'rs_abc_0', summary: [], content: [{ type: 'reasoning_text', text: 'think' }] });
    expect(sealedIn(item)).toEqual([{ type: 'reasoning.text', text: 'think', signature: 'sig', format, index: 0 }]);
  });

  test("another grammar's text is the summary where one was asked for, and is sealed as it was", () => {
    const detail = {
      type: 'reasoning.text',
      text: 'think',
      signature: 'sig',
      format: 'anthropic-claude-v1',
      index: 0,
    } as const;
    const { said } = stream([thought('think', detail), textDelta('so'), end()], { reasoning: { summary: 'auto' } });
    expect(typesOf(said).slice(2, 7)).toEqual([
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
    ]);
    const [item] = outputOf(said);
    expect(item).toMatchObject({ summary: [{ type: 'summary_text', text: 'think' }] });
    expect(sealedIn(item)).toEqual([detail]);
  });

  const plain = [
    thought('hm', { type: 'reasoning.text', text: 'hm', format: 'unknown', index: 0 }),
    textDelta('so'),
    end(),
  ];
  const signed = [
    thought('', { type: 'reasoning.encrypted', data: 's', format: 'google-gemini-v1', index: 0 }),
    textDelta('so'),
    end(),
  ];
  test.each([
    ['nothing asked: only what could not be replayed without it', undefined, [false, true]],
    ['asked for: always', ['reasoning.encrypted_content'], [true, true]],
    ['other things asked for: never, and no item that says nothing', [], [false, undefined]],
  ])('what `include` says of seals: %s', (_, include, wanted) => {
    const isSealed = [plain, signed].map((events) => {
      const item = outputOf(stream(events, { include }).said).find(
        (each) => isJsonObject(each) && each['type'] === 'reasoning',
      );
      return isJsonObject(item) ? item['encrypted_content'] !== undefined : undefined;
    });
    expect(isSealed).toEqual(wanted);
  });

  test('what nobody reads does not part a text: it follows', () => {
    const sig = { type: 'reasoning.encrypted', data: 's', id: null, format: 'google-gemini-v1', index: 0 } as const;
    const { said } = stream([
      textDelta('{"a"'),
      thought('', sig),
      textDelta(':1}'),
      start(0),
      piece(0, '{}'),
      end('tool_calls'),
    ]);
    expect(outputOf(said)).toMatchObject([
      { content: [{ text: '{"a":1}' }] },
      { type: 'reasoning' },
      { type: 'function_call' },
    ]);
  });

  test('excluded: none of it', () => {
    const encoder = openResponsesEncoder({ ...testHead, excludeReasoning: true }, wireOf({}));
    const said = read(plain.map((event) => encoder.push(event)).join('') + encoder.final(SETTLED));
    expect(outputOf(said)).toMatchObject([{ type: 'message' }]);
  });
});

describe('what belongs to a text', () => {
  const cites = (start_index: number): ChatEvent => ({
    type: 'annotation-delta',
    choice: 0,
    annotations: [
      {
        type: 'url_citation',
        url_citation: { url: 'https://x.test', title: 'X', start_index, end_index: start_index + 1 },
      },
    ],
  });

  test('citations in their own message, counted from its beginning, however late', () => {
    const { said } = stream([
      textDelta('first'),
      start(0),
      piece(0, '{}'),
      textDelta('second'),
      cites(6),
      cites(1),
      end(),
    ]);
    const [first, , second] = outputOf(said);
    expect(first).toMatchObject({
      content: [{ annotations: [{ type: 'url_citation', url: 'https://x.test', start_index: 1, end_index: 2 }] }],
    });
    expect(second).toMatchObject({ content: [{ annotations: [{ start_index: 1 }] }] });
    expect(said.filter(({ type }) => type.endsWith('annotation.added')).map(({ data }) => data)).toMatchObject([
      { output_index: 2, content_index: 0, annotation_index: 0 },
      { output_index: 0, content_index: 0, annotation_index: 0 },
    ]);
  });

  test('before any text they wait for it, without any they have an empty one', () => {
    expect(outputOf(stream([cites(0), textDelta('a'), end()]).said)).toMatchObject([
      { content: [{ text: 'a', annotations: [{}] }] },
    ]);
    expect(outputOf(stream([cites(0), end()]).said)).toMatchObject([{ content: [{ text: '', annotations: [{}] }] }]);
  });

  test('other citations as they are, and none of a kind that this grammar has not', () => {
    const annotations = [
      { type: 'file_citation', file_citation: { file_id: 'f', index: 3 } },
      { type: 'file', file: { hash: 'h', content: [] } },
    ];
    const { said } = stream([textDelta('a'), { type: 'annotation-delta', choice: 0, annotations }, end()]);
    expect(outputOf(said)).toMatchObject([
      { content: [{ annotations: [{ type: 'file_citation', file_id: 'f', index: 3 }] }] },
    ]);
    expect(JSON.stringify(said)).not.toContain('"hash"');
  });

  test('log probabilities as a list of tokens', () => {
    const token = { token: 'a', logprob: -0.1, bytes: null, top_logprobs: [{ token: 'b', logprob: -2, bytes: [98] }] };
    const { said } = stream([{ type: 'text-delta', choice: 0, text: 'a', logprobs: { content: [token] } }, end()]);
    const told = [{ token: 'a', logprob: -0.1, bytes: [], top_logprobs: [{ token: 'b', logprob: -2, bytes: [98] }] }];
    expect(said[4]?.data['logprobs']).toEqual(told);
    expect(outputOf(said)).toMatchObject([{ content: [{ logprobs: told }] }]);
  });

  test('a refusal is a part of its own', () => {
    const { said } = stream([textDelta('well'), { type: 'refusal-delta', choice: 0, text: 'no' }, end()]);
    expect(typesOf(said).slice(5, -1)).toEqual([
      'output_text.done',
      'content_part.done',
      'content_part.added',
      'refusal.delta',
      'refusal.done',
      'content_part.done',
      'output_item.done',
    ]);
    expect(outputOf(said)).toMatchObject([
      {
        content: [
          { type: 'output_text', text: 'well' },
          { type: 'refusal', refusal: 'no' },
        ],
      },
    ]);
  });

  test('images are items, their bytes bare', () => {
    const { said } = stream([
      { type: 'image-delta', choice: 0, url: 'data:image/webp;base64,AAAA' },
      { type: 'image-delta', choice: 0, url: 'https://x.test/a.png' },
      end(),
    ]);
    expect(outputOf(said)).toMatchObject([
      { type: 'image_generation_call', id: 'ig_abc_0', status: 'completed', result: 'AAAA', output_format: 'webp' },
      { type: 'image_generation_call', result: 'https://x.test/a.png' },
    ]);
  });
});

describe('how it ends', () => {
  test.each([
    ['length', 'incomplete', { incomplete_details: { reason: 'max_output_tokens' } }],
    ['content_filter', 'incomplete', { incomplete_details: { reason: 'content_filter' } }],
    ['stop', 'completed', { incomplete_details: null, error: null }],
  ] as const)('%s', (finish, status, members) => {
    const { said, text } = stream([textDelta('a'), end(finish)]);
    expect(said.at(-1)).toMatchObject({ type: `response.${status}`, data: { response: { status, ...members } } });
    expect(outputOf(said)).toMatchObject([{ status }]);
    expect(text).toContain('[DONE]');
  });

  test('an answer of nothing', () => {
    const { said } = stream([end()]);
    expect(typesOf(said)).toEqual(['created', 'in_progress', 'completed']);
    expect(outputOf(said)).toEqual([]);
  });

  test('the model broke off: failed, with its usage, and no word of success', () => {
    const { said, text } = stream([textDelta('a'), end('error')]);
    expect(said.at(-2)).toMatchObject({ type: 'error', data: { code: 'server_error', param: null } });
    expect(said.at(-1)).toMatchObject({
      type: 'response.failed',
      data: { response: { status: 'failed', error: { code: 'server_error' }, usage: { total_tokens: 15 } } },
    });
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('response.completed');
  });

  test('an error in the stream: what came, marked incomplete', () => {
    const encoder = openResponsesEncoder(testHead, wireOf({}));
    const error = new GatewayError('provider.rate_limited', 'Too much.', { retryAfterMs: 1500, field: 'input' });
    const text = encoder.push(textDelta('par')) + encoder.keepAlive() + encoder.fail(error, { attempts: 1 });
    const said = read(text);
    const failure = { code: 'rate_limit_exceeded', message: 'Too much. Please try again in 1.5s.' };
    expect(said.at(-2)).toMatchObject({ type: 'error', data: { ...failure, param: 'input' } });
    expect(said.at(-1)?.data).toMatchObject({
      response: {
        status: 'failed',
        error: failure,
        error_type: 'rate_limit_exceeded',
        openrouter_metadata: { attempts: 1 },
        output: [{ status: 'incomplete', content: [{ text: 'par' }] }],
        usage: null,
      },
    });
    expect(text).not.toContain('[DONE]');
  });

  test('an error before anything: a whole failed response all the same', () => {
    const encoder = openResponsesEncoder(testHead, wireOf({}));
    expect(encoder.keepAlive()).toStartWith(':');
    const said = read(encoder.fail(new GatewayError('gateway.internal', 'a secret detail')));
    expect(typesOf(said)).toEqual(['created', 'in_progress', 'error', 'failed']);
    expect(JSON.stringify(said)).not.toContain('secret');
  });
});

// ---- whole and streamed alike ----

const detail: fc.Arbitrary<ReasoningDetail> = fc.oneof(
  fc.record({
    type: fc.constant('reasoning.text' as const),
    text: fc.string({ minLength: 1 }),
    signature: fc.string({ minLength: 1 }),
    format: fc.constant('anthropic-claude-v1'),
  }),
  fc.record({
    type: fc.constant('reasoning.encrypted' as const),
    data: fc.string({ minLength: 1 }),
    format: fc.constantFrom('google-gemini-v1', 'openai-responses-v1'),
  }),
  fc.record({
    type: fc.constant('reasoning.summary' as const),
    summary: fc.string({ minLength: 1 }),
    format: fc.constant('openai-responses-v1'),
  }),
);
const event: fc.Arbitrary<'text' | 'call' | ReasoningDetail> = fc.oneof(
  fc.constant('text' as const),
  fc.constant('call' as const),
  detail,
);

/** Events of a turn in any order, made of these. */
function eventsOf(made: readonly ('text' | 'call' | ReasoningDetail)[]): ChatEvent[] {
  let calls = 0;
  const events = made.flatMap((each, at): ChatEvent[] => {
    if (each === 'text') return [textDelta(`t${at} `)];
    if (each === 'call') return [start(calls), piece(calls++, `{"at":${at}}`)];
    return [thought('', { ...each, index: at })];
  });
  return [...events, end()];
}

const sortKey = (detail: object) => JSON.stringify(Object.entries(detail).toSorted());
const choiceOf = (response: ChatResponse): Choice | undefined => response.choices[0];

test('folding the stream gives the whole reply', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 9 }), (made) => {
      const events = eventsOf(made);
      const fold = openFold();
      for (const each of events) fold.push(each);
      const { said } = stream(events);
      const whole = encodeResponse(fold.response(), testHead, SETTLED, wireOf({}));
      expect(said.at(-1)?.data['response']).toEqual(whole);
      // A host that answers whole although a stream was asked for gives the same, too.
      expect(outputOf(stream(unfold(fold.response())).said)).toEqual(outputOf(said));
    }),
  );
});

test('every item is opened once, done once, and says at the end what its pieces said', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 9 }), (made) => {
      const { said } = stream(eventsOf(made));
      const items = (type: string) => said.filter((each) => each.type === type).map(({ data }) => data['item']);
      const output = outputOf(said);
      expect(items('response.output_item.done')).toEqual([...output]);
      expect(items('response.output_item.added')).toHaveLength(output.length);
      const pieces = new Map<string, string>();
      for (const { type, data } of said) {
        const key = `${data['item_id']}:${data['content_index']}:${data['summary_index']}`;
        if (type.endsWith('.delta')) pieces.set(key, (pieces.get(key) ?? '') + stringAt(data, 'delta'));
        const whole = data['text'] ?? data['arguments'];
        if (type.endsWith('.done') && whole !== undefined) expect<Json>(whole).toBe(pieces.get(key) ?? '');
      }
    }),
  );
});

test('sent back, the answer is what the model said: texts, calls and reasoning in their order', () => {
  fc.assert(
    // A summary alone is replayed to nobody.
    fc.property(fc.array(event, { maxLength: 9 }), (all) => {
      const made = all.filter((each) => typeof each === 'string' || each.type !== 'reasoning.summary');
      const fold = openFold();
      for (const each of eventsOf(made)) fold.push(each);
      const response = fold.response();
      const include = ['reasoning.encrypted_content'];
      const whole = encodeResponse(response, testHead, SETTLED, wireOf({ include }));
      const { value } = decodeResponsesRequest(wireOf({ input: whole['output'] }));
      const turns = value.messages.filter((message) => message.role === 'assistant');
      const choice = choiceOf(response);
      // Items have ids, made where the reasoning had none.
      const said = turns.flatMap(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')));
      expect(said.join('')).toBe(choice?.content ?? '');
      expect(turns.flatMap(({ toolCalls }) => toolCalls)).toEqual([...(choice?.toolCalls ?? [])]);
      const bare = (details: readonly ReasoningDetail[]) => details.map(({ index: _, id: __, ...each }) => each);
      const hasTurn = (choice?.content ?? '') !== '' || (choice?.toolCalls.length ?? 0) > 0;
      const replayed = bare(turns.flatMap(({ reasoningDetails }) => reasoningDetails));
      const sorted = (details: readonly object[]) => details.toSorted((a, b) => sortKey(a).localeCompare(sortKey(b)));
      if (hasTurn) expect(sorted(replayed)).toEqual(sorted(bare(choice?.reasoningDetails ?? [])));
    }),
  );
});
