/** Amazon Bedrock on a real socket: binary streams cut anywhere, answers that are not framed as asked, failures before and inside. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { seededRandom } from '../../src/core/ids.ts';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { eventMessage, exceptionMessage, joinBytes } from '../../src/wire/aws-event-stream.fixture.ts';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type RawHost, rawReply, startRawHost } from '../kit/raw-host.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const usage = {
  inputTokens: 10,
  outputTokens: 20,
  totalTokens: 137,
  cacheReadInputTokens: 100,
  cacheWriteInputTokens: 7,
};
const METADATA = eventMessage('metadata', { usage, metrics: { latencyMs: 3 } });
const delta = (contentBlockIndex: number, value: JsonObject): Uint8Array =>
  eventMessage('contentBlockDelta', { contentBlockIndex, delta: value, p: 'abcdef' });
const CONTENT = [
  eventMessage('messageStart', { role: 'assistant', p: 'ab' }),
  delta(0, { reasoningContent: { text: 'Höm' } }),
  delta(0, { reasoningContent: { signature: 'SIG' } }),
  eventMessage('contentBlockStop', { contentBlockIndex: 0 }),
  delta(1, { text: 'naïve ' }),
  delta(1, { text: '日本語 🚂' }),
  eventMessage('contentBlockStop', { contentBlockIndex: 1 }),
  eventMessage('contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't1', name: 'look' } } }),
  delta(2, { toolUse: { input: '{"at":' } }),
  delta(2, { toolUse: { input: '"sky"}' } }),
  eventMessage('contentBlockStop', { contentBlockIndex: 2 }),
];
const STOP = eventMessage('messageStop', { stopReason: 'tool_use' });
const STREAM = joinBytes([...CONTENT, STOP, METADATA]);
const WHOLE = JSON.stringify({
  output: {
    message: {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'Höm', signature: 'SIG' } } },
        { text: 'naïve 日本語 🚂' },
        { toolUse: { toolUseId: 't1', name: 'look', input: { at: 'sky' } } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage,
  metrics: { latencyMs: 3 },
});
const SSE = [
  'data: {"messageStart":{"role":"assistant"}}',
  'data: {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"naïve 日本語 🚂"}}}',
  `data: {"metadata":${JSON.stringify({ usage })}}`,
  'data: {"messageStop":{"stopReason":"end_turn"}}',
]
  .map((line) => `${line}\n\n`)
  .join('');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

interface Script {
  readonly bytes: Uint8Array;
  readonly type?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const EVENT_STREAM = 'application/vnd.amazon.eventstream';
const SCRIPTS: Readonly<Record<string, Script>> = {
  stream: { bytes: STREAM, type: EVENT_STREAM },
  'stream-untyped': { bytes: STREAM },
  'stream-mistyped': { bytes: STREAM, type: 'text/event-stream' },
  sse: { bytes: text(SSE), type: 'text/event-stream' },
  whole: { bytes: text(WHOLE), type: 'application/json' },
  'whole-mistyped': { bytes: text(` ${WHOLE}`), type: EVENT_STREAM },
  'no-metadata': { bytes: joinBytes([...CONTENT, STOP]), type: EVENT_STREAM },
  'cut-before-content': { bytes: STREAM.subarray(0, 90), type: EVENT_STREAM },
  'cut-inside': { bytes: joinBytes([...CONTENT, STOP]).subarray(0, -5), type: EVENT_STREAM },
  'cut-between': { bytes: joinBytes(CONTENT), type: EVENT_STREAM },
  damaged: { bytes: STREAM.with(-200, (STREAM.at(-200) ?? 0) ^ 1), type: EVENT_STREAM },
  'throttled-first': { bytes: exceptionMessage('throttlingException', { message: 'Slow down' }), type: EVENT_STREAM },
  'throttled-inside': {
    bytes: joinBytes([...CONTENT.slice(0, 6), exceptionMessage('throttlingException', { message: 'Slow down' })]),
    type: EVENT_STREAM,
  },
  refused: {
    bytes: text('{"message":"Too many tokens, please wait before trying again."}'),
    status: 429,
    headers: { 'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/', 'retry-after': '3' },
  },
  'no-rights': {
    bytes: text('{"message":"The Canonical String was AKIASECRET"}'),
    status: 403,
    headers: { 'x-amzn-errortype': 'InvalidSignatureException:http://internal.amazon.com/' },
  },
};

interface Received {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: JsonObject;
}

let gateway: Gateway;
let upstream: ReturnType<typeof Bun.serve>;
let breaking: RawHost;
let received: Received[] = [];
const random = seededRandom(5);

beforeAll(async () => {
  upstream = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      const body: unknown = await request.json();
      received.push({
        path,
        authorization: request.headers.get('authorization'),
        body: isJsonObject(body) ? body : {},
      });
      const name = decodeURIComponent(path.split('/')[4] ?? '');
      const script = SCRIPTS[name] ?? { bytes: text(WHOLE), type: 'application/json' };
      return play(script);
    },
  });
  const pricing = {
    prompt: '0.000003',
    completion: '0.000015',
    input_cache_read: '0.0000003',
    input_cache_write: '0.00000375',
  };
  const models = [...Object.keys(SCRIPTS), CLAUDE].map((upstreamName) => ({
    id: `host/${upstreamName.replaceAll(':', '-')}`,
    upstream: upstreamName,
    context_length: 200_000,
    pricing,
  }));
  const base_url = `http://127.0.0.1:${upstream.port}/bedrock/v1`;
  // Its connection ends where the last message is due: the body's own end never comes.
  const stopped = joinBytes([...CONTENT, STOP]);
  const head = [`content-type: ${EVENT_STREAM}`, 'transfer-encoding: chunked'];
  const unended = rawReply('200 OK', head, `${stopped.length.toString(16)}\r\n`, stopped, '\r\n', 20);
  breaking = await startRawHost(() => unended);
  const providers = {
    'amazon-bedrock': { base_url, api_key: 'ABSK-test', models },
    own: { dialect: 'bedrock-converse', base_url: breaking.url, api_key: 'k', models: ['host/broken-before-metadata'] },
  };
  gateway = await startGateway({ config: JSON.stringify({ providers }) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
  breaking.stop();
});

/** Pieces of one byte to a hundred, some of them in a read of their own. */
function play({ bytes, type, status = 200, headers = {} }: Script): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let at = 0; at < bytes.length; ) {
        const size = 1 + Math.floor(random.next() * 100);
        controller.enqueue(bytes.subarray(at, at + size));
        at += size;
        if (random.next() < 0.1) await Bun.sleep(0);
      }
      controller.close();
    },
  });
  return new Response(body, { status, headers: { ...(type && { 'content-type': type }), ...headers } });
}

