/** `@openrouter/sdk`, unmodified: it validates every answer strictly, so each case here also proves the shape (OpenRouter's API). */
import { expect } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import type {
  ChatFunctionTool,
  ChatMessages,
  ChatRequest,
  ChatResult,
  ChatStreamChunk,
  ReasoningDetailUnion,
} from '@openrouter/sdk/models';
import { describePairs } from '../kit/pair-matrix.ts';
import { PDF_BYTES, PDF_URL, PNG_BYTES, PNG_URL, WEATHER_SCHEMA } from '../kit/samples.ts';
import { SIM_PRICE } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const openClient = ({ url, apiKey }: Gateway): OpenRouter =>
  new OpenRouter({ serverURL: `${url}/api/v1`, apiKey, retryConfig: { strategy: 'none' } });

const say = (content: string): ChatMessages[] => [{ role: 'user', content }];
const toolResult = (toolCallId: string, content: string): ChatMessages => ({ role: 'tool', toolCallId, content });

const weather: ChatFunctionTool = {
  type: 'function',
  function: { name: 'get_weather', description: 'Weather of a city', parameters: { ...WEATHER_SCHEMA } },
};
const clock: ChatFunctionTool = {
  type: 'function',
  function: { name: 'get_time', description: 'Time in a city', parameters: { ...WEATHER_SCHEMA } },
};

async function ask(client: OpenRouter, chatRequest: ChatRequest): Promise<ChatResult> {
  const answer = await client.chat.send({ chatRequest: { ...chatRequest, stream: false } });
  if ('choices' in answer) return answer;
  throw new Error('a stream came where a whole answer was asked for');
}

/** Every piece of the stream, and what they add up to. */
async function askStreamed(client: OpenRouter, chatRequest: ChatRequest) {
  const answer = await client.chat.send({ chatRequest: { ...chatRequest, stream: true } });
  if ('choices' in answer) throw new Error('a whole answer came where a stream was asked for');
  const pieces: ChatStreamChunk[] = [];
  let content = '';
  let reasoning = '';
  const details = new Map<number, ReasoningDetailUnion>();
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  for await (const piece of answer) {
    pieces.push(piece);
    const delta = piece.choices[0]?.delta;
    content += delta?.content ?? '';
    reasoning += delta?.reasoning ?? '';
    for (const detail of delta?.reasoningDetails ?? []) {
      const index = 'index' in detail && typeof detail.index === 'number' ? detail.index : 0;
      details.set(index, joinDetail(details.get(index), detail));
    }
    for (const { index, id, function: part } of delta?.toolCalls ?? []) {
      const known = calls.get(index) ?? { id: '', name: '', arguments: '' };
      calls.set(index, {
        id: known.id || (id ?? ''),
        name: known.name + (part?.name ?? ''),
        arguments: known.arguments + (part?.arguments ?? ''),
      });
    }
  }
  return { pieces, content, reasoning, details: [...details.values()], calls: [...calls.values()] };
}

const textOf = (answer: ChatResult): unknown => answer.choices[0]?.message.content;

