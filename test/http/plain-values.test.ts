/** One parse, one value: what the upstream receives is what was understood, with nothing smuggled past. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, wholeOf } from '../kit/ask.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../kit/recording-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let upstream: RecordingUpstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = startRecordingUpstream();
  gateway = await startGateway({
    config: `
providers:
  lab:
    dialect: openai-chat
    base_url: ${upstream.url}
    api_key: none
    models: [{ id: lab/recorded, upstream: recorded, pricing: { prompt: "0.000001", completion: "0.000002" } }]
  sim: {}
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

/** The body as the upstream received it. */
async function received(body: string): Promise<string> {
  const before = upstream.bodies.length;
  await wholeOf(await ask(gateway, body));
  expect(upstream.bodies.length).toBe(before + 1);
  return upstream.bodies[before] ?? '';
}

describe('duplicate keys: the last one wins, and only it goes on', () => {
  test('at the top', async () => {
    const body = await received(
      '{"model":"lab/none","messages":[{"role":"user","content":"first"}],' +
        '"model":"lab/recorded","messages":[{"role":"user","content":"second"}]}',
    );
    expect(JSON.parse(body)).toMatchObject({ model: 'recorded', messages: [{ role: 'user', content: 'second' }] });
    expect(body).not.toContain('first');
  });

  test('deep inside', async () => {
    const body = await received(
      '{"model":"lab/recorded","messages":[{"role":"system","role":"user","content":"first","content":"second"}]}',
    );
    expect(JSON.parse(body)).toMatchObject({ messages: [{ role: 'user', content: 'second' }] });
    expect(body).not.toContain('first');
    expect(body).not.toContain('system');
  });

  test('an escaped spelling is the same key', async () => {
    const body = await received(
      '{"model":"lab/recorded","messages":[{"role":"user","content":"hi"}],"temperature":0.1,"\\u0074emperature":0.9}',
    );
    expect(JSON.parse(body).temperature).toBe(0.9);
    expect(body.match(/temperature/g)).toHaveLength(1);
  });
});

describe('names that mean something to JavaScript are plain values', () => {
  test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty'])('%s as a field', async (name) => {
    const body = await received(
      `{"model":"lab/recorded","messages":[{"role":"user","content":"hi"}],"${name}":{"stream":true,"isAdmin":true}}`,
    );
    expect(Object.getOwnPropertyDescriptor(JSON.parse(body), name)?.value).toEqual({ stream: true, isAdmin: true });
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });

  test('__proto__ cannot bring a field that the caller did not send', async () => {
    const body = await received(
      '{"model":"lab/recorded","messages":[{"role":"user","content":"hi"}],"__proto__":{"max_tokens":7}}',
    );
    expect(JSON.parse(body).max_tokens).toBeUndefined();
    expect(Reflect.get({}, 'max_tokens')).toBeUndefined();
  });

  test('in a tool’s schema and in arguments of a call', async () => {
    const schema = '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"number"}}}';
    const call = '{"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"__proto__\\":1}"}}';
    const body = await received(
      `{"model":"lab/recorded","tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}],"messages":[` +
        `{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[${call}]},` +
        '{"role":"tool","tool_call_id":"c1","content":"done"}]}',
    );
    expect(body).toContain(schema);
    expect(body).toContain('{\\"__proto__\\":1}');
  });

  test('as a model, a provider and a parameter of routing', async () => {
    for (const name of ['__proto__', 'constructor', 'lab/__proto__']) {
      expect((await ask(gateway, chat(name))).status).toBe(400);
      expect((await ask(gateway, chat('lab/recorded', 'hi', { provider: { only: [name] } }))).status).toBe(404);
    }
  });

  test.each(['anthropic-messages', 'gemini'])('through a translation to %s, too', async (dialect) => {
    const translating = await startGateway({
      config: `providers:\n  sim: { dialect: ${dialect}, base_url: "sim://lab" }\n`,
    });
    const body = '{"model":"sim/echo","messages":[{"role":"user","content":"hi"}],"__proto__":{"stream":true}}';
    const answer = await wholeOf(await ask(translating, body));
    expect(answer.choices[0]?.message.content).toBe('hi');
    await translating.stop();
  });
});

describe('values survive by value', () => {
  test('texts of every script, with escapes and lone surrogates', async () => {
    const content = 'naïve 日本語 🚂 \\u2028 "quoted" \\n tab\t\u0000 end';
    const body = await received(JSON.stringify(chat('lab/recorded', content)));
    expect(JSON.parse(body).messages[0].content).toBe(content);
  });

  test('an unknown field', async () => {
    const body = await received(
      JSON.stringify(chat('lab/recorded', 'hi', { guided_regex: '[a-z]+', nested: { a: [1] } })),
    );
    expect(JSON.parse(body)).toMatchObject({ guided_regex: '[a-z]+', nested: { a: [1] } });
  });

  test('an integer beyond 2^53 passes as the nearest float, with a note', async () => {
    const text = '{"model":"lab/recorded","messages":[{"role":"user","content":"hi"}],"big":12345678901234567890}';
    const response = await ask(gateway, text);
    expect(response.headers.get('x-signalbox-notes')).toBe('1');
    await wholeOf(response);
    expect(JSON.parse(upstream.bodies.at(-1) ?? '').big).toBe(12345678901234567000);
  });

  test('our own fields stay here', async () => {
    const routing = {
      provider: { order: ['lab'] },
      models: ['lab/recorded'],
      session_id: 's',
      usage: { include: true },
    };
    const body = JSON.parse(await received(JSON.stringify(chat('lab/recorded', 'hi', routing))));
    for (const name of Object.keys(routing)) expect(body[name]).toBeUndefined();
  });
});
