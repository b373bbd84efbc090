/** `@google/genai`, unmodified: answers, whole and streamed, against each upstream grammar. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  ApiError,
  type Content,
  FinishReason,
  FunctionCallingConfigMode,
  type FunctionDeclaration,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
  Type,
} from '@google/genai';
import { failureOf } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import { PDF_BYTES, PDF_URL, PNG_BYTES, PNG_URL, WEATHER_SCHEMA } from '../kit/samples.ts';
import { startGatewayTo, upstreams } from '../kit/sim-lab.ts';
import { type SimUpstream, startSimUpstream } from '../kit/sim-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const openClient = ({ url, apiKey }: Pick<Gateway, 'url' | 'apiKey'>): GoogleGenAI =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${url}/api` } });

/** Google's client takes no question mark in a model's name, but keeps what is escaped. */
const faulty = (model: string, fault: string): string => `${model}%3F${encodeURIComponent(fault)}`;

const weather: FunctionDeclaration = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: {
    type: Type.OBJECT,
    properties: { city: { type: Type.STRING }, days: { type: Type.INTEGER, minimum: 1 } },
    required: ['city'],
  },
};
const clock: FunctionDeclaration = {
  name: 'get_time',
  description: 'Time in a city',
  parametersJsonSchema: WEATHER_SCHEMA,
};

/** Grammars without a word for a PDF. */
const TAKES_NO_FILES: ReadonlySet<string> = new Set(['cohere', 'ollama']);

const base64Of = (url: string): string => url.slice(url.indexOf(',') + 1);
const say = (text: string): Content => ({ role: 'user', parts: [{ text }] });

/** The parts of a stream, as a client keeps them for the next turn. */
async function partsOf(stream: AsyncGenerator<GenerateContentResponse>): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const chunk of stream) parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
  return parts;
}

