/** Tools and the choice among them, wire → core. */
import type { ToolChoice, ToolDefinition } from '../../../core/chat.ts';
import { emptyJsonObject, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { decodeCacheMark } from './decode-blocks.ts';
import { definitionOf } from './known-tools.ts';
import { isDefinedByCaller } from './parse.ts';
import type { MessagesFields, WireClientTool } from './schema.ts';

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[];
  /** Tools that run on the server side, by value: only endpoints that know them can be asked for them. */
  readonly serverTools: readonly JsonObject[];
}

export function decodeTools(fields: MessagesFields, notes: Notebook): DecodedTools {
  const tools: ToolDefinition[] = [];
  const serverTools: JsonObject[] = [];
  fields.tools?.forEach((tool, at) => {
    const field = `tools[${at}]`;
    if (isDefinedByCaller(tool)) tools.push(decodeTool(tool, field, notes));
    else if (!decodeKnown(tool, field, tools, notes)) serverTools.push(asJson(tool));
  });
  return { tools, serverTools };
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
  /** A choice that forces a server-side tool, by value. */
  readonly serverToolChoice?: JsonObject;
}

export function decodeToolChoice(
  { tool_choice: choice }: MessagesFields,
  tools: readonly ToolDefinition[],
): DecodedToolChoice {
  if (!choice) return {};
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { toolChoice: { type: choice.type } };
    case 'any':
      return { toolChoice: { type: 'required' } };
    case 'tool':
      if (tools.some(({ name }) => name === choice.name)) {
        return { toolChoice: { type: 'tool', name: choice.name ?? '' } };
      }
      return { serverToolChoice: asJson(choice) };
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
