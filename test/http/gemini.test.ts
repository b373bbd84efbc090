/** Google's generateContent over plain HTTP: addresses, keys, both forms of a stream, its catalogue, and what the relay sends on. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { generationOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    config: `providers:
  sim: {}
  lab: { dialect: gemini, base_url: "sim://lab/v1beta", api_key: none, models: [{ id: google/lab-1, upstream: echo }, { id: google/thinker, upstream: reasoner }, { id: google/bad, upstream: "echo?error_after=2" }] }
`,
  });
});
afterAll(() => gateway.stop());

interface Asking {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly key?: string | null;
}

const hello = { contents: [{ parts: [{ text: 'hello' }] }] };

function ask(
  path: string,
  { body = hello, headers = {}, method = 'POST', key = gateway.apiKey }: Asking = {},
): Promise<Response> {
  return fetch(gateway.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(key !== null && { 'x-goog-api-key': key }), ...headers },
    ...(method !== 'GET' && { body: JSON.stringify(body) }),
  });
}

const answer = z.looseObject({
  candidates: z.array(
    z.looseObject({
      content: z.looseObject({
        parts: z.array(z.looseObject({ text: z.string().optional() })),
        role: z.literal('model'),
      }),
      finishReason: z.string().optional(),
    }),
  ),
  usageMetadata: z.looseObject({ promptTokenCount: z.int(), totalTokenCount: z.int(), cost: z.number() }).optional(),
  modelVersion: z.string(),
  responseId: z.string(),
});
type Answer = z.infer<typeof answer>;

async function answerOf(response: Promise<Response>): Promise<Answer> {
  const { status, text } = await response.then(async (got) => ({ status: got.status, text: await got.text() }));
  if (status !== 200) throw new Error(`status ${status}: ${text}`);
  return answer.parse(JSON.parse(text));
}

const textOf = (...answers: readonly Answer[]): string =>
  answers.flatMap(({ candidates }) => candidates[0]?.content.parts.map(({ text }) => text ?? '') ?? []).join('');

const failure = z.looseObject({
  error: z.looseObject({
    code: z.int(),
    message: z.string(),
    status: z.string(),
    details: z.array(z.looseObject({ '@type': z.string() })),
  }),
});

/** @throws where it is no error in Google's form */
async function errorOf(response: Promise<Response>) {
  const got = await response;
  const { error } = failure.parse(await got.json());
  expect(error.code).toBe(got.status);
  expect(got.headers.get('content-type')).toBe('application/json');
  return error;
}

describe('one grammar under every address that clients build', () => {
  test.each([
    '/v1beta/models/sim/echo:generateContent',
    '/v1beta/models/sim%2Fecho:generateContent',
    '/v1beta/models/models/sim/echo:generateContent',
    '/api/v1beta/models/sim/echo:generateContent',
    '/v1/models/sim/echo:generateContent',
    '/api/v1/models/sim%2Fecho:generateContent',
    '/api/models/sim/echo:generateContent',
    '/v1alpha/models/sim/echo:generateContent',
    '//v1beta//models/sim/echo:generateContent',
    '/v1beta1/publishers/sim/models/echo:generateContent',
    '/v1beta1/projects/p/locations/global/publishers/sim/models/echo:generateContent',
  ])('%s', async (path) => {
    const got = await answerOf(ask(path));
    expect(textOf(got)).toBe('hello');
    expect(got.modelVersion).toBe('sim/echo');
  });

  test.each([
    ['sim/echo:nitro', 'sim/echo'],
    ['lab-1', 'google/lab-1'],
    ['google/lab-1:floor', 'google/lab-1'],
  ])('the model %s is %s', async (written, model) => {
    expect((await answerOf(ask(`/v1beta/models/${written}:generateContent`))).modelVersion).toBe(model);
  });

  test('the address decides, whatever the body repeats', async () => {
    const body = { ...hello, model: 'models/gemini-2.0-flash', stream: true, alt: 'json' };
    expect(textOf(await answerOf(ask('/v1beta/models/sim/echo:generateContent', { body })))).toBe('hello');
  });

  test('models[] of OpenRouter’s API is the way out', async () => {
    const body = { ...hello, models: ['sim/echo'] };
    const got = await answerOf(ask('/v1beta/models/sim%2Fecho%3Fstatus=503:generateContent', { body }));
    expect(got.modelVersion).toBe('sim/echo');
  });

  test('what is not there, in Google’s form', async () => {
    expect(await errorOf(ask('/v1beta/models/sim/echo:predictLongRunning'))).toMatchObject({
      code: 404,
      status: 'NOT_FOUND',
    });
    expect(await errorOf(ask('/v1beta/files', { method: 'GET' }))).toMatchObject({ code: 404 });
    const unknown = await errorOf(ask('/v1beta/models/sim/ecco:generateContent'));
    expect(unknown).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect(unknown.message).toContain('sim/ecco');
    expect(await errorOf(ask('/v1beta/models/a%zz:generateContent'))).toMatchObject({ code: 400 });
  });
});

