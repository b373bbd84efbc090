/** Schemas that every client grammar checks with. They only check: their output is thrown away, the caller's value goes on. */
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';

export const jsonObject = z.custom<JsonObject>(isJsonObject, 'expected an object');
export const flag = z.boolean().nullish();

/** A mark of what is to be cached (https://platform.claude.com/docs/en/build-with-claude/prompt-caching). */
export const cacheControl = z
  .object({ type: z.literal('ephemeral').optional(), ttl: z.enum(['5m', '1h']).nullish() })
  .nullish();

/** More pairs than any grammar takes; what is stricter is said where the grammar's own limit is. */
const MOST_PAIRS = 10_000;

/** An object of pairs. The library reads all of them and gives a reason for each that is wrong: too many are not even begun. */
export function pairs<Value extends z.ZodType>(key: z.ZodType<string, string>, value: Value) {
  const each = z.record(key, value);
  return z.custom<z.infer<typeof each>>(isJsonObject, 'expected an object').check((payload) => {
    const input: unknown = payload.value;
    if (!isJsonObject(input)) return;
    if (Object.keys(input).length > MOST_PAIRS) {
      payload.issues.push({ code: 'custom', message: `expected at most ${MOST_PAIRS} pairs`, input });
      return;
    }
    const [reason] = each.safeParse(input).error?.issues ?? [];
    if (reason) payload.issues.push({ code: 'invalid_union', errors: [[reason]], input, path: [] });
  });
}
