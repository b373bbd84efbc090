/** A stream as OpenRouter sends it (OpenRouter's API), whatever grammar the upstream speaks and however it fails. */
import { describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { describeEachUpstream, type GrammarLab } from '../kit/each-upstream.ts';
import { generationOf, nanoUsd, simCostNanoUsd } from '../kit/generation.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { everyUpstream } from '../kit/sim-lab.ts';
import { placeOf } from '../kit/sim-streams.ts';

const TEXT = 'one two three four five six';
const streamed = (faults: string, content = TEXT) => chat(`sim/echo${faults}`, content, { stream: true });

describeEachUpstream(
  'an upstream',
  ({ gateway, upstream }) => {
    describe('that answers', () => answers({ gateway, upstream }));
    describe('whose usage is absent or odd', () => oddUsage({ gateway, upstream }));
    describe('that fails', () => failures({ gateway, upstream }));
  },
  { among: everyUpstream },
);

function answers({ gateway, upstream }: GrammarLab): void {
  const read = async (faults: string, content?: string) => readStream(await ask(gateway(), streamed(faults, content)));

  test('content, then the finish, then one usage frame, then [DONE]', async () => {
    const stream = await read('');
    expect(shapeOf(stream)).toBe('content finish usage done');
    expect(stream.order.filter((kind) => kind === 'usage')).toHaveLength(1);
    expect(stream.order.filter((kind) => kind === 'finish')).toHaveLength(1);
    expect(stream.order.filter((kind) => kind === 'done')).toHaveLength(1);
    expect(stream.text).toBe(TEXT);
    for (const frame of stream.frames) expect(frame).toMatchObject({ model: 'sim/echo', provider: 'Sim' });
    const finish = stream.frames.flatMap(({ choices }) => choices).find((choice) => choice.finish_reason !== null);
    expect(finish).toMatchObject({ finish_reason: 'stop', native_finish_reason: upstream.nativeStop });
    const last = stream.frames.at(-1);
    expect(last).toMatchObject({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 7, total_tokens: 14 } });
  });

  test('the same text, finish and usage as the whole answer', async () => {
    const [stream, whole] = [await read(''), await wholeOf(await ask(gateway(), chat('sim/echo', TEXT)))];
    expect(whole.choices[0]?.message.content).toBe(stream.text);
    expect(stream.usage).toEqual(whole.usage);
  });

  test('head: not cached, not held back', async () => {
    const response = await ask(gateway(), streamed(''));
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    await readStream(response);
  });

  test('however the upstream’s bytes are split', async () => {
    for (const faults of ['?split=1', '?split=7', '?split=64&comments', '?frames=1', '?token_ms=1']) {
      const stream = await read(faults, 'naïve 日本語 🚂 text');
      expect([faults, shapeOf(stream), stream.text]).toEqual([
        faults,
        'content finish usage done',
        'naïve 日本語 🚂 text',
      ]);
    }
  });

  test('an empty answer is an answer: a finish, its usage, [DONE]', async () => {
    const stream = await read('?empty');
    expect(shapeOf(stream)).toBe('finish usage done');
    expect(stream.text).toBe('');
    expect(stream.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 0 });
  });

  const filtered = upstream.cannot?.['refusal'];
  test(`a limit reached and a filter are told as such${filtered ? ` (${filtered})` : ''}`, async () => {
    for (const finish of ['length', 'content_filter']) {
      const stream = await read(`?finish=${finish}`);
      const said = stream.frames.flatMap(({ choices }) => choices).map((choice) => choice.finish_reason);
      const told = filtered && finish === 'content_filter' ? 'stop' : finish;
      expect(said.filter((reason) => reason !== null)).toEqual([told]);
    }
  });

  test('a host that answers a stream request whole: a stream all the same', async () => {
    const stream = await read('?no_stream');
    expect(shapeOf(stream)).toBe('content finish usage done');
    expect([stream.text, stream.usage?.completion_tokens]).toEqual([TEXT, 7]);
  });

  test('a host that answers a whole request with a stream: a whole answer all the same', async () => {
    const whole = await wholeOf(await ask(gateway(), chat('sim/echo?force_stream', TEXT)));
    expect(whole).toMatchObject({
      choices: [{ message: { content: TEXT }, finish_reason: 'stop', native_finish_reason: upstream.nativeStop }],
    });
    // Nobody asked it to count in this form: where it does not say, the bill is estimated from the text.
    expect(whole.usage.completion_tokens).toBe(7);
    expect(await generationOf(gateway(), whole.id)).toMatchObject({ streamed: false, tokens_completion: 7 });
  });

  test('over-delivery is delivered and billed as it was counted', async () => {
    const stream = await readStream(
      await ask(gateway(), chat('sim/lorem?over=5', 'go', { stream: true, max_tokens: 4 })),
    );
    expect(stream.usage?.completion_tokens).toBe(9);
    expect(nanoUsd(stream.usage?.cost ?? 0)).toBe(simCostNanoUsd(1, 9));
  });

  const withoutTerminator = upstream.finishEnds ? 'content error' : 'content finish usage done';
  test(`without its terminator: ${withoutTerminator}`, async () => {
    const stream = await read('?no_done');
    expect(shapeOf(stream)).toBe(withoutTerminator);
    expect(stream.text).toBe(TEXT);
  });
}

