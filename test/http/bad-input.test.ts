/** What is wrong with a request is said with the right status, in OpenRouter's error body, with the field's path. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ config: 'max_body_bytes: 20000\nproviders:\n  sim: {}\n' });
});
afterAll(() => gateway.stop());

const messages = [{ role: 'user', content: 'hi' }];
const withField = (fields: Readonly<Record<string, unknown>>) => ({ model: 'sim/echo', messages, ...fields });

describe('a body that is no request', () => {
  test.each<[name: string, body: unknown, message: RegExp]>([
    ['empty', '', /empty/],
    ['spaces only', ' \n ', /empty/],
    ['no JSON', '{"model": "sim/echo", oops', /not valid JSON/],
    ['JSON cut off', '{"model":"sim/echo","messages":[{"role":"user","con', /not valid JSON/],
    ['two JSON values', '{} {}', /not valid JSON/],
    ['a list', [], /^body: .*object/],
    ['a text', '"hello"', /^body: .*object/],
    ['null', 'null', /^body: .*object/],
    ['a number', '7', /^body: .*object/],
    ['a byte order mark alone', '\ufeff', /empty|not valid JSON/],
  ])('%s', async (_, body, message) => {
    const error = await errorOf(await ask(gateway, body));
    expect(error).toMatchObject({ code: 400, metadata: { error_type: 'invalid_request' } });
    expect(error.message).toMatch(message);
  });
});

describe('a field of the wrong type or range is named by its path', () => {
  test.each<[path: string, body: unknown]>([
    ['model', { model: 7, messages }],
    ['model', { messages }],
    ['models[1]', withField({ models: ['sim/echo', 5] })],
    ['messages', { model: 'sim/echo' }],
    ['messages', { model: 'sim/echo', messages: 'hi' }],
    ['messages', { model: 'sim/echo', messages: [] }],
    ['messages', { model: 'sim/echo', messages: null }],
    ['messages[0]', { model: 'sim/echo', messages: ['hi'] }],
    ['messages[0].role', { model: 'sim/echo', messages: [{ content: 'hi' }] }],
    ['messages[0].role', { model: 'sim/echo', messages: [{ role: 'robot', content: 'hi' }] }],
    ['messages[1].content', { model: 'sim/echo', messages: [...messages, { role: 'user', content: 7 }] }],
    ['messages[0].content[0].type', { model: 'sim/echo', messages: [{ role: 'user', content: [{ type: 'smell' }] }] }],
    ['messages[0].content[0].text', { model: 'sim/echo', messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    [
      'messages[0].content[0].image_url',
      { model: 'sim/echo', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    ],
    ['stream', withField({ stream: 'yes' })],
    ['temperature', withField({ temperature: 'hot' })],
    ['temperature', withField({ temperature: 3 })],
    ['top_p', withField({ top_p: -1 })],
    ['max_tokens', withField({ max_tokens: '100' })],
    ['max_tokens', withField({ max_tokens: 1.5 })],
    ['seed', withField({ seed: 'x' })],
    ['stop', withField({ stop: 7 })],
    ['stop[1]', withField({ stop: ['a', 1] })],
    ['logit_bias', withField({ logit_bias: [] })],
    ['tools', withField({ tools: {} })],
    ['tools[0].function', withField({ tools: [{ type: 'function' }] })],
    ['tools[0].function.name', withField({ tools: [{ type: 'function', function: {} }] })],
    ['tools[0].type', withField({ tools: [{ type: 'hammer' }] })],
    ['response_format.type', withField({ response_format: { type: 'xml' } })],
    ['reasoning.effort', withField({ reasoning: { effort: 'heroic' } })],
    ['provider', withField({ provider: 'sim' })],
    ['provider.order', withField({ provider: { order: 'sim' } })],
    ['provider.data_collection', withField({ provider: { data_collection: 'maybe' } })],
    ['provider.max_price.prompt', withField({ provider: { max_price: { prompt: 'cheap' } } })],
    ['provider.allow_fallbacks', withField({ provider: { allow_fallbacks: 'no' } })],
    ['user', withField({ user: 7 })],
  ])('%s', async (path, body) => {
    const error = await errorOf(await ask(gateway, body));
    expect(error).toMatchObject({ code: 400, metadata: { error_type: 'invalid_request' } });
    expect(error.message).toStartWith(`${path}:`);
  });
});

describe('the size and shape of a body are bounded', () => {
  test('too large: 413, naming the setting', async () => {
    const error = await errorOf(await ask(gateway, chat('sim/echo', 'x'.repeat(20_000))));
    expect(error).toMatchObject({ code: 413, metadata: { error_type: 'payload_too_large' } });
    expect(error.message).toContain('max_body_bytes');
  });

  test('too large without a declared length', async () => {
    const text = JSON.stringify(chat('sim/echo', 'x'.repeat(30_000)));
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < text.length; at += 5000) controller.enqueue(text.slice(at, at + 5000));
        controller.close();
      },
    });
    const response = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' },
      body,
    });
    expect((await errorOf(response)).code).toBe(413);
  });

  test('much too large: still an answer in the API’s form', async () => {
    const error = await errorOf(await ask(gateway, chat('sim/echo', 'x'.repeat(3_000_000))));
    expect(error).toMatchObject({ code: 413, metadata: { error_type: 'payload_too_large' } });
  });

  test('a body just within the limit is taken', async () => {
    expect((await ask(gateway, chat('sim/echo', 'x'.repeat(19_000)))).status).toBe(200);
  });

  test.each([
    ['lists', '['.repeat(200) + ']'.repeat(200)],
    ['objects', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`],
  ])('deep nesting of %s: 400', async (_, deep) => {
    const body = `{"model":"sim/echo","messages":[{"role":"user","content":"hi"}],"extra":${deep}}`;
    const error = await errorOf(await ask(gateway, body));
    expect(error.code).toBe(400);
    expect(error.message).toContain('deeper than 128');
  });

  test('nesting so deep that a naive reader overflows', async () => {
    const error = await errorOf(await ask(gateway, '['.repeat(15_000)));
    expect(error.code).toBe(400);
  });
});

describe('the content type', () => {
  test.each(['text/html', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'image/png'])(
    '%s: 415',
    async (type) => {
      const error = await errorOf(await ask(gateway, chat('sim/echo'), { headers: { 'content-type': type } }));
      expect(error.code).toBe(415);
      expect(error.message).toContain(type);
    },
  );

  test.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'text/plain;charset=UTF-8'])(
    '%s is taken',
    async (type) => {
      expect((await ask(gateway, chat('sim/echo'), { headers: { 'content-type': type } })).status).toBe(200);
    },
  );
});

describe('the model', () => {
  test('unknown: 400 with near matches', async () => {
    const error = await errorOf(await ask(gateway, chat('sim/ecco')));
    expect(error).toMatchObject({
      code: 400,
      availability: { code: 'model_not_found', retryable: false, requested_models: ['sim/ecco'] },
    });
    expect(error.message).toContain('sim/echo');
  });

  test('unknown and like nothing: 400 without a guess', async () => {
    const error = await errorOf(await ask(gateway, chat('zzzzzzzz/qqqqqqqq')));
    expect(error).toMatchObject({ code: 400, availability: { code: 'model_not_found' } });
    expect(error.message).not.toContain('Did you mean');
  });

  test('known, but no configured provider serves it: 404', async () => {
    const error = await errorOf(await ask(gateway, chat('openai/gpt-4o-mini')));
    expect(error).toMatchObject({ code: 404, availability: { code: 'no_endpoints', retryable: false } });
  });

  test('retired: 404 naming the successor', async () => {
    const error = await errorOf(await ask(gateway, chat('anthropic/claude-3-5-sonnet')));
    expect(error).toMatchObject({ code: 404, availability: { code: 'model_deprecated', retryable: false } });
    expect(error.message).toMatch(/retired.*Use \S+ instead/);
  });

  test('retired, but another of `models` lives: that one answers', async () => {
    for (const models of [
      ['sim/echo', 'anthropic/claude-3-5-sonnet'],
      ['anthropic/claude-3-5-sonnet', 'sim/echo'],
    ]) {
      const answer = await wholeOf(await ask(gateway, { models, messages }));
      expect(answer.model).toBe('sim/echo');
    }
  });

  test('content that it cannot take is never dropped: 404', async () => {
    const part = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    const body = { model: 'sim/echo', messages: [{ role: 'user', content: [part] }] };
    const error = await errorOf(await ask(gateway, body));
    expect(error).toMatchObject({
      code: 404,
      availability: { code: 'constraint_filtered', excluded_by: ['capability'] },
    });
    expect(error.message).toContain('image');
  });

  test('an empty name', async () => {
    expect((await errorOf(await ask(gateway, chat('')))).code).toBe(400);
  });
});
