import { describe, expect, test } from 'bun:test';
import { ChatResult$inboundSchema, ChatStreamChunk$inboundSchema } from '@openrouter/sdk/models';
import type { ChatResponse } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { unfold } from '../../core/fold.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from '../../core/json.ts';
import type { SettledUsage } from '../dialect.ts';
import { encodeChatError } from '../shared/gateway/errors.ts';
import { testHead } from '../shared/testing/context.ts';
import { encodeChatResponse } from './client-response.ts';
import { openChatEncoder } from './stream-encoder.ts';

const usage = { counts: { promptTokens: 3, completionTokens: 2 }, estimated: false };
const settled: SettledUsage = {
  usage,
  costNanoUsd: 5n,
  promptCostNanoUsd: 2n,
  completionCostNanoUsd: 3n,
  isByok: false,
};

const everything: ChatResponse = {
  systemFingerprint: 'fp',
  serviceTier: 'default',
  usage,
  choices: [
    {
      index: 0,
      content: 'Hi "you"\n',
      reasoning: 'think',
      reasoningDetails: [
        { type: 'reasoning.text', text: 'think', signature: 'sig', format: 'anthropic-claude-v1' },
        { type: 'reasoning.encrypted', data: 'blob' },
      ],
      toolCalls: [
        { id: 'a', name: 'f', arguments: '{"x":1}' },
        { id: 'b', name: 'g', arguments: '' },
      ],
      refusal: null,
      images: ['https://i.example/a.png', 'https://i.example/b.png'],
      audio: { id: 'au', data: 'QQ', transcript: 't', expiresAt: 9 },
      annotations: [
        { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 1 } },
        { type: 'url_citation', url_citation: { url: 'https://b.example', title: 'B', start_index: 0, end_index: 1 } },
      ],
      logprobs: { content: [{ token: 'Hi', bytes: null, logprob: -0.1, top_logprobs: [] }] },
      finishReason: 'tool_calls',
      nativeFinishReason: 'tool_use',
    },
  ],
};
const bare: ChatResponse = {
  choices: [
    {
      index: 0,
      content: null,
      reasoning: null,
      reasoningDetails: [],
      toolCalls: [],
      refusal: null,
      images: [],
      annotations: [],
      finishReason: 'stop',
      nativeFinishReason: null,
    },
  ],
};

/** Frames of a stream, checked for SSE form on the way. */
function framesOf(text: string): JsonObject[] {
  expect(text.endsWith('\n\n')).toBe(true);
  return text
    .slice(0, -2)
    .split('\n\n')
    .filter((block) => block !== 'data: [DONE]')
    .map((block) => {
      expect(block.startsWith('data: ')).toBe(true);
      const value: Json = JSON.parse(block.slice(6));
      if (!isJsonObject(value)) throw new Error('a frame is an object');
      return value;
    });
}

function streamOf(events: readonly ChatEvent[], head = testHead): string {
  const encoder = openChatEncoder(head);
  return events.map((event) => encoder.push(event)).join('') + encoder.final(settled);
}

/** Every object in every list inside a delta. */
function listItems(frame: JsonObject): JsonObject[] {
  const choices = Array.isArray(frame['choices']) ? frame['choices'] : [];
  return choices.flatMap((choice) => {
    const delta = isJsonObject(choice) && isJsonObject(choice['delta']) ? choice['delta'] : {};
    return Object.values(delta).flatMap((member) => (Array.isArray(member) ? member.filter(isJsonObject) : []));
  });
}

