/** An answer without content whose reason to finish is an error: no answer where somebody else may have one, else told as it is. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { ask, chat, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let upstream: ScriptedUpstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = startScriptedUpstream(() =>
    Response.json({
      candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', index: 0 }],
      usageMetadata: { promptTokenCount: 110, totalTokenCount: 110 },
      modelVersion: 'm',
    }),
  );
  gateway = await startGateway({
    config: `providers:
  fails: { dialect: gemini, base_url: "${upstream.url}", api_key: none, models: [{ id: lab/alone, upstream: m }, { id: lab/m, upstream: m }] }
  well: { dialect: openai-chat, base_url: "sim://well/v1", api_key: none, models: [{ id: lab/m, upstream: echo }] }
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

test('alone: the finish reason is passed on, free of charge', async () => {
  const answer = await wholeOf(await ask(gateway, chat('lab/alone')));
  expect(answer.choices[0]).toMatchObject({ finish_reason: 'error', native_finish_reason: 'MALFORMED_FUNCTION_CALL' });
  expect(answer.usage.cost).toBe(0);
});

test('with another endpoint: that one answers', async () => {
  const answer = await wholeOf(await ask(gateway, chat('lab/m', 'hi', { provider: { order: ['fails'] } })));
  expect(answer).toMatchObject({ provider: 'well' });
  expect((await generationOf(gateway, answer.id)).provider_responses).toHaveLength(2);
});
