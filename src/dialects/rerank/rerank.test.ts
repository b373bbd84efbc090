import { describe, expect, test } from 'bun:test';
import type { Json, JsonObject } from '../../core/json.ts';
import type { HostQuirks } from '../host.ts';
import { contextWith, testHead } from '../shared/testing/context.ts';
import { encodeRerankResponse, parseRerankRequest } from './client.ts';
import { cohereRerank, jinaRerank } from './hosts.ts';

const REQUEST = { model: 'a/b', query: 'q', documents: ['x', { text: 'y' }] };
const ask = (more: JsonObject = {}) => parseRerankRequest({ ...REQUEST, ...more }).question;

describe('the request', () => {
  test('of OpenRouter’s clients and of Cohere’s', () => {
    const { question, demand } = parseRerankRequest({
      ...REQUEST,
      top_n: 1,
      max_tokens_per_doc: 100,
      return_documents: false,
      user: 'u',
      priority: 3,
    });
    expect(question).toMatchObject({
      query: 'q',
      documents: [{ text: 'x' }, { text: 'y' }],
      topN: 1,
      maxTokensPerDocument: 100,
      returnsDocuments: false,
      user: 'u',
    });
    expect({ ...question.extras }).toEqual({ priority: 3 });
    expect(demand).toMatchObject({ models: ['a/b'], contentField: 'documents', user: 'u', inputModalities: [] });
  });

  test('the query is read with every document, and long documents exclude nobody', () => {
    const long = { query: 'q'.repeat(40), documents: ['x'.repeat(400), 'y'.repeat(4000)] };
    expect(parseRerankRequest({ ...REQUEST, ...long }).demand).toMatchObject({
      promptTokensEstimate: 1120,
      longestPromptEstimate: 10,
    });
  });

  test('an image asks for hosts that see', () => {
    expect(
      parseRerankRequest({ ...REQUEST, documents: ['x', { image: 'https://h/x.png' }] }).demand.inputModalities,
    ).toEqual(['image']);
  });

  test.each<[JsonObject, string]>([
    [{ query: '' }, 'query:'],
    [{ documents: [] }, 'documents:'],
    [{ documents: [{}] }, 'documents[0]: holds neither'],
    [{ documents: ['x', 3] }, 'documents[1]:'],
    [{ top_n: 0 }, 'top_n:'],
    [{ model: null }, 'model: required'],
  ])('%j is refused by its place', (more, message) => {
    expect(() => ask(more)).toThrow(message);
  });
});