test('a caller in the words from before there were tools reads its call in them, whole and streamed', () => {
  const functions = [{ name: 'f', parameters: {} }];
  const messageOf = (wire?: Parameters<typeof openChatEncoder>[1]): Json => {
    const { choices } = encodeChatResponse(everything, testHead, settled, wire);
    const [first] = Array.isArray(choices) ? choices : [];
    return isJsonObject(first) ? (first['message'] ?? null) : null;
  };
  expect(messageOf({ functions })).toMatchObject({
    function_call: { name: 'f', arguments: '{"x":1}' },
    tool_calls: [{ id: 'b', index: 0 }],
  });
  expect(messageOf({ functions, tools: [{ type: 'function' }] })).not.toHaveProperty('function_call');
  expect(messageOf()).not.toHaveProperty('function_call');
  const said = (wire?: Parameters<typeof openChatEncoder>[1]): string => {
    const encoder = openChatEncoder(testHead, wire);
    return unfold(everything)
      .map((event) => encoder.push(event))
      .join('');
  };
  const old = said({ functions });
  expect([...old.matchAll(/"function_call":(\{.*?\})\}/g)].map(([, call]) => JSON.parse(call ?? ''))).toEqual([
    { name: 'f', arguments: '' },
    { arguments: '{"x":1}' },
  ]);
  expect(old).toContain('"tool_calls":[{"index":0,"id":"b"');
  expect(said()).not.toContain('function_call');
});

describe('a whole reply', () => {
  for (const [name, response] of [
    ['everything', everything],
    ['nothing but an end', bare],
  ] as const) {
    test(`${name} satisfies OpenRouter’s SDK`, () => {
      const wire = encodeChatResponse(response, testHead, settled);
      expect(ChatResult$inboundSchema.safeParse(JSON.parse(JSON.stringify(wire))).error).toBeUndefined();
    });
  }

  test('has the head, the provider and the native reason; keys that must be there are', () => {
    const wire = encodeChatResponse(bare, testHead, settled);
    expect(wire).toMatchObject({
      id: testHead.id,
      object: 'chat.completion',
      created: testHead.createdSeconds,
      model: testHead.model,
      provider: 'Host',
      system_fingerprint: null,
      choices: [
        { index: 0, finish_reason: 'stop', native_finish_reason: null, message: { role: 'assistant', content: null } },
      ],
    });
    expect(JSON.stringify(wire)).not.toContain('tool_calls');
  });

  test('reasoning is left out where the caller asked so, in both forms', () => {
    const text = JSON.stringify(encodeChatResponse(everything, { ...testHead, excludeReasoning: true }, settled));
    expect(text).toContain('"reasoning":null');
    expect(text).not.toContain('reasoning_details');
    expect(text).not.toContain('blob');
  });

  test('reasoning text alone gets a detail', () => {
    const [choice] = bare.choices;
    if (!choice) throw new Error('bare has a choice');
    const wire = encodeChatResponse({ choices: [{ ...choice, reasoning: 'r' }] }, testHead, settled);
    expect(wire).toMatchObject({
      choices: [
        { message: { reasoning_details: [{ type: 'reasoning.text', text: 'r', format: 'unknown', index: 0 }] } },
      ],
    });
  });
});

