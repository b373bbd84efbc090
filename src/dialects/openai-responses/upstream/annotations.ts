/** Annotations of a text part → the chat grammar's form, which the core keeps: details beside the type, in a member of its name. */
import { isJsonObject, type Json, type JsonObject, numberAt, stringAt } from '../../../core/json.ts';

/** @param textStart where the part's text begins in the answer's: positions are the part's own */
export function toAnnotation(wire: Json, textStart: number): readonly Json[] {
  if (!isJsonObject(wire)) return [];
  const { type: _, ...details } = wire;
  const type = stringAt(wire, 'type');
  if (!type) return [];
  return [
    {
      type,
      [type]: { ...details, ...shifted(wire, 'start_index', textStart), ...shifted(wire, 'end_index', textStart) },
    },
  ];
}

function shifted(wire: JsonObject, member: string, by: number): JsonObject {
  const at = numberAt(wire, member);
  return at === undefined ? {} : { [member]: at + by };
}
