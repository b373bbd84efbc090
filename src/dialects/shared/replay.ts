/** What every grammar with OpenRouter's members changes in an answer that is given again. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { ReplayStamp } from '../dialect.ts';

/** As `restamp`, for a JSON text. What is no object is nothing that we wrote, and stays as it is. */
export function restampText(text: string, stamp: ReplayStamp): string {
  const value = tryParseJson(text);
  return isJsonObject(value) ? JSON.stringify(restamp(value, stamp)) : text;
}

/**
 * The same value under another id and time, its usage zeroed; how the first request was routed is left out
 * (https://openrouter.ai/docs/guides/features/response-caching).
 */
export function restamp(value: JsonObject, { id, createdSeconds }: ReplayStamp): JsonObject {
  const { openrouter_metadata: _, ...kept } = value;
  return {
    ...kept,
    ...(Object.hasOwn(kept, 'id') && { id }),
    ...(Object.hasOwn(kept, 'created') && { created: createdSeconds }),
    ...(isJsonObject(kept['usage']) && { usage: zeroed(kept['usage']) }),
  };
}

/** Every number zero; what is not counted or charged stays. */
export function zeroed(value: Json): Json {
  if (typeof value === 'number') return 0;
  if (isJsonArray(value)) return value.map(zeroed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, zeroed(member ?? null)]));
}
