import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import type { ReplyHead, SettledUsage } from '../dialect.ts';
import { replayEvents } from '../shared/replay-events.ts';
import { openChatEncoder } from './stream-encoder.ts';

const STAMP = { id: 'gen-1764072012-BBBBBBBBBBBBBBBBBBBB', createdSeconds: 1_764_072_012 };
const HEAD: ReplyHead = {
  id: 'gen-1764072000-AAAAAAAAAAAAAAAAAAAA',
  createdSeconds: 1_764_072_000,
  model: 'maker/model',
  providerName: 'Host',
  excludeReasoning: false,
};
const SETTLED: SettledUsage = {
  usage: { counts: { promptTokens: 12, completionTokens: 3, cachedTokens: 4, webSearches: 2 }, estimated: false },
  costNanoUsd: 5000n,
  promptCostNanoUsd: 2000n,
  completionCostNanoUsd: 3000n,
  isByok: false,
  routerMetadata: { strategy: 'direct' },
};

function streamOf(head: ReplyHead): string {
  const encoder = openChatEncoder(head);
  return [
    encoder.keepAlive(),
    encoder.push({ type: 'text-delta', choice: 0, text: 'one\n\ndata: {"id":"mine","usage":{"n":1}}' }),
    encoder.push({ type: 'tool-call-start', choice: 0, index: 0, id: 'call_1', name: 'usage' }),
    encoder.push({ type: 'choice-end', choice: 0, finishReason: 'tool_calls', nativeFinishReason: 'tool_use' }),
    encoder.final(SETTLED),
  ].join('');
}

describe('a stream given again', () => {
  const again = replayEvents.frames?.(streamOf(HEAD), STAMP) ?? '';

  test('is the same, frame by frame, under its own id and time, without comments', () => {
    const asIfNew = streamOf({ ...HEAD, id: STAMP.id, createdSeconds: STAMP.createdSeconds });
    const upToUsage = (text: string) => text.slice(0, text.indexOf('"usage":{"prompt_tokens"'));
    expect(`${openChatEncoder(HEAD).keepAlive()}${upToUsage(again)}`).toBe(upToUsage(asIfNew));
    expect(again).toEndWith('data: [DONE]\n\n');
  });

  test('counts nothing and costs nothing, and says nothing of the first one’s route', () => {
    const frame = again.split('\n\n').at(-3) ?? '';
    expect(JSON.parse(frame.slice('data: '.length))).toEqual({
      id: STAMP.id,
      object: 'chat.completion.chunk',
      created: STAMP.createdSeconds,
      model: 'maker/model',
      provider: 'Host',
      choices: [],
      usage: {
        prompt_tokens: 0,
        completion_tokens: 0,
        total_tokens: 0,
        cost: 0,
        is_byok: false,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, image_tokens: 0 },
        cost_details: {
          upstream_inference_cost: null,
          upstream_inference_prompt_cost: 0,
          upstream_inference_completions_cost: 0,
        },
        server_tool_use_details: { web_search_requests: 0 },
      },
    });
  });

  test('may be given in parts', () => {
    const events = streamOf(HEAD);
    const cut = events.indexOf('\n\n', 400) + 2;
    const parts = [events.slice(0, cut), events.slice(cut)].map((part) => replayEvents.frames?.(part, STAMP) ?? '');
    expect(parts.join('')).toBe(again);
  });

  test('an error frame keeps its error', () => {
    const error = openChatEncoder(HEAD).fail(new GatewayError('provider.failed', 'No.'));
    expect(replayEvents.frames?.(error, STAMP)).toContain('"error":{"code":502');
  });
});

describe('a whole answer given again', () => {
  const reply = {
    id: HEAD.id,
    object: 'chat.completion',
    created: HEAD.createdSeconds,
    choices: [{ index: 0, message: { role: 'assistant', content: 'x', id: 'theirs', usage: { a: 1 } } }],
    usage: { prompt_tokens: 3, cost: 0.5, is_byok: true, parts: [{ n: 7, name: 'a' }] },
    openrouter_metadata: { attempt: 1 },
    later_member: { id: 4 },
  };

  test('changes its own members and no others, in their order', () => {
    expect(replayEvents.whole(JSON.stringify(reply), STAMP)).toBe(
      JSON.stringify({
        id: STAMP.id,
        object: 'chat.completion',
        created: STAMP.createdSeconds,
        choices: reply.choices,
        usage: { prompt_tokens: 0, cost: 0, is_byok: true, parts: [{ n: 0, name: 'a' }] },
        later_member: { id: 4 },
      }),
    );
  });

  test('a member named __proto__ stays plain data', () => {
    const text = '{"__proto__":{"a":1},"usage":{"__proto__":{"n":2}}}';
    expect(replayEvents.whole(text, STAMP)).toBe('{"__proto__":{"a":1},"usage":{"__proto__":{"n":0}}}');
  });
});
