/**
 * The grammars in which hosts rerank. Their requests differ in little, their answers in names: one reading for all.
 *
 * - `cohere`: https://docs.cohere.com/reference/rerank
 * - `jina`: https://api.jina.ai/redoc#tag/rerank, spoken by vLLM, llama.cpp, Together, SiliconFlow and, with `top_k`, by Voyage
 *   (https://docs.voyageai.com/reference/reranker-api)
 */
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import type { RerankAnswer, RerankDocument, RerankQuestion, RerankResult } from '../../core/rerank.ts';
import type { Usage } from '../../core/usage.ts';
import type { UpstreamContext } from '../dialect.ts';
import type { HostProfile } from '../host.ts';
import { requestLike } from '../shared/client/whole-request.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { decodeUsage } from '../shared/openai/usage.ts';
import { searchCountAt } from '../shared/upstream/token-count.ts';
import type { WholeDialect } from '../whole.ts';

export const cohereRerank = rerankDialect('cohere', {
  max_tokens_per_doc: (question) => question.maxTokensPerDocument,
});
export const jinaRerank = rerankDialect('jina', {});

type Field = (question: RerankQuestion) => Json | undefined;

/** @param fields beyond those that all of them have */
function rerankDialect(id: string, fields: Readonly<Record<string, Field>>): WholeDialect<'rerank'> {
  return {
    id,
    encodeRequest(question, context) {
      const more = Object.fromEntries(Object.entries(fields).map(([field, read]) => [field, read(question)]));
      const encoded = encodeRequest(question, more, context);
      const isCut = question.maxTokensPerDocument !== undefined && !('max_tokens_per_doc' in fields);
      return isCut ? { ...encoded, notes: [...encoded.notes, limitDropped(context)] } : encoded;
    },
    decodeResponse,
    unsayable,
  };
}

function encodeRequest(question: RerankQuestion, more: JsonObject, context: UpstreamContext) {
  const { query, documents, topN } = question;
  const own = { query, documents: documents.map(encodeDocument), top_n: topN, ...more };
  return requestLike('/rerank', own, question, context);
}

function encodeDocument({ text, image }: RerankDocument): Json {
  return image === undefined ? (text ?? '') : { ...(text !== undefined && { text }), image };
}

function limitDropped({ host }: UpstreamContext): Note {
  const message = `${host.providerName} takes no limit per document; it cuts what is too long by itself`;
  return { code: 'parameter.dropped', field: 'max_tokens_per_doc', message };
}

function unsayable({ documents }: RerankQuestion, { host }: UpstreamContext): readonly string[] {
  if (host.quirks.documentObjects || documents.every(({ image }) => image === undefined)) return [];
  return ['documents other than text'];
}

function decodeResponse(body: Json, question: RerankQuestion, context: UpstreamContext): RerankAnswer {
  const answer = isJsonObject(body) ? body : {};
  const listed = arrayAt(answer, 'results') ?? arrayAt(answer, 'data');
  if (!listed) throw carriesError(answer) ? decodeErrorValue(answer, context) : badAnswer(context);
  const results = listed.map((each) => resultOf(each, question, context));
  if (results.length === 0) throw badAnswer(context);
  const usage = usageOf(answer, context.host);
  const upstreamId = stringAt(answer, 'id');
  return {
    // Some hosts answer in the order of the documents, and some give all of them whatever was asked.
    results: results.toSorted((a, b) => b.relevanceScore - a.relevanceScore).slice(0, question.topN),
    ...(usage && { usage }),
    ...(upstreamId !== undefined && { upstreamId }),
  };
}

function resultOf(value: Json, { documents }: RerankQuestion, context: UpstreamContext): RerankResult {
  const member = isJsonObject(value) ? value : {};
  const index = numberAt(member, 'index');
  const relevanceScore = numberAt(member, 'relevance_score') ?? numberAt(member, 'score');
  if (index === undefined || !documents[index] || relevanceScore === undefined) throw badAnswer(context);
  return { index, relevanceScore };
}

function badAnswer({ host: { providerName } }: UpstreamContext): GatewayError {
  return new GatewayError('provider.bad_answer', `${providerName} answered without a score for the documents.`, {
    providerName,
  });
}

/** Billed by the search, or by the token. */
function usageOf(answer: JsonObject, host: HostProfile): Usage | undefined {
  const told = objectAt(answer, 'usage') ?? {};
  const meta = objectAt(answer, 'meta') ?? {};
  const billed = objectAt(meta, 'billed_units') ?? {};
  const prompt = told['prompt_tokens'] ?? told['total_tokens'] ?? objectAt(meta, 'tokens')?.['input_tokens'];
  const usage = decodeUsage({ ...told, prompt_tokens: prompt ?? billed['input_tokens'], completion_tokens: 0 }, host);
  const searchUnits = searchCountAt(billed, 'search_units') ?? searchCountAt(told, 'search_units');
  if (searchUnits === undefined) return usage;
  const { completionTokens: _, ...counts } = usage?.counts ?? {};
  return { estimated: false, ...usage, counts: { ...counts, searchUnits } };
}
