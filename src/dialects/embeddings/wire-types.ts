/** The embeddings request (OpenRouter's API; https://platform.openai.com/docs/api-reference/embeddings/create). */
import { z } from 'zod';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

const text = z.string().min(1);
const tokens = z.array(z.number().int().min(0)).min(1);
const multimodal = z.looseObject({ content: z.array(z.looseObject({ type: z.string() })).min(1) });

const embeddingsRequest = z.looseObject({
  model: z.string().min(1),
  input: z.union([text, tokens, z.array(text).min(1), z.array(tokens).min(1), z.array(multimodal).min(1)], {
    error: 'expected a text, a list of texts, token ids, a list of token-id lists, or [{content: [parts]}]',
  }),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().min(1).nullish(),
  input_type: z.string().nullish(),
  user: z.string().nullish(),
  provider: z.looseObject({}).nullish(),
});

/** Checks the body and gives it back as it is. @throws GatewayError `client.invalid_request` with the field's path */
export function parseEmbeddingsRequest(body: Json): JsonObject {
  if (!isJsonObject(body)) throw invalidRequest('body', 'expected a JSON object with `model` and `input`');
  const checked = embeddingsRequest.safeParse(body);
  if (checked.success) return body;
  const [issue] = checked.error.issues;
  throw invalidRequest(issue?.path.join('.') || 'body', issue?.message ?? 'not an embeddings request');
}
