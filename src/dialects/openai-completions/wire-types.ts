/**
 * A legacy completions request on the wire (https://platform.openai.com/docs/api-reference/completions/create), with
 * OpenRouter's additions. The schema only checks: its output is thrown away and the caller's own value goes on.
 */
import { z } from 'zod';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { check, refusalBy, typeName } from '../shared/client/refusal.ts';
import { flag, jsonObject, pairs } from '../shared/client/wire-schema.ts';
import { reasoningFields } from '../shared/gateway/asked-reasoning.ts';
import { gatewayFields } from '../shared/gateway/fields.ts';

const between = (low: number, high: number) => z.number().min(low).max(high).nullish();
const tokens = z.array(z.int().min(0)).min(1);
// Null is where a document begins: what the model writes of itself.
const prompt = z.union([z.string(), z.array(z.string()).min(1), tokens, z.array(tokens).min(1)]).nullable();

export const completionFields = z.object({
  ...gatewayFields,
  ...reasoningFields,
  model: z.string().nullish(),
  prompt,
  suffix: z.string().nullish(),
  echo: flag,
  best_of: z.int().min(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  stream: flag,
  stream_options: z.object({ include_usage: flag }).nullish(),
  usage: z.object({ include: flag }).nullish(),
  // None at all is asked for with `echo`, to read the prompt's own chances.
  max_tokens: z.int().min(0).nullish(),
  temperature: between(0, 2),
  top_p: between(0, 1),
  top_k: z.int().min(0).nullish(),
  min_p: between(0, 1),
  top_a: between(0, 1),
  frequency_penalty: between(-2, 2),
  presence_penalty: between(-2, 2),
  repetition_penalty: between(0, 2),
  logit_bias: pairs(z.string(), z.number()).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  user: z.string().nullish(),
  metadata: pairs(z.string().max(64), z.string().max(512)).nullish(),
  service_tier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  web_search_options: jsonObject.nullish(),
});
export type CompletionFields = z.infer<typeof completionFields>;

/** The caller's own value, whose known fields have been checked. */
export type WireCompletionRequest = JsonObject & CompletionFields;

/** What the gateway itself reads; hosts do not know it. */
export const GATEWAY_FIELDS: readonly string[] = [
  ...Object.keys(gatewayFields),
  'usage',
  'stream_options',
  'max_tool_calls',
];

/** Every top-level field that somebody here knows; the rest are extras. */
export const KNOWN_FIELDS: readonly string[] = [...Object.keys(completionFields.shape), ...GATEWAY_FIELDS];

/**
 * unknown → wire. The value that comes back is the one that went in.
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function parseCompletionRequest(body: Json): WireCompletionRequest {
  if (!isJsonObject(body)) {
    throw invalidRequest('body', `expected a JSON object with \`model\` and \`prompt\`, got ${typeName(body)}`);
  }
  if (hasCompletionFields(body)) return body;
  if (body['prompt'] === undefined && body['messages'] !== undefined) {
    throw invalidRequest('messages', 'this route takes `prompt`; send `messages` to /chat/completions instead');
  }
  if (!check(prompt, body['prompt']).success) {
    throw invalidRequest(
      'prompt',
      'accepted: a string, a list of strings, a list of token ids, or a list of such lists',
    );
  }
  throw refusalBy(completionFields, body, 'not a completions request');
}

function hasCompletionFields(body: JsonObject): body is WireCompletionRequest {
  return check(completionFields, body).success;
}
