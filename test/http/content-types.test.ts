/** Whether an upstream streams is read from what it sends: its content type may be wrong or absent, and it may not do as asked. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const WHOLE = JSON.stringify({
  id: 'c-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hé there' }, finish_reason: 'stop' }],
  usage,
});
const EVENTS = [
  { id: 'c-1', choices: [{ index: 0, delta: { role: 'assistant', content: 'Hé' }, finish_reason: null }] },
  { id: 'c-1', choices: [{ index: 0, delta: { content: ' there' }, finish_reason: 'stop' }], usage },
]
  .map((frame) => `data: ${JSON.stringify(frame)}\n\n`)
  .join('');
const BODIES: Readonly<Record<string, string>> = {
  whole: WHOLE,
  'white space before it': `\n \t${WHOLE}`,
  'a list': `[${WHOLE}]`,
  events: `${EVENTS}data: [DONE]\n\n`,
  'a comment first': `: waiting\n\n${EVENTS}data: [DONE]\n\n`,
  'a byte order mark first': `\uFEFF${EVENTS}data: [DONE]\n\n`,
  'a page': '<!doctype html><title>Login</title>',
  nothing: '',
};
const TYPES = ['text/event-stream', 'application/json', 'text/plain', 'application/octet-stream', ''];

let gateway: Gateway;
let upstream: ReturnType<typeof Bun.serve>;

beforeAll(async () => {
  upstream = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { model } = z.looseObject({ model: z.string() }).parse(await request.json());
      const [body = '', type = ''] = model.split('|');
      const bytes = new TextEncoder().encode(BODIES[body]);
      // Two writes, the first of them the shortest there can be.
      const stream = new ReadableStream({
        async start(controller) {
          if (bytes.length > 0) controller.enqueue(bytes.subarray(0, 1));
          await Bun.sleep(1);
          if (bytes.length > 1) controller.enqueue(bytes.subarray(1));
          controller.close();
        },
      });
      return new Response(stream, type ? { headers: { 'content-type': type } } : {});
    },
  });
  const models = Object.keys(BODIES).flatMap((body) => TYPES.map((type) => `${body}|${type}`));
  const config = {
    providers: {
      odd: { dialect: 'openai-chat', base_url: `http://127.0.0.1:${upstream.port}/v1`, api_key: 'k', models },
    },
  };
  gateway = await startGateway({ config: JSON.stringify(config) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

describe.each(TYPES)('content type %p', (type) => {
  test.each(['whole', 'white space before it', 'events', 'a comment first', 'a byte order mark first'])(
    '%s is an answer, streamed and whole',
    async (body) => {
      // Under its own content type, events are events: a host that says so and sends JSON has sent no event.
      if (type === 'text/event-stream' && !BODIES[body]?.includes('data: ')) return;
      const stream = await readStream(await ask(gateway, chat(`${body}|${type}`, 'Hi', { stream: true })));
      expect([shapeOf(stream), stream.text, stream.usage?.total_tokens]).toEqual([
        'content finish usage done',
        'Hé there',
        5,
      ]);
      const whole = await wholeOf(await ask(gateway, chat(`${body}|${type}`)));
      expect([whole.choices[0]?.message.content, whole.usage.total_tokens]).toEqual(['Hé there', 5]);
    },
  );

  test.each(['a page', 'nothing', 'a list'])('%s is no answer, and no success', async (body) => {
    for (const stream of [true, false]) {
      const error = await errorOf(await ask(gateway, chat(`${body}|${type}`, 'Hi', { stream })));
      expect(error.code).toBe(502);
    }
  });
});
