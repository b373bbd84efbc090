/** Tool definitions and the choice among them (docs/sources.md). */
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../core/chat.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { toInputSchema, toStrictSchema } from '../../shared/claude/strict-schema.ts';
import type { NoteSink } from '../../shared/notebook.ts';
import type { WireTool, WireToolChoice } from '../wire-types.ts';
import { toWireCache } from './media.ts';

export interface EncodedTools {
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: WireToolChoice;
}

/** @param budgetThinking thinking with a token budget refuses forced tool use; adaptive thinking takes it (recorded) */
export function encodeTools(
  request: ChatRequest,
  context: UpstreamContext,
  budgetThinking: boolean,
  notes: NoteSink,
): EncodedTools {
  const choice = request.toolChoice;
  if (request.tools.length === 0) {
    if (choice && choice.type !== 'none' && choice.type !== 'auto') {
      notes.add('parameter.dropped', 'tool_choice', 'There are no tools to choose from.');
    }
    return {};
  }
  const forcible = context.traits.forcedToolUse !== false && !budgetThinking;
  const encoded = encodeChoice(choice, forcible, budgetThinking, notes);
  const parallel = request.parallelToolCalls === false && encoded?.type !== 'none';
  const tool_choice = parallel
    ? { ...(encoded ?? { type: 'auto' as const }), disable_parallel_tool_use: true }
    : encoded;
  return {
    tools: allowedTools(request.tools, choice, notes).map(({ tool, index }) =>
      encodeTool(tool, `tools[${index}]`, context, notes),
    ),
    ...(tool_choice && { tool_choice }),
  };
}

function allowedTools(
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  notes: NoteSink,
): readonly { readonly tool: ToolDefinition; readonly index: number }[] {
  const all = tools.map((tool, index) => ({ tool, index }));
  if (choice?.type !== 'allowed') return all;
  const names = new Set(choice.names);
  const allowed = all.filter(({ tool }) => names.has(tool.name));
  if (allowed.length === all.length) return all;
  notes.add('tool.changed', 'tool_choice', 'Only the allowed tools are sent: they cannot be restricted otherwise.');
  return allowed;
}

function encodeTool(tool: ToolDefinition, field: string, context: UpstreamContext, notes: NoteSink): WireTool {
  const schemaField = `${field}.function.parameters`;
  const canBeStrict = context.host.quirks.strictTools !== false && context.traits.jsonSchema !== false;
  const strict = tool.strict === true && canBeStrict;
  if (tool.strict === true && !canBeStrict) {
    notes.add('parameter.dropped', `${field}.function.strict`, 'The model cannot hold tool arguments to their schema.');
  }
  const schema = toInputSchema(tool.parameters, schemaField, notes);
  return {
    name: tool.name,
    ...(tool.description && { description: tool.description }),
    input_schema: strict ? toStrictSchema(schema, schemaField, notes) : schema,
    ...(strict && { strict: true }),
    ...toWireCache(tool.cacheControl),
  };
}

function encodeChoice(
  choice: ToolChoice | undefined,
  forcible: boolean,
  budgetThinking: boolean,
  notes: NoteSink,
): WireToolChoice | undefined {
  if (!choice) return undefined;
  switch (choice.type) {
    case 'none':
    case 'auto':
      return { type: choice.type };
    case 'allowed':
      if (choice.mode === 'auto') return { type: 'auto' };
      break;
    case 'required':
    case 'tool':
      break;
  }
  if (!forcible) {
    const why = budgetThinking ? 'while it thinks with a budget' : 'at all';
    notes.add('parameter.changed', 'tool_choice', `The model cannot be forced to use a tool ${why}; sent as auto.`);
    return { type: 'auto' };
  }
  return choice.type === 'tool' ? { type: 'tool', name: choice.name } : { type: 'any' };
}