const model = (name: string): string => `host/${name.replaceAll(':', '-')}`;
const whole = (name: string) => ask(gateway, chat(model(name)));
const streamed = (name: string) => ask(gateway, chat(model(name), 'Hi', { stream: true }));

describe('the request', () => {
  test('the model is in the path, the key a bearer’s, the body the grammar’s', async () => {
    received = [];
    await wholeOf(await ask(gateway, chat(model(CLAUDE), 'Hi', { max_tokens: 5, temperature: 0.2, user: 'u1' })));
    await (await ask(gateway, chat(model(CLAUDE), 'Hi', { stream: true }))).text();
    const path = '/bedrock/v1/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0';
    expect(received.map((request) => [request.path, request.authorization])).toEqual([
      [`${path}/converse`, 'Bearer ABSK-test'],
      [`${path}/converse-stream`, 'Bearer ABSK-test'],
    ]);
    expect(received[0]?.body).toMatchObject({
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 5, temperature: 0.2 },
    });
  });

  test('an image by its address is no request for it: nobody is asked', async () => {
    received = [];
    const content = [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }];
    const response = await ask(gateway, { model: model('whole'), messages: [{ role: 'user', content }] });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect((await errorOf(response)).message).toMatch(/image/i);
    expect(received).toEqual([]);
  });
});

