/** Helpers of the `@anthropic-ai/sdk` package that make requests of their own, unmodified. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { failureOf } from '../kit/failure-of.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
let client: Anthropic;
beforeAll(async () => {
  gateway = await startGateway();
  client = new Anthropic({ baseURL: `${gateway.url}/api`, apiKey: gateway.apiKey, maxRetries: 0 });
});
afterAll(() => gateway.stop());

describe('@anthropic-ai/sdk: tool runner', () => {
  const weather = betaTool({
    name: 'get_weather',
    description: 'Weather of a city',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    run: ({ city }) => `sunny in ${city}`,
  });
  const request = {
    model: 'sim/reasoner?calls=1',
    max_tokens: 4000,
    thinking: { type: 'enabled', budget_tokens: 2000 },
    messages: [{ role: 'user', content: 'Weather?' }],
    tools: [weather],
  } satisfies Anthropic.Beta.Messages.MessageCreateParams;
  const said = 'Earlier reasoning came back unmodified. get_weather answered: sunny in sim city';

  test('it asks for a conversation kept at the server, is refused, and goes on with whole ones', async () => {
    const message = await client.beta.messages.toolRunner(request);
    expect(message.content.at(-1)).toMatchObject({ type: 'text', text: said });
  });

  test('streamed', async () => {
    const answers: string[] = [];
    for await (const stream of client.beta.messages.toolRunner({ ...request, stream: true })) {
      const last = (await stream.finalMessage()).content.at(-1);
      answers.push(last?.type === 'text' ? last.text : (last?.type ?? ''));
    }
    expect(answers).toEqual(['tool_use', said]);
  });

  test('whoever wants nothing but a kept conversation is told so', async () => {
    const thread = client.beta.messages.thread({
      model: 'sim/echo',
      max_tokens: 10,
      unsupportedRequestBehavior: 'error',
    });
    const error = await failureOf(thread.send({ role: 'user', content: 'x' }), Anthropic.BadRequestError);
    expect(error.message).toContain('send the whole conversation in `messages`');
  });
});

describe('@anthropic-ai/sdk: models', () => {
  test('are listed page by page, and none is missed', async () => {
    const pages: string[][] = [];
    for await (const page of (await client.models.list({ limit: 3 })).iterPages())
      pages.push(page.data.map(({ id }) => id));
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toContain('sim/agent');
    expect(pages.flat()).not.toContain('sim/rerank');
    const [first = [], second = []] = pages;
    const back = await client.models.list({ limit: 2, before_id: second[0] ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual(first.slice(1));
  });

  test('one', async () => {
    expect(await client.models.retrieve('sim/echo')).toMatchObject({
      type: 'model',
      id: 'sim/echo',
      display_name: 'Sim: Echo',
      max_input_tokens: 1_000_000,
    });
  });

  test('one that is none, and a page that cannot be', async () => {
    const missing = await failureOf(client.models.retrieve('sim/none'), Anthropic.NotFoundError);
    expect(missing.message).toContain('sim/none is not found');
    expect(missing.message).toContain('GET /v1/models lists those that are served');
    expect(missing).toMatchObject({ type: 'not_found_error', requestID: expect.stringMatching(/^gen-/) });
    const asked = client.models.list({ after_id: 'sim/none' });
    expect(await failureOf(asked, Anthropic.BadRequestError)).toMatchObject({ type: 'invalid_request_error' });
  });
});

test('@anthropic-ai/sdk: facts of a host’s refusal come through', async () => {
  const details = { error_code: 'image_dimensions_too_large', paths: ['messages.0'], max_side_length_pixels: 8000 };
  const error = { type: 'invalid_request_error', message: 'too large', details };
  const host = Bun.serve({ port: 0, fetch: () => Response.json({ type: 'error', error }, { status: 400 }) });
  const lab = `{ dialect: anthropic-messages, base_url: "http://127.0.0.1:${host.port}/v1", api_key: none, models: [a/b] }`;
  const inFront = await startGateway({ config: `providers:\n  lab: ${lab}\n` });
  try {
    const caller = new Anthropic({ baseURL: `${inFront.url}/api`, apiKey: inFront.apiKey, maxRetries: 0 });
    const asked = caller.messages.create({ model: 'a/b', max_tokens: 5, messages: [{ role: 'user', content: 'x' }] });
    expect(await failureOf(asked, Anthropic.BadRequestError)).toMatchObject({ errorCode: details.error_code, details });
  } finally {
    await inFront.stop();
    await host.stop(true);
  }
});

test('@anthropic-ai/sdk: what is not served is refused in its own form', async () => {
  expect(await failureOf(client.beta.files.list(), Anthropic.NotFoundError)).toMatchObject({ type: 'not_found_error' });
});
