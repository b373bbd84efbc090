/** sim/rerank: documents by the share of the query's words that they have. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonObject, numberAt, stringAt } from '../../core/json.ts';
import { SimRefusal } from './prompt.ts';
import { countTokens } from './tokens.ts';
import type { SimWholeAnswer } from './whole.ts';

const DOCUMENTS_PER_SEARCH = 100;

/** As Jina's and vLLM's: tokens are counted. @throws SimRefusal */
export function rerank(body: JsonObject): SimWholeAnswer {
  const { results, promptTokens } = rank(body);
  return { body: { model: 'sim/rerank', results, usage: { total_tokens: promptTokens } }, promptTokens };
}

/** As Cohere's: searches of up to a hundred documents are counted. @throws SimRefusal */
export function rerankAsCohere(body: JsonObject): SimWholeAnswer {
  const { results, promptTokens, documents } = rank(body);
  const billed_units = { search_units: Math.ceil(documents / DOCUMENTS_PER_SEARCH) };
  return { body: { id: 'sim-rerank', results, meta: { api_version: { version: '2' }, billed_units } }, promptTokens };
}

/** Of equals the shorter text comes first. */
function rank(body: JsonObject) {
  const query = stringAt(body, 'query');
  const documents = arrayAt(body, 'documents');
  if (!query) throw new SimRefusal(400, "'query' must be a non-empty text.", 'query');
  if (!documents?.length) throw new SimRefusal(400, "'documents' must be a non-empty list.", 'documents');
  const asked = wordsOf(query);
  const texts = documents.map(textOf);
  const scored = texts.map((text, index) => {
    const found = [...wordsOf(text)].filter((word) => asked.has(word)).length;
    return { index, relevance_score: (found + 1 / (2 + text.length)) / (asked.size + 1) };
  });
  const most = numberAt(body, 'top_n') ?? numberAt(body, 'top_k') ?? scored.length;
  return {
    results: scored.toSorted((a, b) => b.relevance_score - a.relevance_score).slice(0, most),
    promptTokens: texts.reduce((sum, text) => sum + countTokens(query) + countTokens(text), 0),
    documents: documents.length,
  };
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function textOf(document: Json): string {
  if (typeof document === 'string') return document;
  return (isJsonObject(document) && stringAt(document, 'text')) || JSON.stringify(document);
}
