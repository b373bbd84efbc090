/** Calls of namespaced tools under the one name that they are known by elsewhere, for counting and checking. */
import { arrayAt, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import { listTools, type ToolNames, toolNamesOf } from '../client/tool-names.ts';
import type { WireResponsesRequest } from '../wire-types.ts';

export interface CallNames {
  /** An event as it is read; itself where it names no such call. */
  inEvent(event: JsonObject): JsonObject;
  inResponse(response: JsonObject): JsonObject;
}

export function openCallNames(wire: WireResponsesRequest): CallNames {
  let names: ToolNames | undefined;
  const inItem = (item: Json): Json => {
    const namespace = isJsonObject(item) ? stringAt(item, 'namespace') : undefined;
    if (!isJsonObject(item) || !namespace) return item;
    names ??= toolNamesOf(listTools(wire));
    return { ...item, name: names.flat(stringAt(item, 'name') ?? '', namespace) };
  };
  const inResponse = (response: JsonObject): JsonObject => {
    const output = arrayAt(response, 'output');
    if (!output?.some((item) => isJsonObject(item) && item['namespace'])) return response;
    return { ...response, output: output.map(inItem) };
  };
  return {
    inResponse,
    inEvent(event) {
      const { item, response } = event;
      if (isJsonObject(item)) return { ...event, item: inItem(item) };
      return isJsonObject(response) ? { ...event, response: inResponse(response) } : event;
    },
  };
}
