/** The `openai` package's Responses API, unmodified: answers, whole and streamed, against each upstream grammar. */
import { expect } from 'bun:test';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type {
  FunctionTool,
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInput,
  ResponseInputItem,
  ResponseStreamEvent,
  ToolChoiceAllowed,
} from 'openai/resources/responses/responses';
import { z } from 'zod';
import { describePairs } from '../kit/pair-matrix.ts';
import { PDF_BYTES, PDF_URL, PNG_BYTES, PNG_URL, WEATHER_SCHEMA } from '../kit/samples.ts';
import { SIM_PRICE } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const openClient = ({ url, apiKey }: Gateway): OpenAI =>
  new OpenAI({ baseURL: `${url}/api/v1`, apiKey, maxRetries: 0 });

const weather: FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { ...WEATHER_SCHEMA },
  strict: null,
};
const clock: FunctionTool = { ...weather, name: 'get_time', description: 'Time in a city' };
const COUNTING_REASONING: readonly string[] = ['openai-chat', 'anthropic-messages', 'gemini', 'openai-responses'];

const City = z.object({ city: z.string(), people: z.int(), capital: z.boolean() });
const usageExtras = z.object({
  cost: z.number(),
  is_byok: z.boolean(),
  cost_details: z.object({
    upstream_inference_input_cost: z.number(),
    upstream_inference_output_cost: z.number(),
  }),
});

const say = (content: string): ResponseInputItem => ({ role: 'user', content });
const resultOf = (callId: string, output: string): ResponseInputItem => ({
  type: 'function_call_output',
  call_id: callId,
  output,
});
const callsOf = ({ output }: Response) => output.filter((item) => item.type === 'function_call');

/** What clients do who keep the conversation themselves: the items of the answer go back as they came. */
const withAnswer = (input: ResponseInput, { output }: Response): ResponseInput => [
  ...input,
  ...z.array(z.custom<ResponseInputItem>((item) => typeof item === 'object')).parse(output),
];

async function collect(client: OpenAI, request: ResponseCreateParamsNonStreaming): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({ ...request, stream: true })) events.push(event);
  return events;
}

