import { describe, expect, test } from 'bun:test';
import type { Json, JsonObject } from '../../core/json.ts';
import { contextWith, testHead } from '../shared/testing/context.ts';
import { encodeModerationResponse, parseModerationRequest } from './client.ts';
import { mistralModeration, openAiModeration } from './hosts.ts';

const ask = (input: Json, more: JsonObject = {}) => parseModerationRequest({ input, ...more }).question;
const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const PARTS = [
  { type: 'text', text: 'x' },
  { type: 'image_url', image_url: { url: PNG } },
];

describe('the request', () => {
  test('texts are judged one by one, parts together', () => {
    expect(ask('x').inputs).toEqual([[{ type: 'text', text: 'x' }]]);
    expect(ask(['x', '']).inputs).toHaveLength(2);
    const { question, demand } = parseModerationRequest({ input: PARTS, model: 'a/b', user: 'u' });
    expect(question.inputs.map((parts) => parts.map(({ type }) => type))).toEqual([['text', 'image']]);
    expect(demand).toMatchObject({ models: ['a/b'], inputModalities: ['image'], contentField: 'input', user: 'u' });
  });

  test('the model may be left to the gateway', () => {
    expect(parseModerationRequest({ input: 'x' }).demand.models).toEqual([]);
  });

  test.each<[JsonObject, string]>([
    [{}, 'input: required'],
    [{ input: [] }, 'input:'],
    [{ input: [1] }, 'input'],
    [{ input: [{ type: 'text' }] }, 'input[0].text'],
    [{ input: [{ type: 'image_url', image_url: { url: 'nope' } }] }, 'input[0].image_url.url: expected'],
    [{ input: 'x', model: 3 }, 'model'],
  ])('%j is refused by its place', (body, message) => {
    expect(() => parseModerationRequest(body)).toThrow(message);
  });
});

describe('OpenAI', () => {
  const sent = (question: ReturnType<typeof ask>) => ({
    ...openAiModeration.encodeRequest(question, contextWith()).value.body,
  });

  test('is sent texts as texts and parts as parts', () => {
    expect(sent(ask('x', { user: 'u', frob: 1 }))).toEqual({ model: 'model-1', input: ['x'], user: 'u', frob: 1 });
    expect(sent(ask(['x', 'y']))).toEqual({ model: 'model-1', input: ['x', 'y'] });
    expect(sent(ask(PARTS))).toEqual({ model: 'model-1', input: PARTS });
    expect(openAiModeration.unsayable(ask(PARTS), contextWith())).toEqual([]);
  });

  test('its verdicts go through by value', () => {
    const types = { category_applied_input_types: { hate: ['text'] } };
    const result = {
      flagged: true,
      categories: { hate: true, illicit: null },
      category_scores: { hate: 0.9 },
      ...types,
    };
    const answer = openAiModeration.decodeResponse({ id: 'modr-1', results: [result] }, ask('x'), contextWith());
    expect(answer).toEqual({
      verdicts: [{ flagged: true, categories: { hate: true }, scores: { hate: 0.9 }, extras: types }],
      upstreamId: 'modr-1',
    });
    const settled = {
      usage: { counts: { promptTokens: 3 }, estimated: true },
      costNanoUsd: 0n,
      promptCostNanoUsd: 0n,
      completionCostNanoUsd: 0n,
      isByok: false,
    };
    expect(encodeModerationResponse(answer, ask('x'), testHead, settled)).toEqual({
      id: testHead.id,
      model: testHead.model,
      provider: 'Host',
      results: [{ flagged: true, categories: { hate: true }, category_scores: { hate: 0.9 }, ...types }],
      usage: { prompt_tokens: 3, total_tokens: 3, cost: 0 },
    });
  });

  test.each<[string, Json, string]>([
    ['nothing', {}, 'without results'],
    ['one verdict too few', { results: [] }, '0 results for 1 inputs'],
    ['a verdict of nothing', { results: [{}] }, 'judges nothing'],
    ['no verdict', { results: ['x'] }, 'is no object'],
    ['an error with status 200', { error: { message: 'no such model' } }, 'no such model'],
  ])('%s is no answer', (_, body, message) => {
    expect(() => openAiModeration.decodeResponse(body, ask('x'), contextWith())).toThrow(message);
  });
});

describe('Mistral', () => {
  test('judges texts only', () => {
    expect(mistralModeration.unsayable(ask(PARTS), contextWith())).toEqual(['inputs other than text']);
    expect(mistralModeration.unsayable(ask(['x', 'y']), contextWith())).toEqual([]);
  });

  test('says its categories, which are OpenAI’s beside, and whether any applies', () => {
    const body = {
      results: [
        {
          categories: { selfharm: true, pii: false, criminal: false },
          category_scores: { selfharm: 0.8, pii: 0.1, criminal: 0 },
        },
        { categories: { pii: false }, category_scores: { pii: 0.1 } },
      ],
      usage: { prompt_tokens: 4, total_tokens: 4, completion_tokens: 0 },
    };
    const { verdicts, usage } = mistralModeration.decodeResponse(body, ask(['x', 'y']), contextWith());
    expect(verdicts).toMatchObject([
      {
        flagged: true,
        categories: { selfharm: true, 'self-harm': true, pii: false, illicit: false },
        scores: { selfharm: 0.8, 'self-harm': 0.8, pii: 0.1 },
      },
      { flagged: false, categories: { pii: false } },
    ]);
    expect(usage?.counts).toMatchObject({ promptTokens: 4 });
  });
});