describe('a stream', () => {
  const text = streamOf(unfold(everything));

  test('satisfies OpenRouter’s SDK frame by frame', () => {
    for (const frame of framesOf(text)) expect(ChatStreamChunk$inboundSchema.safeParse(frame).error).toBeUndefined();
  });

  test('every frame carries head and provider; every object in a list inside delta its index', () => {
    for (const frame of framesOf(text)) {
      expect(frame).toMatchObject({
        id: testHead.id,
        object: 'chat.completion.chunk',
        model: testHead.model,
        provider: 'Host',
      });
      expect(listItems(frame).every((item) => typeof item['index'] === 'number')).toBe(true);
    }
    const indexes = framesOf(text)
      .flatMap(listItems)
      .map((item) => item['index']);
    expect(indexes.length).toBeGreaterThan(8);
  });

  test('a choice’s first frame names its role, no other does', () => {
    const choices = framesOf(text).flatMap((frame) => (arrayAt(frame, 'choices') ?? []).filter(isJsonObject));
    const roles = choices.map((choice) => objectAt(choice, 'delta')?.['role']);
    expect(roles.slice(0, 1)).toEqual(['assistant']);
    expect(roles.length).toBeGreaterThan(4);
    expect(new Set(roles.slice(1))).toEqual(new Set([undefined]));
  });

  test('images and annotations are counted through the stream', () => {
    const items = framesOf(text).flatMap(listItems);
    const indexesOf = (type: string) => items.filter((item) => item['type'] === type).map((item) => item['index']);
    expect(indexesOf('image_url')).toEqual([0, 1]);
    expect(indexesOf('url_citation')).toEqual([0, 1]);
  });

  test('ends with the finish, one usage frame without choices, and the terminator', () => {
    const frames = framesOf(text);
    expect(frames.at(-2)).toMatchObject({
      choices: [{ finish_reason: 'tool_calls', native_finish_reason: 'tool_use' }],
    });
    expect(frames.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } });
    expect(frames.filter((frame) => 'usage' in frame)).toHaveLength(1);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('fragments of one reasoning item share an index, the next kind gets the next', () => {
    const fragment = (details: Extract<ChatEvent, { type: 'reasoning-delta' }>['details']): ChatEvent => ({
      type: 'reasoning-delta',
      choice: 0,
      text: '',
      details,
    });
    const frames = framesOf(
      streamOf([
        fragment([{ type: 'reasoning.text', text: 'a' }]),
        fragment([{ type: 'reasoning.text', text: 'b' }]),
        fragment([{ type: 'reasoning.encrypted', data: 'c' }]),
      ]),
    );
    expect(frames.flatMap(listItems).map((item) => item['index'])).toEqual([0, 0, 1]);
  });

  test('excluded reasoning leaves no frame; keep-alives are comments', () => {
    const encoder = openChatEncoder({ ...testHead, excludeReasoning: true });
    expect(encoder.push({ type: 'reasoning-delta', choice: 0, text: 'r', details: [] })).toBe('');
    expect(encoder.keepAlive()).toBe(': OPENROUTER PROCESSING\n\n');
  });

  test('router metadata rides on the usage frame', () => {
    const encoder = openChatEncoder(testHead);
    const frames = framesOf(encoder.final({ ...settled, routerMetadata: { attempt: 1 } }));
    expect(frames).toMatchObject([{ choices: [], usage: { total_tokens: 5 }, openrouter_metadata: { attempt: 1 } }]);
  });
});

describe('errors', () => {
  const overloaded = new GatewayError('provider.overloaded', 'Host is full.', {
    providerName: 'Host',
    providerCode: 'busy',
    raw: '{"x":1}',
    availability: { code: 'capacity_exhausted', retryable: true },
  });

  test('a body: integer code, type, and both shapes of provider metadata', () => {
    expect(encodeChatError(overloaded, { attempt: 0 })).toEqual({
      error: {
        code: 503,
        message: 'Host is full.',
        metadata: {
          error_type: 'provider_overloaded',
          provider_name: 'Host',
          provider_code: 'busy',
          raw: '{"x":1}',
        },
        availability: { code: 'capacity_exhausted', retryable: true },
      },
      openrouter_metadata: { attempt: 0 },
    });
  });

  test('what went wrong inside is masked', () => {
    const error = new GatewayError('gateway.internal', 'secret stack', { providerCode: 'x' });
    expect(encodeChatError(error, { attempt: 1 })).toEqual({
      error: { code: 500, message: 'Internal Server Error', metadata: { error_type: 'server' } },
    });
  });

  test('a stream’s last frame: the SDK takes it, and no terminator follows', () => {
    const text = openChatEncoder(testHead).fail(overloaded);
    const [frame] = framesOf(text);
    expect(ChatStreamChunk$inboundSchema.safeParse(frame).error).toBeUndefined();
    expect(frame).toMatchObject({
      error: { code: 503, metadata: { error_type: 'provider_overloaded' } },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    });
    expect(text).not.toContain('[DONE]');
  });
});
