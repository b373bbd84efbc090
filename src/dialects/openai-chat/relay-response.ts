/** The relay lane's whole reply: unknown fields survive by value, known ones are as strict clients of OpenRouter want them. */
import type { ChatResponse, Choice } from '../../core/chat.ts';
import { emptyJsonObject, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { RelayContext, SettledUsage } from '../dialect.ts';
import { encodeChatResponse } from './client-response.ts';
import { decodeChatResponse } from './response.ts';

/** Members of the whole body, a choice and a message that our own encoding says. */
const BODY_MEMBERS = [
  'id',
  'object',
  'created',
  'model',
  'provider',
  'choices',
  'usage',
  'system_fingerprint',
  'service_tier',
];
const CHOICE_MEMBERS = ['index', 'message', 'finish_reason', 'native_finish_reason', 'logprobs', 'text', 'delta'];
const MESSAGE_MEMBERS = [
  'role',
  'content',
  'reasoning',
  'reasoning_content',
  'reasoning_text',
  'reasoning_details',
  'tool_calls',
  'function_call',
  'refusal',
  'images',
  'audio',
  'annotations',
];

/**
 * Decodes for metering, and writes the reply as our own encoding plus every member that it does not know.
 * @throws GatewayError where the body is no answer (see decodeChatResponse)
 */
export function relayResponse(
  body: Json,
  context: RelayContext,
): { readonly response: ChatResponse; encode(settled: SettledUsage): JsonObject } {
  const response = decodeChatResponse(body, context);
  return {
    response,
    encode(settled) {
      const encoded = encodeChatResponse(response, context.head, settled);
      return isJsonObject(body) ? withUnknown(encoded, body, response.choices) : encoded;
    },
  };
}

function withUnknown(encoded: JsonObject, body: JsonObject, decoded: readonly Choice[]): JsonObject {
  const raw = isJsonArray(body['choices']) ? body['choices'].filter(isJsonObject) : [];
  const encodedChoices = isJsonArray(encoded['choices']) ? encoded['choices'] : [];
  const choices = encodedChoices.map((choice, i) => {
    // Decoding keeps the order of choices; where a host's list does not line up, ours stands alone.
    const from = raw.length === decoded.length ? raw[i] : undefined;
    if (!isJsonObject(choice) || !from) return choice;
    const message = isJsonObject(choice['message']) ? choice['message'] : {};
    const rawMessage = isJsonObject(from['message']) ? from['message'] : {};
    return merge({ ...choice, message: merge(message, rawMessage, MESSAGE_MEMBERS) }, from, CHOICE_MEMBERS);
  });
  const usage = isJsonObject(body['usage']) ? body['usage'] : {};
  const ourUsage = isJsonObject(encoded['usage']) ? encoded['usage'] : {};
  return merge({ ...encoded, choices, usage: { ...usage, ...ourUsage } }, body, BODY_MEMBERS);
}

/** Ours, plus members of theirs that neither we nor the list know; nulls are left out (some clients refuse them). */
function merge(ours: JsonObject, theirs: JsonObject, known: readonly string[]): JsonObject {
  const merged = Object.assign(emptyJsonObject(), ours);
  for (const key of Object.keys(theirs)) {
    const value = theirs[key];
    if (value !== null && value !== undefined && !Object.hasOwn(merged, key) && !known.includes(key))
      merged[key] = value;
  }
  return merged;
}