describePairs('@google/genai: answers', openClient, (pair) => {
  pair('whole answer', async ({ client }) => {
    const answer = await client.models.generateContent({
      model: 'sim/echo',
      contents: 'Good morning, señor 👋',
      config: { systemInstruction: 'Be brief.', temperature: 0.3, topP: 0.9, maxOutputTokens: 100 },
    });
    expect(answer.text).toBe('Good morning, señor 👋');
    expect(answer.candidates?.[0]?.finishReason).toBe(FinishReason.STOP);
    expect(answer.modelVersion).toBe('sim/echo');
    expect(answer.responseId).toMatch(/^gen-\d{10}-[0-9A-Za-z]{20}$/);
    expect(answer.sdkHttpResponse?.headers?.['x-generation-id']).toBe(answer.responseId ?? '');
  });

  pair('streamed answer', async ({ client }) => {
    const stream = await client.models.generateContentStream({
      model: 'sim/echo',
      contents: 'one two three four five',
    });
    const pieces: string[] = [];
    const finishes: string[] = [];
    const usages: unknown[] = [];
    const ids = new Set<string | undefined>();
    for await (const chunk of stream) {
      ids.add(chunk.responseId);
      if (chunk.text) pieces.push(chunk.text);
      const [candidate] = chunk.candidates ?? [];
      if (candidate?.finishReason) finishes.push(candidate.finishReason);
      if (chunk.usageMetadata) usages.push(chunk.usageMetadata);
    }
    expect(pieces.join('')).toBe('one two three four five');
    expect(pieces.length).toBeGreaterThan(1);
    expect(finishes).toEqual(['STOP']);
    expect(usages).toHaveLength(1);
    expect(ids.size).toBe(1);
  });

  pair('usage and cost, whole and streamed alike', async ({ client }) => {
    const request = { model: faulty('sim/echo', 'cached=1'), contents: 'How much is this, all in all?' };
    const whole = (await client.models.generateContent(request)).usageMetadata;
    let streamed: unknown;
    for await (const chunk of await client.models.generateContentStream(request)) streamed = chunk.usageMetadata;
    expect(JSON.stringify(streamed)).toBe(JSON.stringify(whole));
    expect(whole?.cachedContentTokenCount ?? 0).toBeLessThanOrEqual(1);
    expect(whole?.totalTokenCount).toBe((whole?.promptTokenCount ?? 0) + (whole?.candidatesTokenCount ?? 0));
    expect(JSON.stringify(whole)).toMatch(/"cost":0\.0000\d+/);
  });

  pair('limit reached', async ({ client }) => {
    const answer = await client.models.generateContent({
      model: 'sim/lorem',
      contents: '200 tokens',
      config: { maxOutputTokens: 20 },
    });
    expect(answer.candidates?.[0]?.finishReason).toBe(FinishReason.MAX_TOKENS);
    expect(answer.usageMetadata?.candidatesTokenCount).toBe(20);
  });

  pair('a chat of two turns, whole and streamed', async ({ client }) => {
    const chat = client.chats.create({ model: 'sim/echo' });
    expect((await chat.sendMessage({ message: 'first' })).text).toBe('first');
    let second = '';
    for await (const chunk of await chat.sendMessageStream({ message: 'second thing said' }))
      second += chunk.text ?? '';
    expect(second).toBe('second thing said');
    // The client takes an answer without parts for a broken one, and forgets the turn.
    expect(chat.getHistory(true).filter(({ role }) => role === 'user')).toHaveLength(2);
    expect((await chat.sendMessage({ message: 'third' })).text).toBe('third');
  });

  pair('function call and its result', async ({ client }) => {
    const model = 'sim/tools';
    const config = { tools: [{ functionDeclarations: [weather] }] };
    const first = await client.models.generateContent({ model, contents: [say('Weather in Paris?')], config });
    const [call] = first.functionCalls ?? [];
    expect(call?.name).toBe('get_weather');
    expect(call?.args).toHaveProperty('city');
    expect(first.candidates?.[0]?.finishReason).toBe(FinishReason.STOP);
    const turn = first.candidates?.[0]?.content ?? {};
    const answer = (more: object) => ({
      role: 'user',
      parts: [{ functionResponse: { name: 'get_weather', response: { output: 'sunny' }, ...more } }],
    });
    // With the call's id, and as older clients do without any.
    for (const more of [call?.id === undefined ? {} : { id: call.id }, {}]) {
      const contents = [say('Weather in Paris?'), turn, answer(more)];
      const second = await client.models.generateContent({ model, contents, config });
      expect(second.text).toBe('get_weather answered: sunny');
    }
  });

  pair('parallel function calls and their results in another order, streamed', async ({ client }) => {
    const model = faulty('sim/tools', 'calls=2');
    const config = { tools: [{ functionDeclarations: [weather, clock] }] };
    const contents = [say('Weather and time in Paris?')];
    const parts = await partsOf(await client.models.generateContentStream({ model, contents, config }));
    const calls = parts.flatMap(({ functionCall }) => (functionCall ? [functionCall] : []));
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
    const results = calls
      .map(({ id, name }) => ({
        functionResponse: {
          ...(id !== undefined && { id }),
          name: name ?? '',
          response: { output: `${name} is fine` },
        },
      }))
      .reverse();
    const second = await client.models.generateContent({
      model,
      contents: [...contents, { role: 'model', parts }, { role: 'user', parts: results }],
      config,
    });
    expect(second.text).toContain('get_weather answered: get_weather is fine');
    expect(second.text).toContain('get_time answered: get_time is fine');
  });

  pair('a choice among functions', async ({ client }) => {
    const ask = (mode: FunctionCallingConfigMode, names?: string[]) =>
      client.models.generateContent({
        model: 'sim/tools',
        contents: 'Time in Paris?',
        config: {
          tools: [{ functionDeclarations: [weather, clock] }],
          toolConfig: { functionCallingConfig: { mode, ...(names && { allowedFunctionNames: names }) } },
        },
      });
    const forced = await ask(FunctionCallingConfigMode.ANY, ['get_time']);
    expect(forced.functionCalls?.map(({ name }) => name)).toEqual(['get_time']);
    expect((await ask(FunctionCallingConfigMode.NONE)).functionCalls).toBeUndefined();
  });

  pair('structured output, by either kind of schema', async ({ client }) => {
    const ask = (config: object) =>
      client.models.generateContent({
        model: 'sim/json',
        contents: 'A city, as JSON.',
        config: { responseMimeType: 'application/json', ...config },
      });
    const byOpenApi = await ask({
      responseSchema: {
        type: Type.OBJECT,
        properties: { city: { type: Type.STRING }, people: { type: Type.INTEGER } },
        required: ['city', 'people'],
        propertyOrdering: ['people', 'city'],
      },
    });
    const bySchema = await ask({ responseJsonSchema: WEATHER_SCHEMA });
    expect(JSON.parse(byOpenApi.text ?? '')).toMatchObject({ city: expect.any(String), people: expect.any(Number) });
    expect(JSON.parse(bySchema.text ?? '')).toMatchObject({ city: expect.any(String) });
  });

  pair('image and file', async ({ client, upstream }) => {
    const see = (data: Part) =>
      client.models.generateContent({
        model: 'sim/vision',
        contents: [{ role: 'user', parts: [{ text: 'See?' }, data] }],
      });
    const image = { inlineData: { mimeType: 'image/png', data: base64Of(PNG_URL) } };
    expect((await see(image)).text).toContain(`${PNG_BYTES.length} bytes`);
    const file = { inlineData: { mimeType: 'application/pdf', data: base64Of(PDF_URL), displayName: 'a.pdf' } };
    if (TAKES_NO_FILES.has(upstream.dialect)) {
      expect((await failureOf(see(file), ApiError)).message).toContain('No endpoint can carry this request');
    } else expect((await see(file)).text).toContain(`${PDF_BYTES} bytes`);
  });

  pair('thoughts shown where they are asked for, and counted', async ({ client }) => {
    const ask = (includeThoughts: boolean) =>
      client.models.generateContent({
        model: 'sim/reasoner',
        contents: 'Think.',
        config: { thinkingConfig: { includeThoughts, thinkingBudget: 2000 }, maxOutputTokens: 4000 },
      });
    const shown = await ask(true);
    const hidden = await ask(false);
    const isThought = ({ thought }: Part): boolean => thought === true;
    expect(hidden.candidates?.[0]?.content?.parts?.some(isThought)).toBe(false);
    expect(shown.candidates?.[0]?.content?.parts?.filter(isThought)[0]?.text).toContain('The user said');
    expect(shown.text).toBe('You said: Think.');
  });

  pair('reasoning comes back to whoever wrote it, shown or not', async ({ client }) => {
    for (const includeThoughts of [true, false]) {
      const chat = client.chats.create({
        model: 'sim/reasoner',
        config: { thinkingConfig: { includeThoughts, thinkingBudget: 2000 }, maxOutputTokens: 4000 },
      });
      await chat.sendMessage({ message: 'one' });
      expect((await chat.sendMessage({ message: 'two' })).text).toContain('Earlier reasoning came back unmodified.');
      let third = '';
      for await (const chunk of await chat.sendMessageStream({ message: 'three' })) third += chunk.text ?? '';
      expect(third).toContain('Earlier reasoning came back unmodified.');
      // The stream's pieces stay apart in the history.
      expect((await chat.sendMessage({ message: 'four' })).text).toContain('Earlier reasoning came back unmodified.');
    }
  });

  pair('reasoning that led to a call comes back with it, streamed', async ({ client }) => {
    const model = faulty('sim/reasoner', 'calls=1');
    const config = {
      tools: [{ functionDeclarations: [weather] }],
      thinkingConfig: { thinkingBudget: 2000 },
      maxOutputTokens: 4000,
    };
    const contents = [say('Weather in Paris?')];
    const parts = await partsOf(await client.models.generateContentStream({ model, contents, config }));
    const call = parts.find(({ functionCall }) => functionCall);
    expect(call?.thoughtSignature).toMatch(/^[A-Za-z0-9+/_-]+=*$/);
    const second = await client.models.generateContent({
      model,
      contents: [
        ...contents,
        { role: 'model', parts },
        { role: 'user', parts: [{ functionResponse: { name: 'get_weather', response: { output: 'rain' } } }] },
      ],
      config,
    });
    expect(second.text).toContain('Earlier reasoning came back unmodified.');
    expect(second.text).toContain('get_weather answered: rain');
  });

  pair('an error before the answer', async ({ client }) => {
    const call = client.models.generateContent({ model: faulty('sim/echo', 'status=429'), contents: 'hi' });
    const error = await failureOf(call, ApiError);
    expect(error.status).toBe(429);
    expect(JSON.parse(error.message).error.status).toBe('RESOURCE_EXHAUSTED');
  });

  pair('an error in the middle of a stream', async ({ client }) => {
    const stream = await client.models.generateContentStream({
      model: faulty('sim/lorem', 'error_after=3'),
      contents: '50 tokens',
    });
    const error = await failureOf(partsOf(stream), ApiError);
    expect(error.status).toBeGreaterThanOrEqual(500);
    expect(error.message).toContain('Sim');
  });

  pair('a stream that is cut is never a success', async ({ client }) => {
    const call = async () =>
      partsOf(
        await client.models.generateContentStream({ model: faulty('sim/lorem', 'cut=3000'), contents: '500 tokens' }),
      );
    expect((await failureOf(call(), ApiError)).status).toBe(502);
  });

  pair('tokens are counted without asking anybody', async ({ client, gateway }) => {
    const before = gateway.log().length;
    const { totalTokens } = await client.models.countTokens({ model: 'sim/echo', contents: 'x'.repeat(400) });
    expect(totalTokens).toBe(104);
    expect(gateway.log().length).toBe(before);
  });
});

