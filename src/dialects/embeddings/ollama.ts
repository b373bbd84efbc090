/** Ollama's own grammar (https://docs.ollama.com/api/embed). */
import type { EmbeddingsAnswer, EmbeddingsQuestion } from '../../core/embeddings.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, stringAt } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { picked, unspoken } from '../shared/client/whole-request.ts';
import { tokenCountAt } from '../shared/upstream/token-count.ts';
import type { WholeDialect } from '../whole.ts';
import { badAnswer, vectorsFor } from './answer.ts';

export const ollamaEmbeddings: WholeDialect<'embeddings'> = {
  id: 'ollama',
  encodeRequest,
  decodeResponse,
  unsayable,
};

/** Fields of its own that callers may name. */
const ITS_OWN = ['truncate', 'options', 'keep_alive'] as const;

function encodeRequest(question: EmbeddingsQuestion, context: UpstreamContext): Translated<UpstreamRequest> {
  const { dimensions, extras, inputType } = question;
  const body: JsonObject = {
    ...picked(question, ITS_OWN),
    model: context.upstreamModel,
    input: question.inputs.map((input) => (input.kind === 'text' ? input.text : '')),
    ...(dimensions !== undefined && { dimensions }),
  };
  const asked = inputType === undefined ? question : { ...question, extras: { ...extras, input_type: inputType } };
  return { value: { path: '/api/embed', headers: {}, body }, notes: unspoken(asked, context, ITS_OWN) };
}

function unsayable({ inputs }: EmbeddingsQuestion): readonly string[] {
  return inputs.every(({ kind }) => kind === 'text') ? [] : ['inputs other than text'];
}

function decodeResponse(body: Json, question: EmbeddingsQuestion, context: UpstreamContext): EmbeddingsAnswer {
  const answer = isJsonObject(body) ? body : {};
  const error = stringAt(answer, 'error');
  if (error !== undefined) throw badAnswer(`answered with an error: ${error.slice(0, 500)}`, context);
  const promptTokens = tokenCountAt(answer, 'prompt_eval_count');
  return {
    // `embedding` is what versions before 0.3 answer.
    vectors: vectorsFor(question, arrayAt(answer, 'embeddings') ?? listOf(answer['embedding']), context),
    ...(promptTokens !== undefined && { usage: { counts: { promptTokens }, estimated: false } }),
    extras: {},
  };
}

function listOf(vector: Json | undefined): readonly Json[] | undefined {
  return vector === undefined ? undefined : [vector];
}