function oddUsage({ gateway }: GrammarLab): void {
  test.each(['absent', 'negative', 'odd', 'twice'])(
    '%s: the bill stays sane and is the same everywhere',
    async (usage) => {
      for (const stream of [true, false]) {
        const response = await ask(gateway(), chat(`sim/echo?usage=${usage}`, TEXT, { stream }));
        const answer = stream ? await readStream(response) : await wholeOf(response);
        const told = answer.usage;
        expect(told).toBeDefined();
        if (!told) return;
        expect(told.total_tokens).toBe(told.prompt_tokens + told.completion_tokens);
        // An estimate is characters / 4: as the simulator counts, but for the framing of the prompt.
        expect(told.completion_tokens).toBe(7);
        expect(told.prompt_tokens).toBeWithin(6, 12);
        const { total_cost, tokens_prompt, tokens_completion } = await generationOf(gateway(), answer.id);
        expect([tokens_prompt, tokens_completion]).toEqual([told.prompt_tokens, told.completion_tokens]);
        expect(total_cost).toBe(told.cost);
        expect(nanoUsd(told.cost)).toBe(simCostNanoUsd(told.prompt_tokens, told.completion_tokens));
      }
    },
  );
}

function failures({ gateway, upstream }: GrammarLab): void {
  const CUTS = ['cut', 'drop', 'reset'];
  const inside = placeOf(' four', upstream.dialect, TEXT) + 2;

  test.each(CUTS)('%s after the content began: an error frame, no usage, no [DONE]', async (kind) => {
    const stream = await readStream(await ask(gateway(), streamed(`?token_ms=1&${kind}=${inside}`)));
    expect(shapeOf(stream)).toBe('content error');
    expect(stream.isDone).toBe(false);
    expect(stream.usage).toBeUndefined();
    expect(stream.text).toStartWith('one two');
    expect(stream.error).toMatchObject({ code: 502, metadata: { error_type: 'provider_unavailable' } });
    const last = stream.frames.at(-1);
    expect(last).toMatchObject({
      id: stream.id,
      object: 'chat.completion.chunk',
      model: 'sim/echo',
      provider: 'Sim',
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    });
    const { total_cost, finish_reason, cancelled } = await generationOf(gateway(), stream.id);
    expect({ total_cost, finish_reason, cancelled }).toEqual({
      total_cost: 0,
      finish_reason: 'error',
      cancelled: false,
    });
  });

  test('the provider’s own error in the middle', async () => {
    const stream = await readStream(await ask(gateway(), streamed('?error_after=2')));
    expect(shapeOf(stream)).toBe('content error');
    expect(stream.text).toBe('one two');
    expect(stream.error?.message).toContain('Simulated error after the answer had begun');
  });

  test('garbage in the middle', async () => {
    const stream = await readStream(await ask(gateway(), streamed('?garbage=3')));
    expect(shapeOf(stream)).toBe('content error');
    expect([stream.text, stream.error?.code]).toEqual(['one two', 502]);
  });

  test.each([
    ['429 with Retry-After', '?status=429&retry_after=11', 429, 'rate_limit_exceeded'],
    ['overloaded with Retry-After', '?status=529&retry_after=11', 503, 'provider_overloaded'],
  ])('%s before the content: the status, and when to come back', async (_, faults, status, type) => {
    for (const stream of [true, false]) {
      const response = await ask(gateway(), chat(`sim/echo${faults}&key=${stream}&times=9`, TEXT, { stream }));
      expect(response.headers.get('retry-after')).toBe('11');
      const error = await errorOf(response);
      expect([stream, error.code, error.metadata.error_type]).toEqual([stream, status, type]);
    }
  });

  test.each([
    ['an empty body', '?empty_body', 502],
    ['an error with status 200', '?error200', 502],
    ['garbage first', '?garbage=1', 502],
    ['an error first', '?error_after=0', 502],
    ['cut before the content', '?cut=20', 502],
    ['reset before the content', '?reset=20', 502],
    ['our credential refused', '?status=401', 502],
    ['internal error', '?status=500', 502],
  ])('%s: plain JSON with its status, and one record that costs nothing', async (_, faults, status) => {
    for (const stream of [true, false]) {
      const response = await ask(gateway(), chat(`sim/echo${faults}`, TEXT, { stream }));
      const id = response.headers.get('x-generation-id') ?? '';
      const error = await errorOf(response);
      expect([stream, error.code, error.metadata['provider_name']]).toEqual([stream, status, 'Sim']);
      const { total_cost, provider_responses } = await generationOf(gateway(), id);
      expect([total_cost, provider_responses.length]).toEqual([0, 1]);
    }
  });
}
