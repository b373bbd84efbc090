import { describe, expect, test } from 'bun:test';
import type { ChatResponse, Choice } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { unfold } from '../../core/fold.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { testHead } from '../shared/testing/context.ts';
import { openAiCompletions } from './index.ts';
import { eventsOf, settled, wireOf } from './test-kit.ts';

const { client } = openAiCompletions;

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return `${thrown.details.field}: ${thrown.message}`;
    throw thrown;
  }
  return 'taken';
}

describe('a request', () => {
  test.each<[string, Json]>([
    ['a text', 'Say'],
    ['texts', ['a', 'b']],
    ['token ids', [1, 2]],
    ['lists of them', [[1], [2, 3]]],
    ['nothing', null],
  ])('may ask to go on from %s', (_, prompt) => {
    const body = { model: 'm', prompt, unknown: 1 };
    expect(Object.is(client.parseRequest(body), body)).toBe(true);
  });

  test.each<[JsonObject, string]>([
    [{ messages: [] }, 'messages: messages: this route takes `prompt`; send `messages` to /chat/completions instead'],
    [{}, 'prompt: prompt: accepted: a string, a list of strings, a list of token ids, or a list of such lists'],
    [{ prompt: [] }, 'prompt: prompt: accepted: '],
    [{ prompt: ['a', 1] }, 'prompt: prompt: accepted: '],
    [{ prompt: 'a', temperature: 3 }, 'temperature: temperature: '],
    [{ prompt: 'a', n: 0 }, 'n: n: '],
    [{ prompt: 'a', logprobs: true }, 'logprobs: logprobs: '],
    [{ prompt: 'a', provider: { sort: 'best' } }, 'provider.sort: provider.sort: '],
  ])('%o is refused with its field', (body, message) => {
    expect(refusal(() => client.parseRequest(body))).toStartWith(message);
  });

  test('says to routing what it needs', () => {
    const wire = wireOf({
      models: ['author/other'],
      prompt: ['abcd', 'efgh'],
      max_tokens: 9,
      logprobs: 2,
      temperature: 0,
      user: 'u',
      session_id: 's',
      provider: { only: ['host'] },
      plugins: [{ id: 'web' }],
      stream: true,
    });
    expect(client.demandOf(wire)).toMatchObject({
      models: ['author/model-1', 'author/other'],
      preferences: { only: ['host'] },
      stream: true,
      parameters: ['temperature', 'logprobs', 'top_logprobs'],
      inputModalities: [],
      maxOutputTokens: 9,
      promptTokensEstimate: 3,
      sessionId: 's',
      user: 'u',
      hasTools: false,
      plugins: [{ id: 'web', enabled: true }],
    });
    expect(client.demandOf(wireOf({ prompt: [[1, 2], [3]] })).promptTokensEstimate).toBe(3);
    expect(client.openingOf(wire)).toMatchObject({ system: '', first: 'abcd\nefgh', last: 'abcd\nefgh' });
    expect(client.messagesOf(wireOf({}))).toEqual([{ role: 'user', content: 'Say' }]);
  });

  test('does without what an endpoint lacks', () => {
    const wire = wireOf({ logprobs: 3, temperature: 1, reasoning: { effort: 'low' }, reasoning_effort: 'low' });
    expect(client.withoutParameters(wire, ['top_logprobs', 'reasoning'])).toEqual(
      wireOf({ logprobs: 0, temperature: 1 }),
    );
    expect(client.withoutParameters(wire, ['logprobs', 'top_logprobs'])).not.toHaveProperty('logprobs');
    expect(client.withUser(wire, 'token')).toMatchObject({ user: 'token' });
    expect(client.withReasoning(wireOf({}))).toMatchObject({ reasoning: { enabled: true } });
  });
});

