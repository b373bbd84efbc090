/** The `openai` package, unmodified: answers, whole and streamed, against each upstream grammar. */
import { expect } from 'bun:test';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import { z } from 'zod';
import { describePairs } from '../kit/pair-matrix.ts';
import { joinDetails } from '../kit/reasoning.ts';
import { PDF_BYTES, PDF_URL, PNG_BYTES, PNG_URL, WEATHER_SCHEMA } from '../kit/samples.ts';
import { SIM_PRICE } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';
import { choiceExtras, completionExtras, messageExtras, usageExtras } from '../kit/wire-extras.ts';

const toolResult = (id: string, content: string): ChatCompletionMessageParam => ({
  role: 'tool',
  tool_call_id: id,
  content,
});
const say = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }];

const weather: ChatCompletionTool = {
  type: 'function',
  function: { name: 'get_weather', description: 'Weather of a city', parameters: WEATHER_SCHEMA },
};
const clock: ChatCompletionTool = {
  type: 'function',
  function: { name: 'get_time', description: 'Time in a city', parameters: WEATHER_SCHEMA },
};

const City = z.object({ city: z.string(), people: z.int(), capital: z.boolean() });

const openClient = ({ url, apiKey }: Gateway): OpenAI =>
  new OpenAI({ baseURL: `${url}/api/v1`, apiKey, maxRetries: 0 });

