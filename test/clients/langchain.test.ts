/** `@langchain/openrouter`, unmodified: answers, tools, objects, reasoning, images, failures, aborts. */
import { expect } from 'bun:test';
import { type AIMessageChunk, type BaseMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenRouter, OpenRouterAuthError, OpenRouterError, OpenRouterRateLimitError } from '@langchain/openrouter';
import { z } from 'zod';
import { failureOf } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import { PNG_BYTES, PNG_URL } from '../kit/samples.ts';
import type { Gateway } from '../kit/start-gateway.ts';

type Settings = Omit<ConstructorParameters<typeof ChatOpenRouter>[0] & object, 'model'>;
type Open = (model: string, settings?: Settings) => ChatOpenRouter;

const openWith =
  ({ url, apiKey }: Pick<Gateway, 'url' | 'apiKey'>): Open =>
  (model, settings) =>
    new ChatOpenRouter({ model, apiKey, baseURL: `${url}/api/v1`, maxRetries: 0, ...settings });

/** Its types do not say what usage has. */
const usageOf = ({ usage_metadata: usage }: { readonly usage_metadata?: unknown }) =>
  z
    .object({
      input_tokens: z.int().positive(),
      output_tokens: z.int().positive(),
      total_tokens: z.int(),
      output_token_details: z.object({ reasoning: z.int() }),
    })
    .parse(usage);

const City = z.object({ city: z.string(), people: z.int() });
const place = z.object({ city: z.string() });

/** Tools that note what they were asked. */
function toolbox() {
  const asked: string[] = [];
  const ask = (name: string) =>
    tool(
      ({ city }) => {
        asked.push(name);
        return `${name} for ${city.length > 0}`;
      },
      { name, description: `${name} of a city`, schema: place },
    );
  const [weather, clock] = [ask('get_weather'), ask('get_time')];
  return { asked, tools: [weather, clock], run: { get_weather: weather, get_time: clock } };
}

/** The pieces of a stream, as LangChain joins them. */
async function joined(stream: AsyncIterable<AIMessageChunk>) {
  let whole: AIMessageChunk | undefined;
  let pieces = 0;
  for await (const piece of stream) {
    pieces += 1;
    whole = whole ? whole.concat(piece) : piece;
  }
  if (!whole) throw new Error('the stream was empty');
  return { whole, pieces };
}

