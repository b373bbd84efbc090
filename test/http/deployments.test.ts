/** Addresses with the deployment in the path and the version in the query, as older clouds have them. */
import { expect, test } from 'bun:test';
import { ask, chat, wholeOf } from '../kit/ask.ts';
import { answerOf } from '../kit/scripted-upstream.ts';
import { startGateway } from '../kit/start-gateway.ts';

test('each model is asked at its own deployment, with the query behind the grammar’s path', async () => {
  const asked: { url: string; key: string | null }[] = [];
  const host = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      asked.push({ url: pathname + search, key: request.headers.get('api-key') });
      return answerOf('hi');
    },
  });
  const gateway = await startGateway({
    config: `providers:
  azure:
    base_url: "http://127.0.0.1:${host.port}/openai/deployments/{model}?api-version=2024-10-21"
    api_key: k
    models: [{ id: lab/a, upstream: gpt-4o }, { id: lab/b, upstream: "team/b 2" }]
`,
  });
  await wholeOf(await ask(gateway, chat('lab/a')));
  await wholeOf(await ask(gateway, chat('lab/b')));
  expect(asked).toEqual([
    { url: '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', key: 'k' },
    { url: '/openai/deployments/team%2Fb%202/chat/completions?api-version=2024-10-21', key: 'k' },
  ]);
  await gateway.stop();
  await host.stop(true);
});
