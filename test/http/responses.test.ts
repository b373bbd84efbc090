/** POST /responses over plain HTTP: its paths, its frames, what it refuses, and what it shares with the other grammars. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { isJsonObject } from '../../src/core/json.ts';
import { type AskOptions, ask } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { answerOf, type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const PATH = '/api/v1/responses';

let upstream: ScriptedUpstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = startScriptedUpstream(() => answerOf('noted'));
  const model = (id: string, more = '') =>
    `{ id: ${id}, upstream: m, pricing: { prompt: "0", completion: "0" }${more} }`;
  gateway = await startGateway({
    config: `commit_after_ms: 50
providers:
  sim: {}
  kept:
    dialect: openai-chat
    base_url: "${upstream.url}"
    api_key: none
    models: [${model('lab/kept', ', supported_parameters: [tools, tool_choice, response_format, structured_outputs, max_tokens, temperature, top_p, top_k, verbosity, logprobs, top_logprobs, parallel_tool_calls]')}]
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const send = (body: object, options: AskOptions = {}) => ask(gateway, body, { path: PATH, ...options });

const usage = z.looseObject({ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int(), cost: z.number() });
const responseObject = z.looseObject({
  id: z.string().regex(/^resp_\d{10}-[0-9A-Za-z]{20}$/),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.looseObject({ reason: z.string() }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: z.int().nullable(),
  model: z.string(),
  output: z.array(z.looseObject({ id: z.string(), type: z.string(), status: z.string() })),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.null(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }),
  store: z.literal(false),
  temperature: z.number().nullable(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }) }),
  tool_choice: z.unknown(),
  tools: z.array(z.unknown()),
  top_p: z.number().nullable(),
  truncation: z.string(),
  usage: usage.nullable(),
  user: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
});

async function wholeOf(response: Response) {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${text}`);
  return responseObject.parse(JSON.parse(text));
}

const event = z.looseObject({ type: z.string(), sequence_number: z.int() });

/** Reads to the end. @throws where a frame is not in the grammar's form */
async function eventsOf(response: Response) {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${text}`);
  expect(response.headers.get('content-type')).toStartWith('text/event-stream');
  expect(text).toEndWith('\n\n');
  const parts = text.slice(0, -2).split('\n\n');
  const comments = parts.filter((part) => part.startsWith(':'));
  const isDone = parts.at(-1) === 'data: [DONE]';
  const frames = parts.filter((part) => !part.startsWith(':') && part !== 'data: [DONE]');
  const events = frames.map((frame, at) => {
    const [, name, data = ''] = /^event: (\S+)\ndata: (.+)$/.exec(frame) ?? [];
    const parsed = event.parse(JSON.parse(data));
    expect(parsed).toMatchObject({ type: name, sequence_number: at });
    return parsed;
  });
  return { comments, events, isDone, last: responseObject.parse(events.at(-1)?.['response']) };
}

const failure = z.object({
  error: z.looseObject({
    code: z.int(),
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    metadata: z.looseObject({ error_type: z.string() }),
  }),
  metadata: z.null(),
  openrouter_metadata: z.unknown().optional(),
});

async function errorOf(response: Response) {
  const { error } = failure.parse(await response.json());
  expect(error.code).toBe(response.status);
  return error;
}

describe('the paths', () => {
  test.each(['/v1/responses', '/api/v1/responses', '/api/responses', '/v1/responses/'])('%s', async (path) => {
    const response = await send({ model: 'sim/echo', input: 'hi' }, { path });
    const whole = await wholeOf(response);
    expect(whole).toMatchObject({ model: 'sim/echo', status: 'completed' });
    const id = response.headers.get('x-generation-id') ?? '';
    expect(whole.id).toBe(id.replace('gen-', 'resp_'));
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(await generationOf(gateway, id)).toMatchObject({ model: 'sim/echo', total_cost: whole.usage?.cost });
  });

  test('another method, or a stored response: said in JSON', async () => {
    expect((await ask(gateway, null, { path: PATH, method: 'GET' })).status).toBe(405);
    expect((await ask(gateway, null, { path: `${PATH}/resp_1`, method: 'GET' })).status).toBe(404);
  });

  test('the description has its body', async () => {
    const document: unknown = await (await fetch(`${gateway.url}/openapi.json`)).json();
    const path = isJsonObject(document) && isJsonObject(document['paths']) ? document['paths'][PATH] : undefined;
    expect(path).toMatchObject({
      post: {
        requestBody: { content: { 'application/json': { schema: { properties: { input: expect.anything() } } } } },
      },
    });
  });
});

describe('streams', () => {
  test('a terminal event, then the terminator', async () => {
    const { events, isDone, last } = await eventsOf(await send({ model: 'sim/echo', input: 'one two', stream: true }));
    expect(events.at(-1)?.type).toBe('response.completed');
    expect(isDone).toBe(true);
    expect(last).toMatchObject({ status: 'completed', usage: { total_tokens: expect.any(Number) } });
  });

  test('comments while nothing comes, then the answer', async () => {
    const model = 'sim/echo?first_byte_ms=150';
    const { comments, isDone } = await eventsOf(await send({ model, input: 'one two', stream: true }));
    expect(comments.length).toBeGreaterThan(0);
    expect(isDone).toBe(true);
  });

  test('a late failure: a whole failed response and no word of success', async () => {
    const model = 'sim/echo?first_byte_ms=150&status=429&retry_after=7';
    const { events, isDone, last } = await eventsOf(await send({ model, input: 'hi', stream: true }));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'error',
      'response.failed',
    ]);
    expect(last.error?.code).toBe('rate_limit_exceeded');
    expect(last.error?.message).toContain('try again in 7s');
    expect(last['error_type']).toBe('rate_limit_exceeded');
    expect(isDone).toBe(false);
  });

  test('a cut is never complete', async () => {
    const model = 'sim/echo?token_ms=1&drop=1500';
    const input = 'one two three four five six seven eight nine ten';
    const { events, isDone, last } = await eventsOf(await send({ model, input, stream: true }));
    expect(last).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
    expect(events.map(({ type }) => type)).not.toContain('response.completed');
    expect(isDone).toBe(false);
  });
});

describe('what is refused', () => {
  test.each([
    [{ input: 'hi', store: true }, 'store'],
    [{ input: 'hi', previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]'],
    [{}, 'input'],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text'],
  ])('400 with the field: %j', async (body, param) => {
    const error = await errorOf(await send({ model: 'sim/echo', ...body }));
    expect(error).toMatchObject({ code: 400, type: 'invalid_request_error', param });
  });

  test('content that only hosts of this grammar take: 400 elsewhere, nothing dropped', async () => {
    const input = [{ role: 'user', content: [{ type: 'input_hologram' }] }];
    const error = await errorOf(await send({ model: 'sim/echo', input }));
    expect(error.message).toContain('input[0].content[0].type');
  });

  test('no key: 401', async () => {
    expect(await errorOf(await send({ model: 'sim/echo', input: 'hi' }, { key: null }))).toMatchObject({ code: 401 });
  });
});

describe('what a host of another grammar is sent', () => {
  const sentFor = async (body: object) => {
    const response = await send({ model: 'lab/kept', input: 'hi', ...body });
    return {
      answer: await wholeOf(response),
      sent: upstream.received.at(-1)?.body ?? {},
      notes: Number(response.headers.get('x-signalbox-notes') ?? 0),
    };
  };

  test('every field that both can say', async () => {
    const { answer, sent, notes } = await sentFor({
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: 'https://x.test/a.png' },
            { type: 'input_text', text: 'this' },
          ],
        },
      ],
      max_output_tokens: 9,
      temperature: 0.5,
      text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: null }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      top_logprobs: 2,
      store: false,
      safety_identifier: 'end-user-1',
      metadata: { a: 'b' },
    });
    expect(sent).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
            { type: 'text', text: 'this' },
          ],
        },
      ],
      max_tokens: 9,
      temperature: 0.5,
      response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true } },
      tools: [{ type: 'function', function: { name: 'f' } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
      logprobs: true,
      top_logprobs: 2,
      metadata: { a: 'b' },
    });
    // The end user's own id never leaves, and is in the answer as the caller said it.
    expect(JSON.stringify(sent)).not.toContain('end-user-1');
    expect(answer).toMatchObject({ safety_identifier: 'end-user-1', user: null });
    expect(sent['user']).toBeString();
    expect(notes).toBe(0);
  });

  test('what it cannot be told is noted, not sent', async () => {
    const { sent, notes } = await sentFor({
      truncation: 'auto',
      tools: [{ type: 'file_search', vector_store_ids: ['v'] }],
    });
    expect(sent['truncation']).toBeUndefined();
    expect(sent['tools']).toBeUndefined();
    expect(notes).toBe(2);
  });
});

describe('shared with the other grammars', () => {
  test('how it was routed, whole, streamed and failed', async () => {
    const options = { headers: { 'x-openrouter-metadata': 'enabled' } };
    const whole = await wholeOf(await send({ model: 'sim/echo', input: 'hi' }, options));
    expect(whole['openrouter_metadata']).toMatchObject({ requested: 'sim/echo' });
    const { last } = await eventsOf(await send({ model: 'sim/echo', input: 'hi', stream: true }, options));
    expect(last['openrouter_metadata']).toMatchObject({ requested: 'sim/echo' });
    const failed = failure.parse(await (await send({ model: 'sim/echo?status=500', input: 'hi' }, options)).json());
    expect(failed.openrouter_metadata).toMatchObject({ requested: 'sim/echo?status=500' });
  });

  test('answers from the cache: the same under an id of their own, free', async () => {
    const options = { headers: { 'x-openrouter-cache': 'true' } };
    for (const stream of [false, true]) {
      const request = { model: 'sim/reasoner', input: `again, ${stream}`, stream };
      const read = async () => {
        const response = await send(request, options);
        const answer = stream ? (await eventsOf(response)).last : await wholeOf(response);
        return { answer, status: response.headers.get('x-openrouter-cache-status') };
      };
      const first = await read();
      const second = await read();
      expect([first.status, second.status]).toEqual(['MISS', 'HIT']);
      expect(second.answer.id).not.toBe(first.answer.id);
      expect(second.answer.output).toEqual(first.answer.output);
      expect(second.answer.usage).toMatchObject({ total_tokens: 0, cost: 0 });
    }
  });

  test('presets, made of a responses request and named in one', async () => {
    const made = await ask(
      gateway,
      { model: 'sim/lorem', max_output_tokens: 7, input: [{ role: 'system', content: 'Be brief.' }] },
      { path: '/api/v1/presets/short/responses' },
    );
    expect(made.status).toBe(200);
    const whole = await wholeOf(await send({ model: '@preset/short', input: '200 tokens' }));
    expect(whole).toMatchObject({ model: 'sim/lorem', status: 'incomplete', max_output_tokens: 7 });
    expect(whole.usage?.output_tokens).toBe(7);
    const overridden = await wholeOf(await send({ model: '@preset/short', input: '200 tokens', max_output_tokens: 5 }));
    expect(overridden.usage?.output_tokens).toBe(5);
  });

  test('fallbacks among models', async () => {
    const whole = await wholeOf(await send({ models: ['sim/echo?status=500', 'sim/lorem'], input: '5 tokens' }));
    expect(whole.model).toBe('sim/lorem');
  });
});
