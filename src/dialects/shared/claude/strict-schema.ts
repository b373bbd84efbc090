/** JSON Schemas as this grammar takes them: tool inputs are objects; strict schemas are a subset, what it lacks is said in words. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../../core/json.ts';
import type { NoteSink } from '../notebook.ts';

/** `input_schema` must be of type object and may not be a union at the top (recorded: "input_schema.type: Field required"). */
export function toInputSchema(parameters: JsonObject | undefined, field: string, notes: NoteSink): JsonObject {
  if (!parameters) return { type: 'object', properties: {} };
  const { anyOf, oneOf, allOf, ...rest } = parameters;
  const unions = [anyOf, oneOf, allOf].some(isJsonArray);
  if (!unions) {
    if (parameters['type'] === 'object') return parameters;
    if (parameters['type'] !== undefined) {
      notes.add('schema.simplified', field, 'The parameters must be an object; their type was set to object.');
    }
    return { ...parameters, type: 'object' };
  }
  notes.add('schema.simplified', field, 'A union at the top is refused; its properties were laid side by side.');
  const properties: MutableJsonObject = {};
  const alternatives: string[][] = [];
  const required = new Set(stringsOf(rest['required']));
  for (const [kind, list] of [
    ['any', anyOf],
    ['any', oneOf],
    ['all', allOf],
  ] as const) {
    for (const member of isJsonArray(list) ? list : []) {
      if (!isJsonObject(member)) continue;
      if (isJsonObject(member['properties'])) Object.assign(properties, member['properties']);
      if (kind === 'any') alternatives.push(stringsOf(member['required']));
      else for (const name of stringsOf(member['required'])) required.add(name);
    }
  }
  const [first = [], ...others] = alternatives;
  for (const name of first) if (others.every((list) => list.includes(name))) required.add(name);
  if (isJsonObject(rest['properties'])) Object.assign(properties, rest['properties']);
  return { ...rest, type: 'object', properties, ...(required.size > 0 && { required: [...required] }) };
}

const STRING_FORMATS = new Set(
  ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'], //
);
/** Kept as they are where they stand. */
const KEPT = new Set(['type', 'enum', 'const', 'description', 'title', 'default', 'required', '$ref', 'nullable']);
/** Constrain nothing. */
const SILENT = new Set(['$schema', '$id', 'additionalProperties', 'strict']);

/**
 * The subset for constrained output (https://docs.claude.com/en/docs/build-with-claude/structured-outputs): objects are closed,
 * `oneOf` is `anyOf`, and constraints it lacks (lengths, ranges, patterns) move into the description, where the model reads them.
 */
export function toStrictSchema(schema: JsonObject, field: string, notes: NoteSink): JsonObject {
  const moved = new Set<string>();
  const strict = strictObject(schema, moved);
  if (moved.size > 0) {
    const what = [...moved].sort().join(', ');
    notes.add('schema.simplified', field, `Not enforced, said in descriptions instead: ${what}.`);
  }
  return strict;
}

function strictObject(schema: JsonObject, moved: Set<string>): JsonObject {
  const strict: MutableJsonObject = {};
  const words: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined || SILENT.has(key)) continue;
    if (KEPT.has(key)) strict[key] = value;
    else if (isStructure(key, value)) strict[key === 'oneOf' ? 'anyOf' : key] = strictChildren(value, moved);
    else if (isSchema(key, value)) strict[key] = strictObject(value, moved);
    else if (isKeptConstraint(key, value)) strict[key] = value;
    else {
      moved.add(key);
      words.push(`${key}: ${JSON.stringify(value)}`);
    }
  }
  if (schema['type'] === 'object' || isJsonObject(schema['properties'])) {
    const extra = schema['additionalProperties'];
    if (extra !== undefined && extra !== false) {
      moved.add('additionalProperties');
      words.push(`additionalProperties: ${JSON.stringify(extra)}`);
    }
    strict['additionalProperties'] = false;
  }
  if (words.length > 0) {
    const description = typeof schema['description'] === 'string' ? `${schema['description']}\n\n` : '';
    strict['description'] = `${description}{${words.join(', ')}}`;
  }
  return strict;
}

type Structure = JsonObject | readonly Json[];

function isStructure(key: string, value: Json): value is Structure {
  if (key === 'properties' || key === '$defs' || key === 'definitions') return isJsonObject(value);
  return (key === 'anyOf' || key === 'oneOf' || key === 'allOf') && isJsonArray(value);
}

function isSchema(key: string, value: Json): value is JsonObject {
  return key === 'items' && isJsonObject(value);
}

function isKeptConstraint(key: string, value: Json): boolean {
  return (
    (key === 'format' && typeof value === 'string' && STRING_FORMATS.has(value)) ||
    (key === 'minItems' && (value === 0 || value === 1))
  );
}

function strictChildren(value: Structure, moved: Set<string>): Json {
  if (isJsonArray(value)) return value.map((child) => (isJsonObject(child) ? strictObject(child, moved) : child));
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, isJsonObject(child) ? strictObject(child, moved) : child]),
  );
}

function stringsOf(value: Json | undefined): string[] {
  return isJsonArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
