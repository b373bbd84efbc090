/**
 * Vertex AI's grammar for Gemini's embedding models: `predict`, one text at a time
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api).
 */
import type { EmbeddingsAnswer, EmbeddingsQuestion } from '../../core/embeddings.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { Usage } from '../../core/usage.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { unspoken } from '../shared/client/whole-request.ts';
import { tokenCountAt } from '../shared/upstream/token-count.ts';
import type { WholeDialect } from '../whole.ts';
import { vectorsFor } from './answer.ts';
import { modelPath, taskTypeOf } from './gemini.ts';

export const vertexEmbeddings: WholeDialect<'embeddings'> = {
  id: 'vertex',
  encodeRequest,
  decodeResponse,
  unsayable,
};

function encodeRequest(question: EmbeddingsQuestion, context: UpstreamContext): Translated<UpstreamRequest> {
  const { value: taskType, notes } = taskTypeOf(question, context);
  const instances = question.inputs.map((input) => ({
    content: input.kind === 'text' ? input.text : '',
    ...(taskType !== undefined && { task_type: taskType }),
  }));
  const { dimensions } = question;
  const body = { instances, ...(dimensions !== undefined && { parameters: { outputDimensionality: dimensions } }) };
  return {
    value: { path: `${modelPath(context)}:predict`, headers: {}, body },
    notes: [...notes, ...unspoken(question, context)],
  };
}

function unsayable({ inputs }: EmbeddingsQuestion): readonly string[] {
  if (inputs.some(({ kind }) => kind !== 'text')) return ['inputs other than text'];
  return inputs.length > 1 ? ['several inputs at once'] : [];
}

function decodeResponse(body: Json, question: EmbeddingsQuestion, context: UpstreamContext): EmbeddingsAnswer {
  const predictions = isJsonObject(body) ? arrayAt(body, 'predictions') : undefined;
  const members = predictions?.map((each) => (isJsonObject(each) ? (objectAt(each, 'embeddings') ?? {}) : {}));
  const vectors = vectorsFor(
    question,
    members?.map(({ values }) => values),
    context,
  );
  const usage = usageOf(members ?? []);
  return { vectors, ...(usage && { usage }), extras: {} };
}

function usageOf(members: readonly JsonObject[]): Usage | undefined {
  const counts = members.map((member) => tokenCountAt(objectAt(member, 'statistics') ?? {}, 'token_count'));
  if (counts.includes(undefined)) return undefined;
  return { counts: { promptTokens: counts.reduce((sum: number, count) => sum + (count ?? 0), 0) }, estimated: false };
}
