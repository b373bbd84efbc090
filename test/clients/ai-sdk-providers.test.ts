/** `ai` with `@ai-sdk/openai`, `@ai-sdk/anthropic` and `@ai-sdk/google`, unmodified: each provider's own grammar against several upstreams'. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  generateText,
  type LanguageModel,
  type ModelMessage,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';
import type { SimDialect } from '../../src/providers/sim/grammar.ts';
import { streamParts } from '../kit/ai-sdk.ts';
import { PNG_BYTES } from '../kit/samples.ts';
import { everyUpstream, startGatewayTo } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

// The packages warn of models that they do not know.
globalThis.AI_SDK_LOG_WARNINGS = false;

type Asked = Pick<Gateway, 'url' | 'apiKey'>;
type Models = (name: string) => LanguageModel;

interface Provider {
  readonly title: string;
  readonly open: (gateway: Asked) => Models;
  /** Its own grammar first. */
  readonly among: readonly SimDialect[];
  /** What a caller sets to have reasoning of a model that the package does not know, and to have it back. */
  readonly thinking: NonNullable<Parameters<typeof generateText>[0]['providerOptions']>;
  /** Whether the package shows what was thought. */
  readonly shows: boolean;
  /** Whether the package sends back what was thought. */
  readonly replays: boolean;
  /** What a host of its own grammar is given of a tool's result, where that is not the text alone. */
  readonly wraps?: (name: string, text: string) => string;
  /** How a stream ends that an error broke off. */
  readonly failsBy: 'error' | 'other';
}

const openOpenAI = ({ url, apiKey }: Asked) => createOpenAI({ baseURL: `${url}/api/v1`, apiKey });

const providers: readonly Provider[] = [
  {
    title: '@ai-sdk/openai chat',
    open: (gateway) => openOpenAI(gateway).chat,
    among: ['openai-chat', 'anthropic-messages', 'gemini'],
    thinking: { openai: { forceReasoning: true } },
    shows: false,
    replays: false,
    // It takes a chunk that has choices beside its error for a piece of the answer, and only says that the end is no regular one.
    failsBy: 'other',
  },
  {
    title: '@ai-sdk/openai responses',
    open: (gateway) => openOpenAI(gateway).responses,
    among: ['openai-responses', 'openai-chat', 'anthropic-messages'],
    // Without `store: false` it sends references to items that nobody stored; it shows summaries only.
    thinking: { openai: { forceReasoning: true, reasoningSummary: 'auto', store: false } },
    shows: true,
    replays: true,
    failsBy: 'error',
  },
  {
    title: '@ai-sdk/anthropic',
    open: ({ url, apiKey }) => createAnthropic({ baseURL: `${url}/api/v1`, apiKey }),
    among: ['anthropic-messages', 'gemini', 'openai-responses'],
    thinking: {},
    shows: true,
    replays: true,
    failsBy: 'error',
  },
  {
    title: '@ai-sdk/google',
    // A question mark would begin the query of its address.
    open: ({ url, apiKey }) => {
      const google = createGoogle({ baseURL: `${url}/v1beta`, apiKey });
      return (name) => google(name.replace('?', '%3F'));
    },
    among: ['gemini', 'openai-chat', 'openai-responses'],
    thinking: { google: { thinkingConfig: { includeThoughts: true } } },
    shows: true,
    replays: true,
    wraps: (name, content) => JSON.stringify({ name, content }),
    failsBy: 'error',
  },
];

const City = z.object({ city: z.string(), people: z.int() });

/** Tools that note what they were asked. */
function toolbox() {
  const asked: string[] = [];
  const ask = (name: string) =>
    tool({
      description: `${name} of a city`,
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => {
        asked.push(name);
        return `${name} for ${city.length > 0}`;
      },
    });
  return { asked, tools: { get_weather: ask('weather'), get_time: ask('time') } };
}

const REPLAYED = 'Earlier reasoning came back unmodified.';
/** A host that wants a signature is given the one that Google has for calls without. */
const FORGOTTEN = 'Earlier reasoning (?:did not come back|was skipped by the sentinel).';