describePairs('@langchain/openrouter', openWith, (pair) => {
  pair('whole', async ({ client }) => {
    const answer = await client('sim/echo', { temperature: 0.3, maxTokens: 100 }).invoke([
      new SystemMessage('Be brief.'),
      new HumanMessage('Good morning, señor 👋'),
    ]);
    expect(answer.text).toBe('Good morning, señor 👋');
    expect(answer.response_metadata).toMatchObject({ model_name: 'sim/echo', finish_reason: 'stop' });
    const { input_tokens: input, output_tokens: output, total_tokens: total } = usageOf(answer);
    expect(total).toBe(input + output);
    expect(output).toBeGreaterThan(2);
  });

  pair('stream', async ({ client }) => {
    const model = client('sim/echo');
    const { whole, pieces } = await joined(await model.stream('one two three four'));
    expect(whole.text).toBe('one two three four');
    expect(pieces).toBeGreaterThan(1);
    expect(whole.response_metadata).toMatchObject({ finish_reason: 'stop' });
    // Of the chunk that has usage and no choice, `stream` tells nothing; events do.
    const told = await model.streamEvents('one two three four');
    expect(told.text).toBe('one two three four');
    expect(usageOf(told)).toEqual(usageOf(await model.invoke('one two three four')));
  });

  pair('tools in two turns, whole and streamed', async ({ client }) => {
    const { asked, tools, run } = toolbox();
    const model = client('sim/tools?calls=2').bindTools(tools);
    const question = new HumanMessage('Weather and time in Paris?');
    for (const ask of [
      (messages: BaseMessage[]) => model.invoke(messages),
      async (messages: BaseMessage[]) => (await joined(await model.stream(messages))).whole,
    ]) {
      const first = await ask([question]);
      const calls = first.tool_calls ?? [];
      expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
      const results = await Promise.all(
        calls.map((call) => run[z.enum(['get_weather', 'get_time']).parse(call.name)].invoke(call)),
      );
      const second = await ask([question, first, ...results]);
      expect(second.text).toBe('get_weather answered: get_weather for true\nget_time answered: get_time for true');
    }
    expect(asked).toEqual(['get_weather', 'get_time', 'get_weather', 'get_time']);
  });

  pair('structured output, by a tool and by its mode', async ({ client }) => {
    for (const method of ['functionCalling', 'jsonMode'] as const) {
      const model = method === 'jsonMode' ? client('sim/json') : client('sim/tools');
      const schema = method === 'jsonMode' ? z.object({ answer: z.string() }) : City;
      const answer = await model.withStructuredOutput(schema, { method }).invoke('A city');
      expect(schema.parse(answer)).toEqual(answer);
    }
    const format = { name: 'city', strict: true, schema: z.toJSONSchema(City) };
    const model = client('sim/json').withConfig({ response_format: { type: 'json_schema', json_schema: format } });
    expect(City.safeParse(JSON.parse((await model.invoke('A city')).text)).success).toBe(true);
  });

  pair('reasoning is shown; it does not go back', async ({ client }) => {
    const model = client('sim/reasoner', { maxTokens: 8000, modelKwargs: { reasoning: { effort: 'high' } } });
    const question = new HumanMessage('Why is the sky blue?');
    const whole = await model.invoke([question]);
    const { whole: streamed } = await joined(await model.stream([question]));
    for (const answer of [whole, streamed]) {
      const thoughts = answer.contentBlocks.flatMap((block) => (block.type === 'reasoning' ? [block.reasoning] : []));
      expect(thoughts.join('')).toContain('Why is the sky blue?');
      expect(answer.text).toBe('You said: Why is the sky blue?');
      const second = await model.invoke([question, answer, new HumanMessage('Again.')]);
      expect(second.text).toBe('Earlier reasoning did not come back. You said: Again.');
    }
    expect(usageOf(whole).output_token_details.reasoning).toBeGreaterThan(0);
  });

  pair('image', async ({ client }) => {
    const data = PNG_URL.slice(PNG_URL.indexOf(',') + 1);
    for (const image of [
      { type: 'image_url', image_url: { url: PNG_URL } },
      { type: 'image', source_type: 'base64', mime_type: 'image/png', data },
    ]) {
      const content = [{ type: 'text', text: 'What is this?' }, image];
      const answer = await client('sim/vision').invoke([new HumanMessage({ content })]);
      expect(answer.text).toBe(`Received 1: image image/png, ${PNG_BYTES.length} bytes.`);
    }
  });

  pair('errors by status', async ({ client, gateway }) => {
    const stranger = openWith({ url: gateway.url, apiKey: 'sk-or-v1-nobody' })('sim/echo');
    expect((await failureOf(stranger.invoke('hi'), OpenRouterAuthError)).statusCode).toBe(401);
    const unknown = await failureOf(client('sim/ecco').invoke('hi'), OpenRouterError);
    expect(unknown.statusCode).toBe(400);
    expect(unknown.message).toContain('sim/echo');
    const limited = client('sim/echo?status=429&retry_after=2');
    for (const call of [limited.invoke('hi'), limited.stream('hi')]) {
      const failure = await failureOf(call, OpenRouterRateLimitError);
      expect(failure.headers?.['retry-after']).toBe('2');
      expect(failure.metadata).toMatchObject({ error_type: 'rate_limit_exceeded', provider_name: 'Sim' });
    }
    expect((await failureOf(client('sim/echo?status=500').invoke('hi'), OpenRouterError)).statusCode).toBe(502);
  });

  pair('an answer that broke off does not end as a whole one', async ({ client }) => {
    for (const fault of ['error_after=2', 'drop=4500']) {
      const stream = await client(`sim/lorem?tokens=80&token_ms=1&${fault}`).stream('80 tokens');
      const { whole } = await joined(stream);
      expect([fault, whole.text]).toEqual([fault, expect.stringMatching(/^Lorem/)]);
      // It takes a chunk that has a choice beside its error for a piece of the answer: its end says that it is none.
      expect(whole.response_metadata).toMatchObject({ finish_reason: 'error' });
    }
  });

  pair('abort', async ({ client, gateway }) => {
    const controller = new AbortController();
    const stream = await client('sim/lorem?frames=2000&token_ms=5').stream('2000 tokens', {
      signal: controller.signal,
    });
    let pieces = 0;
    const read = async (): Promise<void> => {
      for await (const _ of stream) if (++pieces === 5) controller.abort();
    };
    await failureOf(read(), Error);
    while (!gateway.log().includes('"status":499')) await Bun.sleep(5);
    expect(pieces).toBeLessThan(100);
  });
});