describePairs('openai: answers', openClient, (pair) => {
  pair('whole answer', async ({ client, upstream }) => {
    const { data: answer, response } = await client.chat.completions
      .create({
        model: 'sim/echo',
        messages: [{ role: 'system', content: 'Be brief.' }, ...say('Good morning, señor 👋')],
        temperature: 0.3,
      })
      .withResponse();
    expect(answer.object).toBe('chat.completion');
    expect(answer.model).toBe('sim/echo');
    expect(completionExtras.parse(answer).provider).toBe('Sim');
    expect(response.headers.get('x-generation-id')).toBe(answer.id);
    const [choice] = answer.choices;
    expect(choice?.message).toMatchObject({ role: 'assistant', content: 'Good morning, señor 👋', refusal: null });
    expect(choice?.finish_reason).toBe('stop');
    expect(choiceExtras.parse(choice).native_finish_reason).toBe(upstream.nativeStop);
  });

  pair('streamed answer', async ({ client }) => {
    const stream = await client.chat.completions.create({
      model: 'sim/echo',
      messages: say('one two three four five'),
      stream: true,
    });
    const ids = new Set<string>();
    const pieces: string[] = [];
    const finishes: string[] = [];
    const usages: unknown[] = [];
    for await (const part of stream) {
      ids.add(completionExtras.parse(part).id);
      const [choice] = part.choices;
      if (choice?.delta.content) pieces.push(choice.delta.content);
      if (choice?.finish_reason) finishes.push(choice.finish_reason);
      if (part.usage) usages.push(part.usage);
    }
    expect(pieces.join('')).toBe('one two three four five');
    expect(pieces.length).toBeGreaterThan(1);
    expect(finishes).toEqual(['stop']);
    expect(usages).toHaveLength(1);
    expect(ids.size).toBe(1);
  });

  pair('stream helper', async ({ client }) => {
    const seen: string[] = [];
    const stream = client.chat.completions
      .stream({ model: 'sim/echo', messages: say('one two three') })
      .on('content', (delta) => seen.push(delta));
    const message = await stream.finalMessage();
    expect(message.content).toBe('one two three');
    expect(seen.join('')).toBe('one two three');
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop');
    expect((await stream.totalUsage()).completion_tokens).toBeGreaterThan(0);
  });

  pair('usage and cost, whole and streamed alike', async ({ client }) => {
    const request = { model: 'sim/echo', messages: say('How much is this, all in all?') };
    const whole = usageExtras.parse((await client.chat.completions.create(request)).usage);
    const streamed = usageExtras.parse((await client.chat.completions.stream(request).finalChatCompletion()).usage);
    expect(streamed).toEqual(whole);
    expect(whole.prompt_tokens).toBeGreaterThan(0);
    expect(whole.completion_tokens).toBeGreaterThan(0);
    expect(whole.total_tokens).toBe(whole.prompt_tokens + whole.completion_tokens);
    const { upstream_inference_prompt_cost: prompt, upstream_inference_completions_cost: completions } =
      whole.cost_details;
    expect(prompt).toBeCloseTo(whole.prompt_tokens * SIM_PRICE.prompt, 12);
    expect(completions).toBeCloseTo(whole.completion_tokens * SIM_PRICE.completion, 12);
    expect(whole.cost).toBeCloseTo(prompt + completions, 12);
    expect(whole.is_byok).toBe(false);
  });

  pair('cached tokens are part of the prompt', async ({ client }) => {
    const messages = say('A question that was asked before.');
    const plain = await client.chat.completions.create({ model: 'sim/echo', messages });
    const cached = await client.chat.completions.create({ model: 'sim/echo?cached=1', messages });
    expect(cached.usage?.prompt_tokens).toBe(plain.usage?.prompt_tokens);
    expect(usageExtras.parse(cached.usage).prompt_tokens_details.cached_tokens).toBe(1);
  });

  pair('limit reached', async ({ client }) => {
    const answer = await client.chat.completions.create({
      model: 'sim/lorem',
      messages: say('200 tokens'),
      max_tokens: 20,
    });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage?.completion_tokens).toBe(20);
  });

  pair('tool call and its result', async ({ client, upstream }) => {
    const model = 'sim/tools';
    const messages = say('Weather in Paris?');
    const first = await client.chat.completions.create({ model, messages, tools: [weather] });
    const [choice] = first.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choiceExtras.parse(choice).native_finish_reason).toBe(upstream.nativeToolCalls);
    const { message, calls } = callsOf(first);
    expect(calls).toHaveLength(1);
    expect(JSON.parse(calls[0]?.function.arguments ?? '')).toHaveProperty('city');
    const results = calls.map(({ id }) => toolResult(id, '{"celsius":21}'));
    const second = await client.chat.completions.create({
      model,
      messages: [...messages, message, ...results],
      tools: [weather],
    });
    expect(second.choices[0]?.message.content).toBe('get_weather answered: {"celsius":21}');
    expect(second.choices[0]?.finish_reason).toBe('stop');
  });

  pair('parallel tool calls and their results, streamed', async ({ client }) => {
    const model = 'sim/tools?calls=2';
    const messages = say('Weather and time in Paris?');
    const tools = [weather, clock];
    const started: string[] = [];
    const stream = client.chat.completions
      .stream({ model, messages, tools })
      .on('tool_calls.function.arguments.done', ({ name }) => started.push(name));
    const first = await stream.finalChatCompletion();
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    const { message, calls } = callsOf(first);
    expect(calls.map((call) => call.function.name)).toEqual(['get_weather', 'get_time']);
    expect(started.sort()).toEqual(['get_time', 'get_weather']);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    for (const call of calls) expect(JSON.parse(call.function.arguments)).toHaveProperty('city');
    const results = calls.map(({ id, function: { name } }) => toolResult(id, `${name} of Paris`));
    const second = await client.chat.completions
      .stream({ model, messages: [...messages, message, ...results], tools })
      .finalMessage();
    expect(second.content).toBe('get_weather answered: get_weather of Paris\nget_time answered: get_time of Paris');
  });

  pair('one call where parallel calls are forbidden', async ({ client, upstream }) => {
    const { data: answer, response } = await client.chat.completions
      .create({
        model: 'sim/tools?calls=2',
        messages: say('Weather and time in Paris?'),
        tools: [weather, clock],
        parallel_tool_calls: false,
      })
      .withResponse();
    // Gemini's grammar cannot forbid them (docs/sources.md): the caller is told.
    const isSayable = upstream.dialect !== 'gemini';
    expect(callsOf(answer).calls).toHaveLength(isSayable ? 1 : 2);
    expect(response.headers.get('x-signalbox-notes')).toBe(isSayable ? null : '1');
  });

  pair('named tool', async ({ client }) => {
    const answer = await client.chat.completions.create({
      model: 'sim/tools',
      messages: say('Time in Paris?'),
      tools: [weather, clock],
      tool_choice: { type: 'function', function: { name: 'get_time' } },
    });
    expect(callsOf(answer).calls.map((call) => call.function.name)).toEqual(['get_time']);
  });

  pair('tool runner', async ({ client }) => {
    const asked: string[] = [];
    const tool: RunnableToolFunctionWithParse<{ city: string }> = {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'Weather of a city',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
        parse: (text) => z.object({ city: z.string() }).parse(JSON.parse(text)),
        function: ({ city }) => {
          asked.push(city);
          return 'sunny';
        },
      },
    };
    const messages = say('Weather in Paris?');
    const runner = client.chat.completions.runTools({ model: 'sim/tools', messages, stream: true, tools: [tool] });
    expect(await runner.finalContent()).toBe('get_weather answered: sunny');
    expect(asked).toHaveLength(1);
  });

  pair('structured output, parsed', async ({ client }) => {
    const request = {
      model: 'sim/json',
      messages: say('A city'),
      response_format: zodResponseFormat(City, 'city'),
    };
    const whole = await client.chat.completions.parse(request);
    expect(City.parse(whole.choices[0]?.message.parsed)).toEqual(City.parse(JSON.parse(contentOf(whole))));
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    expect(streamed.choices[0]?.message.parsed).toEqual(City.parse(whole.choices[0]?.message.parsed));
  });

  pair('structured output, raw schema', async ({ client }) => {
    const answer = await client.chat.completions.create({
      model: 'sim/json',
      messages: say('Weather question'),
      response_format: { type: 'json_schema', json_schema: { name: 'question', strict: true, schema: WEATHER_SCHEMA } },
    });
    expect(JSON.parse(contentOf(answer))).toHaveProperty('city');
  });

  pair('reasoning, replayed unmodified', async ({ client, upstream }) => {
    const request = { model: 'sim/reasoner', reasoning: { effort: 'high' }, max_tokens: 8000 };
    const messages = say('Why is the sky blue?');
    const first = await client.chat.completions.create({ ...request, messages });
    const message = first.choices[0]?.message;
    const { reasoning, reasoning_details: details = [] } = messageExtras.parse(message);
    expect(reasoning).toContain('Why is the sky blue?');
    expect(details.length).toBeGreaterThan(0);
    expect(details[0]?.format ?? 'unknown').toBe(upstream.reasoningFormat);
    expect(usageExtras.parse(first.usage).completion_tokens_details.reasoning_tokens).toBeGreaterThan(0);
    if (!message) throw new Error('no message');
    const again = [...messages, message, ...say('Say it again.')];
    const second = await client.chat.completions.create({ ...request, messages: again });
    expect(contentOf(second)).toBe('Earlier reasoning came back unmodified. You said: Say it again.');
  });

  pair('reasoning, streamed and replayed around a tool call', async ({ client }) => {
    const request = {
      model: 'sim/reasoner?calls=1',
      reasoning: { max_tokens: 2000 },
      max_tokens: 8000,
      tools: [weather],
    };
    const messages = say('Weather in Paris?');
    const stream = await client.chat.completions.create({ ...request, messages, stream: true });
    const folded = await foldStream(stream);
    expect(folded.reasoning).toContain('Weather in Paris?');
    expect(folded.details.length).toBeGreaterThan(0);
    expect(folded.calls).toHaveLength(1);
    const turn: ChatCompletionMessageParam = {
      role: 'assistant',
      content: folded.content === '' ? null : folded.content,
      tool_calls: folded.calls,
      // As OpenRouter's documentation tells callers to: the details, without the text beside them.
      ...{ reasoning_details: folded.details },
    };
    const results = folded.calls.map(({ id }) => toolResult(id, 'sunny'));
    const second = await client.chat.completions.create({ ...request, messages: [...messages, turn, ...results] });
    expect(contentOf(second)).toBe('Earlier reasoning came back unmodified. get_weather answered: sunny');
  });

  pair('reasoning computed but not returned', async ({ client }) => {
    const request = {
      model: 'sim/reasoner',
      reasoning: { effort: 'low', exclude: true },
      max_tokens: 8000,
    };
    const answer = await client.chat.completions.create({ ...request, messages: say('Why?') });
    const extras = messageExtras.parse(answer.choices[0]?.message);
    expect(extras.reasoning ?? null).toBeNull();
    expect(extras.reasoning_details ?? []).toEqual([]);
    expect(contentOf(answer)).toBe('You said: Why?');
  });

  pair('image by data URL', async ({ client }) => {
    const answer = await client.chat.completions.create({
      model: 'sim/vision',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: PNG_URL } },
          ],
        },
      ],
    });
    expect(contentOf(answer)).toBe(`Received 1: image image/png, ${PNG_BYTES.length} bytes.`);
  });

  pair('file by data URL', async ({ client }) => {
    const answer = await client.chat.completions.create({
      model: 'sim/vision',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Sum this up.' },
            { type: 'file', file: { filename: 'a.pdf', file_data: PDF_URL } },
          ],
        },
      ],
    });
    expect(contentOf(answer)).toContain(`file application/pdf, ${PDF_BYTES} bytes`);
  });
});

