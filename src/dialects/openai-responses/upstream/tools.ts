/** Tools and the choice among them, core → wire: https://platform.openai.com/docs/guides/function-calling. */
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import { isServerTool, SERVER_TOOL_CHOICE, SERVER_TOOLS } from '../../shared/gateway/server-tools.ts';
import type { BodyWriter } from '../../shared/upstream/body-writer.ts';

export function writeTools(writer: BodyWriter, request: ChatRequest): void {
  const choice = request.toolChoice;
  const offered = offeredTools(request.tools, choice, writer);
  const tools = [...offered.map(({ tool, at }) => encodeTool(tool, at, writer)), ...serverTools(request, writer)];
  if (tools.length === 0) return;
  writer.set('tools', tools);
  writer.set('parallel_tool_calls', request.parallelToolCalls);
  const forced = request.options[SERVER_TOOL_CHOICE];
  if (isJsonObject(forced) && runsTool(forced, writer)) writer.set('tool_choice', forced);
  else if (choice) writer.set('tool_choice', encodeChoice(choice, request.tools, writer));
}

interface OfferedTool {
  readonly tool: ToolDefinition;
  readonly at: number;
}

function offeredTools(
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  writer: BodyWriter,
): readonly OfferedTool[] {
  const all = tools.map((tool, at) => ({ tool, at }));
  if (choice?.type !== 'allowed' || writer.context.host.quirks.ownerTools) return all;
  writer.notes.push({ code: 'tool.changed', field: 'tool_choice', message: 'only the allowed tools are offered' });
  const names = new Set(choice.names);
  return all.filter(({ tool }) => names.has(tool.name));
}

function encodeTool(tool: ToolDefinition, at: number, writer: BodyWriter): JsonObject {
  const { quirks, providerName } = writer.context.host;
  const { name, description, custom, cacheControl } = tool;
  if (cacheControl && !quirks.cacheControl) {
    writer.drop(`tools[${at}].cache_control`, `${providerName} caches prompts by itself`);
  }
  const shared = {
    name,
    ...(description !== undefined && { description }),
    ...(cacheControl && quirks.cacheControl && { cache_control: { type: 'ephemeral', ...cacheControl } }),
  };
  if (custom) return { type: 'custom', ...shared, ...(custom.format && { format: flatFormat(custom.format) }) };
  return {
    type: 'function',
    ...shared,
    parameters: tool.parameters ?? { type: 'object', properties: {} },
    ...encodeStrict(tool, at, writer),
  };
}

/** The chat grammar keeps a tool's grammar in a member of its own, this one beside the type. */
function flatFormat(format: JsonObject): JsonObject {
  const { grammar, ...rest } = format;
  return isJsonObject(grammar) ? { ...rest, ...grammar } : format;
}

/** What is not said means strict here and the opposite in other grammars, so it is always said. */
function encodeStrict(tool: ToolDefinition, at: number, writer: BodyWriter): JsonObject {
  const { quirks, providerName } = writer.context.host;
  if (quirks.strictTools !== false) return { strict: tool.strict ?? false };
  if (tool.strict !== undefined) writer.drop(`tools[${at}].strict`, `${providerName} does not take strict`);
  return {};
}

/** Tools that the host runs itself, by value; those of OpenRouter's contract are for another gateway only. */
function serverTools({ options }: ChatRequest, writer: BodyWriter): readonly Json[] {
  const wanted = options[SERVER_TOOLS];
  if (!isJsonArray(wanted)) return [];
  const run = wanted.filter((tool) => isJsonObject(tool) && runsTool(tool, writer));
  if (run.length < wanted.length) {
    const message = `${writer.context.host.providerName} runs no such server tools`;
    writer.notes.push({ code: 'tool.changed', field: 'tools', message });
  }
  return run;
}

function runsTool(tool: JsonObject, { context }: BodyWriter): boolean {
  return context.host.quirks.gatewayFields !== undefined || !isServerTool(stringAt(tool, 'type'));
}

function encodeChoice(choice: ToolChoice, tools: readonly ToolDefinition[], writer: BodyWriter): Json {
  const { traits, host } = writer.context;
  const isForced = choice.type === 'required' || choice.type === 'tool' || choice.type === 'allowed';
  if (isForced && traits.forcedToolUse === false) {
    if (choice.type !== 'allowed' || choice.mode === 'required') {
      writer.change('tool_choice', 'the model cannot be forced to call a tool; it is left to choose');
    }
    return 'auto';
  }
  const named = (name: string): JsonObject => ({
    type: tools.find((tool) => tool.name === name)?.custom ? 'custom' : 'function',
    name,
  });
  switch (choice.type) {
    case 'none':
    case 'auto':
    case 'required':
      return choice.type;
    case 'tool':
      return named(choice.name);
    case 'allowed':
      if (!host.quirks.ownerTools) return choice.mode;
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) };
  }
}
