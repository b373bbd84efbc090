/** Cohere's grammar (https://docs.cohere.com/reference/embed): texts, images or both together, and what they are for. */
import type { Part } from '../../core/chat.ts';
import type { EmbeddingsAnswer, EmbeddingsInput, EmbeddingsQuestion } from '../../core/embeddings.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { Note, Translated } from '../../core/note.ts';
import type { KnownUsageUnit, Usage } from '../../core/usage.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { picked, unspoken } from '../shared/client/whole-request.ts';
import { urlOf } from '../shared/openai/parts.ts';
import { tokenCountAt } from '../shared/upstream/token-count.ts';
import type { WholeDialect } from '../whole.ts';
import { vectorsFor } from './answer.ts';
import { type Purpose, purposeOf } from './input-type.ts';

export const cohereEmbeddings: WholeDialect<'embeddings'> = {
  id: 'cohere',
  encodeRequest,
  decodeResponse,
  unsayable,
};

/** Fields of its own that callers may name. */
const ITS_OWN = ['truncate', 'max_tokens', 'priority'] as const;

const INPUT_TYPES: Readonly<Partial<Record<Purpose, string>>> = {
  query: 'search_query',
  document: 'search_document',
  classification: 'classification',
  clustering: 'clustering',
};

function encodeRequest(question: EmbeddingsQuestion, context: UpstreamContext): Translated<UpstreamRequest> {
  const { dimensions } = question;
  const inputType = inputTypeOf(question, context);
  const body: JsonObject = {
    ...picked(question, ITS_OWN),
    model: context.upstreamModel,
    ...contentOf(question.inputs),
    input_type: inputType.value,
    embedding_types: ['float'],
    ...(dimensions !== undefined && { output_dimension: dimensions }),
  };
  return {
    value: { path: '/embed', headers: {}, body },
    notes: [...inputType.notes, ...unspoken(question, context, ITS_OWN)],
  };
}

/** It must be said. Who says nothing embeds documents, or the picture that it is. */
function inputTypeOf({ inputType, inputs }: EmbeddingsQuestion, { host }: UpstreamContext): Translated<string> {
  const value = loneImage(inputs) ? 'image' : 'search_document';
  if (inputType === undefined || inputType === value) return { value, notes: [] };
  const purpose = purposeOf(inputType);
  const word = purpose && INPUT_TYPES[purpose];
  if (word && value !== 'image') return { value: word, notes: [] };
  const note: Note = {
    code: 'parameter.changed',
    field: 'input_type',
    message: `${host.providerName} takes no "${inputType.slice(0, 64)}" here; it was sent as ${value}`,
  };
  return { value, notes: [note] };
}

/** One image by itself is what its models of every age take; `inputs` is for those that mix (Embed 4). */
function contentOf(inputs: readonly EmbeddingsInput[]): JsonObject {
  const image = loneImage(inputs);
  if (image !== undefined) return { images: [image] };
  if (inputs.every(({ kind }) => kind === 'text')) return { texts: inputs.map(textOf) };
  return {
    inputs: inputs.map((input) => ({
      content: input.kind === 'content' ? input.parts.map(encodePart) : [{ type: 'text', text: textOf(input) }],
    })),
  };
}

function textOf(input: EmbeddingsInput): string {
  return input.kind === 'text' ? input.text : '';
}

function loneImage([input, ...others]: readonly EmbeddingsInput[]): string | undefined {
  if (input?.kind !== 'content' || others.length > 0 || input.parts.length > 1) return undefined;
  const [part] = input.parts;
  return part?.type === 'image' ? urlOf(part.source) : undefined;
}

function encodePart(part: Part): JsonObject {
  if (part.type === 'image') return { type: 'image_url', image_url: { url: urlOf(part.source) } };
  return { type: 'text', text: part.type === 'text' ? part.text : '' };
}

function unsayable({ inputs }: EmbeddingsQuestion): readonly string[] {
  const words = new Set<string>();
  for (const input of inputs) {
    if (input.kind === 'tokens') words.add('token ids');
    if (input.kind !== 'content') continue;
    for (const part of input.parts) {
      if (part.type !== 'text' && part.type !== 'image') words.add(part.type);
      if (part.type === 'image' && part.source.kind === 'url') words.add('images by address; send the data itself');
    }
  }
  return [...words];
}

/** As asked for; the others are what older versions of the API and other clients get. */
const TYPES = ['float', 'base64', 'int8', 'uint8', 'binary', 'ubinary'] as const;

function decodeResponse(body: Json, question: EmbeddingsQuestion, context: UpstreamContext): EmbeddingsAnswer {
  const answer = isJsonObject(body) ? body : {};
  const { embeddings } = answer;
  const byType = isJsonObject(embeddings) ? TYPES.map((type) => arrayAt(embeddings, type)).find(Boolean) : undefined;
  const vectors = vectorsFor(question, isJsonArray(embeddings) ? embeddings : byType, context);
  const usage = usageOf(objectAt(objectAt(answer, 'meta') ?? {}, 'billed_units'));
  const upstreamId = stringAt(answer, 'id');
  return { vectors, ...(usage && { usage }), ...(upstreamId !== undefined && { upstreamId }), extras: {} };
}

/** Texts and images are billed apart: as tokens, or by the image (Embed 3). */
function usageOf(billed: JsonObject | undefined): Usage | undefined {
  if (!billed) return undefined;
  const text = tokenCountAt(billed, 'input_tokens') ?? 0;
  const image = tokenCountAt(billed, 'image_tokens') ?? 0;
  const images = tokenCountAt(billed, 'images') ?? 0;
  if (text + image + images === 0) return undefined;
  const counts: Partial<Record<KnownUsageUnit, number>> = {
    promptTokens: text + image,
    ...(image > 0 && { imagePromptTokens: image }),
    ...(images > 0 && { images }),
  };
  return { counts, estimated: false };
}
