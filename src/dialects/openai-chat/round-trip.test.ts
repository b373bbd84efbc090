import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ChatResponse, Choice, FinishReason, ReasoningDetail } from '../../core/chat.ts';
import { openFold, unfold } from '../../core/fold.ts';
import type { SettledUsage } from '../dialect.ts';
import { contextWith, testHead } from '../shared/testing/context.ts';
import { encodeChatResponse } from './client-response.ts';
import { decodeChatResponse } from './response.ts';
import { openChatDecoder } from './stream-decoder.ts';
import { openChatEncoder } from './stream-encoder.ts';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const finishes: readonly FinishReason[] = ['stop', 'length', 'content_filter'];

const reasoning = fc.record({ text, signature: maybe(text), data: maybe(text) });

const choice = fc
  .record({
    content: maybe(text),
    thought: maybe(reasoning),
    refusal: maybe(text),
    calls: fc.array(fc.record({ name: fc.constantFrom('f', 'g'), arguments: text }), { maxLength: 3 }),
    images: fc.array(fc.webUrl(), { maxLength: 2 }),
    finish: fc.constantFrom(...finishes),
  })
  .map(({ content, thought, refusal, calls, images, finish }): Omit<Choice, 'index'> => {
    const details: ReasoningDetail[] = [];
    if (thought) {
      const signature = thought.signature === null ? {} : { signature: thought.signature };
      details.push({ type: 'reasoning.text', text: thought.text, ...signature, format: 'unknown', index: 0 });
      if (thought.data !== null) {
        details.push({ type: 'reasoning.encrypted', data: thought.data, format: 'unknown', index: 1 });
      }
    }
    const finishReason = finish === 'stop' && calls.length > 0 ? 'tool_calls' : finish;
    return {
      content,
      reasoning: thought?.text ?? null,
      reasoningDetails: details,
      toolCalls: calls.map((call, at) => ({ id: `call_${at}`, ...call })),
      refusal,
      images,
      annotations: [],
      finishReason,
      nativeFinishReason: finishReason,
    };
  });

const replies = fc
  .array(choice, { minLength: 1, maxLength: 2 })
  .map((choices): ChatResponse => ({ choices: choices.map((each, index) => ({ index, ...each })) }));

const settled: SettledUsage = {
  usage: { counts: { promptTokens: 3, completionTokens: 2 }, estimated: false },
  costNanoUsd: 5n,
  promptCostNanoUsd: 2n,
  completionCostNanoUsd: 3n,
  isByok: false,
};

/** An absent text and an empty one are the same once streamed: nothing was said. */
function said(response: ChatResponse): unknown {
  return response.choices.map((each) => ({ ...each, content: each.content || null }));
}

test('a whole reply read back is the same reply', () => {
  fc.assert(
    fc.property(replies, (reply) => {
      const wire = encodeChatResponse(reply, testHead, settled);
      expect(said(decodeChatResponse(JSON.parse(JSON.stringify(wire)), contextWith()))).toEqual(said(reply));
    }),
  );
});

test('a stream read back folds to the same reply, and is complete', () => {
  fc.assert(
    fc.property(replies, (reply) => {
      const encoder = openChatEncoder(testHead);
      const wire = unfold(reply)
        .map((event) => encoder.push(event))
        .join('');
      const decoder = openChatDecoder(contextWith());
      const fold = openFold();
      for (const block of `${wire}${encoder.final(settled)}`.split('\n\n')) {
        if (block) for (const event of decoder.push({ data: block.slice('data: '.length) })) fold.push(event);
      }
      const { events, outcome } = decoder.end('upstream-end');
      for (const event of events) fold.push(event);
      expect(outcome).toBe('complete');
      expect(said(fold.response())).toEqual(said(reply));
    }),
  );
});
