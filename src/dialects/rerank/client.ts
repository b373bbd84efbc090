/** The rerank request and reply (OpenRouter's API), which clients of Cohere's v2 speak too (https://docs.cohere.com/reference/rerank). */
import { z } from 'zod';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberAt } from '../../core/json.ts';
import type { RerankAnswer, RerankDocument, RerankQuestion } from '../../core/rerank.ts';
import { countOf, type Usage } from '../../core/usage.ts';
import type { ReplyHead, SettledUsage } from '../dialect.ts';
import { check, refusalBy } from '../shared/client/refusal.ts';
import { demandOfWhole, sharedMembers, tokensOf, wholeFields, withModel } from '../shared/client/whole-request.ts';
import { flag } from '../shared/client/wire-schema.ts';
import { encodeUsage } from '../shared/gateway/usage.ts';
import type { WholeRequest } from '../whole.ts';

const document = z.union([z.string(), z.object({ text: z.string().nullish(), image: z.string().nullish() })]);

/** The whole request, for its description too. */
export const rerankFields = z.object({
  model: z.string().min(1).nullish(),
  query: z.string().min(1),
  documents: z.array(document).min(1),
  top_n: z.int().min(1).nullish(),
  return_documents: flag,
  max_tokens_per_doc: z.int().min(1).nullish(),
  ...wholeFields,
});

const KNOWN: ReadonlySet<string> = new Set(Object.keys(rerankFields.shape));

/** unknown → core. @throws GatewayError `client.invalid_request` with the field's path */
export function parseRerankRequest(body: Json): WholeRequest<'rerank'> {
  if (!isJsonObject(body)) throw invalidRequest('body', 'expected a JSON object with `model`, `query` and `documents`');
  const checked = check(rerankFields, body);
  if (!checked.success) throw refusalBy(rerankFields, body, 'is no rerank request');
  const { query, return_documents: returnsDocuments } = checked.data;
  const documents = checked.data.documents.map(readDocument);
  const topN = numberAt(body, 'top_n');
  const maxTokensPerDocument = numberAt(body, 'max_tokens_per_doc');
  const question: RerankQuestion = {
    query,
    documents,
    returnsDocuments: returnsDocuments !== false,
    ...(topN !== undefined && { topN }),
    ...(maxTokensPerDocument !== undefined && { maxTokensPerDocument }),
    ...sharedMembers(body, KNOWN),
  };
  const queryTokens = tokensOf(query);
  // The query is read again with each document; a document that is too long is cut by the host.
  const promptTokensEstimate = documents.reduce((sum, { text = '' }) => sum + queryTokens + tokensOf(text), 0);
  const demand = demandOfWhole(body, {
    contentField: 'documents',
    promptTokensEstimate,
    longestPromptEstimate: queryTokens,
    inputModalities: documents.some(({ image }) => image !== undefined) ? ['image'] : [],
  });
  return { question, demand: withModel(demand), wire: body };
}

type WrittenDocument = z.infer<typeof document>;

function readDocument(written: WrittenDocument, at: number): RerankDocument {
  if (typeof written === 'string') return { text: written };
  const { text, image } = written;
  if (typeof text !== 'string' && !image) throw invalidRequest(`documents[${at}]`, 'holds neither a text nor an image');
  return { ...(typeof text === 'string' && { text }), ...(image && { image }) };
}

/** core → wire. */
export function encodeRerankResponse(
  { results }: RerankAnswer,
  { documents, returnsDocuments }: RerankQuestion,
  head: ReplyHead,
  settled: SettledUsage,
): JsonObject {
  return {
    id: head.id,
    model: head.model,
    provider: head.providerName,
    results: results.map(({ index, relevanceScore }) => ({
      index,
      relevance_score: relevanceScore,
      ...(returnsDocuments && { document: { ...documents[index] } }),
    })),
    usage: { ...countsOf(settled.usage), cost: encodeUsage(settled)['cost'] },
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}

/** Of the two counts the one that the host bills by. */
function countsOf(usage: Usage): JsonObject {
  const { searchUnits, promptTokens } = usage.counts;
  return {
    ...(searchUnits !== undefined && { search_units: searchUnits }),
    ...(promptTokens !== undefined && { total_tokens: countOf(usage, 'promptTokens') }),
  };
}
