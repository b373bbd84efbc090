/**
 * A second reader of responses, as plain as can be and sharing nothing with the dialect: what the tests compare with. It knows
 * the recordings' forms, not the grammar's rules.
 */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../src/core/json.ts';

export interface NaiveResponse {
  readonly text: string;
  readonly refusal: string;
  readonly calls: readonly (readonly [name: string, written: string])[];
  readonly reasoning: readonly string[];
  readonly encrypted: number;
  readonly images: number;
  readonly annotations: number;
  readonly finish: string;
  readonly usage: { readonly prompt: number; readonly completion: number; readonly cached: number } | null;
}

/** A finished response object. */
export function readResponse(response: JsonObject, items = itemsOf(response)): NaiveResponse {
  const parts = items.flatMap((item) => (item['type'] === 'message' ? listAt(item, 'content') : []));
  const calls = items.flatMap((item) => {
    if (item['type'] === 'function_call') return [[textAt(item, 'name'), textAt(item, 'arguments')] as const];
    // Searches of X, which xAI runs by itself.
    if (item['type'] !== 'custom_tool_call' || textAt(item, 'call_id').startsWith('xs_call_')) return [];
    return [[textAt(item, 'name'), textAt(item, 'input')] as const];
  });
  const thought = items.filter((item) => item['type'] === 'reasoning');
  return {
    text: parts.map((part) => (part['type'] === 'output_text' ? textAt(part, 'text') : '')).join(''),
    refusal: parts.map((part) => (part['type'] === 'refusal' ? textAt(part, 'refusal') : '')).join(''),
    calls,
    reasoning: thought.flatMap((item) =>
      [...listAt(item, 'summary'), ...listAt(item, 'content')].map((part) => textAt(part, 'text')).filter(Boolean),
    ),
    encrypted: thought.filter((item) => textAt(item, 'encrypted_content')).length,
    images: items.filter((item) => item['type'] === 'image_generation_call' && textAt(item, 'result')).length,
    annotations: parts.reduce((sum, part) => sum + listAt(part, 'annotations').length, 0),
    finish: finishOf(response, calls.length > 0),
    usage: usageOf(objectAt(response, 'usage')),
  };
}

function finishOf(response: JsonObject, hasCalls: boolean): string {
  const reason = textAt(objectAt(response, 'incomplete_details') ?? {}, 'reason');
  if (reason === 'content_filter') return 'content_filter';
  if (response['status'] === 'incomplete') return 'length';
  return hasCalls ? 'tool_calls' : 'stop';
}

function usageOf(usage: JsonObject | undefined): NaiveResponse['usage'] {
  if (!usage) return null;
  return {
    prompt: numberAt(usage, 'input_tokens') ?? 0,
    completion: numberAt(usage, 'output_tokens') ?? 0,
    cached: numberAt(objectAt(usage, 'input_tokens_details') ?? {}, 'cached_tokens') ?? 0,
  };
}

export interface NaiveStream {
  readonly events: readonly JsonObject[];
  /** The response that the first terminal event tells, with the items that were told as done where it has none. */
  readonly final: JsonObject | null;
  readonly items: readonly JsonObject[];
  readonly hasFailed: boolean;
}

/** An SSE body, line by line, up to its first end. */
export function readResponseStream(body: string): NaiveStream {
  const events: JsonObject[] = [];
  const done: JsonObject[] = [];
  let hasFailed = false;
  for (const line of body.split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data:')) continue;
    const event = parse(line.slice(5));
    if (!isJsonObject(event)) continue;
    events.push(event);
    const item = objectAt(event, 'item');
    if (event['type'] === 'response.output_item.done' && item) done.push(item);
    if (event['type'] === 'error' || event['type'] === 'response.failed') hasFailed = true;
    if (event['type'] !== 'response.completed' && event['type'] !== 'response.incomplete') continue;
    const final = objectAt(event, 'response') ?? {};
    const items = itemsOf(final).length > 0 ? itemsOf(final) : done;
    return { events, final, items, hasFailed };
  }
  return { events, final: null, items: done, hasFailed };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the cut end of a body, or [DONE]
  }
}

function itemsOf(response: JsonObject): readonly JsonObject[] {
  return listAt(response, 'output');
}
function listAt(object: JsonObject, key: string): readonly JsonObject[] {
  return (arrayAt(object, key) ?? []).filter(isJsonObject);
}
function textAt(object: JsonObject, key: string): string {
  return stringAt(object, key) ?? '';
}
