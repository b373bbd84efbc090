/**
 * The schemas of `parameters` and `responseSchema`, a subset of OpenAPI's (https://ai.google.dev/api/caching#Schema), as JSON
 * Schema, which every other grammar takes. Nothing that is said is lost: what OpenAPI says otherwise is said as JSON Schema does.
 */
import {
  emptyJsonObject,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '../../../core/json.ts';
import { schemaType } from './enums.ts';

/** Keywords that hold one schema, a list of them, or a map of them. */
const ONE = new Set(['items', 'additionalProperties']);
const MANY = new Set(['anyOf', 'prefixItems']);

export function toJsonSchema(schema: JsonObject): JsonObject {
  const result = emptyJsonObject();
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined) continue;
    if (key === 'properties' && isJsonObject(value)) result[key] = inOrder(value, schema['propertyOrdering']);
    else if (ONE.has(key)) result[key] = isJsonObject(value) ? toJsonSchema(value) : value;
    else if (MANY.has(key)) result[key] = isJsonArray(value) ? value.map(asSchema) : value;
    else if (key === 'example') result['examples'] = [value];
    else if (key === 'type') writeType(result, value);
    else if (key !== 'nullable' && key !== 'propertyOrdering') result[key] = value;
  }
  return schema['nullable'] === true ? withNull(result) : result;
}

const asSchema = (value: Json): Json => (isJsonObject(value) ? toJsonSchema(value) : value);

function writeType(result: MutableJsonObject, value: Json): void {
  // A list is JSON Schema's own form, which Google's servers take here too.
  const types = isJsonArray(value) ? value : [value];
  const names = types.flatMap((type) =>
    typeof type === 'string' || typeof type === 'number' ? (schemaType(type) ?? []) : [],
  );
  if (names.length > 0) result['type'] = isJsonArray(value) ? names : names[0];
}

/** The order in which properties are to be written is that of the properties themselves. */
function inOrder(properties: JsonObject, ordering: Json | undefined): JsonObject {
  const named = isJsonArray(ordering) ? ordering.filter((name): name is string => typeof name === 'string') : [];
  const first = named.filter((name) => Object.hasOwn(properties, name));
  const result = emptyJsonObject();
  for (const name of new Set([...first, ...Object.keys(properties)])) {
    const property = properties[name];
    if (property !== undefined) result[name] = asSchema(property);
  }
  return result;
}

function withNull(schema: MutableJsonObject): JsonObject {
  const { type, enum: values } = schema;
  if (typeof type !== 'string') return schema['anyOf'] ? withNullAlternative(schema) : schema;
  return {
    ...schema,
    type: [type, 'null'],
    ...(isJsonArray(values) && !values.includes(null) && { enum: [...values, null] }),
  };
}

function withNullAlternative(schema: JsonObject): JsonObject {
  const { anyOf } = schema;
  return { ...schema, anyOf: [...(isJsonArray(anyOf) ? anyOf : []), { type: 'null' }] };
}

/**
 * Whether a schema is of the strict kind that OpenAI's grammars can enforce: every object closed and all of its properties
 * required (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas).
 */
export function isClosed(schema: JsonObject): boolean {
  const { properties, required, additionalProperties, items, anyOf, $defs } = schema;
  if (isJsonObject(properties) || schema['type'] === 'object') {
    const names = isJsonObject(properties) ? Object.keys(properties) : [];
    const listed = new Set(isJsonArray(required) ? required : []);
    if (additionalProperties !== false || !names.every((name) => listed.has(name))) return false;
  }
  const inner: readonly (Json | undefined)[] = [
    ...(isJsonObject(properties) ? Object.values(properties) : []),
    ...(isJsonObject($defs) ? Object.values($defs) : []),
    ...(isJsonArray(anyOf) ? anyOf : []),
    items,
  ];
  return inner.every((each) => !isJsonObject(each) || isClosed(each));
}
