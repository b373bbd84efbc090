/** A value that matches a JSON schema, always the same one: what sim/json answers and sim/tools calls with. */
import type { Json, JsonObject, MutableJsonObject } from '../../core/json.ts';
import { arrayAt, isJsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';

/** Recursive schemas end here: below it only what is required is filled in. */
const MAX_DEPTH = 12;

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  time: '12:00:00Z',
  'date-time': '2026-01-31T12:00:00Z',
  duration: 'PT1H',
  email: 'sim@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000001',
};

/** `name` seeds plain strings: property `city` becomes "sim city". */
export function instanceOf(schema: Json, name = 'value'): Json {
  return build(schema, { root: schema, name, depth: 0 });
}

interface Place {
  readonly root: Json;
  readonly name: string;
  readonly depth: number;
}

function build(schema: Json, place: Place): Json {
  if (!isJsonObject(schema)) return schema === false ? null : `sim ${place.name}`;
  if (place.depth > MAX_DEPTH * 5) return null; // a reference that only leads to itself
  const fixed = fixedValue(schema);
  if (fixed !== undefined) return fixed;
  const reference = stringAt(schema, '$ref');
  if (reference !== undefined) return build(resolve(reference, place.root), { ...place, depth: place.depth + 1 });
  const alternatives = arrayAt(schema, 'anyOf') ?? arrayAt(schema, 'oneOf');
  if (alternatives) return build(pickAlternative(alternatives, place.depth), { ...place, depth: place.depth + 1 });
  const all = arrayAt(schema, 'allOf');
  if (all) return build(mergeAll(schema, all, place.root), { ...place, depth: place.depth + 1 });
  switch (typeOf(schema, place.depth)) {
    case 'object':
      return buildObject(schema, place);
    case 'array':
      return buildArray(schema, place);
    case 'integer':
    case 'number':
      return buildNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return buildString(schema, place.name);
  }
}

function fixedValue(schema: JsonObject): Json | undefined {
  if (schema['const'] !== undefined) return schema['const'];
  return arrayAt(schema, 'enum')?.[0] ?? schema['default'];
}

/** Type names are upper case in Gemini's schema subset; a list of types means any of them. */
function typeOf(schema: JsonObject, depth: number): string {
  const written = schema['type'];
  const names = (Array.isArray(written) ? written : [written]).filter((name) => typeof name === 'string');
  const lower = names.map((name) => name.toLowerCase());
  if (depth > MAX_DEPTH && lower.includes('null')) return 'null';
  const first = lower.find((name) => name !== 'null') ?? lower[0];
  if (first !== undefined) return first;
  if (objectAt(schema, 'properties')) return 'object';
  return schema['items'] === undefined ? 'string' : 'array';
}

function pickAlternative(alternatives: readonly Json[], depth: number): Json {
  const isNull = (one: Json): boolean => isJsonObject(one) && one['type'] === 'null';
  const wanted = depth > MAX_DEPTH ? alternatives.find(isNull) : alternatives.find((one) => !isNull(one));
  return wanted ?? alternatives[0] ?? true;
}

function mergeAll(schema: JsonObject, all: readonly Json[], root: Json): JsonObject {
  const merged: MutableJsonObject = { ...schema };
  delete merged['allOf'];
  for (const written of all) {
    const reference = isJsonObject(written) ? stringAt(written, '$ref') : undefined;
    const part = reference === undefined ? written : resolve(reference, root);
    if (!isJsonObject(part)) continue;
    const properties = {
      ...(isJsonObject(merged['properties']) ? merged['properties'] : {}),
      ...objectAt(part, 'properties'),
    };
    const required = [
      ...(Array.isArray(merged['required']) ? merged['required'] : []),
      ...(arrayAt(part, 'required') ?? []),
    ];
    Object.assign(merged, part, { properties, required });
  }
  return merged;
}

function buildObject(schema: JsonObject, place: Place): JsonObject {
  const properties = objectAt(schema, 'properties') ?? {};
  const required = arrayAt(schema, 'required') ?? [];
  const result: MutableJsonObject = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property === undefined || (place.depth >= MAX_DEPTH && !required.includes(name))) continue;
    if (place.depth > MAX_DEPTH * 4) continue; // a required cycle has no finite instance
    result[name] = build(property, { root: place.root, name, depth: place.depth + 1 });
  }
  for (const name of required) {
    if (typeof name === 'string' && !Object.hasOwn(result, name) && !Object.hasOwn(properties, name))
      result[name] = `sim ${name}`;
  }
  return result;
}

function buildArray(schema: JsonObject, place: Place): readonly Json[] {
  const minimum = numberAt(schema, 'minItems') ?? (place.depth >= MAX_DEPTH ? 0 : 1);
  const fixed = arrayAt(schema, 'prefixItems') ?? [];
  const inner = { ...place, depth: place.depth + 1 };
  const length = Math.min(Math.max(minimum, fixed.length), 1000);
  return Array.from({ length }, (_, index) => build(fixed[index] ?? schema['items'] ?? true, inner));
}

function buildNumber(schema: JsonObject): number {
  const step = numberAt(schema, 'multipleOf') ?? 1;
  const above = numberAt(schema, 'exclusiveMinimum');
  const lowest = numberAt(schema, 'minimum') ?? (above === undefined ? undefined : above + step);
  const below = numberAt(schema, 'exclusiveMaximum');
  const highest = numberAt(schema, 'maximum') ?? (below === undefined ? undefined : below - step);
  if (lowest !== undefined) return Math.ceil(lowest / step) * step;
  return highest !== undefined && highest < step ? Math.floor(highest / step) * step : step;
}

function buildString(schema: JsonObject, name: string): string {
  const text = FORMATS[stringAt(schema, 'format') ?? ''] ?? `sim ${name}`;
  const shortest = Math.min(numberAt(schema, 'minLength') ?? 0, 100_000);
  return text.padEnd(shortest, '.').slice(0, numberAt(schema, 'maxLength') ?? undefined);
}

/** `#/$defs/Node` within the schema itself; anything else matches everything. */
function resolve(reference: string, root: Json): Json {
  if (!reference.startsWith('#')) return true;
  let place: Json | undefined = root;
  for (const segment of reference.slice(1).split('/').filter(Boolean)) {
    const key = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
    place = isJsonObject(place) ? place[key] : undefined;
  }
  return place ?? true;
}
