/** `ai` with `@openrouter/ai-sdk-provider`, unmodified: text, streams, tools over steps, objects, reasoning, images, metadata. */
import { expect } from 'bun:test';
import { createOpenRouter, type OpenRouterProvider } from '@openrouter/ai-sdk-provider';
import { generateText, type ModelMessage, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { describePairs } from '../kit/pair-matrix.ts';
import { PNG_BYTES } from '../kit/samples.ts';
import { SIM_PRICE } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

// The provider package warns about each unsigned reasoning detail that it leaves out.
globalThis.AI_SDK_LOG_WARNINGS = false;

const openClient = ({ url, apiKey }: Gateway): OpenRouterProvider =>
  createOpenRouter({ baseURL: `${url}/api/v1`, apiKey, compatibility: 'strict' });

const metadata = z.object({
  openrouter: z.looseObject({
    provider: z.string(),
    usage: z.looseObject({
      promptTokens: z.int(),
      completionTokens: z.int(),
      totalTokens: z.int(),
      cost: z.number(),
      costDetails: z.looseObject({}).optional(),
    }),
  }),
});

const City = z.object({ city: z.string(), people: z.int() });

/** Tools that note what they were asked. */
function toolbox() {
  const asked: string[] = [];
  const ask = (name: string) =>
    tool({
      description: `${name} of a city`,
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }: { city: string }) => {
        asked.push(name);
        return `${name} for ${city.length > 0}`;
      },
    });
  return { asked, tools: { get_weather: ask('weather'), get_time: ask('time') } };
}

describePairs('ai-sdk: answers', openClient, (pair) => {
  pair('generateText', async ({ client }) => {
    const { text, finishReason, usage, response, providerMetadata } = await generateText({
      model: client.chat('sim/echo'),
      instructions: 'Be brief.',
      prompt: 'Good morning, señor 👋',
      temperature: 0.3,
      maxRetries: 0,
    });
    expect(text).toBe('Good morning, señor 👋');
    expect(finishReason).toBe('stop');
    expect(response.modelId).toBe('sim/echo');
    expect(response.id).toMatch(/^gen-/);
    const { openrouter } = metadata.parse(providerMetadata);
    expect(openrouter.provider).toBe('Sim');
    expect(openrouter.usage.promptTokens).toBe(usage.inputTokens ?? 0);
    expect(openrouter.usage.cost).toBeCloseTo(
      openrouter.usage.promptTokens * SIM_PRICE.prompt + openrouter.usage.completionTokens * SIM_PRICE.completion,
      12,
    );
  });

  pair('streamText', async ({ client }) => {
    const stream = streamText({ model: client.chat('sim/echo'), prompt: 'one two three four', maxRetries: 0 });
    const pieces = await Array.fromAsync(stream.textStream);
    expect(pieces.join('')).toBe('one two three four');
    expect(pieces.length).toBeGreaterThan(1);
    expect(await stream.finishReason).toBe('stop');
    const { openrouter } = metadata.parse(await stream.providerMetadata);
    expect(openrouter.provider).toBe('Sim');
    expect(openrouter.usage.cost).toBeGreaterThan(0);
    expect((await stream.usage).outputTokens).toBe(openrouter.usage.completionTokens);
  });

  pair('tools over steps', async ({ client }) => {
    const { asked, tools } = toolbox();
    const { text, steps } = await generateText({
      model: client.chat('sim/tools?calls=2'),
      prompt: 'Weather and time in Paris?',
      tools,
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    });
    expect(asked).toEqual(['weather', 'time']);
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
    expect(text).toBe('get_weather answered: weather for true\nget_time answered: time for true');
  });

  pair('tools over steps, streamed', async ({ client }) => {
    const { asked, tools } = toolbox();
    const stream = streamText({
      model: client.chat('sim/tools?calls=2'),
      prompt: 'Weather and time in Paris?',
      tools,
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    });
    expect(await stream.text).toBe('get_weather answered: weather for true\nget_time answered: time for true');
    expect(asked).toEqual(['weather', 'time']);
  });

  pair('structured output', async ({ client }) => {
    const request = { model: client.chat('sim/json'), output: Output.object({ schema: City }), maxRetries: 0 };
    const { output } = await generateText({ ...request, prompt: 'A city' });
    expect(City.parse(output)).toEqual(output);
    const stream = streamText({ ...request, prompt: 'A city' });
    expect(City.parse(await stream.output)).toEqual(output);
  });

  pair('reasoning, replayed unmodified', async ({ client, upstream }) => {
    const model = client.chat('sim/reasoner', { reasoning: { effort: 'high' } });
    const messages: ModelMessage[] = [{ role: 'user', content: 'Why is the sky blue?' }];
    const first = await generateText({ model, messages, maxOutputTokens: 8000, maxRetries: 0 });
    expect(first.reasoningText).toContain('Why is the sky blue?');
    expect(first.text).toBe('You said: Why is the sky blue?');
    expect(first.usage.outputTokenDetails.reasoningTokens).toBeGreaterThan(0);
    const second = await generateText({
      model,
      messages: [...messages, ...first.response.messages, { role: 'user', content: 'Again.' }],
      maxOutputTokens: 8000,
      maxRetries: 0,
    });
    // This client keeps no `reasoning.encrypted` detail of a whole answer without tool calls, which is where Gemini signs.
    const report = upstream.dialect === 'gemini' ? 'did not come back' : 'came back unmodified';
    expect(second.text).toBe(`Earlier reasoning ${report}. You said: Again.`);
  });

  pair('reasoning, streamed and replayed unmodified', async ({ client }) => {
    const model = client.chat('sim/reasoner', { reasoning: { effort: 'high' } });
    const messages: ModelMessage[] = [{ role: 'user', content: 'Why is the sky blue?' }];
    const first = streamText({ model, messages, maxOutputTokens: 8000, maxRetries: 0 });
    expect(await first.reasoningText).toContain('Why is the sky blue?');
    const { messages: answered } = await first.response;
    const second = await generateText({
      model,
      messages: [...messages, ...answered, { role: 'user', content: 'Again.' }],
      maxOutputTokens: 8000,
      maxRetries: 0,
    });
    expect(second.text).toBe('Earlier reasoning came back unmodified. You said: Again.');
  });

  pair('reasoning around a tool call, streamed', async ({ client }) => {
    const { tools } = toolbox();
    const stream = streamText({
      model: client.chat('sim/reasoner?calls=1', { reasoning: { max_tokens: 2000 } }),
      prompt: 'Weather in Paris?',
      tools,
      stopWhen: stepCountIs(3),
      maxOutputTokens: 8000,
      maxRetries: 0,
    });
    expect(await stream.text).toBe('Earlier reasoning came back unmodified. get_weather answered: weather for true');
    const [first] = await stream.steps;
    expect(first?.reasoningText).toContain('Weather in Paris?');
  });

  pair('image', async ({ client }) => {
    const { text } = await generateText({
      model: client.chat('sim/vision'),
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
});
