import { expect, test } from 'bun:test';
import { ask } from './naive-reader.ts';
import { respondWithScript } from './serve-script.ts';
import { simulate } from './simulate.ts';

/** Time that passes at once and is written down. */
function fakeTime() {
  const slept: number[] = [];
  const abort = new AbortController();
  const sleep = async (delayMs: number): Promise<void> => {
    slept.push(delayMs);
  };
  return { slept, abort, time: { sleep, signal: abort.signal } };
}

const script = (options: string) =>
  simulate(ask('openai-chat', `sim/echo?${options}`, 'one two three', { stream: true }));

test('a healthy script is played whole', async () => {
  const { time } = fakeTime();
  const response = await respondWithScript(script('frames=3'), time);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toStartWith('text/event-stream');
  expect(await response.text()).toEndWith('data: [DONE]\n\n');
});

test('delays are slept, in order', async () => {
  const { time, slept } = fakeTime();
  await (await respondWithScript(script('first_byte_ms=9&first_frame_ms=5&token_ms=2&frames=3'), time)).text();
  expect(slept).toEqual([9, 5, 2, 2, 2]);
});

test('a reset errors the body after its bytes', async () => {
  const { time } = fakeTime();
  const reader = (await respondWithScript(script('reset=40'), time)).body?.getReader();
  expect((await reader?.read())?.value?.length).toBe(40);
  await expect(reader?.read()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a clean cut closes the body after its bytes', async () => {
  const { time } = fakeTime();
  expect((await (await respondWithScript(script('cut=40'), time)).text()).length).toBe(40);
});

test('a stall lasts until the signal is aborted', async () => {
  const { time, abort } = fakeTime();
  const reader = (await respondWithScript(script('stall=1'), time)).body?.getReader();
  await reader?.read();
  const waiting = reader?.read();
  abort.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});

test('an aborted signal before the head is a rejection', async () => {
  const { time, abort } = fakeTime();
  abort.abort(new Error('gone'));
  await expect(respondWithScript(script('frames=1'), time)).rejects.toThrow('gone');
});

test('a reader that pulls slowly is not overrun', async () => {
  const { time, slept } = fakeTime();
  const reader = (await respondWithScript(script('token_ms=2&frames=500&bytes=50000'), time)).body?.getReader();
  await reader?.read();
  await reader?.read();
  expect(slept.length).toBeLessThan(10);
  await reader?.cancel();
});