describePairs('openai responses: answers', openClient, (pair) => {
  pair('whole answer', async ({ client }) => {
    const { data: answer, response } = await client.responses
      .create({ model: 'sim/echo', instructions: 'Be brief.', input: 'Good morning, señor 👋', temperature: 0.3 })
      .withResponse();
    expect(answer).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'sim/echo',
      output_text: 'Good morning, señor 👋',
      instructions: 'Be brief.',
      temperature: 0.3,
      error: null,
      incomplete_details: null,
      store: false,
      text: { format: { type: 'text' } },
      tools: [],
      tool_choice: 'auto',
      parallel_tool_calls: true,
    });
    expect(answer.id.replace('resp_', 'gen-')).toBe(response.headers.get('x-generation-id') ?? '');
    expect(answer.output).toMatchObject([{ type: 'message', role: 'assistant', status: 'completed' }]);
  });

  pair('streamed answer, event by event', async ({ client }) => {
    const events = await collect(client, { model: 'sim/echo', input: 'one two three four five' });
    expect(events.map(({ sequence_number: at }) => at)).toEqual(events.map((_, at) => at));
    const deltas = events.filter((event) => event.type === 'response.output_text.delta');
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.map(({ delta }) => delta).join('')).toBe('one two three four five');
    const types = events.map(({ type }) => type).filter((type) => type !== 'response.output_text.delta');
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  pair('stream helper', async ({ client }) => {
    const seen: string[] = [];
    const stream = client.responses
      .stream({ model: 'sim/echo', input: 'one two three' })
      .on('response.output_text.delta', ({ snapshot }) => seen.push(snapshot));
    const answer = await stream.finalResponse();
    expect(answer).toMatchObject({ status: 'completed', output_text: 'one two three' });
    expect(seen.at(-1)).toBe('one two three');
  });

  pair('usage and cost, whole and streamed alike', async ({ client, upstream }) => {
    const request = { model: 'sim/echo?cached=1', input: 'How much is this, all in all?' };
    const whole = (await client.responses.create(request)).usage;
    const streamed = (await client.responses.stream(request).finalResponse()).usage;
    expect(streamed).toEqual(whole);
    // Ollama's grammar does not say what was cached.
    const cached = upstream.dialect === 'ollama' ? 0 : 1;
    expect(whole).toMatchObject({
      input_tokens_details: { cached_tokens: cached },
      output_tokens_details: { reasoning_tokens: 0 },
    });
    expect(whole?.total_tokens).toBe((whole?.input_tokens ?? 0) + (whole?.output_tokens ?? 0));
    const { cost, is_byok: isByok, cost_details: details } = usageExtras.parse(whole);
    const { upstream_inference_input_cost: input, upstream_inference_output_cost: output } = details;
    expect(output).toBeCloseTo((whole?.output_tokens ?? 0) * SIM_PRICE.completion, 12);
    expect(cost).toBeCloseTo(input + output, 12);
    expect(isByok).toBe(false);
  });

  pair('limit reached', async ({ client }) => {
    const request = { model: 'sim/lorem', input: '200 tokens', max_output_tokens: 20 };
    for (const answer of [
      await client.responses.create(request),
      await client.responses.stream(request).finalResponse(),
    ]) {
      expect(answer).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
      expect(answer.output).toMatchObject([{ type: 'message', status: 'incomplete' }]);
      expect(answer.usage?.output_tokens).toBe(20);
    }
  });

  pair('tool call and its result', async ({ client }) => {
    const request = { model: 'sim/tools', tools: [weather] };
    const input: ResponseInput = [say('Weather in Paris?')];
    const first = await client.responses.create({ ...request, input });
    expect(first.status).toBe('completed');
    const [call] = callsOf(first);
    expect(call).toMatchObject({ name: 'get_weather', status: 'completed' });
    expect(JSON.parse(call?.arguments ?? '')).toHaveProperty('city');
    const second = await client.responses.create({
      ...request,
      input: [...withAnswer(input, first), resultOf(call?.call_id ?? '', '{"celsius":21}')],
    });
    expect(second.output_text).toBe('get_weather answered: {"celsius":21}');
  });

  pair('parallel tool calls and their results, streamed', async ({ client }) => {
    const request = { model: 'sim/tools?calls=2', tools: [weather, clock] };
    const input: ResponseInput = [say('Weather and time in Paris?')];
    const written: string[] = [];
    const first = await client.responses
      .stream({ ...request, input })
      .on('response.function_call_arguments.done', ({ arguments: text }) => written.push(text))
      .finalResponse();
    const calls = callsOf(first);
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
    expect(calls.map((call) => call.arguments)).toEqual(written);
    expect(new Set(calls.map(({ call_id: id }) => id)).size).toBe(2);
    const results = calls.map(({ call_id: id, name }) => resultOf(id, `${name} of Paris`));
    const second = await client.responses
      .stream({ ...request, input: [...withAnswer(input, first), ...results] })
      .finalResponse();
    expect(second.output_text).toBe('get_weather answered: get_weather of Paris\nget_time answered: get_time of Paris');
  });

  pair('named tool, and one of those allowed', async ({ client }) => {
    const request = { model: 'sim/tools', tools: [weather, clock], input: 'Time in Paris?' };
    const named = { type: 'function', name: 'get_time' } as const;
    const allowed: ToolChoiceAllowed = { type: 'allowed_tools', mode: 'required', tools: [named] };
    for (const choice of [named, allowed]) {
      const answer = await client.responses.create({ ...request, tool_choice: choice });
      expect(callsOf(answer).map(({ name }) => name)).toEqual(['get_time']);
    }
  });

  pair('structured output, parsed', async ({ client }) => {
    const request = { model: 'sim/json', input: 'A city', text: { format: zodTextFormat(City, 'city') } };
    const whole = await client.responses.parse(request);
    expect(City.parse(whole.output_parsed)).toEqual(City.parse(JSON.parse(whole.output_text)));
    const streamed = await client.responses.stream(request).finalResponse();
    expect(streamed.output_parsed).toEqual(whole.output_parsed);
  });

  for (const streamed of [false, true]) {
    pair(`reasoning, replayed from its items, ${streamed ? 'streamed' : 'whole'}`, async ({ client, upstream }) => {
      const request = {
        model: 'sim/reasoner',
        reasoning: { effort: 'high' as const, summary: 'auto' as const },
        max_output_tokens: 8000,
        include: ['reasoning.encrypted_content' as const],
      };
      const ask = (input: ResponseInput): Promise<Response> =>
        streamed
          ? client.responses.stream({ ...request, input }).finalResponse()
          : client.responses.create({ ...request, input });
      const input: ResponseInput = [say('Why is the sky blue?')];
      const first = await ask(input);
      const [item] = first.output;
      if (item?.type !== 'reasoning') throw new Error('no reasoning');
      const readable = [...(item.content ?? []), ...item.summary].map(({ text }) => text).join('');
      expect(readable).toContain('Why is the sky blue?');
      expect(item.encrypted_content).toBeString();
      // The other grammars do not count it apart.
      const counted = first.usage?.output_tokens_details.reasoning_tokens ?? 0;
      expect(counted > 0).toBe(COUNTING_REASONING.includes(upstream.dialect));
      const again = await ask([...withAnswer(input, first), say('Say it again.')]);
      expect(again.output_text).toBe('Earlier reasoning came back unmodified. You said: Say it again.');
      // Some clients keep of an item only what is encrypted.
      const bare: ResponseInputItem = {
        type: 'reasoning',
        id: item.id,
        summary: [],
        encrypted_content: item.encrypted_content ?? '',
      };
      const kept = withAnswer([], first).slice(1);
      const sparse = await ask([...input, bare, ...kept, say('And again.')]);
      expect(sparse.output_text).toBe('Earlier reasoning came back unmodified. You said: And again.');
    });
  }

  pair('reasoning around a tool call', async ({ client }) => {
    const request = {
      model: 'sim/reasoner?calls=1',
      reasoning: { effort: 'medium' as const },
      max_output_tokens: 8000,
      tools: [weather],
    };
    const input: ResponseInput = [say('Weather in Paris?')];
    const first = await client.responses
      .stream({ ...request, input, include: ['reasoning.encrypted_content'] })
      .finalResponse();
    expect(first.output.map(({ type }) => type).filter((type) => type !== 'message')).toContain('reasoning');
    const results = callsOf(first).map(({ call_id: id }) => resultOf(id, 'sunny'));
    expect(results).toHaveLength(1);
    const second = await client.responses.create({ ...request, input: [...withAnswer(input, first), ...results] });
    expect(second.output_text).toBe('Earlier reasoning came back unmodified. get_weather answered: sunny');
  });

  pair('image and file by data URL', async ({ client, upstream }) => {
    const takesFiles = upstream.dialect !== 'cohere' && upstream.dialect !== 'ollama';
    const answer = await client.responses.create({
      model: 'sim/vision',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What are these?' },
            { type: 'input_image', image_url: PNG_URL, detail: 'auto' },
            ...(takesFiles ? [{ type: 'input_file' as const, filename: 'a.pdf', file_data: PDF_URL }] : []),
          ],
        },
      ],
    });
    expect(answer.output_text).toMatch(new RegExp(`image image(/png)?, ${PNG_BYTES.length} bytes`));
    if (takesFiles) expect(answer.output_text).toContain(`file application/pdf, ${PDF_BYTES} bytes`);
  });
});
