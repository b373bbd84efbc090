/** `@openrouter/sdk`'s Responses API, unmodified: it validates every answer and every event, so each case also proves the shape. */
import { expect } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import type { InputsUnion, OpenResponsesResult, ResponsesRequest, StreamEvents } from '@openrouter/sdk/models';
import { TooManyRequestsResponseError } from '@openrouter/sdk/models/errors';
import { z } from 'zod';
import { failureOf } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import { PDF_BYTES, PDF_URL, PNG_BYTES, PNG_URL, WEATHER_SCHEMA } from '../kit/samples.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const openClient = ({ url, apiKey }: Gateway): OpenRouter =>
  new OpenRouter({ serverURL: `${url}/api/v1`, apiKey, retryConfig: { strategy: 'none' } });

type Item = Exclude<InputsUnion, string>[number];
const asInput = z.array(z.custom<Item>((item) => typeof item === 'object'));

/** What the SDK did not understand comes out under this name instead of failing. */
const UNKNOWN = '"UNKNOWN"';

async function ask(client: OpenRouter, responsesRequest: ResponsesRequest): Promise<OpenResponsesResult> {
  const answer = await client.responses.send({ responsesRequest: { ...responsesRequest, stream: false } });
  if (!('output' in answer)) throw new Error('a stream came where a whole answer was asked for');
  expect(JSON.stringify(answer)).not.toContain(UNKNOWN);
  return answer;
}

async function askStreamed(client: OpenRouter, responsesRequest: ResponsesRequest) {
  const answer = await client.responses.send({ responsesRequest: { ...responsesRequest, stream: true } });
  if ('output' in answer) throw new Error('a whole answer came where a stream was asked for');
  const events: StreamEvents[] = [];
  for await (const event of answer) events.push(event);
  expect(JSON.stringify(events)).not.toContain(UNKNOWN);
  const last = events.at(-1);
  if (!last || !('response' in last)) throw new Error(`the stream ended with ${JSON.stringify(last)}`);
  return { events, answer: last.response };
}

const textOf = ({ output }: OpenResponsesResult): string =>
  output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('');

const tool = (name: string) => ({ type: 'function' as const, name, parameters: { ...WEATHER_SCHEMA }, strict: null });
const say = (content: string): Item => ({ role: 'user', content });

describePairs('@openrouter/sdk responses', openClient, (pair) => {
  pair('whole and streamed alike', async ({ client, upstream }) => {
    const request = {
      model: 'sim/echo?cached=1',
      input: 'Good morning, señor 👋',
      temperature: 0.3,
    };
    const whole = await ask(client, request);
    const { answer, events } = await askStreamed(client, request);
    expect(textOf(whole)).toBe('Good morning, señor 👋');
    expect(textOf(answer)).toBe(textOf(whole));
    expect(whole).toMatchObject({ status: 'completed', temperature: 0.3 });
    expect(answer.usage).toEqual(whole.usage);
    // Ollama's grammar does not say what was cached.
    const cachedTokens = upstream.dialect === 'ollama' ? 0 : 1;
    expect(whole.usage).toMatchObject({ isByok: false, inputTokensDetails: { cachedTokens } });
    expect(events.map((event) => ('sequenceNumber' in event ? event.sequenceNumber : -1))).toEqual(
      events.map((_, at) => at),
    );
  });

  pair('tool calls and their results', async ({ client }) => {
    const request = { model: 'sim/tools?calls=2', tools: [tool('get_weather'), tool('get_time')] };
    const input = [say('Weather and time in Paris?')];
    const { answer } = await askStreamed(client, { ...request, input });
    const calls = answer.output.filter((item) => item.type === 'function_call');
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
    const results = calls.map(({ callId, name }) => ({
      type: 'function_call_output' as const,
      callId,
      output: `${name} of Paris`,
    }));
    const again = [...input, ...asInput.parse(answer.output), ...results];
    expect(textOf(await ask(client, { ...request, input: again }))).toBe(
      'get_weather answered: get_weather of Paris\nget_time answered: get_time of Paris',
    );
  });

  pair('reasoning, replayed from its items', async ({ client }) => {
    const request: ResponsesRequest = {
      model: 'sim/reasoner',
      reasoning: { effort: 'high', summary: 'auto' },
      maxOutputTokens: 8000,
    };
    const include: ResponsesRequest['include'] = ['reasoning.encrypted_content'];
    const input = [say('Why is the sky blue?')];
    const { answer } = await askStreamed(client, { ...request, include, input });
    const [item] = answer.output;
    if (item?.type !== 'reasoning') throw new Error('no reasoning');
    expect([...(item.content ?? []), ...item.summary].map(({ text }) => text).join('')).toContain(
      'Why is the sky blue?',
    );
    const again = [...input, ...asInput.parse(answer.output), say('Again.')];
    const second = await ask(client, { ...request, include, input: again });
    expect(textOf(second)).toBe('Earlier reasoning came back unmodified. You said: Again.');
  });

  pair('structured output', async ({ client }) => {
    const answer = await ask(client, {
      model: 'sim/json',
      input: 'Weather question',
      text: { format: { type: 'json_schema', name: 'question', strict: true, schema: { ...WEATHER_SCHEMA } } },
    });
    expect(JSON.parse(textOf(answer))).toHaveProperty('city');
  });

  pair('image and file', async ({ client, upstream }) => {
    const takesFiles = upstream.dialect !== 'cohere' && upstream.dialect !== 'ollama';
    const answer = await ask(client, {
      model: 'sim/vision',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What are these?' },
            { type: 'input_image', imageUrl: PNG_URL, detail: 'auto' },
            ...(takesFiles ? [{ type: 'input_file' as const, filename: 'a.pdf', fileData: PDF_URL }] : []),
          ],
        },
      ],
    });
    expect(textOf(answer)).toMatch(new RegExp(`image image(/png)?, ${PNG_BYTES.length} bytes`));
    if (takesFiles) expect(textOf(answer)).toContain(`file application/pdf, ${PDF_BYTES} bytes`);
  });

  pair('limit reached', async ({ client }) => {
    const { answer } = await askStreamed(client, { model: 'sim/lorem', input: '200 tokens', maxOutputTokens: 20 });
    expect(answer).toMatchObject({ status: 'incomplete', incompleteDetails: { reason: 'max_output_tokens' } });
  });

  pair('errors before the stream, typed', async ({ client }) => {
    const failing = (status: number) =>
      ask(client, { model: `sim/echo?status=${status}&key=${status}&times=100`, input: 'hi' });
    expect((await failureOf(failing(429), TooManyRequestsResponseError)).error.message).toContain('429');
    expect((await failureOf(failing(500), Error)).message).toContain('500');
    expect(await failureOf(ask(client, { model: 'sim/ecco', input: 'hi' }), Error)).toMatchObject({ statusCode: 400 });
  });

  pair('an error in the stream: an error, then a failed response with what came', async ({ client }) => {
    const { events, answer } = await askStreamed(client, {
      model: 'sim/echo?token_ms=1&error_after=2',
      input: 'one two three four',
    });
    expect(events.at(-2)).toMatchObject({ type: 'error', code: 'server_error', param: null });
    expect(answer).toMatchObject({ status: 'failed', error: { code: 'server_error' }, errorType: expect.anything() });
    const deltas = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''));
    expect(deltas.join('')).toStartWith('one');
  });
});