describePairs('@openrouter/sdk: answers', openClient, (pair) => {
  pair('whole answer', async ({ client }) => {
    const answer = await ask(client, {
      model: 'sim/echo',
      messages: [{ role: 'system', content: 'Be brief.' }, ...say('Good morning, señor 👋')],
      temperature: 0.3,
    });
    expect(answer.id).toMatch(/^gen-/);
    expect(answer.model).toBe('sim/echo');
    expect(textOf(answer)).toBe('Good morning, señor 👋');
    expect(answer.choices[0]?.finishReason).toBe('stop');
  });

  pair('streamed answer', async ({ client }) => {
    const { pieces, content } = await askStreamed(client, { model: 'sim/echo', messages: say('one two three four') });
    expect(content).toBe('one two three four');
    expect(new Set(pieces.map(({ id }) => id)).size).toBe(1);
    expect(pieces.flatMap(({ choices }) => choices[0]?.finishReason ?? [])).toEqual(['stop']);
    expect(pieces.filter(({ usage }) => usage !== undefined)).toHaveLength(1);
  });

  pair('usage and cost, whole and streamed alike', async ({ client }) => {
    const request = { model: 'sim/echo?cached=1', messages: say('How much is this?') };
    const whole = (await ask(client, request)).usage;
    const streamed = (await askStreamed(client, request)).pieces.at(-1)?.usage;
    expect(streamed).toEqual(whole);
    expect(whole).toMatchObject({ isByok: false, promptTokensDetails: { cachedTokens: 1 } });
    const { promptTokens = 0, completionTokens = 0, cost, costDetails } = whole ?? {};
    expect(promptTokens).toBeGreaterThan(1);
    const cachedSaving = SIM_PRICE.prompt * 0.9;
    const expected = promptTokens * SIM_PRICE.prompt - cachedSaving + completionTokens * SIM_PRICE.completion;
    expect(cost).toBeCloseTo(expected, 12);
    expect(costDetails?.upstreamInferencePromptCost).toBeCloseTo(promptTokens * SIM_PRICE.prompt - cachedSaving, 12);
  });

  pair('tool calls and their results', async ({ client }) => {
    const request = { model: 'sim/tools?calls=2', tools: [weather, clock] };
    const messages = say('Weather and time in Paris?');
    const first = await ask(client, { ...request, messages });
    const message = first.choices[0]?.message;
    const calls = message?.toolCalls ?? [];
    expect(first.choices[0]?.finishReason).toBe('tool_calls');
    expect(calls.map((call) => call.function.name)).toEqual(['get_weather', 'get_time']);
    if (!message) throw new Error('no message');
    const results = calls.map(({ id, function: { name } }) => toolResult(id, `${name} of Paris`));
    const second = await ask(client, { ...request, messages: [...messages, message, ...results] });
    expect(textOf(second)).toBe('get_weather answered: get_weather of Paris\nget_time answered: get_time of Paris');
  });

  pair('tool calls and their results, streamed', async ({ client }) => {
    const request = { model: 'sim/tools?calls=2', tools: [weather, clock] };
    const messages = say('Weather and time in Paris?');
    const { calls, pieces } = await askStreamed(client, { ...request, messages });
    expect(pieces.flatMap(({ choices }) => choices[0]?.finishReason ?? [])).toEqual(['tool_calls']);
    for (const call of calls) expect(JSON.parse(call.arguments)).toHaveProperty('city');
    const turn: ChatMessages = {
      role: 'assistant',
      content: null,
      toolCalls: calls.map(({ id, name, arguments: text }) => ({
        id,
        type: 'function',
        function: { name, arguments: text },
      })),
    };
    const results = calls.map(({ id }) => toolResult(id, 'fine'));
    const second = await askStreamed(client, { ...request, messages: [...messages, turn, ...results] });
    expect(second.content).toBe('get_weather answered: fine\nget_time answered: fine');
  });

  pair('structured output', async ({ client }) => {
    const answer = await ask(client, {
      model: 'sim/json',
      messages: say('Weather question'),
      responseFormat: {
        type: 'json_schema',
        jsonSchema: { name: 'question', strict: true, schema: { ...WEATHER_SCHEMA } },
      },
    });
    expect(JSON.parse(String(textOf(answer)))).toHaveProperty('city');
  });

  pair('reasoning, replayed unmodified', async ({ client, upstream }) => {
    const request: ChatRequest = {
      model: 'sim/reasoner',
      reasoning: { effort: 'high' },
      maxTokens: 8000,
      messages: [],
    };
    const messages = say('Why is the sky blue?');
    const first = await ask(client, { ...request, messages });
    const message = first.choices[0]?.message;
    expect(message?.reasoning).toContain('Why is the sky blue?');
    const [detail] = message?.reasoningDetails ?? [];
    expect(detail).toMatchObject({ type: 'reasoning.text', format: upstream.reasoningFormat });
    expect(first.usage?.completionTokensDetails?.reasoningTokens).toBeGreaterThan(0);
    if (!message) throw new Error('no message');
    const second = await ask(client, { ...request, messages: [...messages, message, ...say('Say it again.')] });
    expect(textOf(second)).toBe('Earlier reasoning came back unmodified. You said: Say it again.');
  });

  pair('reasoning, streamed', async ({ client }) => {
    const request: ChatRequest = { model: 'sim/reasoner', reasoning: { effort: 'low' }, maxTokens: 8000, messages: [] };
    const messages = say('Why is the sky blue?');
    const first = await askStreamed(client, { ...request, messages });
    expect(first.reasoning).toContain('Why is the sky blue?');
    const turn: ChatMessages = {
      role: 'assistant',
      content: first.content,
      reasoning: first.reasoning,
      reasoningDetails: first.details,
    };
    const second = await askStreamed(client, { ...request, messages: [...messages, turn, ...say('Again.')] });
    expect(second.content).toBe('Earlier reasoning came back unmodified. You said: Again.');
  });

  pair('image and file', async ({ client }) => {
    const answer = await ask(client, {
      model: 'sim/vision',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What are these?' },
            { type: 'image_url', imageUrl: { url: PNG_URL } },
            { type: 'file', file: { filename: 'a.pdf', fileData: PDF_URL } },
          ],
        },
      ],
    });
    expect(textOf(answer)).toContain(`image image/png, ${PNG_BYTES.length} bytes`);
    expect(textOf(answer)).toContain(`file application/pdf, ${PDF_BYTES} bytes`);
  });
});

/** Pieces of one index are one detail: texts grow, the rest is set once. */
function joinDetail(known: ReasoningDetailUnion | undefined, piece: ReasoningDetailUnion): ReasoningDetailUnion {
  if (known?.type !== 'reasoning.text' || piece.type !== 'reasoning.text') return piece;
  const text = (known.text ?? '') + (piece.text ?? '');
  return { ...known, ...piece, text, signature: piece.signature ?? known.signature };
}
