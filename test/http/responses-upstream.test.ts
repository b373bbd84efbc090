/** A host of the Responses grammar on a real socket: relayed to a client of the same grammar, translated for one of chat. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { isJsonArray, isJsonObject, type JsonObject, objectAt } from '../../src/core/json.ts';
import { items, responseOf, streamEvents, streamOf } from '../../src/dialects/openai-responses/test-kit.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

/** What the host is asked, and which answers it fails. */
const received: { readonly path: string; readonly body: JsonObject }[] = [];
const events = streamEvents();
const broken = streamOf([
  ...events.slice(0, 2),
  { type: 'error', sequence_number: 2, error: { type: 'server_error', code: 'server_error', message: 'Oops' } },
]);

/** It repeats the user as it was told, as hosts do. */
function answer({ model, stream: isStreamed, user = null }: JsonObject): Response {
  const stream = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  if (isStreamed !== true) return Response.json({ ...responseOf(), user });
  if (model === 'breaks') return stream(broken);
  return stream(model === 'cuts' ? streamOf(events.slice(0, 9)) : streamOf(events));
}

let host: Bun.Server<undefined>;
let gateway: Gateway;

beforeAll(async () => {
  host = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body: unknown = await request.json();
      const asked = isJsonObject(body) ? body : {};
      received.push({ path: new URL(request.url).pathname, body: asked });
      return answer(asked);
    },
  });
  const price = '{ prompt: "0.000001", completion: "0.000002" }';
  const model = (name: string): string => `{ id: lab/${name}, upstream: ${name}, pricing: ${price} }`;
  gateway = await startGateway({
    config: `providers:
  lab:
    dialect: openai-responses
    base_url: http://127.0.0.1:${host.port}/v1
    api_key: none
    models: [${['answers', 'breaks', 'cuts'].map(model).join(', ')}]
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await host.stop(true);
});

async function ask(path: string, body: JsonObject): Promise<Response> {
  received.length = 0;
  return await fetch(`${gateway.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function jsonOf(response: Response): Promise<JsonObject> {
  const value: unknown = await response.json();
  if (!isJsonObject(value)) throw new Error('no object');
  return value;
}

async function eventsOf(response: Response): Promise<readonly JsonObject[]> {
  const frames = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'));
  return frames.map((line): JsonObject => JSON.parse(line.slice('data: '.length)));
}

const COST = 30 * 0.000001 + 20 * 0.000002;

describe('a client of the same grammar', () => {
  const said = { model: 'lab/answers', input: 'Hi', user: 'me' };

  test('gets the host’s own response', async () => {
    const body = await jsonOf(await ask('/responses', said));
    expect(received).toEqual([
      { path: '/v1/responses', body: expect.objectContaining({ input: 'Hi', model: 'answers', store: false }) },
    ]);
    expect(body).toMatchObject({ object: 'response', model: 'lab/answers', status: 'completed', user: 'me' });
    // The end user's own id never leaves; the answer repeats it all the same.
    expect(received[0]?.body['user']).toMatch(/^[0-9a-f]{32}$/);
    expect(String(body['id'])).toStartWith('resp_');
    const output = isJsonArray(body['output']) ? body['output'] : [];
    expect(output.slice(1)).toEqual(items.slice(1));
    expect(objectAt(body, 'usage')).toMatchObject({ input_tokens: 30, output_tokens: 20 });
    expect(objectAt(body, 'usage')?.['cost']).toBeCloseTo(COST, 9);
  });

  test('gets the host’s own events, settled before the last', async () => {
    const response = await ask('/responses', { ...said, stream: true });
    const got = await eventsOf(response);
    expect(got.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    const last = objectAt(got.at(-1) ?? {}, 'response') ?? {};
    expect(objectAt(last, 'usage')?.['cost']).toBeCloseTo(COST, 9);
  });

  test('sends back what the host encrypted, and the host gets it as it was', async () => {
    const first = await jsonOf(await ask('/responses', said));
    const output = isJsonArray(first['output']) ? first['output'].slice(0, 3) : [];
    await ask('/responses', { ...said, input: [...output, { role: 'user', content: 'Go on' }] });
    const input = received[0]?.body['input'];
    const [thought] = isJsonArray(input) ? input : [];
    expect(thought).toMatchObject({ type: 'reasoning', encrypted_content: 'ENC', summary: items[0]?.['summary'] });
  });

  test('hears of an error before the content with its status, and of a cut in the stream', async () => {
    const failed = await ask('/responses', { ...said, model: 'lab/breaks', stream: true });
    expect(failed.status).toBe(502);
    const cut = await eventsOf(await ask('/responses', { ...said, model: 'lab/cuts', stream: true }));
    expect(cut.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
  });
});

describe('a client of chat', () => {
  const said = { model: 'lab/answers', messages: [{ role: 'user', content: 'Hi' }] };

  test('gets the answer, and its reasoning comes back to the host', async () => {
    const first = await jsonOf(await ask('/chat/completions', { ...said, reasoning: { effort: 'low' } }));
    expect(received[0]?.body).toMatchObject({
      input: [{ type: 'message', role: 'user', content: 'Hi' }],
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      store: false,
    });
    const [choice] = isJsonArray(first['choices']) ? first['choices'].filter(isJsonObject) : [];
    const message = objectAt(choice ?? {}, 'message') ?? {};
    expect(message).toMatchObject({ content: 'Grüße 🎉 and more', reasoning: 'First.\n\nSecond.' });
    expect(objectAt(first, 'usage')?.['cost']).toBeCloseTo(COST, 9);
    const results = ['call_1', 'call_2'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'R' }));
    await ask('/chat/completions', { ...said, messages: [...said.messages, message, ...results] });
    const input = received[0]?.body['input'];
    expect(isJsonArray(input) && input.slice(1)).toEqual([
      { type: 'reasoning', summary: items[0]?.['summary'], encrypted_content: 'ENC' },
      { type: 'message', role: 'assistant', content: 'Grüße 🎉 and more' },
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"a":1}' },
      // A host that nobody described has the tools of the grammar it is said to speak.
      { type: 'custom_tool_call', call_id: 'call_2', name: 'patch', input: '*** Begin' },
      { type: 'function_call_output', call_id: 'call_1', output: 'R' },
      { type: 'custom_tool_call_output', call_id: 'call_2', output: 'R' },
      { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: 'data:image/webp;base64,iVBO' }] },
    ]);
  });

  test('gets it streamed', async () => {
    const chunks = await eventsOf(await ask('/chat/completions', { ...said, stream: true }));
    const deltas = chunks.flatMap(({ choices }) => (isJsonArray(choices) ? choices : [])).filter(isJsonObject);
    const text = deltas.map((choice) => objectAt(choice, 'delta')?.['content'] ?? '').join('');
    expect(text).toBe('Grüße 🎉 and more');
    expect(deltas.at(-1)?.['finish_reason']).toBe('tool_calls');
    expect(objectAt(chunks.at(-1) ?? {}, 'usage')?.['cost']).toBeCloseTo(COST, 9);
  });
});
