/** The `openai` package, unmodified: every failure reaches the caller as the error it is, against each upstream grammar. */
import { expect } from 'bun:test';
import OpenAI, { APIError, BadRequestError, InternalServerError, NotFoundError, RateLimitError } from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { failureOf as raised } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import type { Gateway } from '../kit/start-gateway.ts';
import { errorBody } from '../kit/wire-extras.ts';

const say = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }];

const openClient = ({ url, apiKey }: Gateway): OpenAI =>
  new OpenAI({ baseURL: `${url}/api/v1`, apiKey, maxRetries: 0 });

const failureOf = (call: PromiseLike<unknown>): Promise<APIError> => raised(call, APIError);

const ask = (client: OpenAI, model: string) =>
  client.chat.completions.create({ model, messages: say('one two three') });

describePairs('openai: failures', openClient, (pair) => {
  pair('400: unknown model, with a near one', async ({ client }) => {
    const failure = await failureOf(ask(client, 'sim/ecco'));
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure.message).toContain('sim/ecco is not a valid model ID');
    expect(failure.message).toContain('sim/echo');
  });

  pair('400: a field of the wrong type, by its path', async ({ client }) => {
    const request = { model: 'sim/echo', messages: say('hi'), ...{ temperature: 'hot' } };
    const failure = await failureOf(client.post('/chat/completions', { body: request }));
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure.message).toContain('temperature');
  });

  pair('404: a model that no configured provider serves', async ({ client }) => {
    const failure = await failureOf(ask(client, 'openai/gpt-4o-mini'));
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure.error).toMatchObject({ availability: { code: 'no_endpoints' } });
  });

  pair('404: a path that does not exist', async ({ client }) => {
    expect(await failureOf(client.get('/no-such-thing'))).toBeInstanceOf(NotFoundError);
  });

  pair('429 with Retry-After, whole and streamed', async ({ client }) => {
    for (const stream of [false, true]) {
      const model = `sim/echo?status=429&retry_after=2&key=${stream}&times=100`;
      const failure = await failureOf(client.chat.completions.create({ model, messages: say('hi'), stream }));
      expect(failure).toBeInstanceOf(RateLimitError);
      expect(failure.headers?.get('retry-after')).toBe('2');
      expect(errorBody.parse(failure.error)).toMatchObject({
        code: 429,
        metadata: { error_type: 'rate_limit_exceeded', provider_name: 'Sim' },
      });
    }
  });

  pair('provider failures are 5xx and name the provider', async ({ client }) => {
    // The provider refused our credential, not the caller's.
    const expected = { 401: 502, 500: 502, 529: 503 };
    for (const [status, answered] of Object.entries(expected)) {
      const failure = await failureOf(ask(client, `sim/echo?status=${status}`));
      expect(failure).toBeInstanceOf(InternalServerError);
      expect([status, failure.status]).toEqual([status, answered]);
      expect(errorBody.parse(failure.error)).toMatchObject({ code: answered, metadata: { provider_name: 'Sim' } });
    }
  });

  pair('a reply that is none is 502', async ({ client }) => {
    for (const fault of ['garbage=1', 'error200', 'empty_body', 'drop=30', 'reset=30']) {
      const failure = await failureOf(ask(client, `sim/echo?${fault}`));
      expect([fault, failure.status]).toEqual([fault, 502]);
    }
  });

  pair('an error before the content has its status', async ({ client }) => {
    const model = 'sim/echo?error_after=0';
    const failure = await failureOf(client.chat.completions.create({ model, messages: say('hi'), stream: true }));
    expect(failure.status).toBeGreaterThanOrEqual(500);
  });

  pair('an error after the content is raised from the stream', async ({ client }) => {
    for (const fault of ['error_after=2', 'garbage=3', 'cut=1100', 'drop=1100', 'reset=1100']) {
      const model = `sim/echo?token_ms=1&${fault}`;
      const stream = await client.chat.completions.create({
        model,
        messages: say('one two three four five six'),
        stream: true,
      });
      let text = '';
      const failure = await failureOf(
        (async () => {
          for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
        })(),
      );
      expect([fault, failure.message]).toEqual([fault, expect.stringMatching(/\S/)]);
      expect(errorBody.parse(failure.error).code).toBe(502);
      expect([fault, text]).toEqual([fault, expect.stringMatching(/^one two/)]);
    }
  });

  pair('the stream helper raises it too', async ({ client }) => {
    const helper = client.chat.completions.stream({
      model: 'sim/echo?error_after=2',
      messages: say('one two three four'),
    });
    expect((await failureOf(helper.finalMessage())).message).toMatch(/\S/);
  });
});