describe('hosts', () => {
  const sent = (question: ReturnType<typeof ask>, quirks: HostQuirks = {}, dialect = jinaRerank) => {
    const { value, notes } = dialect.encodeRequest(question, contextWith({ quirks }));
    return { path: value.path, body: { ...value.body }, notes: notes.map(({ field }) => field) };
  };

  test('Cohere’s is sent its own fields', () => {
    expect(sent(ask({ top_n: 1, max_tokens_per_doc: 9, priority: 3 }), {}, cohereRerank)).toEqual({
      path: '/rerank',
      body: { model: 'model-1', query: 'q', documents: ['x', 'y'], top_n: 1, max_tokens_per_doc: 9, priority: 3 },
      notes: [],
    });
  });

  test('Jina’s has no limit per document; others name the number of results their way', () => {
    const question = ask({ top_n: 1, max_tokens_per_doc: 9, user: 'u' });
    expect(sent(question, { renames: { top_n: 'top_k' }, rejects: ['user'] })).toEqual({
      path: '/rerank',
      body: { model: 'model-1', query: 'q', documents: ['x', 'y'], top_k: 1 },
      notes: ['user', 'max_tokens_per_doc'],
    });
  });

  test('images go where documents may be objects', () => {
    const question = ask({ documents: ['x', { image: 'i' }, { text: 't', image: 'i' }] });
    expect(jinaRerank.unsayable(question, contextWith())).toEqual(['documents other than text']);
    const quirks = { documentObjects: true };
    expect(jinaRerank.unsayable(question, contextWith({ quirks }))).toEqual([]);
    expect(sent(question, quirks).body['documents']).toEqual(['x', { image: 'i' }, { text: 't', image: 'i' }]);
  });

  const results = (...scores: number[]) => scores.map((relevance_score, index) => ({ index, relevance_score }));
  const answered = (body: Json, more: JsonObject = {}, reportsCost: false | 'authoritative' = false) =>
    jinaRerank.decodeResponse(body, ask(more), contextWith({ usage: { reportsCost } }));

  test('the most relevant first, no more than asked for, whatever the host does', () => {
    expect(answered({ results: results(0.1, 0.9) }).results.map(({ index }) => index)).toEqual([1, 0]);
    expect(answered({ data: results(0.1, 0.9) }, { top_n: 1 }).results).toEqual([{ index: 1, relevanceScore: 0.9 }]);
    expect(answered({ results: [{ index: 0, score: -2 }] }).results).toEqual([{ index: 0, relevanceScore: -2 }]);
  });

  test.each<[JsonObject, Record<string, number> | undefined]>([
    [{ usage: { total_tokens: 7 } }, { promptTokens: 7, completionTokens: 0 }],
    [{ usage: { prompt_tokens: 5, total_tokens: 7 } }, { promptTokens: 5, completionTokens: 0 }],
    [{ meta: { billed_units: { search_units: 2 } } }, { searchUnits: 2 }],
    [{ meta: { billed_units: { search_units: 1 }, tokens: { input_tokens: 9 } } }, { searchUnits: 1, promptTokens: 9 }],
    [{ meta: { billed_units: { input_tokens: 9 } } }, { promptTokens: 9, completionTokens: 0 }],
    [{}, undefined],
  ])('usage %j', (more, counts) => {
    const { usage } = answered({ results: results(1), ...more });
    expect(usage?.counts).toEqual(counts);
    expect(usage?.estimated ?? false).toBe(false);
  });

  test('what a gateway behind this one charged', () => {
    const usage = { total_tokens: 17, cost: 3.4e-7 };
    expect(answered({ results: results(1), usage }, {}, 'authoritative').usage?.reportedCostNanoUsd).toBe(340n);
  });

  test.each<[string, Json]>([
    ['nothing', {}],
    ['no results', { results: [] }],
    ['a document that was not sent', { results: [{ index: 2, relevance_score: 1 }] }],
    ['no score', { results: [{ index: 0 }] }],
    ['an error with status 200', { error: { message: 'no reranker is loaded' } }],
  ])('%s is no answer', (_, body) => {
    expect(() => answered(body)).toThrow(/without a score|no reranker is loaded/);
  });
});

describe('the reply', () => {
  const settled = {
    usage: { counts: { searchUnits: 1 }, estimated: false },
    costNanoUsd: 2_000_000n,
    promptCostNanoUsd: 2_000_000n,
    completionCostNanoUsd: 0n,
    isByok: false,
  };
  const answer = { results: [{ index: 1, relevanceScore: 0.5 }] };

  test('has the documents, the searches and what they cost', () => {
    expect(encodeRerankResponse(answer, ask(), testHead, settled)).toEqual({
      id: testHead.id,
      model: testHead.model,
      provider: 'Host',
      results: [{ index: 1, relevance_score: 0.5, document: { text: 'y' } }],
      usage: { search_units: 1, cost: 0.002 },
    });
  });

  test('has no documents where the caller wants none, and tokens where tokens were counted', () => {
    const usage = { counts: { promptTokens: 9 }, estimated: false };
    const told = { ...settled, usage, routerMetadata: { attempt: 1 } };
    expect(encodeRerankResponse(answer, ask({ return_documents: false }), testHead, told)).toMatchObject({
      results: [{ index: 1, relevance_score: 0.5 }],
      usage: { total_tokens: 9 },
      openrouter_metadata: { attempt: 1 },
    });
  });
});