describe('keys', () => {
  const path = '/v1beta/models/sim/echo:generateContent';

  test('in any header that clients of any grammar use', async () => {
    for (const headers of [{ authorization: `Bearer ${gateway.apiKey}` }, { 'x-api-key': gateway.apiKey }]) {
      expect(textOf(await answerOf(ask(path, { key: null, headers })))).toBe('hello');
    }
  });

  test('missing, unknown, or of the other kind', async () => {
    expect(await errorOf(ask(path, { key: null }))).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' });
    expect(await errorOf(ask(path, { key: 'AIzaWrong' }))).toMatchObject({ code: 401 });
    expect(await errorOf(ask(path, { key: gateway.managementKey }))).toMatchObject({
      code: 403,
      status: 'PERMISSION_DENIED',
    });
  });

  test('never in the address: refused before anything else, and told to nobody', async () => {
    for (const [method, where] of [
      ['POST', `${path}?key=`],
      ['POST', '/v1beta/models/sim/echo:streamGenerateContent?alt=sse&key='],
      ['POST', '/v1beta/models/sim/echo:countTokens?access_token='],
      ['GET', '/v1beta/models?key='],
    ] as const) {
      const response = ask(where + gateway.apiKey, { method });
      const error = await errorOf(response);
      expect(error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
      expect(error.message).toContain('x-goog-api-key');
      expect(JSON.stringify(error)).not.toContain(gateway.apiKey);
    }
    expect(gateway.log()).not.toContain(gateway.apiKey);
  });
});

describe('both forms of a stream', () => {
  const path = '/v1beta/models/sim/echo:streamGenerateContent';

  test('server-sent events', async () => {
    const response = await ask(`${path}?alt=sse`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = (await response.text()).split('\n\n').filter((event) => event.trim() !== '');
    const answers = frames.map((event) => answer.parse(JSON.parse(event.slice('data: '.length))));
    expect(textOf(...answers)).toBe('hello');
    expect(new Set(answers.map(({ responseId }) => responseId)).size).toBe(1);
    expect(answers.at(-1)?.candidates[0]?.finishReason).toBe('STOP');
    expect(answers.filter(({ usageMetadata }) => usageMetadata)).toHaveLength(1);
    expect(response.headers.get('x-generation-id')).toBe(answers[0]?.responseId ?? '');
  });

  test.each(['sim/echo', 'google/lab-1'])('one JSON array from %s', async (model) => {
    const response = await ask(`/v1beta/models/${model}:streamGenerateContent`, {
      body: { contents: [{ parts: [{ text: 'one two three' }] }] },
    });
    expect(response.headers.get('content-type')).toBe('application/json');
    const answers = z.array(answer).parse(await response.json());
    expect(textOf(...answers)).toBe('one two three');
    expect(answers.at(-1)?.usageMetadata?.cost).toBeGreaterThanOrEqual(0);
  });

  test('an error before the stream has its status; one in it is the last object', async () => {
    expect(await errorOf(ask('/v1beta/models/sim%2Fecho%3Fstatus=429:streamGenerateContent'))).toMatchObject({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
    });
    const body = { contents: [{ parts: [{ text: 'one two three four five' }] }] };
    for (const model of ['sim%2Fecho%3Ferror_after=2', 'google/bad']) {
      const response = await ask(`/v1beta/models/${model}:streamGenerateContent`, { body });
      expect(response.status).toBe(200);
      const objects = z.array(z.looseObject({})).parse(await response.json());
      expect(objects.length).toBeGreaterThan(1);
      expect(failure.parse(objects.at(-1)).error.code).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify(objects)).not.toContain('finishReason');
    }
  });
});

describe('a stream that is committed before anything came', () => {
  let slow: Gateway;
  beforeAll(async () => {
    slow = await startGateway({ config: 'commit_after_ms: 20\nproviders:\n  sim: {}\n' });
  });
  afterAll(() => slow.stop());

  const begin = async (model: string, query: string): Promise<string> => {
    const response = await fetch(
      `${slow.url}/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent${query}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-api-key': slow.apiKey },
        body: JSON.stringify(hello),
      },
    );
    expect(response.status).toBe(200);
    return response.text();
  };

  test('is kept alive by what every reader passes over', async () => {
    const array = z.array(answer).parse(JSON.parse(await begin('sim/echo?first_frame_ms=120', '')));
    expect(textOf(...array)).toBe('hello');
    const events = await begin('sim/echo?first_frame_ms=120', '?alt=sse');
    expect(events.startsWith('\n\n')).toBe(true);
    expect(events.split('\n').every((line) => line === '' || line.startsWith('data: {'))).toBe(true);
  });

  test('ends in an error that both forms can say', async () => {
    const failed = z.array(failure).parse(JSON.parse(await begin('sim/echo?first_byte_ms=120&status=503', '')));
    expect(failed).toMatchObject([{ error: { code: 503, status: 'UNAVAILABLE' } }]);
    const said = (await begin('sim/echo?first_byte_ms=120&status=503', '?alt=sse')).trim();
    const [bare = '', event] = said.split('\n\n');
    expect(failure.parse(JSON.parse(bare)).error.code).toBe(503);
    expect(event).toBe(`data: ${bare}`);
  });
});

describe('the books', () => {
  test('the usage that is told is the usage that is kept', async () => {
    for (const path of ['/v1beta/models/sim/echo:generateContent', '/v1beta/models/google/lab-1:generateContent']) {
      const { usageMetadata, responseId } = await answerOf(ask(path));
      const record = await generationOf(gateway, responseId);
      expect(record).toMatchObject({ tokens_prompt: usageMetadata?.promptTokenCount, total_cost: usageMetadata?.cost });
    }
  });

  test('counting tokens is an estimate, and no generation', async () => {
    const before = gateway.log();
    const count = async (body: unknown, model = 'sim/echo') => ask(`/v1beta/models/${model}:countTokens`, { body });
    const contents = [{ parts: [{ text: 'x'.repeat(400) }] }];
    const plain = await (await count({ contents })).json();
    expect(plain).toEqual({ totalTokens: 104, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 104 }] });
    const systemInstruction = { parts: [{ text: 'y'.repeat(40) }] };
    const inner = { model: 'models/x', contents, systemInstruction };
    expect(await (await count({ generateContentRequest: inner })).json()).toMatchObject({ totalTokens: 118 });
    expect(await errorOf(count({ contents: [] }))).toMatchObject({ code: 400 });
    expect(await errorOf(count({ contents }, 'sim/ecco'))).toMatchObject({ code: 404 });
    expect(await errorOf(ask('/v1beta/models/sim/echo:countTokens', { key: null }))).toMatchObject({ code: 401 });
    expect(gateway.log()).toBe(before);
  });

  test('an answer given again is free and has its own id', async () => {
    const headers = { 'x-openrouter-cache': 'true' };
    for (const path of ['/v1beta/models/sim/echo:generateContent', '/v1beta/models/sim/echo:streamGenerateContent']) {
      const body = { contents: [{ parts: [{ text: `again, ${path}` }] }] };
      const [first, second] = [await ask(path, { body, headers }), await ask(path, { body, headers })];
      expect(second.headers.get('x-openrouter-cache-status')).toBe('HIT');
      const [told, again] = [await first.text(), await second.text()];
      expect(again).toContain(second.headers.get('x-generation-id') ?? 'none');
      expect(told).toContain(first.headers.get('x-generation-id') ?? 'none');
      expect(again).toContain('"cost":0}');
      JSON.parse(again);
    }
  });
});

describe('the catalogue', () => {
  const list = z.looseObject({
    models: z.array(
      z.looseObject({ name: z.string(), inputTokenLimit: z.int(), supportedGenerationMethods: z.array(z.string()) }),
    ),
    nextPageToken: z.string().optional(),
  });

  test('in pages', async () => {
    const names: string[] = [];
    let token: string | undefined = '';
    for (let page = 0; token !== undefined; page++) {
      const read = list.parse(
        await (await ask(`/v1beta/models?pageSize=3&pageToken=${token}`, { method: 'GET' })).json(),
      );
      names.push(...read.models.map(({ name }) => name));
      token = read.nextPageToken;
      if (page > 20) throw new Error('the pages do not end');
    }
    expect(names).toContain('models/sim/echo');
    expect(names).toContain('models/google/lab-1');
    expect(new Set(names).size).toBe(names.length);
    expect(await errorOf(ask('/v1beta/models?pageToken=x', { method: 'GET' }))).toMatchObject({ code: 400 });
  });

  test('one model, by any of its names', async () => {
    for (const name of ['sim/echo', 'sim%2Fecho', 'sim/echo:nitro', 'models/sim/echo']) {
      const got = await (await ask(`/v1beta/models/${name}`, { method: 'GET' })).json();
      expect(got).toMatchObject({ name: 'models/sim/echo', displayName: 'Sim: Echo', thinking: false });
    }
    expect(await errorOf(ask('/v1beta/models/no/such', { method: 'GET' }))).toMatchObject({
      code: 404,
      status: 'NOT_FOUND',
    });
  });

  test('at the address of both grammars, each client gets its own', async () => {
    const google = await (await ask('/v1/models', { method: 'GET' })).json();
    expect(list.parse(google).models.length).toBeGreaterThan(0);
    const bearer = { authorization: `Bearer ${gateway.apiKey}` };
    const other = await (await ask('/v1/models', { method: 'GET', key: null, headers: bearer })).json();
    expect(other).toHaveProperty('data');
    const one = await (await ask('/v1/models/sim/echo', { method: 'GET', key: null, headers: bearer })).json();
    expect(one).toHaveProperty('data.id', 'sim/echo');
  });
});

describe('a host of the same grammar', () => {
  test('is sent what the caller wrote, and what it answers comes back by value', async () => {
    const seen: unknown[] = [];
    const host = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      async fetch(request) {
        seen.push(new URL(request.url).pathname, await request.json(), request.headers.get('x-goog-api-key'));
        return Response.json({
          candidates: [
            { content: { parts: [{ text: 'hi', future: 1 }], role: 'model' }, finishReason: 'STOP', index: 0 },
          ],
          usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, totalTokenCount: 4, trafficType: 'ON_DEMAND' },
          modelVersion: 'theirs-001',
          responseId: 'theirs',
          newMember: { x: 1 },
        });
      },
    });
    const lab = await startGateway({
      config: `providers:\n  lab: { dialect: gemini, base_url: "http://127.0.0.1:${host.port}/v1beta", api_key: secret, models: [{ id: google/own, upstream: own-1 }] }\n`,
    });
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'x', future: 2 }] }],
      generation_config: { top_k: 3, new_knob: 1 },
      tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT' } }] }],
      session_id: 's',
      provider: { sort: 'price' },
    };
    const response = await fetch(`${lab.url}/v1beta/models/google/own:generateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': lab.apiKey },
      body: JSON.stringify(body),
    });
    expect(await response.json()).toEqual({
      candidates: [{ content: { parts: [{ text: 'hi', future: 1 }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 3,
        candidatesTokenCount: 1,
        totalTokenCount: 4,
        trafficType: 'ON_DEMAND',
        cost: 0,
      },
      modelVersion: 'google/own',
      responseId: response.headers.get('x-generation-id') ?? 'none',
      newMember: { x: 1 },
    });
    expect(seen).toEqual([
      '/v1beta/models/own-1:generateContent',
      {
        contents: body.contents,
        generationConfig: { topK: 3, new_knob: 1 },
        tools: body.tools,
      },
      'secret',
    ]);
    await lab.stop();
    await host.stop(true);
  });

  test('reasoning of another grammar is not sent to it, its own is', async () => {
    const path = '/v1beta/models/google/thinker:generateContent';
    const thinkingConfig = { thinkingBudget: 1000, includeThoughts: true };
    const first = await answerOf(ask(path, { body: { ...hello, generationConfig: { thinkingConfig } } }));
    const again = (parts: unknown) => ({
      contents: [...hello.contents, { role: 'model', parts }, { parts: [{ text: 'and?' }] }],
      generationConfig: { thinkingConfig },
    });
    const own = await answerOf(ask(path, { body: again(first.candidates[0]?.content.parts) }));
    expect(textOf(own)).toContain('Earlier reasoning came back unmodified.');
    const foreign = await answerOf(
      ask('/v1beta/models/sim/reasoner:generateContent', { body: { ...hello, generationConfig: {} } }),
    );
    const parts = foreign.candidates[0]?.content.parts;
    expect(JSON.stringify(parts)).toContain('thoughtSignature');
    const mixed = await ask(path, { body: again(parts) });
    expect(mixed.headers.get('x-signalbox-notes')).toBe('1');
    expect(textOf(await answerOf(Promise.resolve(mixed)))).toContain('Earlier reasoning did not come back.');
  });
});
