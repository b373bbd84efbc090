import { describe, expect, test } from 'bun:test';
import { arrayAt, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { simulate } from './simulate.ts';

function asked(path: string, body: JsonObject): { readonly status: number; readonly body: JsonObject } {
  const { status, steps } = simulate({ path, body, seed: 1 });
  const value: Json = JSON.parse(steps.map(({ bytes }) => String(bytes)).join(''));
  return { status, body: isJsonObject(value) ? value : {} };
}

describe('embeddings in the grammars of hosts', () => {
  const TEXTS = ['one', 'two'];
  const openAi = asked('/v1/embeddings', { model: 'sim/embed', input: TEXTS, dimensions: 3 }).body;
  const vectors = (arrayAt(openAi, 'data') ?? []).map((each) =>
    isJsonObject(each) ? (each['embedding'] ?? null) : null,
  );

  test.each<[string, JsonObject, (vectors: readonly Json[]) => JsonObject]>([
    [
      '/api/embed',
      { model: 'sim/embed', input: TEXTS, dimensions: 3 },
      (embeddings) => ({ embeddings, prompt_eval_count: 2 }),
    ],
    [
      '/v2/embed',
      { model: 'sim/embed', texts: TEXTS, output_dimension: 3, input_type: 'search_query', embedding_types: ['float'] },
      (float) => ({ embeddings: { float }, meta: { billed_units: { input_tokens: 2 } } }),
    ],
    [
      '/v1beta/models/sim%2Fembed:batchEmbedContents',
      { requests: TEXTS.map((text) => ({ content: { parts: [{ text }] }, outputDimensionality: 3 })) },
      (each) => ({ embeddings: each.map((values) => ({ values })), usageMetadata: { promptTokenCount: 2 } }),
    ],
    [
      '/v1/models/sim%2Fembed:predict',
      { instances: TEXTS.map((content) => ({ content })), parameters: { outputDimensionality: 3 } },
      (each) => ({ predictions: each.map((values) => ({ embeddings: { values } })) }),
    ],
  ])('%s has the vectors of /embeddings', (path, body, answer) => {
    expect(asked(path, body).body).toMatchObject(answer(vectors));
  });

  test('Cohere wants to know what for', () => {
    const { status, body } = asked('/v2/embed', { model: 'sim/embed', texts: TEXTS });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('input_type');
  });
});

describe('rerank', () => {
  const REQUEST = {
    model: 'sim/rerank',
    query: 'capital of France',
    documents: ['Lima is a city', { text: 'Paris is the capital of France' }, 'the capital'],
  };

  test('the most words in common first, and no more than asked for', () => {
    const { results, usage } = asked('/v1/rerank', REQUEST).body;
    expect(results).toMatchObject([{ index: 1 }, { index: 2 }, { index: 0 }]);
    expect(usage).toEqual({ total_tokens: 30 });
    expect(asked('/v1/rerank', { ...REQUEST, top_n: 1 }).body['results']).toMatchObject([{ index: 1 }]);
    expect(asked('/v1/rerank', { ...REQUEST, top_k: 2 }).body['results']).toHaveLength(2);
  });

  test("Cohere's counts searches of a hundred documents", () => {
    const many = { ...REQUEST, documents: Array.from({ length: 101 }, (_, at) => `text ${at}`) };
    expect(asked('/v2/rerank', many).body).toMatchObject({ meta: { billed_units: { search_units: 2 } } });
  });
});

describe('moderation', () => {
  test('one verdict a text, by its words', () => {
    const { results } = asked('/v1/moderations', { model: 'sim/moderation', input: ['I will kill them', 'hi'] }).body;
    expect(results).toMatchObject([
      { flagged: true, categories: { violence: true, hate: false } },
      { flagged: false, categories: { violence: false } },
    ]);
  });

  test('parts are judged together', () => {
    const input = [
      { type: 'text', text: 'I hate it' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ];
    const { results } = asked('/v1/moderations', { model: 'sim/moderation', input }).body;
    expect(results).toMatchObject([{ flagged: true, categories: { hate: true } }]);
  });
});

test('a model asked for what it does not make says which one does; faults work as for conversations', () => {
  const wrong = asked('/v1/rerank', { model: 'sim/echo', query: 'x', documents: ['y'] });
  expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([400, expect.stringContaining('sim/rerank does')]);
  const chat = { model: 'sim/moderation', messages: [{ role: 'user', content: 'x' }] };
  expect(JSON.stringify(asked('/v1/chat/completions', chat).body)).toContain('POST /moderations');
  const failed = asked('/v1/rerank', { model: 'sim/rerank?error200', query: 'x', documents: ['y'] });
  expect([failed.status, failed.body]).toEqual([200, { error: expect.anything() }]);
});
