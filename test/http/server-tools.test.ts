/** Server tools: tools that run in the gateway, over as many upstream requests as it takes. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from '../../src/core/json.ts';
import {
  answerOf,
  type ReceivedRequest,
  refusalOf,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const DATETIME = { type: 'openrouter:datetime', parameters: { timezone: 'Europe/Zurich' } };
const OWN = { type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } };

let upstream: ScriptedUpstream;
let search: ReturnType<typeof Bun.serve>;
let gateway: Gateway;
/** The upstream's answers in turn; the last one is repeated. */
let script: ((request: ReceivedRequest) => Response)[] = [];

beforeAll(async () => {
  let at = 0;
  upstream = startScriptedUpstream((request) => {
    const isFirst = !(arrayAt(request.body, 'messages') ?? []).some(
      (each) => isJsonObject(each) && each['role'] === 'tool',
    );
    if (isFirst) at = 0;
    const answer = script[Math.min(at++, script.length - 1)];
    return answer ? answer(request) : refusalOf(500);
  });
  search = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) =>
      Response.json({
        results: [{ url: 'https://a.example/x', title: new URL(request.url).searchParams.get('q'), content: 'found' }],
      }),
  });
  gateway = await startGateway({
    config: `plugins: { web: { base_url: "http://127.0.0.1:${search.port}" } }
providers:
  lab:
    dialect: openai-chat
    base_url: ${upstream.url}
    api_key: none
    models: [{ id: lab/m, upstream: m, context_length: 100000, pricing: { prompt: "0.000001", completion: "0.000002", request: "0.001" } }]
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  await search.stop(true);
});
beforeEach(() => {
  script = [];
});

const call = (name: string, args: string, id = 'c1') => ({ id, type: 'function', function: { name, arguments: args } });
const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

function calling(...calls: readonly object[]): () => Response {
  return () =>
    Response.json({
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [
        { index: 0, message: { role: 'assistant', content: null, tool_calls: calls }, finish_reason: 'tool_calls' },
      ],
      usage: USAGE,
    });
}

function streaming(...deltas: readonly object[]): () => Response {
  return () => {
    const chunk = (choices: readonly object[], more: object = {}) =>
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
    const finish = deltas.some((delta) => 'tool_calls' in delta) ? 'tool_calls' : 'stop';
    const text =
      deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])).join('') +
      chunk([{ index: 0, delta: {}, finish_reason: finish }]) +
      chunk([], { usage: USAGE }) +
      'data: [DONE]\n\n';
    return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  };
}

function post(body: JsonObject): Promise<Response> {
  return fetch(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${gateway.apiKey}`,
      'content-type': 'application/json',
      'x-openrouter-metadata': 'enabled',
    },
    body: JSON.stringify({
      model: 'lab/m',
      messages: [{ role: 'user', content: 'what time is it?' }],
      tools: [DATETIME],
      ...body,
    }),
  });
}

async function ask(body: JsonObject = {}): Promise<JsonObject> {
  const parsed: unknown = await (await post(body)).json();
  if (!isJsonObject(parsed)) throw new Error('no object');
  return parsed;
}

function choiceOf(answer: JsonObject): JsonObject {
  const [choice] = arrayAt(answer, 'choices') ?? [];
  if (!isJsonObject(choice)) throw new Error(JSON.stringify(answer));
  return choice;
}

const sent = (): readonly ReceivedRequest[] => upstream.received;
const lastMessages = (): readonly Json[] => arrayAt(sent().at(-1)?.body ?? {}, 'messages') ?? [];

