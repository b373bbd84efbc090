/** What only this grammar's own callers say, back in its place where such a request was translated and not relayed. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import { SERVER_TOOL_CHOICE, SERVER_TOOLS } from '../../shared/server-tools.ts';

const OWN: ReadonlySet<string> = new Set([
  'context_management',
  'mcp_servers',
  'container',
  'inference_geo',
  'diagnostics',
]);
/** Tools that the grammar's owner runs are named after the day of their form: `web_search_20250305`. */
const DATED = /_\d{8}$/;

/** Whether the option is written into the body by `withOwnOptions`, all of it. */
export function isOwnOption(name: string, options: JsonObject): boolean {
  if (OWN.has(name)) return true;
  const value = options[name];
  if (name === SERVER_TOOLS) return isJsonArray(value) && value.every(isOwnTool);
  return name === SERVER_TOOL_CHOICE && isJsonObject(value) && value['type'] === 'tool';
}

export function withOwnOptions(body: JsonObject, options: JsonObject): JsonObject {
  const members = Object.entries(options).filter(([name, value]) => OWN.has(name) && value !== null);
  const listed = options[SERVER_TOOLS];
  const tools = isJsonArray(listed) ? listed.filter(isOwnTool) : [];
  if (members.length === 0 && tools.length === 0) return body;
  const before = isJsonArray(body['tools']) ? body['tools'] : [];
  const choice = options[SERVER_TOOL_CHOICE];
  return {
    ...body,
    ...Object.fromEntries(members),
    ...(tools.length > 0 && { tools: [...before, ...tools] }),
    ...(tools.length > 0 && isJsonObject(choice) && choice['type'] === 'tool' && { tool_choice: choice }),
  };
}

function isOwnTool(tool: Json): boolean {
  return isJsonObject(tool) && DATED.test(stringAt(tool, 'type') ?? '');
}
