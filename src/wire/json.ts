/** The one parse of a body: duplicate keys: the last wins; `__proto__` is plain data; depth is bounded. */
import { GatewayError, invalidRequest } from '../core/errors.ts';
import { isJsonArray, type Json } from '../core/json.ts';
import type { Note } from '../core/note.ts';

export const MAX_JSON_DEPTH = 128;
/**
 * The longest conversations with the largest tools have some ten thousand lists and objects, and vendors take some hundred
 * thousand token ids at once. What is beyond these is no request, and each member costs whoever reads it.
 */
const MAX_CONTAINERS = 250_000;
const MAX_MEMBERS = 2_000_000;

export interface ParsedJson {
  readonly value: Json;
  readonly notes: readonly Note[];
}

/**
 * Text to a JSON value of bounded depth and breadth. An integer beyond 2^53 passes as a float with a note.
 * @throws GatewayError `client.invalid_request` where the text is no JSON or nests deeper than 128, `client.too_large` where it
 * holds more values than any request
 */
export function parseJsonBody(text: string): ParsedJson {
  if (text.trim().length === 0) {
    throw new GatewayError('client.invalid_request', 'The request body is empty; send a JSON object.');
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'syntax error';
    throw new GatewayError('client.invalid_request', `The request body is not valid JSON: ${reason}`);
  }
  const inspected: Inspected = { notes: [], containers: 0, members: 0 };
  inspect(value, '', 0, inspected);
  return { value, notes: inspected.notes };
}

/**
 * No host nests like this on purpose. Writing such a value again overflows the stack, after the better part of a second in
 * which nobody else is served.
 */
const MAX_UPSTREAM_DEPTH = 1000;

/** Parses text that came from an upstream: undefined where it is no JSON, or none that can be written again. */
export function tryParseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    // Each level takes two characters: most frames are too short to be deep.
    return text.length > 2 * MAX_UPSTREAM_DEPTH && isDeeperThan(value, MAX_UPSTREAM_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeperThan(value: Json | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (isJsonArray(value)) return value.some((item) => isDeeperThan(item, levels - 1));
  for (const key in value) if (isDeeperThan(value[key], levels - 1)) return true;
  return false;
}

interface Inspected {
  readonly notes: Note[];
  /** Lists and objects. */
  containers: number;
  /** Items of lists, members of objects. */
  members: number;
}

function inspect(value: Json | undefined, path: string, depth: number, inspected: Inspected): void {
  if (typeof value === 'number') {
    const { notes } = inspected;
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && notes.length < 8) {
      notes.push({
        code: 'number.inexact',
        field: path,
        message: `${path} is an integer beyond 2^53 and passes as the nearest float`,
      });
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_JSON_DEPTH) {
    throw invalidRequest(pathHead(path), `the body nests deeper than ${MAX_JSON_DEPTH} levels`);
  }
  if (++inspected.containers > MAX_CONTAINERS) {
    throw new GatewayError('client.too_large', `The request body holds more than ${MAX_CONTAINERS} lists and objects.`);
  }
  if (Array.isArray(value)) {
    count(value.length, inspected);
    // Paths are only built where something is found: a number or another container.
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (typeof item === 'object' || (typeof item === 'number' && !Number.isSafeInteger(item))) {
        inspect(item, `${path}[${i}]`, depth + 1, inspected);
      }
    }
    return;
  }
  const members = Object.entries(value);
  count(members.length, inspected);
  for (const [key, item] of members) {
    if (typeof item === 'object' || (typeof item === 'number' && !Number.isSafeInteger(item))) {
      inspect(item, path ? `${path}.${key}` : key, depth + 1, inspected);
    }
  }
}

function count(members: number, inspected: Inspected): void {
  inspected.members += members;
  if (inspected.members <= MAX_MEMBERS) return;
  throw new GatewayError('client.too_large', `The request body holds more than ${MAX_MEMBERS} values.`);
}

function pathHead(path: string): string {
  return path.length > 80 ? `${path.slice(0, 77)}...` : path;
}