describe('a tool that runs here', () => {
  test('is offered as a function, run, and its result told to the model; the reply is one', async () => {
    script = [calling(call('datetime', '{"timezone":"Asia/Tokyo"}')), () => answerOf('noon')];
    const before = sent().length;
    const answer = await ask();
    const [first, second] = sent().slice(before);
    expect(first?.body['tools']).toMatchObject([{ type: 'function', function: { name: 'datetime' } }]);
    const told = arrayAt(second?.body ?? {}, 'messages')?.slice(-2);
    expect(told).toMatchObject([
      { role: 'assistant', tool_calls: [call('datetime', '{"timezone":"Asia/Tokyo"}')] },
      { role: 'tool', tool_call_id: 'c1' },
    ]);
    expect(JSON.stringify(told)).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00/);
    expect(choiceOf(answer)).toMatchObject({ finish_reason: 'stop', message: { content: 'noon' } });
    expect(JSON.stringify(answer)).not.toContain('"tool_calls":[');
  });

  test('the bill is that of both requests, each with its fee, and the same everywhere', async () => {
    script = [calling(call('datetime', '{}')), () => answerOf('noon')];
    const answer = await ask();
    // Two requests of 10 and 2 tokens, and two fees of 0.001 USD.
    expect(answer['usage']).toMatchObject({
      prompt_tokens: 20,
      completion_tokens: 4,
      cost: 0.002028,
      server_tool_use_details: { tool_calls_requested: 1, tool_calls_executed: 1 },
    });
    const { pipeline } = objectAt(answer, 'openrouter_metadata') ?? {};
    expect(pipeline).toMatchObject([{ type: 'server_tools', name: 'openrouter:datetime' }]);
    const record = await fetch(`${gateway.url}/api/v1/generation?id=${answer['id']}`, {
      headers: { authorization: `Bearer ${gateway.apiKey}` },
    });
    expect(await record.json()).toMatchObject({ data: { total_cost: 0.002028, native_tokens_prompt: 20 } });
  });

  test('a stream shows the texts of all steps as one answer', async () => {
    script = [
      streaming(
        { role: 'assistant', content: 'Let me look. ' },
        { tool_calls: [{ index: 0, ...call('datetime', '') }] },
        { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
      ),
      streaming({ role: 'assistant', content: 'It is ' }, { content: 'noon.' }),
    ];
    const text = await (await post({ stream: true })).text();
    const frames = text
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: {'))
      .map((frame): JsonObject => JSON.parse(frame.slice(6)));
    const said = frames.map((frame) => {
      const [choice] = arrayAt(frame, 'choices') ?? [];
      return isJsonObject(choice) ? String(objectAt(choice, 'delta')?.['content'] ?? '') : '';
    });
    expect(said.join('')).toBe('Let me look. It is noon.');
    expect(text).not.toContain('tool_calls":[{');
    expect(text.match(/"finish_reason":"(\w+)"/g)).toEqual(['"finish_reason":"stop"']);
    expect(frames.at(-1)?.['usage']).toMatchObject({ prompt_tokens: 20, completion_tokens: 4, cost: 0.002028 });
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  test('a whole answer to a stream request goes on, too', async () => {
    script = [calling(call('datetime', '{}')), () => answerOf('noon')];
    const text = await (await post({ stream: true })).text();
    expect(text).toContain('"content":"noon"');
    expect(text).toContain('"prompt_tokens":20');
  });

  test('what the model asks wrongly is told to the model', async () => {
    script = [
      calling(call('datetime', '{"timezone":"Mars/Base"}'), call('datetime', '{nonsense', 'c2')),
      () => answerOf('sorry'),
    ];
    await ask();
    const results = lastMessages().slice(-2);
    expect(JSON.stringify(results)).toContain('no IANA time zone');
    expect(JSON.stringify(results)).toContain('no JSON object');
  });

  test('a search is made where the operator has a search service', async () => {
    script = [calling(call('web_search', '{"query":"weather"}')), () => answerOf('sunny')];
    await ask({ tools: [{ type: 'openrouter:web_search', parameters: { max_results: 2 } }] });
    expect(JSON.stringify(lastMessages().at(-1))).toContain('https://a.example/x');
  });
});

describe('beside tools of the caller', () => {
  test('the caller’s calls are given to the caller, and only those', async () => {
    script = [calling(call('datetime', '{}'), call('look_up', '{"q":1}', 'c2'))];
    const answer = await ask({ tools: [OWN, DATETIME] });
    expect(choiceOf(answer)).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ id: 'c2', index: 0, function: { name: 'look_up' } }] },
    });
    expect(JSON.stringify(answer)).toContain('not run');
    expect(answer['usage']).toMatchObject({
      server_tool_use_details: { tool_calls_requested: 1, tool_calls_executed: 0 },
    });
  });

  test('a tool of the same name keeps its name', async () => {
    script = [() => answerOf('x')];
    await ask({
      tools: [{ type: 'function', function: { name: 'datetime', parameters: { type: 'object' } } }, DATETIME],
    });
    expect(sent().at(-1)?.body['tools']).toMatchObject([
      { function: { name: 'datetime' } },
      { function: { name: 'datetime_2' } },
    ]);
  });
});

