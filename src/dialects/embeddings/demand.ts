import type { Demand } from '../../core/demand.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { decodePreferences, NO_PREFERENCES } from '../../core/preferences.ts';

const CHARACTERS_PER_TOKEN = 4;

/** What an embeddings request asks of an endpoint. */
export function demandOfEmbeddings(body: JsonObject): Demand {
  const provider = objectAt(body, 'provider');
  return {
    models: [stringAt(body, 'model') ?? ''],
    preferences: provider ? decodePreferences(provider) : NO_PREFERENCES,
    stream: false,
    parameters: [],
    inputModalities: [],
    outputModalities: ['embeddings'],
    maxOutputTokens: null,
    promptTokensEstimate: estimateTokens(body['input']),
    sessionId: null,
    promptCacheKey: null,
    marksCache: false,
    user: stringAt(body, 'user') ?? null,
    hasTools: false,
    serviceTier: null,
    plugins: [],
  };
}

/** Token ids count themselves; texts by their length. */
function estimateTokens(input: Json | undefined): number {
  if (typeof input === 'string') return Math.ceil(input.length / CHARACTERS_PER_TOKEN);
  if (typeof input === 'number') return 1;
  if (isJsonArray(input)) return input.reduce((sum: number, item) => sum + estimateTokens(item), 0);
  if (isJsonObject(input)) return estimateTokens(input['content']) + estimateTokens(input['text']);
  return 0;
}