describe('@google/genai: where it is pointed at', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  test.each(['', '/api', '/api/', '/api/v1'])('base address %p, in each version of the API', async (base) => {
    for (const apiVersion of ['v1', 'v1beta', 'v1alpha']) {
      const client = new GoogleGenAI({
        apiKey: gateway.apiKey,
        apiVersion,
        httpOptions: { baseUrl: gateway.url + base },
      });
      expect((await client.models.generateContent({ model: 'sim/echo', contents: 'here' })).text).toBe('here');
      expect((await client.models.countTokens({ model: 'sim/echo', contents: 'here' })).totalTokens).toBeGreaterThan(0);
    }
  });

  test('by GOOGLE_GEMINI_BASE_URL', async () => {
    const before = process.env['GOOGLE_GEMINI_BASE_URL'];
    process.env['GOOGLE_GEMINI_BASE_URL'] = gateway.url;
    try {
      const client = new GoogleGenAI({ apiKey: gateway.apiKey });
      expect((await client.models.generateContent({ model: 'models/sim/echo', contents: 'here' })).text).toBe('here');
    } finally {
      if (before === undefined) delete process.env['GOOGLE_GEMINI_BASE_URL'];
      else process.env['GOOGLE_GEMINI_BASE_URL'] = before;
    }
  });

  test('as Vertex AI, where the author stands before the model', async () => {
    const client = new GoogleGenAI({
      vertexai: true,
      apiKey: gateway.apiKey,
      httpOptions: { baseUrl: gateway.url },
    });
    expect((await client.models.generateContent({ model: 'sim/echo', contents: 'here' })).text).toBe('here');
    let streamed = '';
    for await (const chunk of await client.models.generateContentStream({ model: 'sim/echo', contents: 'a b' })) {
      streamed += chunk.text ?? '';
    }
    expect(streamed).toBe('a b');
  });

  test('models, one and all', async () => {
    for (const apiVersion of ['v1', 'v1beta']) {
      const client = new GoogleGenAI({ apiKey: gateway.apiKey, apiVersion, httpOptions: { baseUrl: gateway.url } });
      const names: (string | undefined)[] = [];
      for await (const model of await client.models.list({ config: { pageSize: 2 } })) names.push(model.name);
      expect(names).toContain('models/sim/echo');
      for (const kind of ['rerank', 'moderation']) expect(names).not.toContain(`models/sim/${kind}`);
      const one = await client.models.get({ model: names.find((name) => name?.endsWith('echo')) ?? '' });
      expect(one).toMatchObject({ name: 'models/sim/echo', displayName: 'Sim: Echo', inputTokenLimit: 1_000_000 });
      expect(one.supportedActions).toContain('generateContent');
      const missing = await failureOf(client.models.get({ model: 'sim/no-such' }), ApiError);
      expect(missing.status).toBe(404);
    }
  });

  test('a key that is none', async () => {
    const client = new GoogleGenAI({ apiKey: 'AIzaNoKeyOfOurs', httpOptions: { baseUrl: gateway.url } });
    const error = await failureOf(client.models.generateContent({ model: 'sim/echo', contents: 'x' }), ApiError);
    expect(error.status).toBe(401);
    expect(error.message).toContain('UNAUTHENTICATED');
    expect(error.message).not.toContain('AIzaNoKeyOfOurs');
  });
});

describe('@google/genai: abort', () => {
  let upstreamServer: SimUpstream;
  beforeAll(async () => {
    upstreamServer = await startSimUpstream();
  });
  afterAll(() => upstreamServer.stop());

  test.each(upstreams.filter(({ dialect }) => ['openai-chat', 'gemini'].includes(dialect)))(
    'in the middle of a stream, upstream $dialect',
    async (upstream) => {
      const gateway = await startGatewayTo(upstream, upstreamServer.url);
      const id = upstreamServer.lines().filter(({ event }) => event === 'request').length;
      const controller = new AbortController();
      const stream = await openClient(gateway).models.generateContentStream({
        model: faulty('sim/lorem', 'frames=2000&token_ms=10'),
        contents: '2000 tokens',
        config: { abortSignal: controller.signal },
      });
      let chunks = 0;
      const read = async (): Promise<void> => {
        for await (const _ of stream) if (++chunks === 5) controller.abort();
      };
      await failureOf(read(), Error);
      expect(chunks).toBeGreaterThanOrEqual(5);
      const end = await upstreamServer.waitFor((line) => line.event === 'end' && line.id === id, 1000);
      expect(end).toMatchObject({ outcome: 'client-gone' });
      await gateway.stop();
    },
  );
});
