/** The embeddings request (OpenRouter's API; https://platform.openai.com/docs/api-reference/embeddings/create), wire → core. */
import { z } from 'zod';
import type { EmbeddingsInput, EmbeddingsQuestion } from '../../core/embeddings.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, numberAt, stringAt } from '../../core/json.ts';
import { check, refusalBy } from '../shared/client/refusal.ts';
import {
  demandOfWhole,
  modalitiesOf,
  sharedMembers,
  tokensOf,
  wholeFields,
  withModel,
} from '../shared/client/whole-request.ts';
import type { WholeRequest } from '../whole.ts';
import { contentPart, decodeContentPart } from './content.ts';

const text = z.string().min(1);
const tokens = z.array(z.int().min(0)).min(1);
const content = z.object({ content: z.array(contentPart).min(1) });

const { input: inputField, ...otherFields } = {
  input: z.union([text, z.array(text).min(1), tokens, z.array(tokens).min(1), z.array(content).min(1)]),
  model: z.string().min(1).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  input_type: z.string().nullish(),
  ...wholeFields,
};

/** The whole request, for its description. */
export const embeddingsFields = z.object({ input: inputField, ...otherFields });
/** All but the input, whose thousands of numbers need no schema. */
const besideInput = z.object(otherFields);

const KNOWN: ReadonlySet<string> = new Set(Object.keys(embeddingsFields.shape));

/** unknown → core. @throws GatewayError `client.invalid_request` with the field's path */
export function parseEmbeddingsRequest(body: Json): WholeRequest<'embeddings'> {
  if (!isJsonObject(body)) throw invalidRequest('body', 'expected a JSON object with `model` and `input`');
  if (!check(besideInput, body).success) throw refusalBy(besideInput, body, 'is no embeddings request');
  const inputs = inputsOf(body['input']);
  const dimensions = numberAt(body, 'dimensions');
  const inputType = stringAt(body, 'input_type');
  const encoding = stringAt(body, 'encoding_format');
  const question: EmbeddingsQuestion = {
    inputs,
    ...(dimensions !== undefined && { dimensions }),
    ...(inputType && { inputType }),
    ...((encoding === 'float' || encoding === 'base64') && { encoding }),
    ...sharedMembers(body, KNOWN),
  };
  const sizes = inputs.map(sizeOf);
  const demand = demandOfWhole(body, {
    contentField: 'input',
    promptTokensEstimate: sizes.reduce((sum, size) => sum + size, 0),
    longestPromptEstimate: sizes.reduce((most, size) => Math.max(most, size), 0),
    inputModalities: modalitiesOf(inputs.flatMap((input) => (input.kind === 'content' ? input.parts : []))),
  });
  return { question, demand: withModel(demand), wire: body };
}

const EXPECTED = 'a text, a list of texts, token ids, a list of token-id lists, or [{content: [parts]}]';

function inputsOf(input: Json | undefined): readonly EmbeddingsInput[] {
  if (input === undefined) throw invalidRequest('input', `required: ${EXPECTED}`);
  if (typeof input === 'string') return [textInput(input, 'input')];
  if (!isJsonArray(input) || input.length === 0) throw invalidRequest('input', `accepted: ${EXPECTED}`);
  const [first] = input;
  if (typeof first === 'number') return [tokensInput(input, 'input')];
  return input.map((each, i) => {
    const path = `input[${i}]`;
    if (typeof each === 'string' && typeof first === 'string') return textInput(each, path);
    if (isJsonArray(each) && isJsonArray(first)) return tokensInput(each, path);
    if (isJsonObject(each) && isJsonObject(first)) return contentInput(each['content'], `${path}.content`);
    throw invalidRequest(path, `accepted: ${EXPECTED}, all of one sort`);
  });
}

function textInput(value: string, path: string): EmbeddingsInput {
  if (value === '') throw invalidRequest(path, 'an empty text has no embedding');
  return { kind: 'text', text: value };
}

function tokensInput(value: readonly Json[], path: string): EmbeddingsInput {
  const ids = value.filter((id): id is number => typeof id === 'number' && Number.isSafeInteger(id) && id >= 0);
  if (ids.length === 0 || ids.length < value.length) throw invalidRequest(path, 'accepted: token ids, whole numbers');
  return { kind: 'tokens', tokens: ids };
}

/** Content of nothing but text is a text: every host can be asked for it. */
function contentInput(value: Json | undefined, path: string): EmbeddingsInput {
  if (!isJsonArray(value) || value.length === 0) throw invalidRequest(path, 'accepted: a list of content parts');
  const parts = value.map((part, i) => decodeContentPart(part, `${path}[${i}]`));
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length < parts.length ? { kind: 'content', parts } : textInput(texts.join(''), path);
}

/** Token ids count themselves; texts by their length. What a medium counts as, its host knows. */
function sizeOf(input: EmbeddingsInput): number {
  switch (input.kind) {
    case 'text':
      return tokensOf(input.text);
    case 'tokens':
      return input.tokens.length;
    case 'content':
      return input.parts.reduce((sum, part) => sum + (part.type === 'text' ? tokensOf(part.text) : 0), 0);
  }
}
