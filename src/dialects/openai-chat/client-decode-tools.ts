/** Tools and the choice among them, wire → core. */
import type { ToolChoice, ToolDefinition } from '../../core/chat.ts';
import { emptyJsonObject, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { decodeCacheControl } from './client-decode-parts.ts';
import { isServerTool } from './client-request.ts';
import type { ChatFields, WireTool, WireToolChoice } from './wire-types.ts';

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[];
  /** Tools that run on the server side, by value: only endpoints of the whole contract can be asked for them. */
  readonly serverTools: readonly JsonObject[];
}

/** `tools` and the older `functions`. */
export function decodeTools(fields: ChatFields): DecodedTools {
  const tools: ToolDefinition[] = [];
  const serverTools: JsonObject[] = [];
  fields.tools?.forEach((tool) => {
    if (isServerTool(tool)) serverTools.push(asJson(tool));
    else tools.push(decodeTool(tool));
  });
  for (const definition of fields.functions ?? []) tools.push(decodeFunction(definition));
  return { tools, serverTools };
}

function decodeTool(tool: WireTool): ToolDefinition {
  const cacheControl = decodeCacheControl(tool.cache_control);
  const { custom } = tool;
  if (tool.function) return { ...decodeFunction(tool.function), ...(cacheControl && { cacheControl }) };
  const format = objectAt(asJson(custom ?? {}), 'format');
  return {
    name: custom?.name ?? '',
    ...(custom?.description && { description: custom.description }),
    custom: { ...(format && { format }) },
    ...(cacheControl && { cacheControl }),
  };
}

type WireFunction = NonNullable<WireTool['function']>;

function decodeFunction(definition: WireFunction): ToolDefinition {
  const { name, description, parameters, strict } = definition;
  return {
    name,
    ...(description && { description }),
    ...(parameters && { parameters }),
    ...(typeof strict === 'boolean' && { strict }),
  };
}

export interface DecodedToolChoice {
  readonly toolChoice?: ToolChoice;
  /** A choice that forces a server-side tool, by value. */
  readonly serverToolChoice?: JsonObject;
}

/** `tool_choice` and the older `function_call`. */
export function decodeToolChoice(fields: ChatFields): DecodedToolChoice {
  const { tool_choice: choice, function_call: legacy } = fields;
  if (choice) return decodeChoice(choice);
  if (legacy === 'none' || legacy === 'auto') return { toolChoice: { type: legacy } };
  return legacy ? { toolChoice: { type: 'tool', name: legacy.name } } : {};
}

function decodeChoice(choice: WireToolChoice): DecodedToolChoice {
  if (choice === 'any') return { toolChoice: { type: 'required' } };
  if (typeof choice === 'string') return { toolChoice: { type: choice } };
  const { type, allowed_tools: allowed } = choice;
  if (allowed) {
    const names = allowed.tools.flatMap((tool) => {
      const inner = objectAt(tool, 'function') ?? objectAt(tool, 'custom') ?? tool;
      return stringAt(inner, 'name') ?? [];
    });
    return { toolChoice: { type: 'allowed', mode: allowed.mode, names } };
  }
  const name = choice.function?.name ?? choice.custom?.name ?? choice.name;
  if (name !== undefined) return { toolChoice: { type: 'tool', name } };
  // `{type: "auto"}` is another grammar's way to say "auto".
  if (type === 'none' || type === 'auto' || type === 'required') return { toolChoice: { type } };
  if (type === 'any') return { toolChoice: { type: 'required' } };
  return { serverToolChoice: asJson(choice) };
}

/** A checked member back as the JSON it is. */
function asJson(value: object): JsonObject {
  const json = emptyJsonObject();
  for (const [key, member] of Object.entries(value)) if (isJson(member)) json[key] = member;
  return json;
}

function isJson(value: unknown): value is Json {
  return value === null || Array.isArray(value) || isJsonObject(value) || typeof value !== 'object';
}
