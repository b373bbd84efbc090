/** Lists whose members say by their `type` what they are: content blocks, items, parts. */
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { check } from './refusal.ts';

/** Of a kind that nobody here knows: it goes on where the grammar is relayed. */
export type WireUnknown = JsonObject & { readonly type: string };

/**
 * A value by the schema of its `type`. A type that no schema is for passes: what is newer than this file goes on as it is.
 * @param untyped whose schema checks a value without `type`; undefined where there must be one
 */
export function oneOf<Schemas extends Readonly<Record<string, z.ZodType>>>(
  schemas: Schemas,
  untyped: string | undefined,
) {
  return z
    .custom<z.infer<Schemas[keyof Schemas]> | WireUnknown>(isJsonObject, 'expected an object')
    .check((payload) => {
      const value: unknown = payload.value;
      if (!isJsonObject(value)) return;
      const type = value['type'] ?? untyped;
      if (typeof type !== 'string') {
        const input = value['type'];
        payload.issues.push({ code: 'invalid_type', expected: 'string', input, path: ['type'] });
        return;
      }
      if (!Object.hasOwn(schemas, type)) return;
      const schema = schemas[type];
      const error = schema && check(schema, value).error;
      // A union of the one alternative that was meant: the refusal looks inside it for the path.
      if (error) payload.issues.push({ code: 'invalid_union', errors: [error.issues], input: value, path: [] });
    });
}
