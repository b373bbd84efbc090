/** Tools and the choice among them, wire → core. */
import type { ToolChoice, ToolDefinition } from '../../../core/chat.ts';
import { emptyJsonObject, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { isServerTool } from '../../shared/gateway/server-tools.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { decodeCacheMark } from './decode-blocks.ts';
import { definitionOf } from './known-tools.ts';
import { isDefinedByCaller } from './parse.ts';
import type { MessagesFields, WireClientTool } from './schema.ts';

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[];
  /** Tools that run on the server side, in OpenRouter's form: only a gateway can be asked for them. */
  readonly serverTools: readonly JsonObject[];
  /** Those that the grammar's owner runs, by value, under their paths. */
  readonly own: JsonObject;
}

export function decodeTools(fields: MessagesFields, notes: Notebook): DecodedTools {
  const tools: ToolDefinition[] = [];
  const serverTools: JsonObject[] = [];
  const own = emptyJsonObject();
  fields.tools?.forEach((tool, at) => {
    const field = `tools[${at}]`;
    if (isDefinedByCaller(tool)) tools.push(decodeTool(tool, field, notes));
    else if (isServerTool(tool.type)) serverTools.push(asJson(tool));
    else if (!decodeKnown(tool, field, tools, notes)) {
      own[field] = asJson(tool);
      const same = sameOfOurs(tool);
      if (same) serverTools.push(same);
    }
  });
  return { tools, serverTools, own };
}

/** Prefix of the owner's tool → OpenRouter's tool that does the same. */
const SAME: readonly (readonly [string, string])[] = [
  ['web_search_', 'openrouter:web_search'],
  ['web_fetch_', 'openrouter:web_fetch'],
];
/** Arguments that both have, theirs → ours. */
const SAME_ARGUMENTS: Readonly<Record<string, string>> = {
  max_uses: 'max_uses',
  allowed_domains: 'allowed_domains',
  blocked_domains: 'excluded_domains',
  user_location: 'user_location',
  max_content_tokens: 'max_content_tokens',
};

function sameOfOurs(tool: WireClientTool): JsonObject | undefined {
  const found = SAME.find(([prefix]) => tool.type?.startsWith(prefix));
  if (!found) return undefined;
  const parameters = emptyJsonObject();
  const said = asJson(tool);
  for (const [theirs, ours] of Object.entries(SAME_ARGUMENTS)) {
    const value = said[theirs];
    if (value !== undefined && value !== null) parameters[ours] = value;
  }
  return { type: found[1], ...(Object.keys(parameters).length > 0 && { parameters }) };
}

/** What tells this grammar's models when and how a tool is read, and has no word elsewhere. */
const OWN_WORDS = ['defer_loading', 'input_examples', 'eager_input_streaming', 'allowed_callers'] as const;

function decodeTool(tool: WireClientTool, field: string, notes: Notebook): ToolDefinition {
  for (const word of OWN_WORDS) {
    const value = tool[word];
    if (value === undefined || value === null || value === false) continue;
    if (word === 'allowed_callers' && isDirectOnly(value)) continue;
    notes.add('parameter.dropped', `${field}.${word}`, 'Only the grammar of the request has such a word for a tool.');
  }
  const cacheControl = decodeCacheMark(tool.cache_control);
  return {
    name: tool.name ?? '',
    ...(tool.description && { description: tool.description }),
    ...(tool.input_schema && { parameters: tool.input_schema }),
    ...(typeof tool.strict === 'boolean' && { strict: tool.strict }),
    ...(cacheControl && { cacheControl }),
  };
}

function isDirectOnly(callers: unknown): boolean {
  return Array.isArray(callers) && callers.every((caller) => caller === 'direct');
}

function decodeKnown(tool: WireClientTool, field: string, tools: ToolDefinition[], notes: Notebook): boolean {
  const known = definitionOf(tool);
  if (!known) return false;
  notes.add('tool.changed', field, `${tool.type} is offered as a function of its documented arguments.`);
  const cacheControl = decodeCacheMark(tool.cache_control);
  tools.push({ ...known, ...(cacheControl && { cacheControl }) });
  return true;
}

export interface DecodedToolChoice {
  readonly toolChoice?: ToolChoice;
  /** A choice that forces a server-side tool, in OpenRouter's form. */
  readonly serverToolChoice?: JsonObject;
  /** The same of a tool that the grammar's owner runs, by value. */
  readonly own?: JsonObject;
}

export function decodeToolChoice(
  { tool_choice: choice, tools: wire }: MessagesFields,
  tools: readonly ToolDefinition[],
): DecodedToolChoice {
  if (!choice) return {};
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { toolChoice: { type: choice.type } };
    case 'any':
      return { toolChoice: { type: 'required' } };
    case 'tool': {
      const name = choice.name ?? '';
      if (tools.some((tool) => tool.name === name)) return { toolChoice: { type: 'tool', name } };
      const named = wire?.find((tool) => tool.name === name);
      const same = named && sameOfOurs(named);
      return { own: asJson(choice), ...(same && { serverToolChoice: { type: same['type'] } }) };
    }
    default:
      return { serverToolChoice: asJson(choice) };
  }
}

/** A checked member back as the JSON it is. */
function asJson(value: object): JsonObject {
  const json = emptyJsonObject();
  for (const [key, member] of Object.entries(value)) if (isJson(member)) json[key] = member;
  return json;
}

function isJson(value: unknown): value is Json {
  return value === null || isJsonArray(value) || isJsonObject(value) || typeof value !== 'object';
}
