/** Marks of what is to be cached, for hosts that do not take them. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../../core/json.ts';
import type { Notebook } from '../../shared/notebook.ts';

/** Where blocks stand, and blocks inside them; what a tool is called with is nobody's block. */
const HOLDERS: readonly string[] = ['system', 'messages', 'tools', 'content', 'source'];

/** The same body without any mark; the very one where there is none. */
export function withoutMarks(body: JsonObject, providerName: string, notes: Notebook): JsonObject {
  const stripped = stripObject(body);
  if (stripped !== body) {
    notes.add('parameter.dropped', 'cache_control', `${providerName} caches prompts by itself.`);
  }
  return stripped;
}

function strip(value: Json): Json {
  if (isJsonArray(value)) {
    const stripped = value.map(strip);
    return stripped.some((item, at) => item !== value[at]) ? stripped : value;
  }
  return isJsonObject(value) ? stripObject(value) : value;
}

function stripObject(object: JsonObject): JsonObject {
  let changed: MutableJsonObject | undefined;
  for (const holder of HOLDERS) {
    const value = object[holder];
    if (value === undefined) continue;
    const stripped = strip(value);
    if (stripped !== value) changed = { ...(changed ?? object), [holder]: stripped };
  }
  if (object['cache_control'] === undefined) return changed ?? object;
  const { cache_control: _, ...kept } = changed ?? object;
  return kept;
}
