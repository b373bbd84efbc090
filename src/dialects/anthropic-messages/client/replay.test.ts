import { expect, test } from 'bun:test';
import { isJsonObject, type Json } from '../../../core/json.ts';
import { testHead } from '../../shared/testing/context.ts';
import { foldStream } from './naive-client.fixture.ts';
import { parseMessagesRequest } from './parse.ts';
import { replayMessages } from './replay.ts';
import { encodeMessagesResponse } from './response.ts';
import { openMessagesEncoder } from './stream-encoder.ts';

const wire = parseMessagesRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }] });
const settled = {
  usage: { counts: { promptTokens: 5, completionTokens: 2 }, estimated: false },
  costNanoUsd: 7n,
  promptCostNanoUsd: 3n,
  completionCostNanoUsd: 4n,
  isByok: false,
  routerMetadata: { requested: 'm' },
};
const stamp = { id: 'gen-1800000000-xyz', createdSeconds: 1_800_000_000 };
const again = { id: 'msg_1800000000-xyz', usage: { input_tokens: 0, output_tokens: 0, cost: 0, is_byok: false } };

test('a whole answer given again: another id, no usage, no routing', () => {
  const response = {
    choices: [
      {
        index: 0,
        content: 'hi',
        reasoning: null,
        reasoningDetails: [],
        toolCalls: [],
        refusal: null,
        images: [],
        annotations: [],
        finishReason: 'stop' as const,
        nativeFinishReason: 'stop',
      },
    ],
  };
  const body = JSON.stringify(encodeMessagesResponse(response, testHead, settled, wire));
  const replayed: Json = JSON.parse(replayMessages.whole(body, stamp));
  expect(replayed).toMatchObject({ ...again, content: [{ text: 'hi' }] });
  expect(isJsonObject(replayed) && 'openrouter_metadata' in replayed).toBe(false);
});

test('a stream given again, without its pings', () => {
  const encoder = openMessagesEncoder(testHead, wire);
  const text =
    encoder.keepAlive() + encoder.push({ type: 'text-delta', choice: 0, text: 'hi' }) + encoder.final(settled);
  const replayed = replayMessages.frames?.(text, stamp) ?? '';
  expect(replayed).not.toContain('event: ping');
  expect(replayed).not.toContain('openrouter_metadata');
  expect(foldStream(replayed).message).toMatchObject({ ...again, content: [{ text: 'hi' }] });
  expect(foldStream(replayed).order).toEqual(foldStream(text).order);
});
