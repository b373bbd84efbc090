/** Schemas that every client grammar checks with. They only check: their output is thrown away, the caller's value goes on. */
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../core/json.ts';

export const jsonObject = z.custom<JsonObject>(isJsonObject, 'expected an object');
export const flag = z.boolean().nullish();

/** A mark of what is to be cached (https://platform.claude.com/docs/en/build-with-claude/prompt-caching). */
export const cacheControl = z
  .object({ type: z.literal('ephemeral').optional(), ttl: z.enum(['5m', '1h']).nullish() })
  .nullish();
