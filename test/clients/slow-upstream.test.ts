/**
 * An upstream that takes its time: the answer begins with comments, which every client must skip, and a failure that comes
 * after them arrives inside the stream. Hosts that stream where they should not, and the reverse, are no news
 * to the caller either.
 */
import { expect } from 'bun:test';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { OpenRouter } from '@openrouter/sdk';
import { streamText } from 'ai';
import OpenAI, { APIError } from 'openai';
import { failureOf } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import { SIM_PRICE } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';
import { usageExtras } from '../kit/wire-extras.ts';

const WORDS = 'one two three four';
const messages = [{ role: 'user' as const, content: WORDS }];

function openClients({ url, apiKey }: Gateway) {
  return {
    openai: new OpenAI({ baseURL: `${url}/api/v1`, apiKey, maxRetries: 0 }),
    sdk: new OpenRouter({ serverURL: `${url}/api/v1`, apiKey, retryConfig: { strategy: 'none' } }),
    ai: createOpenRouter({ baseURL: `${url}/api/v1`, apiKey, compatibility: 'strict' }),
  };
}

/** The text that each client reads from a stream of this model. */
async function textsOf({ openai, sdk, ai }: ReturnType<typeof openClients>, model: string): Promise<readonly string[]> {
  const stream = await sdk.chat.send({ chatRequest: { model, messages, stream: true } });
  if ('choices' in stream) throw new Error('a stream was due');
  let bySdk = '';
  for await (const { choices } of stream) bySdk += choices[0]?.delta.content ?? '';
  const byOpenAi = await openai.chat.completions.stream({ model, messages }).finalMessage();
  const byAi = await streamText({ model: ai.chat(model), prompt: WORDS, maxRetries: 0 }).text;
  return [byOpenAi.content ?? '', bySdk, byAi];
}

describePairs(
  'slow and odd upstreams',
  openClients,
  (pair) => {
    pair('comments come before the first content', async ({ client, gateway }) => {
      expect(await textsOf(client, 'sim/echo?first_frame_ms=60')).toEqual([WORDS, WORDS, WORDS]);
      const raw = await fetch(`${gateway.url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.apiKey}` },
        body: JSON.stringify({ model: 'sim/echo?first_frame_ms=60', messages, stream: true }),
      });
      expect(await raw.text()).toStartWith(': OPENROUTER PROCESSING\n\n');
    });

    pair('a late refusal is raised from the stream', async ({ client: { openai, sdk } }) => {
      const model = 'sim/echo?first_byte_ms=60&status=429&retry_after=2';
      const stream = await openai.chat.completions.create({ model, messages, stream: true });
      const failure = await failureOf(Array.fromAsync(stream), APIError);
      expect(failure.error).toMatchObject({ code: 429 });
      const pieces = await sdk.chat.send({ chatRequest: { model, messages, stream: true } });
      if ('choices' in pieces) throw new Error('a stream was due');
      const [piece, ...rest] = await Array.fromAsync(pieces);
      expect(piece?.error).toMatchObject({ code: 429, metadata: { errorType: 'rate_limit_exceeded' } });
      expect(rest).toEqual([]);
    });

    pair('a host that answers a stream request whole', async ({ client }) => {
      expect(await textsOf(client, 'sim/echo?no_stream')).toEqual([WORDS, WORDS, WORDS]);
    });

    pair('a host that streams where a whole answer was asked for', async ({ client: { openai } }) => {
      const answer = await openai.chat.completions.create({ model: 'sim/echo?force_stream', messages });
      expect(answer.choices[0]?.message.content).toBe(WORDS);
      expect(answer.usage?.completion_tokens).toBeGreaterThan(0);
    });

    pair('comments and splits upstream', async ({ client }) => {
      for (const oddity of ['comments', 'split=7']) {
        expect([oddity, ...(await textsOf(client, `sim/echo?${oddity}`))]).toEqual([oddity, WORDS, WORDS, WORDS]);
      }
    });

    pair('usage that cannot be right is estimated, never billed as it is', async ({ client }) => {
      for (const oddity of ['absent', 'odd', 'negative', 'twice']) {
        expect([oddity, ...(await textsOf(client, `sim/echo?usage=${oddity}`))]).toEqual([oddity, WORDS, WORDS, WORDS]);
        const { usage } = await client.openai.chat.completions.create({ model: `sim/echo?usage=${oddity}`, messages });
        const { prompt_tokens: prompt, completion_tokens: completion, cost } = usageExtras.parse(usage);
        expect([oddity, prompt > 0, completion > 0]).toEqual([oddity, true, true]);
        expect(cost).toBeCloseTo(prompt * SIM_PRICE.prompt + completion * SIM_PRICE.completion, 12);
      }
    });
  },
  'commit_after_ms: 20',
);
