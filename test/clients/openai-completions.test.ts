/** The `openai` package's legacy completions, unmodified: against each upstream grammar, and relayed to a host that has them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI from 'openai';
import type { Completion } from 'openai/resources/completions';
import { failureOf } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { SIM_PRICE } from '../kit/sim-lab.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';
import { choiceExtras, completionExtras, usageExtras } from '../kit/wire-extras.ts';

const openClient = ({ url, apiKey }: Gateway): OpenAI =>
  new OpenAI({ baseURL: `${url}/api/v1`, apiKey, maxRetries: 0 });

/** What a script of those days reads: the first choice of every chunk, unasked whether there is one. */
async function readOldStyle(
  stream: AsyncIterable<Completion>,
): Promise<{ text: string; finish: string; chunks: Completion[] }> {
  let text = '';
  let finish = '';
  const chunks: Completion[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    const [choice] = chunk.choices;
    if (!choice) throw new Error('a chunk without choices');
    text += choice.text;
    finish = choice.finish_reason ?? finish;
  }
  return { text, finish, chunks };
}

describePairs('openai: completions', openClient, (pair) => {
  pair('whole', async ({ client, upstream }) => {
    const { data: answer, response } = await client.completions
      .create({ model: 'sim/echo', prompt: 'Once upon a time', max_tokens: 64, temperature: 0 })
      .withResponse();
    expect(answer).toMatchObject({ object: 'text_completion', model: 'sim/echo' });
    expect(completionExtras.parse(answer).provider).toBe('Sim');
    expect(response.headers.get('x-generation-id')).toBe(answer.id);
    const [choice] = answer.choices;
    expect(choice).toMatchObject({ text: 'Once upon a time', index: 0, logprobs: null, finish_reason: 'stop' });
    expect(choiceExtras.parse(choice).native_finish_reason).toBe(upstream.nativeStop);
    const { prompt_tokens: prompt, completion_tokens: completion, cost } = usageExtras.parse(answer.usage);
    expect(cost).toBeCloseTo(prompt * SIM_PRICE.prompt + completion * SIM_PRICE.completion, 9);
  });

  pair('streamed', async ({ client }) => {
    const stream = await client.completions.create({ model: 'sim/echo', prompt: ['one two three four'], stream: true });
    const { text, finish, chunks } = await readOldStyle(stream);
    expect(text).toBe('one two three four');
    expect(finish).toBe('stop');
    expect(chunks.length).toBeGreaterThan(3);
    expect(new Set(chunks.map(({ id, object }) => `${id} ${object}`)).size).toBe(1);
    expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
    expect(usageExtras.parse(chunks.at(-1)?.usage).cost).toBeGreaterThan(0);
  });

  pair('streamed, usage asked for', async ({ client }) => {
    const stream = await client.completions.create({
      model: 'sim/echo',
      prompt: 'one two',
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: Completion[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe('one two');
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
  });

  pair('cut off by its limit', async ({ client }) => {
    const answer = await client.completions.create({ model: 'sim/lorem', prompt: '200 tokens', max_tokens: 20 });
    expect(answer.choices[0]?.finish_reason).toBe('length');
  });

  pair('an error, and one inside the stream', async ({ client }) => {
    const refused = client.completions.create({ model: 'sim/echo?status=429', prompt: 'Hi' });
    expect((await failureOf(refused, OpenAI.RateLimitError)).status).toBe(429);
    const stream = await client.completions.create({
      model: 'sim/lorem?error_after=2',
      prompt: '40 tokens',
      stream: true,
    });
    await failureOf(readOldStyle(stream), OpenAI.APIError);
  });

  pair('what only completions can is refused, by the field', async ({ client }) => {
    const several = client.completions.create({ model: 'sim/echo', prompt: ['a', 'b'] });
    const { message } = await failureOf(several, OpenAI.NotFoundError);
    expect(message).toContain('more than one prompt needs an endpoint with a completions API');
  });
});

describe('openai: completions relayed', () => {
  let host: ScriptedUpstream;
  let gateway: Gateway;
  beforeAll(async () => {
    host = startScriptedUpstream(({ body }) => (body['stream'] === true ? STREAM() : WHOLE()));
    gateway = await startGateway({
      config: `providers:\n  old: { dialect: openai-completions, base_url: "${host.url}", api_key: none, models: [ { id: lab/davinci, upstream: davinci-002, pricing: { prompt: "0.000001", completion: "0.000002" } } ] }\n`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await host.stop();
  });

  const LOGPROBS = { tokens: ['A'], token_logprobs: [-0.5], top_logprobs: [{ A: -0.5 }], text_offset: [4] };
  const USAGE = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };
  const about = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'davinci-002' };
  const WHOLE = (): Response =>
    Response.json({
      ...about,
      choices: [
        { text: ' A', index: 0, logprobs: LOGPROBS, finish_reason: 'stop' },
        { text: ' B', index: 1, logprobs: null, finish_reason: 'length' },
      ],
      usage: USAGE,
    });
  const STREAM = (): Response => {
    const frames = [
      { choices: [{ text: ' A', index: 0, logprobs: LOGPROBS, finish_reason: null }] },
      { choices: [{ text: '!', index: 0, logprobs: null, finish_reason: 'stop' }] },
      { choices: [], usage: USAGE },
    ].map((frame) => `data: ${JSON.stringify({ ...about, ...frame })}\n\n`);
    return new Response(`${frames.join('')}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } });
  };

  test('several prompts, echo and chances go to the host as they were written, and come back', async () => {
    const asked = { prompt: ['a', 'b'], echo: true, suffix: 'end', best_of: 2, logprobs: 5, max_tokens: 3 };
    const answer = await openClient(gateway).completions.create({ model: 'lab/davinci', ...asked });
    expect(host.received.at(-1)?.body).toEqual({ model: 'davinci-002', ...asked });
    expect(answer).toMatchObject({
      object: 'text_completion',
      model: 'lab/davinci',
      choices: [
        { text: ' A', index: 0, logprobs: LOGPROBS, finish_reason: 'stop' },
        { text: ' B', index: 1, finish_reason: 'length' },
      ],
      usage: { ...USAGE, cost: 0.000008 },
    });
  });

  test('a stream is the host’s own, with one usage at the end', async () => {
    const stream = await openClient(gateway).completions.create({ model: 'lab/davinci', prompt: [1, 2], stream: true });
    const { text, finish, chunks } = await readOldStyle(stream);
    expect(host.received.at(-1)?.body).toEqual({
      model: 'davinci-002',
      prompt: [1, 2],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(text).toBe(' A!');
    expect(finish).toBe('stop');
    expect(chunks[0]?.choices[0]?.logprobs).toEqual(LOGPROBS);
    expect(chunks.map(({ usage }) => usageExtras.safeParse(usage).data?.cost)).toEqual([
      undefined,
      undefined,
      0.000008,
    ]);
  });

  test('a chat that is one plain text is sent there too; any other is passed over', async () => {
    const client = openClient(gateway);
    const said = await client.chat.completions.create({
      model: 'lab/davinci',
      messages: [{ role: 'user', content: 'Say' }],
    });
    expect(said.choices[0]?.message.content).toBe(' A');
    expect(host.received.at(-1)?.body).toMatchObject({ prompt: 'Say' });
    const refused = client.chat.completions.create({
      model: 'lab/davinci',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Say' },
      ],
    });
    const { message } = await failureOf(refused, OpenAI.NotFoundError);
    expect(message).toContain('a conversation (its API completes one text)');
  });
});
