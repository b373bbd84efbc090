/** Gemini's grammar (https://ai.google.dev/api/embeddings): every input is a content of its own, all of them in one batch. */
import type { Part } from '../../core/chat.ts';
import type { EmbeddingsAnswer, EmbeddingsInput, EmbeddingsQuestion } from '../../core/embeddings.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { KnownUsageUnit, Usage } from '../../core/usage.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { unspoken } from '../shared/client/whole-request.ts';
import { tokenCountAt } from '../shared/upstream/token-count.ts';
import type { WholeDialect } from '../whole.ts';
import { vectorsFor } from './answer.ts';
import { type Purpose, purposeOf } from './input-type.ts';

export const geminiEmbeddings: WholeDialect<'embeddings'> = {
  id: 'gemini',
  encodeRequest,
  decodeResponse,
  unsayable,
};

const TASK_TYPES: Readonly<Record<Purpose, string>> = {
  query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
  similarity: 'SEMANTIC_SIMILARITY',
  'code-query': 'CODE_RETRIEVAL_QUERY',
  question: 'QUESTION_ANSWERING',
};

/** The host's word for what the vectors are for, or a note that it has none. */
export function taskTypeOf(
  { inputType }: EmbeddingsQuestion,
  { host }: UpstreamContext,
): Translated<string | undefined> {
  if (inputType === undefined) return { value: undefined, notes: [] };
  const purpose = purposeOf(inputType);
  if (purpose) return { value: TASK_TYPES[purpose], notes: [] };
  if (/^[A-Z]+(?:_[A-Z]+)*$/.test(inputType)) return { value: inputType, notes: [] };
  const message = `${host.providerName} has no task type "${inputType.slice(0, 64)}"`;
  return { value: undefined, notes: [{ code: 'parameter.dropped', field: 'input_type', message }] };
}

/** `model@version` stays readable; a slash stays encoded, so that a model's name cannot walk to another path. */
export function modelPath({ upstreamModel, host }: UpstreamContext): string {
  const prefix = (host.quirks.modelPathPrefix ?? '/models').replace(/^\/*/, '/').replace(/\/+$/, '');
  return `${prefix}/${encodeURIComponent(upstreamModel.replace(/^models\//, '')).replaceAll('%40', '@')}`;
}

function encodeRequest(question: EmbeddingsQuestion, context: UpstreamContext): Translated<UpstreamRequest> {
  const { value: taskType, notes } = taskTypeOf(question, context);
  const model = `models/${context.upstreamModel.replace(/^models\//, '')}`;
  const requests = question.inputs.map((input) => ({
    model,
    content: { parts: partsOf(input) },
    ...(taskType !== undefined && { taskType }),
    ...(question.dimensions !== undefined && { outputDimensionality: question.dimensions }),
  }));
  return {
    value: { path: `${modelPath(context)}:batchEmbedContents`, headers: {}, body: { requests } },
    notes: [...notes, ...unspoken(question, context)],
  };
}

function partsOf(input: EmbeddingsInput): readonly JsonObject[] {
  if (input.kind === 'text') return [{ text: input.text }];
  return input.kind === 'content' ? input.parts.map(encodePart).filter((part) => part !== undefined) : [];
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mp3', pcm16: 'audio/pcm' };

/** Undefined for what `unsayable` names. */
function encodePart(part: Part): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { text: part.text };
    case 'audio':
      return { inlineData: { mimeType: AUDIO_TYPES[part.format] ?? `audio/${part.format}`, data: part.base64 } };
    case 'image':
    case 'video':
    case 'file': {
      const { source } = part;
      if (source.kind === 'data') return { inlineData: { mimeType: source.mediaType, data: source.base64 } };
      return source.kind === 'url' && OWN_ADDRESS.test(source.url) ? { fileData: { fileUri: source.url } } : undefined;
    }
  }
}

/** What it reads by address: its own uploads and Cloud Storage. */
const OWN_ADDRESS = /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/[^/]+\/files\/)/;

function unsayable({ inputs }: EmbeddingsQuestion): readonly string[] {
  const words = new Set<string>();
  for (const input of inputs) {
    if (input.kind === 'tokens') words.add('token ids');
    if (input.kind === 'content' && input.parts.some((part) => !encodePart(part))) {
      words.add('media by address or file id; send the data itself');
    }
  }
  return [...words];
}

function decodeResponse(body: Json, question: EmbeddingsQuestion, context: UpstreamContext): EmbeddingsAnswer {
  const answer = isJsonObject(body) ? body : {};
  const one = objectAt(answer, 'embedding');
  const written = one ? [one] : arrayAt(answer, 'embeddings');
  const vectors = vectorsFor(
    question,
    written?.map((each) => (isJsonObject(each) ? each['values'] : undefined)),
    context,
  );
  const usage = usageOf(objectAt(answer, 'usageMetadata'));
  return { vectors, ...(usage && { usage }), extras: {} };
}

const UNIT_BY_MODALITY: Readonly<Record<string, KnownUsageUnit>> = {
  IMAGE: 'imagePromptTokens',
  AUDIO: 'audioPromptTokens',
  VIDEO: 'videoPromptTokens',
};

/** Models before Gemini Embedding 2 tell none. */
function usageOf(told: JsonObject | undefined): Usage | undefined {
  const promptTokens = told && tokenCountAt(told, 'promptTokenCount');
  if (!told || promptTokens === undefined) return undefined;
  const counts: Partial<Record<KnownUsageUnit, number>> = { promptTokens };
  for (const detail of arrayAt(told, 'promptTokenDetails') ?? arrayAt(told, 'promptTokensDetails') ?? []) {
    if (!isJsonObject(detail)) continue;
    const unit = UNIT_BY_MODALITY[stringAt(detail, 'modality') ?? ''];
    const count = tokenCountAt(detail, 'tokenCount');
    if (unit && count) counts[unit] = Math.min(count, promptTokens);
  }
  return { counts, estimated: false };
}