describe('said in a chat', () => {
  test('a prompt is what the user says, and the rest is sampling', () => {
    const { value, notes } = client.decodeRequest(
      wireOf({
        prompt: ['Say'],
        max_tokens: 9,
        temperature: 0,
        top_p: null,
        logprobs: 2,
        n: 2,
        best_of: 2,
        echo: false,
        suffix: '',
        stop: 'x',
        logit_bias: {},
        seed: 1,
        reasoning: { effort: 'low' },
        extra: 7,
        provider: { only: ['host'] },
      }),
    );
    expect(value).toEqual({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Say' }] }],
      tools: [],
      sampling: { temperature: 0, logprobs: true, topLogprobs: 2, n: 2, stop: ['x'], seed: 1 },
      maxOutputTokens: 9,
      reasoning: { enabled: true, effort: 'low', exclude: false },
      stream: false,
      options: {},
      extras: { extra: 7 },
    });
    expect(notes).toEqual([]);
  });

  test.each<[JsonObject, string]>([
    [{ prompt: ['a', 'b'] }, 'prompt: prompt: more than one prompt'],
    [{ prompt: [1, 2] }, 'prompt: prompt: a prompt of token ids'],
    [{ prompt: [[1]] }, 'prompt: prompt: a prompt of token ids'],
    [{ prompt: null }, 'prompt: prompt: an answer to nothing'],
    [{ suffix: 'end' }, 'suffix: suffix: '],
    [{ echo: true }, 'echo: echo: '],
    [{ best_of: 3 }, 'best_of: best_of: '],
    [{ max_tokens: 0 }, 'max_tokens: max_tokens: '],
  ])('%o is for hosts with completions of their own', (members, message) => {
    const said = refusal(() => client.decodeRequest(wireOf(members)));
    expect(said).toStartWith(message);
    expect(said).toEndWith('needs an endpoint with a completions API of its own; this one takes chat only');
  });
});

const choice = (members: Partial<Choice>): Choice => ({
  index: 0,
  content: null,
  reasoning: null,
  reasoningDetails: [],
  toolCalls: [],
  refusal: null,
  images: [],
  annotations: [],
  finishReason: 'stop',
  nativeFinishReason: 'end_turn',
  ...members,
});

const detail = { type: 'reasoning.text', text: 'Hm.', format: 'unknown', index: 0 } as const;
const token = (text: string) => ({
  token: text,
  logprob: -0.5,
  bytes: null,
  top_logprobs: [{ token: 'x', logprob: -1, bytes: null }],
});
const answers: readonly (readonly [string, ChatResponse])[] = [
  ['text', { choices: [choice({ content: 'Hi there' })], systemFingerprint: 'fp' }],
  [
    'two choices',
    {
      choices: [
        choice({ content: 'A' }),
        choice({ index: 1, content: 'B', finishReason: 'length', nativeFinishReason: 'length' }),
      ],
    },
  ],
  ['nothing', { choices: [choice({})] }],
  ['a refusal', { choices: [choice({ refusal: 'No.', finishReason: 'content_filter' })] }],
  ['reasoning', { choices: [choice({ content: 'Hi', reasoning: 'Hm.', reasoningDetails: [detail] })] }],
  [
    'annotations and pictures',
    { choices: [choice({ content: 'Hi', annotations: [{ type: 'x' }], images: ['data:image/png;base64,AA'] })] },
  ],
  ['chances', { choices: [choice({ content: 'Hi you', logprobs: { content: [token('Hi'), token(' you')] } })] }],
];

function whole(response: ChatResponse, members: JsonObject = {}, head = testHead): JsonObject {
  return client.encodeResponse(response, head, settled, wireOf(members));
}

function stream(response: ChatResponse, members: JsonObject = {}, head = testHead): string {
  const encoder = client.openEncoder(head, wireOf(members));
  return (
    unfold(response)
      .map((event) => encoder.push(event))
      .join('') + encoder.final(settled)
  );
}

