/** Function declarations, the tools that run at Google, and the choice among them, wire → core. */
import type { ToolChoice, ToolDefinition } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject, stringAt } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import { isServerTool, SERVER_TOOLS } from '../../shared/gateway/server-tools.ts';
import { callingMode } from './enums.ts';
import { toJsonSchema } from './schema.ts';
import type { WireDeclaration, WireGeminiRequest } from './wire-request.ts';

export function declarationsOf(wire: WireGeminiRequest): readonly ToolDefinition[] {
  return (wire.tools ?? []).flatMap(({ functionDeclarations }) => (functionDeclarations ?? []).map(toTool));
}

function toTool({ name, description, parameters, parametersJsonSchema }: WireDeclaration): ToolDefinition {
  const schema = parametersJsonSchema ?? (parameters ? toJsonSchema(parameters) : undefined);
  return { name, ...(description && { description }), ...(schema && { parameters: schema }) };
}

/** Members of a declaration that only Google's models read. */
const OWN_MEMBERS = ['behavior', 'response', 'responseJsonSchema'];

export function noteDeclarations(wire: WireGeminiRequest, notes: Note[]): void {
  (wire.tools ?? []).forEach(({ functionDeclarations }, at) => {
    (functionDeclarations ?? []).forEach((declaration, i) => {
      const source: JsonObject = declaration;
      for (const member of OWN_MEMBERS) {
        if (source[member] === undefined || source[member] === null) continue;
        const field = `tools[${at}].functionDeclarations[${i}].${member}`;
        notes.push({
          code: 'parameter.dropped',
          field,
          message: `${member} is said only where the request is relayed`,
        });
      }
    });
  });
}

/**
 * Tools without declarations (`googleSearch`, `codeExecution`, …) run at Google: they are kept for hosts of this grammar under
 * `tools.<name>`, and noted wherever else the request goes.
 */
export function keepServerTools(wire: WireGeminiRequest, options: MutableJsonObject, extras: MutableJsonObject): void {
  const ours: JsonObject[] = [];
  for (const tool of wire.tools ?? []) {
    const source: JsonObject = tool;
    if (isOurs(source)) {
      ours.push(source);
      continue;
    }
    for (const [name, value] of Object.entries(source)) {
      if (name !== 'functionDeclarations' && isJsonObject(value)) extras[`tools.${name}`] = value;
    }
  }
  if (ours.length > 0) options[SERVER_TOOLS] = ours;
}

/** A tool that runs in the gateway (OpenRouter's API), written as in the other grammars. */
export function isOurs(tool: JsonObject): boolean {
  return isServerTool(stringAt(tool, 'type'));
}

export function decodeToolChoice(wire: WireGeminiRequest): ToolChoice | undefined {
  const config = wire.toolConfig?.functionCallingConfig;
  if (!config) return undefined;
  const names = config.allowedFunctionNames ?? [];
  const [only] = names;
  switch (callingMode(config.mode)) {
    case 'NONE':
      return { type: 'none' };
    case 'ANY':
      if (only === undefined) return { type: 'required' };
      return names.length === 1 ? { type: 'tool', name: only } : { type: 'allowed', mode: 'required', names };
    case 'AUTO':
    case 'VALIDATED':
      return only === undefined ? { type: 'auto' } : { type: 'allowed', mode: 'auto', names };
  }
}

/** What of `toolConfig` the core has no word for. */
export function keepToolConfig(wire: WireGeminiRequest, extras: MutableJsonObject): void {
  const { toolConfig } = wire;
  if (!toolConfig) return;
  const source: JsonObject = toolConfig;
  for (const [name, value] of Object.entries(source)) {
    if (name !== 'functionCallingConfig' && value !== undefined) extras[`toolConfig.${name}`] = value;
  }
  const config: JsonObject = toolConfig.functionCallingConfig ?? {};
  for (const [name, value] of Object.entries(config)) {
    const isSaid = name === 'allowedFunctionNames' || (name === 'mode' && !isValidated(toolConfig));
    if (!isSaid && value !== undefined) extras[`toolConfig.functionCallingConfig.${name}`] = value;
  }
}

/** AUTO with arguments held to their schema, which other grammars say of each tool and only of closed schemas. */
function isValidated({ functionCallingConfig: config }: NonNullable<WireGeminiRequest['toolConfig']>): boolean {
  return callingMode(config?.mode) === 'VALIDATED' && (config?.allowedFunctionNames ?? []).length === 0;
}
