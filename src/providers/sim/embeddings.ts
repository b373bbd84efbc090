/** sim/embed: vectors that depend on the text alone, of length one, in the grammars in which hosts are asked for them. */
import { seededRandom } from '../../core/ids.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonArray, isJsonObject, objectAt, stringAt } from '../../core/json.ts';
import { toBase64 } from '../../core/vector.ts';
import { SimRefusal } from './prompt.ts';
import { countTokens, hash32 } from './tokens.ts';

const DEFAULT_DIMENSIONS = 64;
const MAX_DIMENSIONS = 4096;

/** One grammar of embeddings: where a request has what, and how the answer is written. */
export interface SimEmbeddingsForm {
  /** @throws SimRefusal */
  inputsOf(body: JsonObject): readonly Input[];
  dimensionsOf(body: JsonObject): Json | undefined;
  write(vectors: readonly (readonly number[])[], promptTokens: number, body: JsonObject): JsonObject;
}

interface Input {
  readonly text: string;
  readonly tokens: number;
}

/** @throws SimRefusal */
export function embed(form: SimEmbeddingsForm, body: JsonObject): { body: JsonObject; promptTokens: number } {
  const inputs = form.inputsOf(body);
  const written = form.dimensionsOf(body) ?? DEFAULT_DIMENSIONS;
  const dimensions = typeof written === 'number' ? written : 0;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    throw new SimRefusal(400, `'dimensions' must be a whole number from 1 to ${MAX_DIMENSIONS}.`, 'dimensions');
  }
  const promptTokens = inputs.reduce((sum, { tokens }) => sum + tokens, 0);
  const vectors = inputs.map(({ text }) => vectorOf(text, dimensions));
  return { body: form.write(vectors, promptTokens, body), promptTokens };
}

function vectorOf(text: string, dimensions: number): readonly number[] {
  const random = seededRandom(hash32(text));
  const raw = Array.from({ length: dimensions }, () => random.next() * 2 - 1);
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}

// ---- the grammars ----

export const openAiForm: SimEmbeddingsForm = {
  inputsOf: (body) => readInputs(body['input']),
  dimensionsOf: (body) => body['dimensions'],
  write(vectors, promptTokens, body) {
    const isBase64 = stringAt(body, 'encoding_format') === 'base64';
    const data = vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: isBase64 ? toBase64(vector) : vector,
    }));
    const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
    return { object: 'list', data, model: 'sim/embed', usage };
  },
};

export const ollamaForm: SimEmbeddingsForm = {
  inputsOf: (body) => readInputs(body['input']),
  dimensionsOf: (body) => body['dimensions'],
  write: (embeddings, promptTokens) => ({ model: 'sim/embed', embeddings, prompt_eval_count: promptTokens }),
};

export const cohereForm: SimEmbeddingsForm = {
  inputsOf(body) {
    if (stringAt(body, 'input_type') === undefined) {
      throw new SimRefusal(400, "'input_type' is required: search_document, search_query, …", 'input_type');
    }
    return readInputs(body['texts'] ?? body['inputs'] ?? body['images']);
  },
  dimensionsOf: (body) => body['output_dimension'],
  write: (vectors, promptTokens) => ({
    id: 'sim-embed',
    embeddings: { float: vectors },
    meta: { billed_units: { input_tokens: promptTokens } },
    response_type: 'embeddings_by_type',
  }),
};

export const geminiForm: SimEmbeddingsForm = {
  inputsOf: (body) => requestsOf(body).map((request) => textInput(contentText(objectAt(request, 'content')))),
  dimensionsOf: (body) => requestsOf(body)[0]?.['outputDimensionality'],
  write(vectors, promptTokens, body) {
    const embeddings = vectors.map((values) => ({ values }));
    const usageMetadata = { promptTokenCount: promptTokens };
    return body['requests'] ? { embeddings, usageMetadata } : { embedding: embeddings[0] ?? null, usageMetadata };
  },
};

export const vertexForm: SimEmbeddingsForm = {
  inputsOf: (body) =>
    (arrayAt(body, 'instances') ?? []).map((each) =>
      textInput((isJsonObject(each) && stringAt(each, 'content')) || ''),
    ),
  dimensionsOf: (body) => objectAt(body, 'parameters')?.['outputDimensionality'],
  write: (vectors, promptTokens) => ({
    predictions: vectors.map((values, at) => ({
      embeddings: { values, statistics: { truncated: false, token_count: at === 0 ? promptTokens : 0 } },
    })),
  }),
};

// ---- reading ----

/** A text, a list of texts, a list of token ids, a list of such lists, or OpenRouter's `{content: [parts]}`. */
function readInputs(input: Json | undefined): readonly Input[] {
  if (typeof input === 'string' && input !== '') return [textInput(input)];
  if (!isJsonArray(input) || input.length === 0) {
    throw new SimRefusal(400, "'input' must be a non-empty text or list.", 'input');
  }
  if (typeof input[0] === 'number') return [{ text: JSON.stringify(input), tokens: input.length }];
  return input.map((entry, index) => {
    if (typeof entry === 'string' && entry !== '') return textInput(entry);
    if (isJsonArray(entry) && entry.length > 0) return { text: JSON.stringify(entry), tokens: entry.length };
    if (isJsonObject(entry)) return textInput(JSON.stringify(entry));
    throw new SimRefusal(
      400,
      `'input[${index}]' must be a non-empty text, a list of token ids or an object.`,
      `input[${index}]`,
    );
  });
}

function textInput(text: string): Input {
  return { text, tokens: countTokens(text) };
}

function requestsOf(body: JsonObject): readonly JsonObject[] {
  return body['requests'] === undefined ? [body] : (arrayAt(body, 'requests') ?? []).filter(isJsonObject);
}

/** A lone text by itself, so that equal texts have equal vectors in every grammar. */
function contentText(content: JsonObject | undefined): string {
  const parts = (content && arrayAt(content, 'parts')) ?? [];
  const [first] = parts;
  const text = isJsonObject(first) && parts.length === 1 ? stringAt(first, 'text') : undefined;
  return text ?? JSON.stringify(parts);
}