describe('an answer', () => {
  const CALL = { id: 't1', type: 'function', function: { name: 'look', arguments: '{"at":"sky"}' } };

  test.each(['whole', 'whole-mistyped', 'stream', 'stream-untyped', 'stream-mistyped'])(
    '%s, asked whole, is a whole answer',
    async (name) => {
      const answer = await wholeOf(await whole(name));
      expect(answer.choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        native_finish_reason: 'tool_use',
        message: { content: 'naïve 日本語 🚂', reasoning: 'Höm', tool_calls: [CALL] },
      });
      expect(answer.usage).toMatchObject({
        prompt_tokens: 117,
        completion_tokens: 20,
        prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 7 },
      });
      // 10 × 3 + 100 × 0.3 + 7 × 3.75 + 20 × 15 microdollars, each at a thousandth
      expect(answer.usage.cost).toBeCloseTo((30 + 30 + 26.25 + 300) / 1e6, 9);
    },
  );

  test.each(['stream', 'stream-untyped', 'stream-mistyped', 'whole', 'whole-mistyped'])(
    '%s, asked as a stream, is a stream, however its bytes are split',
    async (name) => {
      for (let round = 0; round < 5; round++) {
        const stream = await readStream(await streamed(name));
        expect(shapeOf(stream)).toMatch(/^(other )?content (other )?finish usage done$/);
        expect(stream.text).toBe('naïve 日本語 🚂');
        expect(stream.usage).toMatchObject({ prompt_tokens: 117, completion_tokens: 20 });
        const all = JSON.stringify(stream.frames);
        expect(all).toContain('"signature":"SIG"');
        expect(all).toContain('"name":"look"');
      }
    },
  );

  test('server-sent events of a proxy, asked either way', async () => {
    const answer = await wholeOf(await whole('sse'));
    expect([answer.choices[0]?.message.content, answer.usage.prompt_tokens]).toEqual(['naïve 日本語 🚂', 117]);
    const stream = await readStream(await streamed('sse'));
    expect([shapeOf(stream), stream.text, stream.usage?.prompt_tokens]).toEqual([
      'content finish usage done',
      'naïve 日本語 🚂',
      117,
    ]);
  });

  test('without metadata it is complete, and its usage an estimate', async () => {
    const stream = await readStream(await streamed('no-metadata'));
    expect([stream.isDone, stream.text]).toEqual([true, 'naïve 日本語 🚂']);
    expect(stream.usage?.completion_tokens).toBeGreaterThan(0);
    const told = await generationOf(gateway, stream.id);
    expect(told.native_finish_reason).toBe('tool_use');
  });
});

describe('a failure', () => {
  test.each(['cut-inside', 'cut-between', 'broken-before-metadata', 'damaged'])(
    '%s: what came, an error and no success',
    async (name) => {
      const stream = await readStream(await streamed(name));
      expect(stream.isDone).toBe(false);
      const provider_name = name === 'broken-before-metadata' ? 'own' : 'Amazon Bedrock';
      expect(stream.error).toMatchObject({ code: 502, metadata: { provider_name } });
      expect(stream.text).toContain('naïve');
      expect((await errorOf(await whole(name))).code).toBe(502);
    },
  );

  test('a cut before any content is a plain error', async () => {
    expect((await errorOf(await streamed('cut-before-content'))).code).toBe(502);
  });

  test('an exception before any content has its status, one inside is the stream’s end', async () => {
    const first = await errorOf(await streamed('throttled-first'));
    expect([first.code, first.message]).toEqual([429, 'Amazon Bedrock: Slow down']);
    const inside = await readStream(await streamed('throttled-inside'));
    expect([inside.isDone, inside.error?.code, inside.text]).toEqual([false, 429, 'naïve 日本語 🚂']);
  });

  test('a refusal has its class and its hint; a refused signature repeats nothing', async () => {
    const response = await whole('refused');
    expect(response.headers.get('retry-after')).toBe('3');
    expect((await errorOf(response)).message).toContain('Too many tokens');
    const error = await errorOf(await whole('no-rights'));
    expect(error.code).toBe(502);
    expect(JSON.stringify(error)).not.toContain('AKIA');
  });
});
