import { describe, expect, test } from 'bun:test';
import { SIM_OPTIONS } from './faults.ts';
import { ask, bytesOf, DIALECTS, read, readScript } from './naive-reader.ts';
import { countingKey, simulate } from './simulate.ts';

const streamed = (dialect: (typeof DIALECTS)[number], options: string, text = 'one two three four', extra = {}) =>
  simulate(ask(dialect, `sim/echo?${options}`, text, { stream: true, extra }));

describe.each(DIALECTS)('%s', (dialect) => {
  const healthy = bytesOf(streamed(dialect, 'frames=4'));

  test.each(['cut', 'drop', 'reset'])('%s ends the body at that byte', (fault) => {
    for (const at of [0, 1, 100, healthy.length - 1]) {
      const script = streamed(dialect, `frames=4&${fault}=${at}`);
      expect(bytesOf(script).length).toBe(at);
      expect(script.end).toBe(fault === 'cut' ? 'close' : fault === 'drop' ? 'drop' : 'reset');
      expect(script.facts.outcome).toBe('broken');
    }
  });

  test('split keeps the bytes and only divides them', () => {
    const script = streamed(dialect, 'split=7', 'Grüße 世界');
    expect(script.steps.every(({ bytes }) => bytes.length <= 7)).toBe(true);
    expect(readScript(dialect, script).text).toBe('Grüße 世界');
  });

  test('stall stops after n content frames and never closes', () => {
    const script = streamed(dialect, 'stall=2');
    expect(script.end).toBe('stall');
    expect(readScript(dialect, script)).toMatchObject({ text: 'one two', ended: false });
  });

  test('token_ms paces content frames, first_byte_ms the head, first_frame_ms the body', () => {
    const script = streamed(dialect, 'token_ms=20&first_byte_ms=300&first_frame_ms=40&frames=5');
    expect(script.headDelayMs).toBe(300);
    expect(script.steps.filter(({ delayMs }) => delayMs === 20).length).toBeGreaterThanOrEqual(4);
    expect(script.steps.reduce((sum, { delayMs }) => sum + delayMs, 0)).toBe(140);
  });

  test('garbage spoils exactly one content frame', () => {
    const lines = bytesOf(streamed(dialect, 'garbage=2'))
      .split('\n')
      .filter((line) => line.startsWith('data: {'));
    const broken = lines.filter((line) => {
      try {
        JSON.parse(line.slice(6));
        return false;
      } catch {
        return true;
      }
    });
    expect(broken).toEqual(['data: {"id": "sim", oops']);
  });

  test('no_done leaves out what proves the end', () => {
    expect(readScript(dialect, streamed(dialect, 'no_done')).ended).toBe(false);
    expect(readScript(dialect, streamed(dialect, 'frames=2')).ended).toBe(true);
  });

  test('error_after sends that many content frames, then an error and no end', () => {
    const reading = readScript(dialect, streamed(dialect, 'error_after=2'));
    expect(reading).toMatchObject({ text: 'one two', ended: false });
    expect(reading.error.message).toContain('Simulated error');
  });

  test.each([400, 401, 402, 404, 413, 429, 500, 503, 529])('status=%i answers in the grammar of the host', (status) => {
    const script = simulate(ask(dialect, `sim/echo?status=${status}&retry_after=2`, 'hi', { stream: true }));
    expect(script.status).toBe(status);
    const body = JSON.parse(bytesOf(script));
    expect(body.error.message).toBe(`Simulated error ${status}.`);
    if (dialect === 'gemini') expect(body.error.details[0].retryDelay).toBe('2s');
    else expect(script.headers['retry-after']).toBe('2');
    if (dialect === 'anthropic-messages') expect(body.type).toBe('error');
  });

  test('error200 is an error with a good status', () => {
    const script = streamed(dialect, 'error200');
    expect(script.status).toBe(200);
    expect(JSON.parse(bytesOf(script)).error.message).toContain('status 200');
  });

  test('no_stream and force_stream answer the other way round', () => {
    expect(streamed(dialect, 'no_stream').headers['content-type']).toBe('application/json');
    expect(readScript(dialect, streamed(dialect, 'no_stream')).text).toBe('one two three four');
    const forced = simulate(ask(dialect, 'sim/echo?force_stream', 'hi'));
    if (dialect === 'gemini') expect(JSON.parse(bytesOf(forced)).length).toBeGreaterThan(1);
    else expect(readScript(dialect, forced)).toMatchObject({ text: 'hi', ended: true });
  });

  test('empty has no content, empty_body not even bytes', () => {
    expect(read(dialect, ask(dialect, 'sim/echo?empty', 'hi')).text).toBe('');
    expect(readScript(dialect, streamed(dialect, 'empty'))).toMatchObject({ text: '', ended: true });
    expect(streamed(dialect, 'empty_body').steps).toEqual([]);
  });

  test('comments stand between frames and change nothing', () => {
    const script = streamed(dialect, 'comments');
    expect(bytesOf(script).match(/^: /gm)?.length).toBe(4);
    expect(readScript(dialect, script).text).toBe('one two three four');
  });

  test('over delivers more than max_tokens and reports it', () => {
    const reading = read(dialect, ask(dialect, 'sim/echo?over=5', 'hello', { maxTokens: 3 }));
    expect(reading.text.length).toBe(32);
  });

  test('usage: absent, odd, negative, twice', () => {
    expect(readScript(dialect, streamed(dialect, 'usage=absent')).usage).toBeNull();
    expect(Object.values(readScript(dialect, streamed(dialect, 'usage=odd')).usage)).toContain(null);
    const numbers = Object.values(readScript(dialect, streamed(dialect, 'usage=negative')).usage).filter(
      (n) => typeof n === 'number',
    );
    expect(numbers.every((n) => n < 0)).toBe(true);
    const mentions = (options: string): number =>
      bytesOf(streamed(dialect, options)).match(/"usage(Metadata)?":/g)?.length ?? 0;
    expect(mentions('frames=1&usage=twice')).toBe(mentions('frames=1') + 1);
  });

  test('finish says another reason', () => {
    const refusal = { 'openai-chat': 'content_filter', 'anthropic-messages': 'refusal', gemini: 'SAFETY' }[dialect];
    expect(readScript(dialect, streamed(dialect, 'finish=content_filter')).finish).toBe(refusal);
  });

  test('frames and bytes shape the text', () => {
    const script = streamed(dialect, 'frames=10&bytes=1000&token_ms=1');
    expect(script.steps.filter(({ delayMs }) => delayMs === 1).length).toBe(10);
    expect(readScript(dialect, script).text.length).toBe(1000);
  });

  test('times: the first n requests of a key get the fault', () => {
    const request = ask(dialect, 'sim/echo?status=503&times=2&key=a', 'hi');
    expect([0, 1, 2, 3].map((priorRequests) => simulate({ ...request, priorRequests }).status)).toEqual([
      503, 503, 200, 200,
    ]);
    expect(countingKey(request.path, request.body)).toBe('a');
  });
});