/** A client that joins what it reads, choice by choice. */
function joined(text: string): readonly JsonObject[] {
  const choices = new Map<number, { [key: string]: Json | undefined }>();
  for (const event of eventsOf(text)) {
    if (typeof event === 'string' || !isJsonArray(event['choices'])) continue;
    for (const piece of event['choices'].filter(isJsonObject)) {
      const index = Number(piece['index']);
      const held = choices.get(index) ?? {
        text: '',
        index,
        logprobs: null,
        finish_reason: null,
        native_finish_reason: null,
      };
      choices.set(index, held);
      for (const [key, value] of Object.entries(piece)) {
        const before = held[key];
        if (typeof before === 'string' && typeof value === 'string' && !key.includes('finish')) {
          if (key !== 'index') held[key] = before + value;
        } else if (value !== null && value !== undefined) held[key] = value;
      }
    }
  }
  return [...choices.values()];
}

describe('an answer', () => {
  test('is texts under our id, with usage and cost', () => {
    expect(whole({ choices: [choice({ content: 'Hi' })], systemFingerprint: 'fp', serviceTier: 'flex' })).toMatchObject(
      {
        id: testHead.id,
        object: 'text_completion',
        created: 1_700_000_000,
        model: 'author/model-1',
        provider: 'Host',
        system_fingerprint: 'fp',
        service_tier: 'flex',
        choices: [{ text: 'Hi', index: 0, logprobs: null, finish_reason: 'stop', native_finish_reason: 'end_turn' }],
        usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cost: 0.000007 },
      },
    );
  });

  test.each(answers)('%s: the stream says what the whole says', (_, response) => {
    const { choices } = whole(response);
    expect(joined(stream(response))).toEqual(isJsonArray(choices) ? choices.filter(isJsonObject) : []);
  });

  test('chances take the older form, their places counted from the prompt’s beginning', () => {
    const response = { choices: [choice({ content: 'Hi you', logprobs: { content: [token('Hi'), token(' you')] } })] };
    expect(whole(response)).toMatchObject({
      choices: [
        {
          logprobs: {
            tokens: ['Hi', ' you'],
            token_logprobs: [-0.5, -0.5],
            top_logprobs: [{ x: -1 }, { x: -1 }],
            text_offset: [3, 5],
          },
        },
      ],
    });
    const encoder = client.openEncoder(testHead, wireOf({}));
    const pieces = ['Hi', ' you'].map((text) =>
      encoder.push({ type: 'text-delta', choice: 0, text, logprobs: { content: [token(text)] } }),
    );
    const offsets = eventsOf(pieces.join('')).map(
      (event) => JSON.stringify(event).match(/"text_offset":\[(\d+)\]/)?.[1],
    );
    expect(offsets).toEqual(['3', '5']);
  });

  test('keeps reasoning back where it is not wanted', () => {
    const response = { choices: [choice({ content: 'Hi', reasoning: 'Hm.', reasoningDetails: [detail] })] };
    const head = { ...testHead, excludeReasoning: true };
    expect(JSON.stringify(whole(response, {}, head))).not.toContain('Hm.');
    expect(stream(response, {}, head)).not.toContain('Hm.');
    expect(client.excludesReasoning(wireOf({ include_reasoning: false }))).toBe(true);
  });
});

describe('the end of a stream', () => {
  const response = { choices: [choice({ content: 'Hi', finishReason: 'length', nativeFinishReason: 'length' })] };

  test('says usage and the reason once more, for clients that read the first choice of every chunk', () => {
    const [last, done] = eventsOf(stream(response)).slice(-2);
    expect(last).toMatchObject({
      choices: [{ text: '', index: 0, finish_reason: 'length' }],
      usage: { cost: 0.000007 },
    });
    expect(done).toBe('[DONE]');
  });

  test('is a chunk without choices for who asks for usage', () => {
    const [last] = eventsOf(stream(response, { stream_options: { include_usage: true } })).slice(-2);
    expect(last).toMatchObject({ choices: [], usage: { prompt_tokens: 5 } });
  });

  test('with an error has no terminator', () => {
    const encoder = client.openEncoder(testHead, wireOf({}));
    const text = encoder.fail(new GatewayError('provider.truncated', 'It broke off.'));
    expect(eventsOf(text)).toMatchObject([
      { id: testHead.id, object: 'text_completion', error: { code: 502 }, choices: [{ finish_reason: 'error' }] },
    ]);
    expect(encoder.keepAlive()).toStartWith(': ');
  });
});
