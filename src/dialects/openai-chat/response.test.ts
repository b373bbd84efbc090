import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { HostQuirks } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { decodeChatResponse } from './response.ts';

function decode(message: JsonObject, more: JsonObject = {}, quirks: HostQuirks = {}) {
  const body = { id: 'c-1', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop', ...more }] };
  return decodeChatResponse(body, contextWith({ quirks })).choices[0];
}

describe('a whole reply', () => {
  test('says everything', () => {
    const body = {
      id: 'c-1',
      model: 'm',
      created: 7.9,
      system_fingerprint: 'fp',
      service_tier: 'default',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi', refusal: null },
          finish_reason: 'length',
          logprobs: null,
        },
        { index: 1, message: { role: 'assistant', content: 'Ho' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    };
    expect(decodeChatResponse(body, contextWith())).toMatchObject({
      upstreamId: 'c-1',
      upstreamModel: 'm',
      createdSeconds: 7,
      systemFingerprint: 'fp',
      serviceTier: 'default',
      choices: [
        { index: 0, content: 'Hi', refusal: null, finishReason: 'length', nativeFinishReason: 'length' },
        { index: 1, content: 'Ho', finishReason: 'stop' },
      ],
      usage: { counts: { promptTokens: 3, completionTokens: 2 } },
    });
  });

  test('content as a list of parts, reasoning and images among them', () => {
    const content: Json = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'a' },
      { type: 'reference', reference_ids: [1] },
      { type: 'text', text: 'b' },
      { type: 'image_url', image_url: { url: 'https://i.example/a.png' } },
    ];
    expect(decode({ content })).toMatchObject({ content: 'ab', reasoning: 'hm', images: ['https://i.example/a.png'] });
  });

  test('one reasoning text under two names is one', () => {
    expect(decode({ content: 'x', reasoning: 'r', reasoning_content: 'r' })?.reasoning).toBe('r');
    expect(decode({ content: 'x', reasoning: '', reasoning_text: 'r' })?.reasoning).toBe('r');
  });

  test('think tags by quirk only', () => {
    const message = { content: '<think>r</think>\nx' };
    expect(decode(message, {}, { thinkTags: true })).toMatchObject({ reasoning: 'r', content: 'x' });
    expect(decode(message)).toMatchObject({ reasoning: null, content: '<think>r</think>\nx' });
  });

  test('calls: arguments as an object, no id, null content, the word stop', () => {
    const calls = [
      { function: { name: 'f', arguments: { x: 1 } } },
      { id: '', type: 'function', function: { name: 'g', arguments: null } },
    ];
    expect(decode({ content: null, tool_calls: calls })).toMatchObject({
      content: null,
      toolCalls: [
        { id: 'call_c1_0', name: 'f', arguments: '{"x":1}' },
        { id: 'call_c1_1', name: 'g', arguments: '' },
      ],
      finishReason: 'tool_calls',
      nativeFinishReason: 'stop',
    });
  });

  test('the form before tools; members that are there but empty', () => {
    expect(decode({ content: null, function_call: { name: 'f', arguments: '{}' } })?.toolCalls).toHaveLength(1);
    const empty = {
      content: '4',
      function_call: { name: '', arguments: '' },
      refusal: '',
      audio: { id: '', data: '' },
    };
    const choice = decode(empty, { finish_reason: '' });
    expect(choice).toMatchObject({ toolCalls: [], refusal: null, finishReason: 'stop' });
    expect(choice?.audio).toBeUndefined();
  });
});

describe('no answer', () => {
  const bodies: readonly (readonly [string, Json, RegExp])[] = [
    ['a list', [], /no JSON object/],
    ['no choices', { id: 'x', choices: [] }, /no choices/],
    ['an error with status 200', { error: { message: 'broken' } }, /broken/],
    ['MiniMax’s error', { base_resp: { status_code: 2013, status_msg: 'invalid params' } }, /invalid params/],
  ];
  for (const [name, body, message] of bodies) {
    test(name, () => {
      const run = () => decodeChatResponse(body, contextWith());
      expect(run).toThrow(GatewayError);
      expect(run).toThrow(message);
    });
  }
});