describe('the end of the loop', () => {
  const again = calling(call('datetime', '{}'));

  test.each<[string, JsonObject, number]>([
    ['max_tool_calls', { max_tool_calls: 2 }, 3],
    ['step_count_is', { stop_server_tools_when: [{ type: 'step_count_is', step_count: 1 }] }, 2],
    ['has_tool_call', { stop_server_tools_when: [{ type: 'has_tool_call', tool_name: 'datetime' }] }, 2],
    ['max_tokens_used', { stop_server_tools_when: [{ type: 'max_tokens_used', max_tokens: 24 }] }, 3],
    ['max_cost', { stop_server_tools_when: [{ type: 'max_cost', max_cost_in_dollars: 0.003 }] }, 4],
    [
      'conditions go before max_tool_calls',
      { max_tool_calls: 1, stop_server_tools_when: [{ type: 'step_count_is', step_count: 3 }] },
      4,
    ],
    ['the gateway’s own bound', {}, 31],
  ])('%s: the pending calls are run, then one turn without tools', async (_, bounds, requests) => {
    script = [again];
    const before = sent().length;
    const answer = await ask(bounds);
    expect(sent().length - before).toBe(requests);
    expect(sent().at(-1)?.body['tool_choice']).toBe('none');
    expect(choiceOf(answer)['finish_reason']).toBe('stop');
  });

  test('a forced call is forced once', async () => {
    script = [again, () => answerOf('noon')];
    const before = sent().length;
    await ask({ tool_choice: { type: 'openrouter:datetime' } });
    const [first, second] = sent().slice(before);
    expect(first?.body['tool_choice']).toEqual({ type: 'function', function: { name: 'datetime' } });
    expect(second?.body['tool_choice']).toBeUndefined();
  });
});

describe('in every client’s grammar', () => {
  const asked: readonly (readonly [string, string, JsonObject])[] = [
    ['responses', '/v1/responses', { model: 'lab/m', input: 'what time is it?' }],
    [
      'messages',
      '/v1/messages',
      { model: 'lab/m', max_tokens: 100, messages: [{ role: 'user', content: 'what time is it?' }] },
    ],
    [
      'gemini',
      '/v1beta/models/lab%2Fm:generateContent',
      { contents: [{ role: 'user', parts: [{ text: 'what time is it?' }] }] },
    ],
  ];
  test.each(asked)('%s', async (_, path, body) => {
    script = [calling(call('datetime', '{}')), () => answerOf('noon')];
    const before = sent().length;
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, tools: [DATETIME] }),
    });
    const text = await response.text();
    expect(text).toContain('"noon"');
    expect(text).not.toMatch(/"(function_call|tool_use|functionCall)"/);
    expect(sent().length - before).toBe(2);
    expect(JSON.stringify(lastMessages())).toMatch(/\d{4}-\d\d-\d\dT/);
  });
});

describe('troubles', () => {
  test('an error of a later step is the error of the answer, whole and streamed', async () => {
    script = [calling(call('datetime', '{}')), () => refusalOf(500)];
    expect((await post({})).status).toBe(502);
    script = [
      streaming({ content: 'Let me look. ' }, { tool_calls: [{ index: 0, ...call('datetime', '{}') }] }),
      () => refusalOf(500),
    ];
    const text = await (await post({ stream: true })).text();
    expect(text).toContain('"finish_reason":"error"');
    expect(text).not.toContain('[DONE]');
  });

  test('a parameter that cannot be used is refused with its place', async () => {
    const response = await post({ tools: [{ type: 'openrouter:datetime', parameters: { timezone: 'Nowhere' } }] });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain('tools[0].parameters.timezone');
  });

  test('a tool that does not run here is noted, and the model is asked without it', async () => {
    script = [() => answerOf('x')];
    const response = await post({ tools: [{ type: 'openrouter:image_generation' }] });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-signalbox-notes')).toBe('1');
    expect(sent().at(-1)?.body['tools']).toBeUndefined();
  });
});
