/** A request that names a preset is answered as the request that it stands for. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway();
  const made = await ask(
    gateway,
    {
      model: 'sim/echo',
      max_tokens: 3,
      messages: [{ role: 'system', content: 'Be brief.' }],
    },
    { path: '/api/v1/presets/brief/chat/completions' },
  );
  expect(made.status).toBe(200);
});
afterAll(() => gateway.stop());

test.each([{ model: '@preset/brief' }, { preset: 'brief' }, { model: 'sim/reasoner@preset/brief' }])(
  '%j',
  async (name) => {
    const { model, ...rest } = name;
    const whole = await wholeOf(
      await ask(gateway, { ...chat('sim/echo', 'one two three four five six'), model, ...rest }),
    );
    expect(whole.model).toBe(model?.startsWith('sim/') ? 'sim/reasoner' : 'sim/echo');
    expect(whole.usage.completion_tokens).toBeLessThanOrEqual(3);
    expect(whole.choices[0]?.finish_reason).toBe('length');
  },
);

test('unknown and disabled presets', async () => {
  const error = await errorOf(await ask(gateway, chat('@preset/none')));
  expect(error).toMatchObject({ code: 404 });
  expect(error.message).toContain('"none"');
});

test('streamed', async () => {
  const client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: gateway.apiKey });
  const answer = await client.chat.send({
    chatRequest: { model: '@preset/brief', messages: [{ role: 'user', content: 'a b c d e f g' }], stream: true },
  });
  let reason = '';
  if ('choices' in answer) throw new Error('a stream was due');
  for await (const piece of answer) reason = piece.choices[0]?.finishReason ?? reason;
  expect(reason).toBe('length');
});
