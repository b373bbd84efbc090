/**
 * Google's APIs read protobuf's JSON: a field may be written in camelCase or snake_case, `null` is a field that is not there, and
 * a repeated field may be given as its only item (https://protobuf.dev/programming-guides/json/; the last one is what their
 * own examples do). One spelling is easier to read, so a body is brought to camelCase and lists. What no shape names stays as it
 * is, and a part that needs no change is not copied.
 */
import { invalidRequest } from '../../../core/errors.ts';
import { emptyJsonObject, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';

/** `value`: free form or a plain value, left alone. A function: a shape that holds itself. */
export type Shape =
  | 'value'
  | 'number'
  | { readonly message: Message }
  | { readonly list: Shape }
  | { readonly mapOf: Shape }
  | (() => Shape);

interface Message {
  readonly fields: Readonly<Record<string, Shape>>;
  /** snake_case → camelCase, for the names that differ. */
  readonly bySnake: ReadonlyMap<string, string>;
}

export function message(fields: Readonly<Record<string, Shape>>): Shape {
  const bySnake = new Map<string, string>();
  for (const name of Object.keys(fields)) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (snake !== name) bySnake.set(snake, name);
  }
  return { message: { fields, bySnake } };
}

export const list = (of: Shape): Shape => ({ list: of });
export const mapOf = (of: Shape): Shape => ({ mapOf: of });

/**
 * The same value in one spelling.
 * @throws GatewayError `client.invalid_request` where a field is given in both
 */
export function inOneSpelling(value: Json, shape: Shape, path = ''): Json {
  if (typeof shape === 'function') return inOneSpelling(value, shape(), path);
  if (shape === 'value') return value;
  if (shape === 'number') return asNumber(value);
  if ('list' in shape) return spelledList(value, shape.list, path);
  if (!isJsonObject(value)) return value;
  return 'mapOf' in shape ? spelledMap(value, shape.mapOf, path) : spelledMessage(value, shape.message, path);
}

/** Numbers may be written as text, 64-bit ones are (protobuf's JSON). */
function asNumber(value: Json): Json {
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function spelledList(value: Json, of: Shape, path: string): Json {
  if (!isJsonArray(value)) return [inOneSpelling(value, of, `${path}[0]`)];
  if (of === 'value') return value;
  let changed = false;
  const items = value.map((item, at) => {
    const next = inOneSpelling(item, of, `${path}[${at}]`);
    changed ||= next !== item;
    return next;
  });
  return changed ? items : value;
}

function spelledMap(value: JsonObject, of: Shape, path: string): JsonObject {
  const result = emptyJsonObject();
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) result[key] = inOneSpelling(member, of, `${path}.${key}`);
  }
  return result;
}

function spelledMessage(value: JsonObject, { fields, bySnake }: Message, path: string): JsonObject {
  const result = emptyJsonObject();
  let changed = false;
  for (const key of Object.keys(value)) {
    const member = value[key];
    const name = bySnake.get(key) ?? key;
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (member === undefined || (member === null && shape)) {
      changed = true;
      continue;
    }
    const field = path ? `${path}.${name}` : name;
    if (Object.hasOwn(result, name)) throw invalidRequest(field, `given twice, as ${name} and in another spelling`);
    const next = shape ? inOneSpelling(member, shape, field) : member;
    changed ||= next !== member || name !== key;
    result[name] = next;
  }
  return changed ? result : value;
}