function contentOf(answer: ChatCompletion): string {
  const content = answer.choices[0]?.message.content;
  if (content == null) throw new Error(`the answer has no text: ${JSON.stringify(answer)}`);
  return content;
}

function callsOf(answer: ChatCompletion) {
  const message = answer.choices[0]?.message;
  if (!message) throw new Error('the answer has no message');
  const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function');
  return { message, calls };
}

/** What a client does who reads `reasoning_details` off a stream: pieces of one index are one detail. */
async function foldStream(stream: AsyncIterable<ChatCompletionChunk>) {
  let content = '';
  let reasoning = '';
  const details = new Map<number, Record<string, unknown>>();
  const calls = new Map<number, { id: string; type: 'function'; function: { name: string; arguments: string } }>();
  for await (const { choices } of stream) {
    const delta = choices[0]?.delta;
    if (!delta) continue;
    content += delta.content ?? '';
    const extras = messageExtras.parse(delta);
    reasoning += extras.reasoning ?? '';
    for (const detail of extras.reasoning_details ?? []) {
      const index = z.int().parse(detail['index']);
      details.set(index, joinDetails(details.get(index), detail));
    }
    for (const call of delta.tool_calls ?? []) {
      const known = calls.get(call.index) ?? { id: '', type: 'function', function: { name: '', arguments: '' } };
      calls.set(call.index, {
        id: known.id || (call.id ?? ''),
        type: 'function',
        function: {
          name: known.function.name + (call.function?.name ?? ''),
          arguments: known.function.arguments + (call.function?.arguments ?? ''),
        },
      });
    }
  }
  return { content, reasoning, details: [...details.values()], calls: [...calls.values()] };
}
