/** POST /completions over plain HTTP: its paths, its refusals, its record, what a preset and the response cache make of it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ask, errorOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const completion = z.looseObject({
  id: z.string().regex(/^gen-\d{10}-[0-9A-Za-z]{20}$/),
  object: z.literal('text_completion'),
  model: z.string(),
  provider: z.string(),
  choices: z.array(z.looseObject({ text: z.string(), index: z.int(), finish_reason: z.string() })),
  usage: z.looseObject({ prompt_tokens: z.int(), completion_tokens: z.int(), cost: z.number() }),
});

let host: ScriptedUpstream;
let gateway: Gateway;

beforeAll(async () => {
  host = startScriptedUpstream(({ body }) =>
    Response.json({
      id: 'cmpl-1',
      object: 'text_completion',
      created: 1,
      model: 'm',
      choices: [{ text: ' there', index: 0, logprobs: null, finish_reason: 'stop', seen: body['prompt'] }],
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
    }),
  );
  const models = '[ { id: lab/old, upstream: old-1 }, { id: lab/both, upstream: old-2 } ]';
  gateway = await startGateway({
    config: `
providers:
  sim: {}
  chatty: { dialect: openai-chat, base_url: "sim://lab/v1", api_key: none, weight: 100, models: [
    { id: lab/both, upstream: sim/echo } ] }
  old: { dialect: openai-completions, base_url: "${host.url}", api_key: none, models: ${models} }
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await host.stop();
});

const post = (body: unknown, path = '/api/v1/completions', headers = {}) => ask(gateway, body, { path, headers });
const read = async (response: Response) => completion.parse(await response.json());

test('is at every base of the API', async () => {
  for (const path of ['/v1/completions', '/api/v1/completions', '/api/completions', '/v1/completions/']) {
    const answer = await read(await post({ model: 'sim/echo', prompt: 'one two' }, path));
    expect(answer.choices).toMatchObject([{ text: 'one two', index: 0, finish_reason: 'stop' }]);
  }
});

test('is recorded as any other generation', async () => {
  const answer = await read(await post({ model: 'sim/echo', prompt: 'one two three', user: 'ada' }));
  const generation = await generationOf(gateway, answer.id);
  expect(generation).toMatchObject({
    model: 'sim/echo',
    total_cost: answer.usage.cost,
    native_tokens_prompt: answer.usage.prompt_tokens,
    native_tokens_completion: answer.usage.completion_tokens,
  });
});

describe('a refusal', () => {
  test.each<[string, unknown, number, string]>([
    ['messages', { model: 'sim/echo', messages: [] }, 400, 'send `messages` to /chat/completions instead'],
    ['no prompt', { model: 'sim/echo' }, 400, 'prompt: accepted: a string'],
    ['a number', { model: 'sim/echo', prompt: 7 }, 400, 'prompt: accepted: a string'],
    ['a hot temperature', { model: 'sim/echo', prompt: 'x', temperature: 9 }, 400, 'temperature: got 9'],
    ['token ids', { model: 'sim/echo', prompt: [1, 2] }, 404, 'a prompt of token ids needs an endpoint'],
    ['a suffix', { model: 'sim/echo', prompt: 'x', suffix: 'y' }, 404, 'writing what stands before a suffix'],
    ['no model', { model: 'sim/none', prompt: 'x' }, 400, 'is not a valid model ID'],
  ])('of %s names the cause', async (_, body, status, message) => {
    const error = await errorOf(await post(body));
    expect(error.code).toBe(status);
    expect(error.message).toContain(message);
  });

  test('and `prompt` is sent here by the chat route', async () => {
    const error = await errorOf(await ask(gateway, { model: 'sim/echo', prompt: 'x' }));
    expect(error.message).toContain('send `prompt` to /completions instead');
  });
});

test('the endpoint that can say it is found: a chat host for one text, a completions host for several', async () => {
  const one = await read(await post({ model: 'lab/both', prompt: 'one two', provider: { order: ['chatty'] } }));
  expect(one).toMatchObject({ provider: 'chatty', choices: [{ text: 'one two' }] });
  const several = await read(await post({ model: 'lab/both', prompt: ['a', 'b'], provider: { order: ['chatty'] } }));
  expect(several).toMatchObject({ provider: 'old', choices: [{ text: ' there', seen: ['a', 'b'] }] });
});

test('what nobody here knows goes to a completions host by value', async () => {
  await post({ model: 'lab/old', prompt: 'Hi', guided_regex: '[a-z]+', temperature: 0 });
  expect(host.received.at(-1)?.body).toEqual({
    model: 'old-1',
    prompt: 'Hi',
    guided_regex: '[a-z]+',
    temperature: 0,
  });
});

test('a preset’s instructions stand before the text', async () => {
  const config = { messages: [{ role: 'system', content: 'Be brief.' }], model: 'sim/echo', max_tokens: 50 };
  const made = await ask(gateway, config, { path: '/api/v1/presets/short/chat/completions' });
  expect(made.status).toBe(200);
  const answer = await read(await post({ model: '@preset/short', prompt: 'one two' }));
  expect(answer.choices[0]?.text).toBe('Be brief.\n\none two');
  const error = await errorOf(await post({ model: '@preset/short', prompt: ['one', 'two'] }));
  expect(error.message).toContain("the preset's system prompt can be put before one text only");
});

test('the response cache gives an answer again, whole and streamed', async () => {
  const headers = { 'x-openrouter-cache': 'true' };
  for (const stream of [false, true]) {
    const body = { model: 'sim/lorem', prompt: '9 tokens', stream };
    const first = await post(body, undefined, headers);
    const text = await first.text();
    const again = await post(body, undefined, headers);
    expect(again.headers.get('x-openrouter-cache-status')).toBe('HIT');
    const replayed = await again.text();
    const texts = (from: string) => [...from.matchAll(/"text":"([^"]*)"/g)].map(([, said]) => said).join('');
    expect(texts(replayed)).toBe(texts(text));
    expect(replayed).toContain('"cost":0');
    expect(replayed.includes('[DONE]')).toBe(stream);
  }
});
