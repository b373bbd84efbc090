/** What bounds the tools that run in the gateway, whatever a model asks of them: each call and each step is somebody's money. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { arrayAt, isJsonObject, type JsonObject, objectAt } from '../../src/core/json.ts';
import { createApiKey } from '../kit/keys.ts';
import { answerOf, type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const DATETIME = { type: 'openrouter:datetime' };
const SEARCH = { type: 'openrouter:web_search', parameters: { max_results: 25, max_characters: 100_000 } };

let upstream: ScriptedUpstream;
let search: ReturnType<typeof Bun.serve>;
let gateway: Gateway;
/** The answer while tools may be called; none afterwards. */
let step: () => Response;
let searches = 0;
/** Characters of each result that a search finds. */
let found = 5;

beforeAll(async () => {
  upstream = startScriptedUpstream(({ body }) =>
    body['tools'] === undefined || body['tool_choice'] === 'none' ? answerOf('done') : step(),
  );
  search = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch() {
      searches++;
      const results = Array.from({ length: 25 }, (_, n) => ({
        url: `https://${n}.example`,
        content: 'x'.repeat(found),
      }));
      return Response.json({ results });
    },
  });
  gateway = await startGateway({
    config: `plugins: { web: { base_url: "http://127.0.0.1:${search.port}" } }
providers:
  lab:
    dialect: openai-chat
    base_url: ${upstream.url}
    api_key: none
    models: [{ id: lab/m, upstream: m, pricing: { prompt: "0.000001", completion: "0.000002", request: "0.001" } }]
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  await search.stop(true);
});
beforeEach(() => {
  searches = 0;
  found = 5;
});

const call = (name: string, args: string, id: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const callsOf = (count: number, name = 'datetime', args = '{}') =>
  Array.from({ length: count }, (_, n) => call(name, args, `c${n}`));
const replyOf = (calls: readonly object[]): string =>
  JSON.stringify({
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      { index: 0, message: { role: 'assistant', content: null, tool_calls: calls }, finish_reason: 'tool_calls' },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  });
const calling = (calls: readonly object[]) => (): Response =>
  new Response(replyOf(calls), { headers: { 'content-type': 'application/json' } });

function post(body: object, { key = gateway.apiKey, signal }: { key?: string; signal?: AbortSignal } = {}) {
  return fetch(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'lab/m',
      messages: [{ role: 'user', content: 'when?' }],
      tools: [DATETIME],
      ...body,
    }),
    ...(signal && { signal }),
  });
}

async function ask(body: object, key?: string): Promise<{ answer: JsonObject; requests: readonly JsonObject[] }> {
  const before = upstream.received.length;
  const answer: unknown = await (await post(body, key === undefined ? {} : { key })).json();
  if (!isJsonObject(answer)) throw new Error('no object');
  return { answer, requests: upstream.received.slice(before).map((request) => request.body) };
}

const resultsIn = (request: JsonObject | undefined): readonly string[] =>
  (arrayAt(request ?? {}, 'messages') ?? []).flatMap((message) =>
    isJsonObject(message) && message['role'] === 'tool' ? [JSON.stringify(message)] : [],
  );
const executedOf = (answer: JsonObject): unknown =>
  objectAt(objectAt(answer, 'usage') ?? {}, 'server_tool_use_details');

describe('calls at once', () => {
  test('sixteen are run, the model is told of the others', async () => {
    const calls = callsOf(50, 'web_search', '{"query":"x"}');
    let steps = 0;
    step = () => (steps++ === 0 ? calling(calls)() : answerOf('done'));
    const { answer, requests } = await ask({ tools: [SEARCH] });
    expect(searches).toBe(16);
    const results = resultsIn(requests.at(-1));
    expect(results).toHaveLength(50);
    expect(results.filter((result) => result.includes('Not run'))).toHaveLength(34);
    expect(executedOf(answer)).toEqual({ tool_calls_requested: 50, tool_calls_executed: 16 });
  });

  test('max_tool_calls bounds those of one step, too', async () => {
    step = calling(callsOf(5));
    const { answer, requests } = await ask({ max_tool_calls: 2 });
    expect(requests).toHaveLength(2);
    expect(resultsIn(requests.at(-1)).filter((result) => result.includes('Not run'))).toHaveLength(3);
    expect(executedOf(answer)).toEqual({ tool_calls_requested: 5, tool_calls_executed: 2 });
  });
});

test('results that fit no model are not told: each step sends all of them again', async () => {
  found = 100_000;
  step = calling(callsOf(16, 'web_search', '{"query":"x"}'));
  const { requests } = await ask({ tools: [SEARCH] });
  const most = Math.max(...requests.map((request) => JSON.stringify(request).length));
  expect(most).toBeLessThan(6_000_000);
  expect(resultsIn(requests.at(-1)).some((result) => result.includes('too long'))).toBe(true);
});

test('a key that has spent its limit inside the loop gets its answer, and no further step', async () => {
  // Two steps of 0.001014 USD are beyond it; the third request is the answer.
  const { key } = await createApiKey(gateway, { name: 'small', limit: 0.002 });
  step = calling(callsOf(1));
  const { answer, requests } = await ask({}, key);
  expect(requests).toHaveLength(3);
  expect(objectAt(answer, 'usage')).toMatchObject({ cost: 0.003042 });
  expect((await post({}, { key })).status).toBe(402);
});

test.each([true, false])('nobody is asked anything for a client that has left (stream: %p)', async (stream) => {
  const gate = Promise.withResolvers<void>();
  step = () =>
    new Response(
      new ReadableStream({
        async start(controller) {
          await gate.promise;
          controller.enqueue(new TextEncoder().encode(replyOf(callsOf(1))));
          controller.close();
        },
      }),
      { headers: { 'content-type': 'application/json' } },
    );
  const before = upstream.received.length;
  const logged = gateway.log().length;
  const leaving = new AbortController();
  const asked = post({ stream }, { signal: leaving.signal }).catch(() => null);
  while (upstream.received.length === before) await Bun.sleep(2);
  leaving.abort();
  await asked;
  await Bun.sleep(20);
  gate.resolve();
  const settled = (): string => gateway.log().slice(logged);
  while (!settled().includes('"status":499')) await Bun.sleep(5);
  expect(upstream.received.length).toBe(before + 1);
  // The host told what it used: that is billed, once.
  expect(settled().match(/"status":499/g)).toHaveLength(1);
  expect(settled()).toContain('0.001014');
});
