/** Time in a stream: comments while the upstream thinks, and what its silence comes to (OpenRouter's API). */
import { expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { describeEachUpstream } from '../kit/each-upstream.ts';
import { generationOf } from '../kit/generation.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { everyUpstream } from '../kit/sim-lab.ts';

const TEXT = 'one two three four five six';
const streamed = (faults: string) => chat(`sim/echo${faults}`, TEXT, { stream: true });

/** Silence looks alike in all grammars of a framing: one of each (test/fault/fault-matrix.test.ts: all of them). */
const FRAMINGS = ['openai-chat', 'bedrock-converse', 'ollama'];
const among = everyUpstream.filter(({ dialect }) => FRAMINGS.includes(dialect));

describeEachUpstream(
  'while waiting',
  ({ gateway }) => {
    test.concurrent('a slow first byte: 200 and comments at once, then the answer', async () => {
      const started = performance.now();
      const response = await ask(gateway(), streamed('?first_byte_ms=250'));
      expect(performance.now() - started).toBeLessThan(240);
      const stream = await readStream(response);
      expect(shapeOf(stream)).toBe('comment content finish usage done');
      expect(stream.text).toBe(TEXT);
    });

    test.concurrent('a head that comes at once says nothing yet', async () => {
      const stream = await readStream(await ask(gateway(), streamed('?first_frame_ms=200')));
      expect(shapeOf(stream)).toBe('comment content finish usage done');
    });

    test.concurrent('a whole answer just waits', async () => {
      const whole = await wholeOf(await ask(gateway(), chat('sim/echo?first_byte_ms=200', TEXT)));
      expect(whole.choices[0]?.message.content).toBe(TEXT);
    });

    test.concurrent('a late failure is an error frame with the status that it would have had', async () => {
      const stream = await readStream(await ask(gateway(), streamed('?first_byte_ms=200&status=429&retry_after=7')));
      expect(shapeOf(stream)).toBe('comment error');
      expect(stream.error).toMatchObject({ code: 429, metadata: { error_type: 'rate_limit_exceeded' } });
      expect(await generationOf(gateway(), stream.id)).toMatchObject({ total_cost: 0, finish_reason: 'error' });
    });
  },
  { top: 'commit_after_ms: 50', among },
);

describeEachUpstream(
  'a provider that falls silent',
  ({ gateway }) => {
    test.concurrent('before the first byte: 504', async () => {
      const error = await errorOf(await ask(gateway(), streamed('?first_byte_ms=30000')));
      expect(error).toMatchObject({ code: 504, metadata: { error_type: 'timeout', provider_name: 'Sim' } });
    });

    test.concurrent('in the middle: an error frame', async () => {
      const stream = await readStream(await ask(gateway(), streamed('?stall=2')));
      expect(shapeOf(stream)).toBe('content error');
      expect(stream.text).toBe('one two');
      expect(stream.error).toMatchObject({ code: 504, metadata: { error_type: 'timeout' } });
    });

    test.concurrent('a whole answer that does not come: 504', async () => {
      const error = await errorOf(await ask(gateway(), chat('sim/echo?first_byte_ms=30000', TEXT)));
      expect(error).toMatchObject({ code: 504, metadata: { error_type: 'timeout' } });
    });

    test.concurrent('slow is not silent', async () => {
      const stream = await readStream(await ask(gateway(), streamed('?token_ms=40')));
      expect(shapeOf(stream)).toBe('content finish usage done');
    });
  },
  { entry: 'timeouts: { first_byte_ms: 150, idle_ms: 150, total_ms: 400 }', among },
);
