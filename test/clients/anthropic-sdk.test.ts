/** The `@anthropic-ai/sdk` package, unmodified, against each upstream grammar: one of them is relayed, the others are translated. */
import { expect } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type { ContentBlock, Message, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages';
import { z } from 'zod';
import { failureOf } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import { PDF_BYTES, PDF_URL, PNG_BYTES, PNG_URL, WEATHER_SCHEMA } from '../kit/samples.ts';
import { SIM_PRICE } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

/** OpenRouter's members, which the package's types do not name. */
const extras = z.looseObject({
  provider: z.string(),
  usage: z.looseObject({
    cost: z.number().optional(),
    is_byok: z.boolean().optional(),
    cost_details: z.looseObject({}).optional(),
  }),
});

const City = z.object({ city: z.string(), people: z.int(), capital: z.boolean() });
const weather: Tool = { name: 'get_weather', description: 'Weather of a city', input_schema: WEATHER_SCHEMA_OF() };
const clock: Tool = { name: 'get_time', description: 'Time in a city', input_schema: WEATHER_SCHEMA_OF() };

function WEATHER_SCHEMA_OF(): Tool['input_schema'] {
  return { ...WEATHER_SCHEMA, required: [...WEATHER_SCHEMA.required] };
}

const say = (content: string): MessageParam[] => [{ role: 'user', content }];
const base64 = (url: string): string => url.slice(url.indexOf(',') + 1);

/** The package takes the address without its version, and sends the key as a bearer token. */
const openClient = ({ url, apiKey }: Gateway): Anthropic =>
  new Anthropic({ baseURL: `${url}/api`, apiKey, maxRetries: 0 });

function textOf(blocks: readonly ContentBlock[]): string {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
}

function callsOf({ content }: Message) {
  return content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
}

describePairs('@anthropic-ai/sdk', openClient, (pair) => {
  pair('whole', async ({ client }) => {
    const { data: message, response } = await client.messages
      .create({
        model: 'sim/echo',
        max_tokens: 200,
        system: 'Be brief.',
        messages: say('Good morning, señor 👋'),
        metadata: { user_id: 'anna' },
      })
      .withResponse();
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'sim/echo',
      content: [{ type: 'text', text: 'Good morning, señor 👋', citations: null }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
    });
    const id = response.headers.get('request-id');
    expect(message.id).toBe(`msg_${id?.replace('gen-', '')}`);
    expect(response.headers.get('x-generation-id')).toBe(id);
    const { provider, usage } = extras.parse(message);
    expect(provider).toBe('Sim');
    const { input_tokens: input, output_tokens: output } = message.usage;
    expect(usage.cost).toBeCloseTo(input * SIM_PRICE.prompt + output * SIM_PRICE.completion, 12);
    expect(usage.is_byok).toBe(false);
  });

  pair('stream', async ({ client }) => {
    const stream = client.messages.stream({
      model: 'sim/echo',
      max_tokens: 200,
      messages: say('one two three four five'),
    });
    const pieces: string[] = [];
    const order: string[] = [];
    stream.on('text', (piece) => pieces.push(piece));
    stream.on('streamEvent', ({ type }) => order.push(type));
    const message = await stream.finalMessage();
    expect(pieces.join('')).toBe('one two three four five');
    expect(pieces.length).toBeGreaterThan(1);
    expect([order[0], order[1], ...order.slice(-3)]).toEqual([
      'message_start',
      'content_block_start',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(textOf(message.content)).toBe('one two three four five');
    expect(message.stop_reason).toBe('end_turn');
    expect(message.usage.output_tokens).toBeGreaterThan(3);
    expect(message.usage.input_tokens).toBeGreaterThan(3);
    expect(await stream.finalText()).toBe('one two three four five');
  });

  pair('events one by one', async ({ client }) => {
    const events = await client.messages.create({
      model: 'sim/echo',
      max_tokens: 200,
      messages: say('one two three'),
      stream: true,
    });
    let text = '';
    for await (const event of events) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
    expect(text).toBe('one two three');
  });

  pair('tools in two turns', async ({ client }) => {
    const request = { model: 'sim/tools?calls=2', max_tokens: 500, tools: [weather, clock] };
    const asked = say('Weather and time in Paris?');
    const first = await client.messages.create({ ...request, messages: asked, tool_choice: { type: 'any' } });
    expect(first.stop_reason).toBe('tool_use');
    const calls = callsOf(first);
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
    for (const { caller, input } of calls) {
      expect(caller).toEqual({ type: 'direct' });
      expect(typeof input).toBe('object');
    }
    const second = await client.messages.create({
      ...request,
      messages: [
        ...asked,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: calls.map(({ id, name }) => ({
            type: 'tool_result' as const,
            tool_use_id: id,
            content: [{ type: 'text' as const, text: `${name} says fine` }],
          })),
        },
      ],
    });
    expect(textOf(second.content)).toBe(
      'get_weather answered: get_weather says fine\nget_time answered: get_time says fine',
    );
  });

  pair('tools in two turns, streamed', async ({ client }) => {
    const request = { model: 'sim/tools?calls=2', max_tokens: 500, tools: [weather, clock] };
    const asked = say('Weather and time in Paris?');
    const stream = client.messages.stream({ ...request, messages: asked });
    const first = await stream.finalMessage();
    const calls = callsOf(first);
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
    expect(calls.every(({ input }) => typeof input === 'object' && input !== null && 'city' in input)).toBe(true);
    const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'fine' }));
    const second = client.messages.stream({
      ...request,
      messages: [...asked, { role: 'assistant', content: first.content }, { role: 'user', content: results }],
    });
    expect(await second.finalText()).toBe('get_weather answered: fine\nget_time answered: fine');
  });

  pair('structured output', async ({ client }) => {
    const request = {
      model: 'sim/json',
      max_tokens: 500,
      messages: say('A city'),
      output_config: { format: zodOutputFormat(City) },
    };
    const parsed = await client.messages.parse(request);
    expect(City.parse(parsed.parsed_output)).toEqual(parsed.parsed_output ?? { city: '', people: 0, capital: false });
    const streamed = await client.messages.stream(request).finalMessage();
    expect(streamed.parsed_output).toEqual(parsed.parsed_output);
  });

  pair('image', async ({ client }) => {
    const message = await client.messages.create({
      model: 'sim/vision',
      max_tokens: 200,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64(PNG_URL) } },
          ],
        },
      ],
    });
    expect(textOf(message.content)).toMatch(
      // Not every grammar says the type of an image.
      new RegExp(`^Received 1: image image(/png)?, ${PNG_BYTES.length} bytes.$`),
    );
  });

  pair('PDF', async ({ client, upstream }) => {
    const asked = client.messages.create({
      model: 'sim/vision',
      max_tokens: 200,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: base64(PDF_URL) } },
          ],
        },
      ],
    });
    if (upstream.cannot?.['PDF in']) {
      await failureOf(asked, Anthropic.NotFoundError);
      return;
    }
    expect(textOf((await asked).content)).toContain(`application/pdf, ${PDF_BYTES} bytes`);
  });

  pair('reasoning, replayed as it was signed', async ({ client }) => {
    const request = {
      model: 'sim/reasoner',
      max_tokens: 8000,
      thinking: { type: 'enabled' as const, budget_tokens: 2048 },
    };
    const asked = say('Why is the sky blue?');
    const first = await client.messages.create({ ...request, messages: asked });
    const [thinking] = first.content;
    if (thinking?.type !== 'thinking') throw new Error(`an answer that begins with ${thinking?.type}`);
    expect(thinking.thinking).toContain('Why is the sky blue?');
    expect(thinking.signature).not.toBe('');
    expect(textOf(first.content)).toBe('You said: Why is the sky blue?');
    const second = await client.messages.create({
      ...request,
      messages: [...asked, { role: 'assistant', content: first.content }, ...say('Again.')],
    });
    expect(textOf(second.content)).toBe('Earlier reasoning came back unmodified. You said: Again.');
  });

  pair('reasoning around a tool call, streamed', async ({ client }) => {
    const request = {
      model: 'sim/reasoner?calls=1',
      max_tokens: 8000,
      thinking: { type: 'enabled' as const, budget_tokens: 2048 },
      tools: [weather],
    };
    const asked = say('Weather in Paris?');
    const stream = client.messages.stream({ ...request, messages: asked });
    let thought = '';
    stream.on('thinking', (piece) => {
      thought += piece;
    });
    const first = await stream.finalMessage();
    expect(thought).toContain('Weather in Paris?');
    const [call] = callsOf(first);
    const second = await client.messages.create({
      ...request,
      messages: [
        ...asked,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'sunny' }] },
      ],
    });
    expect(textOf(second.content)).toBe('Earlier reasoning came back unmodified. get_weather answered: sunny');
  });

  pair('a length stop and a stop sequence', async ({ client, upstream }) => {
    const short = await client.messages.create({ model: 'sim/lorem', max_tokens: 5, messages: say('50 tokens') });
    expect(short.stop_reason).toBe('max_tokens');
    const stopped = await client.messages.create({
      model: 'sim/echo',
      max_tokens: 200,
      messages: say('one two END three'),
      stop_sequences: ['END'],
    });
    // The Responses grammar has no stop sequences.
    const isSayable = upstream.dialect !== 'openai-responses';
    expect(textOf(stopped.content).trim()).toBe(isSayable ? 'one two' : 'one two END three');
    // Most grammars do not tell a stop sequence from an end; where they do, which one is known: it was the only one.
    expect([stopped.stop_reason, stopped.stop_sequence]).toEqual(
      stopped.stop_reason === 'end_turn' ? ['end_turn', null] : ['stop_sequence', 'END'],
    );
  });

  pair('usage with a cache, in exclusive parts', async ({ client, upstream }) => {
    if (upstream.cannot?.['usage with cache']) return;
    const ask = (model: string) =>
      client.messages.create({ model, max_tokens: 200, messages: say('one two three four five six seven eight nine') });
    const [plain, cached] = [await ask('sim/echo'), await ask('sim/echo?cached=8')];
    expect(cached.usage.cache_read_input_tokens).toBe(8);
    expect(cached.usage.input_tokens).toBe(plain.usage.input_tokens - 8);
  });

  pair('errors are typed', async ({ client }) => {
    const ask = (model: string) => client.messages.create({ model, max_tokens: 50, messages: say('x') });
    const limited = await failureOf(ask('sim/echo?status=429&retry_after=7'), Anthropic.RateLimitError);
    expect(limited).toMatchObject({ status: 429, type: 'rate_limit_error', requestID: expect.stringMatching(/^gen-/) });
    const busy = await failureOf(ask('sim/echo?status=529'), Anthropic.APIError);
    expect(busy).toMatchObject({ status: 529, type: 'overloaded_error' });
    expect(await failureOf(ask('nobody/nothing'), Anthropic.BadRequestError)).toMatchObject({
      type: 'invalid_request_error',
    });
  });

  pair('a bad key', async ({ gateway }) => {
    const stranger = new Anthropic({ baseURL: `${gateway.url}/api`, apiKey: 'sk-ant-nobody', maxRetries: 0 });
    const asked = stranger.messages.create({ model: 'sim/echo', max_tokens: 5, messages: say('x') });
    expect(await failureOf(asked, Anthropic.AuthenticationError)).toMatchObject({ type: 'authentication_error' });
  });

  pair('an error in the stream is raised, with its type', async ({ client }) => {
    const stream = client.messages.stream({
      model: 'sim/echo?error_after=2&token_ms=1',
      max_tokens: 200,
      messages: say('one two three four five six'),
    });
    let text = '';
    stream.on('text', (piece) => {
      text += piece;
    });
    expect(await failureOf(stream.finalMessage(), Anthropic.APIError)).toMatchObject({
      type: expect.stringMatching(/_error$/),
    });
    expect(text).toStartWith('one two');
  });

  pair('a cut stream is no answer', async ({ client }) => {
    const stream = client.messages.stream({
      model: 'sim/echo?cut=1100&token_ms=1',
      max_tokens: 200,
      messages: say('one two three four five six '.repeat(20)),
    });
    expect((await failureOf(stream.finalMessage(), Anthropic.APIError)).type).toBe('api_error');
  });

  pair('tokens counted', async ({ client }) => {
    const count = (more: Partial<Anthropic.MessageCountTokensParams> = {}) =>
      client.messages.countTokens({ model: 'sim/echo', messages: say('one two three'), ...more });
    const plain = await count();
    expect(plain.input_tokens).toBeGreaterThan(3);
    expect((await count({ system: 'You are a helpful assistant.', tools: [weather] })).input_tokens).toBeGreaterThan(
      plain.input_tokens + 20,
    );
  });
});