const gateways = new Map<SimDialect, Gateway>();
beforeAll(async () => {
  const spoken = new Set(providers.flatMap(({ among }) => among));
  for (const upstream of everyUpstream.filter(({ dialect }) => spoken.has(dialect))) {
    gateways.set(upstream.dialect, await startGatewayTo(upstream));
  }
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
});

const gatewayTo = (dialect: SimDialect): Gateway => {
  const gateway = gateways.get(dialect);
  if (!gateway) throw new Error(`no gateway to ${dialect}`);
  return gateway;
};

describe.each(providers)('$title', ({ open, among, thinking, shows, replays, wraps, failsBy }) => {
  const recalled = replays ? REPLAYED : FORGOTTEN;

  describe.each(among.map((dialect) => [dialect] as const))('to %s', (upstream) => {
    const client: Models = (name) => open(gatewayTo(upstream))(name);
    const resultOf = (name: string, text: string): string =>
      `${name} answered: ${wraps && upstream === among[0] ? wraps(name, text) : text}`;

    test('whole', async () => {
      const { text, finishReason, usage, response } = await generateText({
        model: client('sim/echo'),
        instructions: 'Be brief.',
        prompt: 'Good morning, señor 👋',
        temperature: 0.3,
        maxRetries: 0,
      });
      expect(text).toBe('Good morning, señor 👋');
      expect(finishReason).toBe('stop');
      expect(response.id).toMatch(/^(gen-|resp_|msg_)\d{10}-/);
      expect(usage.inputTokens).toBeGreaterThan(4);
      expect(usage.outputTokens).toBeGreaterThan(2);
    });

    test('stream', async () => {
      const request = { model: client('sim/echo'), prompt: 'one two three four', maxRetries: 0 };
      const stream = streamText(request);
      const pieces = await Array.fromAsync(stream.textStream);
      expect(pieces.join('')).toBe('one two three four');
      expect(pieces.length).toBeGreaterThan(1);
      expect(await stream.finishReason).toBe('stop');
      const { inputTokens, outputTokens } = (await generateText(request)).usage;
      expect(await stream.usage).toMatchObject({ inputTokens, outputTokens });
    });

    test('tools over steps, whole and streamed', async () => {
      const { asked, tools } = toolbox();
      const request = {
        model: client('sim/tools?calls=2'),
        prompt: 'Weather and time in Paris?',
        tools,
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      };
      const whole = await generateText(request);
      expect(asked).toEqual(['weather', 'time']);
      expect(whole.steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
      expect(whole.text).toBe(
        `${resultOf('get_weather', 'weather for true')}\n${resultOf('get_time', 'time for true')}`,
      );
      const stream = streamText(request);
      expect(await stream.text).toBe(whole.text);
      expect(asked).toEqual(['weather', 'time', 'weather', 'time']);
    });

    test('structured output', async () => {
      const request = {
        model: client('sim/json'),
        output: Output.object({ schema: City }),
        prompt: 'A city',
        maxRetries: 0,
      };
      const { output } = await generateText(request);
      expect(City.parse(output)).toEqual(output);
      expect(City.parse(await streamText(request).output)).toEqual(output);
    });

    test('reasoning, replayed', async () => {
      const request = {
        model: client('sim/reasoner'),
        reasoning: 'high' as const,
        providerOptions: thinking,
        maxOutputTokens: 8000,
        maxRetries: 0,
      };
      const messages: ModelMessage[] = [{ role: 'user', content: 'Why is the sky blue?' }];
      const first = await generateText({ ...request, messages });
      if (shows) expect(first.reasoningText).toContain('Why is the sky blue?');
      else expect(first.reasoningText).toBeUndefined();
      expect(first.text).toBe('You said: Why is the sky blue?');
      expect(first.usage.outputTokenDetails.reasoningTokens).toBeGreaterThan(0);
      const again: ModelMessage = { role: 'user', content: 'Again.' };
      const second = await generateText({ ...request, messages: [...messages, ...first.response.messages, again] });
      expect(second.text).toMatch(new RegExp(`^${recalled} You said: Again.$`));
      const streamed = streamText({ ...request, messages });
      expect(await streamed.reasoningText).toBe(first.reasoningText);
      const { messages: answered } = await streamed.response;
      const third = await generateText({ ...request, messages: [...messages, ...answered, again] });
      expect(third.text).toBe(second.text);
    });

    test('reasoning around a tool call, streamed', async () => {
      const stream = streamText({
        model: client('sim/reasoner?calls=1'),
        reasoning: 'medium',
        providerOptions: thinking,
        prompt: 'Weather in Paris?',
        tools: toolbox().tools,
        stopWhen: stepCountIs(3),
        maxOutputTokens: 8000,
        maxRetries: 0,
      });
      const text = await stream.text;
      expect(text).toMatch(new RegExp(`^${recalled} `));
      expect(text).toEndWith(` ${resultOf('get_weather', 'weather for true')}`);
    });

    test('image', async () => {
      const { text } = await generateText({
        model: client('sim/vision'),
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'file', data: PNG_BYTES, mediaType: 'image/png' },
            ],
          },
        ],
        maxRetries: 0,
      });
      expect(text).toBe(`Received 1: image image/png, ${PNG_BYTES.length} bytes.`);
    });

    test('errors by status', async () => {
      const stranger = open({ url: gatewayTo(upstream).url, apiKey: 'sk-or-v1-nobody' });
      expect(await failureOf(stranger, 'sim/echo')).toMatchObject({ statusCode: 401, isRetryable: false });
      const unknown = await failureOf(client, 'sim/ecco');
      expect(unknown).toMatchObject({ statusCode: 400, isRetryable: false });
      expect(unknown.message).toContain('sim/echo');
      expect(await failureOf(client, 'sim/echo?status=429&retry_after=2')).toMatchObject({
        statusCode: 429,
        isRetryable: true,
        responseHeaders: { 'retry-after': '2' },
      });
      const broken = await failureOf(client, 'sim/echo?status=500');
      expect(broken).toMatchObject({ isRetryable: true });
      expect(broken.statusCode).toBeGreaterThanOrEqual(500);
      expect(broken.message).toContain('Simulated error 500');
    });

    test('an error before the content, and after it', async () => {
      const early = await streamParts(client('sim/echo?status=429&retry_after=2'));
      expect(early.errors).toEqual([expect.objectContaining({ statusCode: 429 })]);
      for (const fault of ['error_after=2', 'garbage=3', 'drop=4500']) {
        const { errors, text, kinds } = await streamParts(client(`sim/lorem?tokens=80&token_ms=1&${fault}`));
        expect([fault, kinds.at(-1), errors.length]).toEqual([fault, failsBy, failsBy === 'error' ? 1 : 0]);
        expect([fault, text]).toEqual([fault, expect.stringMatching(/^Lorem/)]);
      }
    });

    test('abort', async () => {
      const gateway = gatewayTo(upstream);
      const before = abortsIn(gateway);
      const controller = new AbortController();
      const running = streamParts(client('sim/echo?first_frame_ms=60000'), controller.signal);
      while (!(await isRunning(gateway))) await Bun.sleep(5);
      controller.abort();
      expect((await running).kinds).toContain('abort');
      while (await isRunning(gateway)) await Bun.sleep(5);
      expect(abortsIn(gateway)).toBe(before + 1);
    });
  });
});

describe('@ai-sdk/openai responses, with its own settings', () => {
  test('refers to stored items from the second turn on: refused with the setting that mends it', async () => {
    const model = openOpenAI(gatewayTo('openai-responses'))('sim/echo');
    const messages: ModelMessage[] = [{ role: 'user', content: 'one' }];
    const { response } = await generateText({ model, messages, maxRetries: 0 });
    const next = { model, messages: [...messages, ...response.messages, ...messages], maxRetries: 0 };
    await expect(generateText(next)).rejects.toThrow('`store: false`');
    expect((await generateText({ ...next, providerOptions: { openai: { store: false } } })).text).toBe('one');
  });
});

/** Each package carries its own copy of the error class: the mark on the instance counts. */
async function failureOf(client: Models, model: string): Promise<APICallError> {
  try {
    await generateText({ model: client(model), prompt: 'one two three four', maxRetries: 0 });
  } catch (error) {
    if (APICallError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

async function isRunning({ url }: Gateway): Promise<boolean> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return !/^signalbox_exchanges_running 0$/m.test(metrics);
}

const abortsIn = (gateway: Gateway): number => gateway.log().split('"status":499').length - 1;
