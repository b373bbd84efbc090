import { expect, test } from 'bun:test';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { openFold } from '../../../core/fold.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { testHead } from '../../shared/testing/context.ts';
import { parseResponsesRequest } from './parse.ts';
import { replayResponses } from './replay.ts';
import { encodeResponse } from './response.ts';
import { openResponsesEncoder } from './stream-encoder.ts';

const WIRE = parseResponsesRequest({ model: 'a/b', input: 'hi' });
const SETTLED = {
  usage: { counts: { promptTokens: 3, completionTokens: 2 }, estimated: false },
  costNanoUsd: 5n,
  promptCostNanoUsd: 3n,
  completionCostNanoUsd: 2n,
  isByok: false,
  routerMetadata: { requested: 'a/b' },
};
const STAMP = { id: 'gen-1800000000-new', createdSeconds: 1_800_000_000 };
const EVENTS: readonly ChatEvent[] = [
  { type: 'text-delta', choice: 0, text: 'data: {"response":1}' },
  { type: 'choice-end', choice: 0, finishReason: 'stop', nativeFinishReason: 'stop' },
];
const FREE = { total_tokens: 0, cost: 0, input_tokens_details: { cached_tokens: 0 } };

const parse = (text: string): JsonObject => {
  const value: Json = JSON.parse(text);
  return isJsonObject(value) ? value : {};
};

test('a whole answer under another id and time, free, and nothing of how it was routed', () => {
  const fold = openFold();
  for (const event of EVENTS) fold.push(event);
  const first = encodeResponse(fold.response(), testHead, SETTLED, WIRE);
  const again = parse(replayResponses.whole(JSON.stringify(first), STAMP));
  expect(again).toMatchObject({ id: 'resp_1800000000-new', created_at: 1_800_000_000, usage: FREE });
  expect(again['output']).toEqual(first['output']);
  expect(again['openrouter_metadata']).toBeUndefined();
});

test('a stream: the same events in their order, without the comments', () => {
  const encoder = openResponsesEncoder(testHead, WIRE);
  const first = encoder.keepAlive() + EVENTS.map((event) => encoder.push(event)).join('') + encoder.final(SETTLED);
  const again = replayResponses.frames?.(first, STAMP) ?? '';
  const responses = (text: string) => [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, data = '']) => parse(data));
  expect(again).toEndWith('data: [DONE]\n\n');
  expect(again).not.toContain(': OPENROUTER');
  expect(again).not.toContain('1700000000');
  expect(responses(again).map(({ type }) => type)).toEqual(responses(first).map(({ type }) => type));
  expect(responses(again).at(-1)).toMatchObject({ response: { id: 'resp_1800000000-new', usage: FREE } });
  // A text that looks like a frame is a text.
  expect(responses(again)[4]).toEqual(responses(first)[4] ?? {});
});
