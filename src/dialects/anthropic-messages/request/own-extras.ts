/**
 * What a caller of this very grammar said and the core has no word for: it rides in `extras` under its path in the body
 * (`context_management`, `tools[2]`), and is put back there where such a request was translated and not relayed.
 */
import { isJsonArray, type JsonObject } from '../../../core/json.ts';

/** Known fields that only this grammar can say: its owner's hosts are sent them. */
export const OWN_FIELDS = ['context_management', 'mcp_servers', 'container', 'inference_geo', 'diagnostics'] as const;

const FIELDS: ReadonlySet<string> = new Set([...OWN_FIELDS, 'tool_choice']);
const TOOL = /^tools\[\d+\]$/;

/** Whether the extra is written into the body by `withOwnExtras`. */
export function isOwnExtra(key: string): boolean {
  return FIELDS.has(key) || TOOL.test(key);
}

/** Whether tools that the grammar's owner runs ride in the extras: nobody else is to be asked for what they do. */
export function runsOwnTools(extras: JsonObject): boolean {
  return Object.keys(extras).some((key) => TOOL.test(key));
}

export function withOwnExtras(body: JsonObject, extras: JsonObject): JsonObject {
  const own = Object.entries(extras).filter(([key]) => isOwnExtra(key));
  if (own.length === 0) return body;
  const tools = own.flatMap(([key, tool]) => (TOOL.test(key) && tool !== undefined ? [tool] : []));
  const before = isJsonArray(body['tools']) ? body['tools'] : [];
  return {
    ...body,
    ...Object.fromEntries(own.filter(([key]) => !TOOL.test(key))),
    ...(tools.length > 0 && { tools: [...before, ...tools] }),
  };
}
