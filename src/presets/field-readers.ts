/** A table of how another grammar's fields are said in the chat grammar, and its use. */
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../core/json.ts';

/**
 * Field of the other grammar → chat fields that say the same. A value that the grammar does not have is given on as it is,
 * for the chat grammar's rules to refuse.
 */
export type FieldReaders = Readonly<Record<string, (value: Json) => JsonObject>>;

export interface ReadFields {
  readonly config: JsonObject;
  /** Chat field → the field it was read from, where that has another name. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Readers for fields that both grammars have under one name. */
export function sameFields(...names: readonly string[]): FieldReaders {
  return Object.fromEntries(names.map((name) => [name, (value: Json) => ({ [name]: value })]));
}

/** What of a body the readers know. */
export function readFields(body: JsonObject, readers: FieldReaders): ReadFields {
  const config: MutableJsonObject = {};
  const sources: Record<string, string> = {};
  for (const [source, read] of Object.entries(readers)) {
    const value = body[source];
    if (value === undefined || value === null) continue;
    for (const [field, said] of Object.entries(read(value))) {
      const before = config[field];
      config[field] = isJsonObject(before) && isJsonObject(said) ? { ...before, ...said } : said;
      if (field !== source) sources[field] = source;
    }
  }
  return { config, sources };
}
