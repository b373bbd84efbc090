/** Python's stream helper raises on an object in a list inside `delta` that has no index, at any depth. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';

/** The item at this place of its list, whatever it is numbered; lists inside it keep their own numbers. */
export function placedAt(item: Json, index: number): Json {
  return isJsonObject(item) ? { ...withInnerIndexes(item), index } : item;
}

/** The item with this index where it brings none. */
export function withIndex(item: Json, index: number): Json {
  if (!isJsonObject(item)) return item;
  const whole = withInnerIndexes(item);
  return typeof whole['index'] === 'number' ? whole : { ...whole, index };
}

/** The object itself where no list inside it holds an object without an index, which is nearly always. */
export function withInnerIndexes(value: JsonObject): JsonObject {
  let changed: MutableJsonObject | undefined;
  for (const key of Object.keys(value)) {
    const member = value[key];
    const whole = isJsonArray(member) ? indexed(member) : isJsonObject(member) ? withInnerIndexes(member) : member;
    if (whole === member) continue;
    changed ??= { ...value };
    changed[key] = whole;
  }
  return changed ?? value;
}

function indexed(items: readonly Json[]): readonly Json[] {
  const whole = items.map(withIndex);
  return whole.every((item, i) => item === items[i]) ? items : whole;
}
