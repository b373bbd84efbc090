import { afterAll, beforeAll, expect, test } from 'bun:test';
import { ask, chat } from '../kit/ask.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
const seen: Headers[] = [];
const upstream = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request) {
    seen.push(request.headers);
    return Response.json({ error: { message: 'enough' } }, { status: 400 });
  },
});
beforeAll(async () => {
  const entry = (dialect: string, id: string) =>
    `{ dialect: ${dialect}, base_url: "http://127.0.0.1:${upstream.port}/v1", api_key: none, models: [${id}] }`;
  gateway = await startGateway({
    config: `providers:\n  a: ${entry('anthropic-messages', 'lab/messages')}\n  b: ${entry('openai-chat', 'lab/chat')}\n`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

test('x-anthropic-beta reaches the grammar it is for, and no other', async () => {
  const headers = {
    'x-anthropic-beta': 'interleaved-thinking-2025-05-14, bad name\u00e9, structured-outputs-2025-11-13',
  };
  await ask(gateway, chat('lab/messages'), { headers });
  await ask(gateway, chat('lab/chat'), { headers });
  expect(seen.map((each) => each.get('anthropic-beta'))).toEqual([
    'interleaved-thinking-2025-05-14,structured-outputs-2025-11-13',
    null,
  ]);
  expect(seen.map((each) => each.get('x-anthropic-beta'))).toEqual([null, null]);
});
