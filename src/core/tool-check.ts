/**
 * Whether a model's tool calls are good: known name, arguments that are JSON and fit the tool's schema. Measured per endpoint, never
 * enforced. Of JSON Schema (draft 7) the parts that models break are checked: type, required, properties, items, enum, const
 * and additionalProperties: false; the rest counts as met.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';

export interface CallableTool {
  readonly name: string;
  /** JSON Schema of the arguments. */
  readonly parameters?: JsonObject | undefined;
}

export interface SeenToolCall {
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
}

/** Collects the calls of a stream, piece by piece. */
export class ToolCallLog {
  readonly #calls = new Map<string, { name: string; arguments: string }>();

  get size(): number {
    return this.#calls.size;
  }

  get calls(): readonly SeenToolCall[] {
    return [...this.#calls.values()];
  }

  begin(choice: number, index: number, name: string): void {
    this.#calls.set(`${choice}.${index}`, { name, arguments: '' });
  }

  add(choice: number, index: number, text: string): void {
    const call = this.#calls.get(`${choice}.${index}`);
    if (call) call.arguments += text;
  }
}

/** True where at least one call could not be carried out as it was written. */
export function hasBadCall(calls: readonly SeenToolCall[], tools: readonly CallableTool[]): boolean {
  return calls.some((call) => !isGood(call, tools));
}

function isGood(call: SeenToolCall, tools: readonly CallableTool[]): boolean {
  const tool = tools.find(({ name }) => name === call.name);
  if (!tool) return false;
  const args = parse(call.arguments);
  if (args === undefined) return false;
  return !tool.parameters || fits(args, tool.parameters, 0);
}

/** No arguments at all are an empty object: several models write it so. */
function parse(text: string): Json | undefined {
  if (text.trim() === '') return {};
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Deeper than any tool's arguments; a schema that goes on counts as met. */
const MAX_DEPTH = 16;

function fits(value: Json, schema: JsonObject, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  const { type, enum: allowed, const: only } = schema;
  if (type !== undefined && !isOfType(value, type)) return false;
  if (isJsonArray(allowed) && !allowed.some((item) => isSame(item, value))) return false;
  if (only !== undefined && !isSame(only, value)) return false;
  if (isJsonObject(value)) return objectFits(value, schema, depth);
  const { items } = schema;
  return !isJsonArray(value) || !isJsonObject(items) || value.every((item) => fits(item, items, depth + 1));
}

function objectFits(value: JsonObject, schema: JsonObject, depth: number): boolean {
  const { required, properties, additionalProperties } = schema;
  if (isJsonArray(required) && !required.every((key) => typeof key !== 'string' || Object.hasOwn(value, key)))
    return false;
  if (!isJsonObject(properties)) return true;
  for (const key of Object.keys(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined && additionalProperties === false) return false;
    const member = value[key];
    if (isJsonObject(property) && member !== undefined && !fits(member, property, depth + 1)) return false;
  }
  return true;
}

function isOfType(value: Json, type: Json): boolean {
  if (isJsonArray(type)) return type.some((one) => isOfType(value, one));
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return isJsonArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

function isSame(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
