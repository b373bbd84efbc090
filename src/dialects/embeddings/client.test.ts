import { describe, expect, test } from 'bun:test';
import type { EmbeddingsInput } from '../../core/embeddings.ts';
import type { Json } from '../../core/json.ts';
import { testHead } from '../shared/testing/context.ts';
import { parseEmbeddingsRequest } from './client.ts';
import { encodeEmbeddingsResponse } from './client-response.ts';

const ask = (input: Json, more: Record<string, Json> = {}) => parseEmbeddingsRequest({ model: 'a/b', input, ...more });
const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const image = { type: 'image_url', image_url: { url: PNG } };

describe('inputs', () => {
  test.each<[string, Json, EmbeddingsInput[]]>([
    ['a text', 'x', [{ kind: 'text', text: 'x' }]],
    [
      'texts',
      ['x', 'y'],
      [
        { kind: 'text', text: 'x' },
        { kind: 'text', text: 'y' },
      ],
    ],
    ['token ids', [1, 2], [{ kind: 'tokens', tokens: [1, 2] }]],
    [
      'lists of token ids',
      [[1], [2, 3]],
      [
        { kind: 'tokens', tokens: [1] },
        { kind: 'tokens', tokens: [2, 3] },
      ],
    ],
    ['content of nothing but text', [{ content: [{ type: 'text', text: 'x' }] }], [{ kind: 'text', text: 'x' }]],
  ])('%s', (_, input, inputs) => {
    expect(ask(input).question.inputs).toEqual(inputs);
  });

  test('content of every sort', () => {
    const content = [
      { type: 'text', text: 'x' },
      image,
      { type: 'input_audio', input_audio: { data: 'UklGRgAA', format: 'wav' } },
      { type: 'input_video', video_url: { url: 'https://h/v.mp4' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
    ];
    const { question, demand } = ask([{ content }]);
    const [input] = question.inputs;
    expect(input?.kind === 'content' && input.parts.map(({ type }) => type)).toEqual([
      'text',
      'image',
      'audio',
      'video',
      'file',
    ]);
    expect(demand.inputModalities).toEqual(['image', 'audio', 'video', 'file']);
  });

  test.each<[Json, string]>([
    ['', 'input: an empty text'],
    [[], 'input: accepted'],
    [7, 'input: accepted'],
    [['x', ''], 'input[1]: an empty text'],
    [['x', 1], 'input[1]: accepted'],
    [[1, 'x'], 'input: accepted: token ids'],
    [[[1.5]], 'input[0]: accepted: token ids'],
    [[[]], 'input[0]: accepted: token ids'],
    [[{ content: [] }], 'input[0].content: accepted'],
    [[{}], 'input[0].content: accepted'],
    [[{ content: [image, { type: 'foo' }] }], 'input[0].content[1].type: got "foo"'],
    [[{ content: [image, { type: 'text' }] }], 'input[0].content[1].text: required'],
    [
      [{ content: [{ ...image, image_url: { url: 'nope' } }] }],
      'input[0].content[0].image_url.url: expected an http(s)',
    ],
  ])('%j is refused by its place', (input, message) => {
    expect(() => ask(input)).toThrow(message);
  });
});

test('a model must be named, and known fields are checked', () => {
  expect(() => parseEmbeddingsRequest({ input: 'x' })).toThrow('model: required');
  expect(() => parseEmbeddingsRequest([])).toThrow('body: expected');
  expect(() => parseEmbeddingsRequest({ model: 'a/b' })).toThrow('input: required');
  expect(() => ask('x', { dimensions: 0 })).toThrow('dimensions:');
  expect(() => ask('x', { encoding_format: 'hex' })).toThrow('encoding_format: got "hex"');
  expect(() => ask('x', { provider: { order: 1 } })).toThrow('provider.order');
});

test('what routing is told: the whole size for the price, the longest input for the context', () => {
  const { demand } = ask(['x'.repeat(40), 'x'.repeat(400)], {
    user: 'u',
    session_id: 's',
    models: ['c/d'],
    provider: { only: ['lab'] },
  });
  expect(demand).toMatchObject({
    models: ['a/b', 'c/d'],
    preferences: { only: ['lab'] },
    promptTokensEstimate: 110,
    longestPromptEstimate: 100,
    contentField: 'input',
    maxOutputTokens: 0,
    user: 'u',
    sessionId: 's',
  });
  expect(ask([[1, 2, 3], [4]]).demand).toMatchObject({ promptTokensEstimate: 4, longestPromptEstimate: 3 });
});

test('what nobody knows is kept for hosts of this grammar; what is for the gateway is not among it', () => {
  const body =
    '{"model":"a/b","input":"x","truncate":"END","dimensions":null,"trace":{"id":1},"plugins":[],"__proto__":{"a":1}}';
  const { question } = parseEmbeddingsRequest(JSON.parse(body));
  expect(Object.entries(question.extras)).toEqual([
    ['truncate', 'END'],
    ['__proto__', { a: 1 }],
  ]);
  expect(question).not.toHaveProperty('dimensions');
  expect({ ...question.gatewayFields }).toEqual({ trace: { id: 1 } });
});

test('the reply: vectors as they are, the host’s own members below ours, what it cost', () => {
  const { question } = ask(['x', 'y']);
  const settled = {
    usage: { counts: { promptTokens: 10, imagePromptTokens: 4 }, estimated: false },
    costNanoUsd: 1500n,
    promptCostNanoUsd: 1500n,
    completionCostNanoUsd: 0n,
    isByok: false,
    routerMetadata: { attempt: 1 },
  };
  const answer = { vectors: [[1, 2], 'AACAPw=='], extras: { created: 7, model: 'theirs' } };
  expect(encodeEmbeddingsResponse(answer, question, testHead, settled)).toEqual({
    created: 7,
    object: 'list',
    id: testHead.id,
    model: testHead.model,
    provider: 'Host',
    data: [
      { object: 'embedding', index: 0, embedding: [1, 2] },
      { object: 'embedding', index: 1, embedding: 'AACAPw==' },
    ],
    usage: {
      prompt_tokens: 10,
      total_tokens: 10,
      prompt_tokens_details: { text_tokens: 6, image_tokens: 4, audio_tokens: 0, video_tokens: 0 },
      cost: 0.0000015,
      is_byok: false,
      cost_details: {
        upstream_inference_cost: null,
        upstream_inference_prompt_cost: 0.0000015,
        upstream_inference_completions_cost: 0,
      },
    },
    openrouter_metadata: { attempt: 1 },
  });
});