test('a fault beyond the end of the body breaks nothing', () => {
  const length = bytesOf(streamed('openai-chat', 'frames=1')).length;
  expect(streamed('openai-chat', `frames=1&reset=${length - 1}`).end).toBe('reset');
  expect(streamed('openai-chat', `frames=1&reset=${length}`).end).toBe('close');
});

describe('what a framing or a host has no words for', () => {
  const body = { model: 'sim/echo?comments', messages: [{ role: 'user', content: 'one two' }] };
  const textOf = ({ steps }: ReturnType<typeof simulate>) =>
    steps.map(({ bytes }) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1'))).join('');

  test('comments stand in server-sent events, not among lines, in an array or in binary messages', () => {
    const lines = textOf(simulate({ path: '/api/chat', body, seed: 1 }));
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).done),
    ).toEqual([false, false, true]);
    const contents = [{ role: 'user', parts: [{ text: 'one two' }] }];
    const path = '/v1beta/models/echo%3Fcomments:streamGenerateContent';
    expect(JSON.parse(textOf(simulate({ path, body: { contents }, seed: 1 })))).toBeArrayOfSize(3);
    const messages = [{ role: 'user', content: [{ text: 'one two' }] }];
    const binary = (model: string) =>
      textOf(simulate({ path: `/model/${encodeURIComponent(model)}/converse-stream`, body: { messages }, seed: 1 }));
    expect(binary('echo?comments')).toBe(binary('echo'));
    expect(textOf(simulate({ path: '/v2/chat', body: { ...body, stream: true }, seed: 1 }))).toContain(': sim is');
  });

  test.each([
    [403, 'AccessDeniedException'],
    [413, 'RequestEntityTooLargeException'],
    [402, undefined],
    [502, undefined],
  ])('a host that names the class of its errors names none for %d, %s, where it never gives that', (status, type) => {
    const path = `/model/${encodeURIComponent(`echo?status=${status}`)}/converse`;
    const refused = simulate({ path, body: { messages: [] }, seed: 1 });
    expect([refused.status, refused.headers['x-amzn-errortype']]).toEqual([status, type]);
  });
});

test('several faults combine', () => {
  const script = streamed('openai-chat', 'first_byte_ms=5&comments&split=10&drop=45');
  expect(script).toMatchObject({ headDelayMs: 5, end: 'drop' });
  expect(script.steps.map(({ bytes }) => bytes.length)).toEqual([10, 10, 10, 10, 5]);
});

test('over without max_tokens is refused rather than ignored', () => {
  expect(streamed('openai-chat', 'over=3').status).toBe(400);
});

test('every option is explained', () => {
  for (const { meaning } of Object.values(SIM_OPTIONS)) expect(meaning.length).toBeGreaterThan(10);
});
