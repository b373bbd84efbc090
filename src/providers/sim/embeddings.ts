/** `/embeddings` of sim/embed: vectors that depend on the text alone, of length one. */

import { seededRandom } from '../../core/ids.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonArray, isJsonObject, numberAt, stringAt } from '../../core/json.ts';
import { SimRefusal } from './prompt.ts';
import { countTokens, hash32 } from './tokens.ts';

const DEFAULT_DIMENSIONS = 64;
const MAX_DIMENSIONS = 4096;

export interface SimEmbedding {
  readonly body: JsonObject;
  readonly promptTokens: number;
}

/** @throws SimRefusal */
export function embed(body: JsonObject, model: string): SimEmbedding {
  const inputs = readInputs(body['input']);
  const dimensions = body['dimensions'] === undefined ? DEFAULT_DIMENSIONS : (numberAt(body, 'dimensions') ?? 0);
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    throw new SimRefusal(400, `'dimensions' must be a whole number from 1 to ${MAX_DIMENSIONS}.`, 'dimensions');
  }
  const base64 = stringAt(body, 'encoding_format') === 'base64';
  const promptTokens = inputs.reduce((sum, input) => sum + input.tokens, 0);
  const list = inputs.map((input, index) => {
    const vector = vectorOf(input.text, dimensions);
    return { object: 'embedding', index, embedding: base64 ? toBase64(vector) : [...vector] };
  });
  return {
    body: { object: 'list', data: list, model, usage: { prompt_tokens: promptTokens, total_tokens: promptTokens } },
    promptTokens,
  };
}

interface Input {
  readonly text: string;
  readonly tokens: number;
}

/** A text, a list of texts, a list of token ids, a list of such lists, or OpenRouter's `{content: [parts]}`. */
function readInputs(input: Json | undefined): readonly Input[] {
  if (typeof input === 'string' && input !== '') return [{ text: input, tokens: countTokens(input) }];
  if (!isJsonArray(input) || input.length === 0) {
    throw new SimRefusal(400, "'input' must be a non-empty text or list.", 'input');
  }
  if (typeof input[0] === 'number') return [{ text: JSON.stringify(input), tokens: input.length }];
  return input.map((entry, index) => {
    if (typeof entry === 'string' && entry !== '') return { text: entry, tokens: countTokens(entry) };
    if (isJsonArray(entry) && entry.length > 0) return { text: JSON.stringify(entry), tokens: entry.length };
    if (isJsonObject(entry)) return { text: JSON.stringify(entry), tokens: countTokens(JSON.stringify(entry)) };
    throw new SimRefusal(
      400,
      `'input[${index}]' must be a non-empty text, a list of token ids or an object.`,
      `input[${index}]`,
    );
  });
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const random = seededRandom(hash32(text));
  const raw = Array.from({ length: dimensions }, () => random.next() * 2 - 1);
  const length = Math.hypot(...raw) || 1;
  return Float32Array.from(raw, (value) => value / length);
}

/** Little-endian 32-bit floats, as OpenAI's `encoding_format: base64`. */
function toBase64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}
