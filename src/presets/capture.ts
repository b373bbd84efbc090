/**
 * What of an inference request makes a preset (https://openrouter.ai/docs/guides/features/presets, "Creating Presets from API
 * Requests"). Whichever grammar the request is in, a preset keeps the chat grammar's fields, so that every request can use it.
 */
import { GatewayError, invalidRequest } from '../core/errors.ts';
import { emptyJsonObject, isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../core/json.ts';
import { type ReadFields, readFields } from './field-readers.ts';
import { MESSAGES_READERS } from './from-messages.ts';
import { RESPONSES_READERS } from './from-responses.ts';
import { presetReferenceOf } from './reference.ts';

export type PresetGrammar = 'chat' | 'messages' | 'responses';

export interface Captured extends ReadFields {
  readonly systemPrompt: string | null;
}

/** A prompt, and what belongs to one request or one end user: kept, it would be said of all the others. */
const OF_ONE_REQUEST = new Set([
  'messages',
  'input',
  'prompt',
  'stream',
  'stream_options',
  'session_id',
  'trace',
  'user',
]);

/**
 * The preset that a request's body describes. Of chat every field is kept that is not of one request; of the others, what the
 * chat grammar can say: the rest is ignored, as the contract has it. The caller checks `config` by the chat grammar's rules.
 * @throws GatewayError `client.invalid_request`
 */
export function capturePreset(grammar: PresetGrammar, body: JsonObject): Captured {
  const reference = presetReferenceOf(body);
  if (reference) throw invalidRequest(reference.field, 'a preset cannot refer to a preset; name the model itself');
  const captured = captureFields(grammar, body);
  assertCacheSettings(captured.config);
  return captured;
}

function captureFields(grammar: PresetGrammar, body: JsonObject): Captured {
  switch (grammar) {
    case 'chat':
      return { config: chatFields(body), sources: {}, systemPrompt: promptOf(systemTexts(body['messages'])) };
    case 'messages':
      return { ...readFields(body, MESSAGES_READERS), systemPrompt: promptOf([textAt(body, 'system')]) };
    case 'responses':
      return { ...readFields(body, RESPONSES_READERS), systemPrompt: promptOf([textAt(body, 'instructions')]) };
  }
}

function chatFields(body: JsonObject): JsonObject {
  const config = emptyJsonObject();
  for (const [field, value] of Object.entries(body)) {
    // Null is what typed clients send for what is not set.
    if (!OF_ONE_REQUEST.has(field) && field !== 'preset' && value !== null) config[field] = value;
  }
  return config;
}

function systemTexts(messages: Json | undefined): readonly string[] {
  if (!isJsonArray(messages)) return [];
  return messages
    .filter(isJsonObject)
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map((message) => textOf(message['content']) ?? '');
}

/** @throws GatewayError `client.invalid_request` where the field is no text */
function textAt(body: JsonObject, field: string): string {
  const text = textOf(body[field] ?? '');
  if (text === undefined) throw invalidRequest(field, 'must be a string or a list of text blocks');
  return text;
}

/** Text, or the text of parts; undefined where it is neither. */
function textOf(content: Json | undefined): string | undefined {
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return undefined;
  const texts = content.map((part) => (isJsonObject(part) ? stringAt(part, 'text') : undefined));
  return texts.filter((text) => text !== undefined).join('\n');
}

function promptOf(texts: readonly string[]): string | null {
  return texts.filter((text) => text !== '').join('\n\n') || null;
}

function assertCacheSettings({ cache_enabled: enabled, cache_ttl_seconds: ttlSeconds }: JsonObject): void {
  if (enabled !== undefined && typeof enabled !== 'boolean') {
    throw invalidRequest('cache_enabled', 'must be true or false');
  }
  if (ttlSeconds === undefined) return;
  if (typeof ttlSeconds !== 'number' || !Number.isInteger(ttlSeconds) || ttlSeconds < 1) {
    throw invalidRequest('cache_ttl_seconds', 'must be a whole number of seconds, at least 1');
  }
}

/** The same refusal with the path as the request's own grammar says it. */
export function inGrammarOf(error: GatewayError, sources: Captured['sources']): GatewayError {
  const { field } = error.details;
  const [, root = '', rest = ''] = /^(\w+)(.*)$/.exec(field ?? '') ?? [];
  const source = Object.hasOwn(sources, root) ? sources[root] : undefined;
  if (field === undefined || source === undefined) return error;
  const message = error.message.startsWith(`${field}: `) ? error.message.slice(field.length + 2) : error.message;
  return new GatewayError(error.code, `${source}${rest}: ${message}`, { ...error.details, field: source + rest });
}
