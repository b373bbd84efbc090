/** Tool definitions and the choice among them (https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use.html). */
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import { toInputSchema, toStrictSchema } from '../../shared/claude/strict-schema.ts';
import type { Notebook } from '../../shared/notebook.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { WireMessage, WireTool, WireToolConfig } from '../wire-types.ts';
import { toCachePoint } from './cache-points.ts';

export interface EncodedTools {
  readonly toolConfig?: WireToolConfig;
  /** Claude's own `tool_choice`, for what the grammar has no word for; it takes the place of `toolChoice`. */
  readonly ownChoice?: JsonObject;
}

interface Choosing {
  readonly facts: ModelFacts;
  /** Thinking with a token budget refuses forced tool use. */
  readonly budgetThinking: boolean;
  readonly strictTools: boolean;
}

export function encodeTools(
  request: ChatRequest,
  messages: readonly WireMessage[],
  choosing: Choosing,
  notes: Notebook,
): EncodedTools {
  const { toolChoice: choice } = request;
  const isNone = choice?.type === 'none' || request.tools.length === 0;
  if (isNone) return encodeNone(request, messages, choosing, notes);
  const offered = offeredTools(request.tools, choice, choosing, notes);
  const tools = offered.flatMap(({ tool, index }) => encodeTool(tool, `tools[${index}]`, choosing, notes));
  const forced = encodeChoice(choice, choosing, notes);
  if (request.parallelToolCalls === false) {
    if (choosing.facts.family === 'claude') {
      return { toolConfig: { tools }, ownChoice: { ...(forced ?? { type: 'auto' }), disable_parallel_tool_use: true } };
    }
    notes.add('parameter.dropped', 'parallel_tool_calls', 'The model cannot be kept from several calls at once.');
  }
  return { toolConfig: { tools, ...(forced && { toolChoice: toWireChoice(forced) }) } };
}

/**
 * Nothing is to be called: there is no word for it, so no tools are offered. But where the history holds calls or results the
 * definitions must come along (https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use.html); then Claude's own word says it.
 */
function encodeNone(
  request: ChatRequest,
  messages: readonly WireMessage[],
  choosing: Choosing,
  notes: Notebook,
): EncodedTools {
  const { toolChoice: choice } = request;
  if (request.tools.length === 0 && choice && choice.type !== 'none' && choice.type !== 'auto') {
    notes.add('parameter.dropped', 'tool_choice', 'There are no tools to choose from.');
  }
  const called = calledNames(messages);
  if (called.length === 0) {
    if (request.tools.length > 0) notes.add('tool.changed', 'tool_choice', 'No tool is offered: none may be called.');
    return {};
  }
  const known = request.tools.flatMap((tool, index) => encodeTool(tool, `tools[${index}]`, choosing, notes));
  const names = new Set(request.tools.map(({ name }) => name));
  const missing = called.filter((name) => !names.has(name));
  if (missing.length > 0) {
    notes.add(
      'tool.changed',
      'tools',
      `Definitions were made up for ${missing.join(', ')}: the history has its calls.`,
    );
  }
  const tools = [...known, ...missing.map(toEmptyTool)];
  if (choosing.facts.family === 'claude') return { toolConfig: { tools }, ownChoice: { type: 'none' } };
  notes.add(
    'parameter.changed',
    'tool_choice',
    'Tools of the history must be named again; a call cannot be forbidden.',
  );
  return { toolConfig: { tools } };
}

function calledNames(messages: readonly WireMessage[]): string[] {
  const names = new Set<string>();
  for (const { content } of messages) {
    for (const block of content) if ('toolUse' in block) names.add(block.toolUse.name);
  }
  return [...names];
}

function toEmptyTool(name: string): WireTool {
  return { toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } } };
}

interface Offered {
  readonly tool: ToolDefinition;
  readonly index: number;
}

/** Where the choice cannot be said, only what may be chosen is offered. */
function offeredTools(
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  { facts, budgetThinking }: Choosing,
  notes: Notebook,
): readonly Offered[] {
  const all = tools.map((tool, index) => ({ tool, index }));
  const names =
    choice?.type === 'allowed'
      ? choice.names
      : choice?.type === 'tool' && (!facts.toolChoice || budgetThinking)
        ? [choice.name]
        : null;
  const wanted = names && new Set(names);
  const offered = wanted ? all.filter(({ tool }) => wanted.has(tool.name)) : all;
  if (offered.length === all.length || offered.length === 0) return all;
  notes.add('tool.changed', 'tool_choice', 'Only the allowed tools are sent: they cannot be restricted otherwise.');
  return offered;
}

function encodeTool(
  tool: ToolDefinition,
  field: string,
  { facts, strictTools }: Choosing,
  notes: Notebook,
): WireTool[] {
  const schemaField = `${field}.function.parameters`;
  const strict = tool.strict === true && strictTools;
  if (tool.strict === true && !strictTools) {
    notes.add('parameter.dropped', `${field}.function.strict`, 'The model cannot hold tool arguments to their schema.');
  }
  const schema = toInputSchema(tool.parameters, schemaField, notes);
  const description = tool.description?.trim() ? tool.description : undefined;
  return [
    {
      toolSpec: {
        name: tool.name,
        ...(description !== undefined && { description }),
        inputSchema: { json: strict ? toStrictSchema(schema, schemaField, notes) : schema },
        ...(strict && { strict: true }),
      },
    },
    ...toCachePoint(tool.cacheControl, facts, 'tools', field, notes),
  ];
}

type Forced = { readonly type: 'any' } | { readonly type: 'tool'; readonly name: string };

function encodeChoice(
  choice: ToolChoice | undefined,
  { facts, budgetThinking }: Choosing,
  notes: Notebook,
): Forced | undefined {
  if (!choice || choice.type === 'none' || choice.type === 'auto') return undefined;
  if (choice.type === 'allowed' && choice.mode === 'auto') return undefined;
  if (!facts.toolChoice || budgetThinking) {
    const why = budgetThinking ? 'while it thinks with a budget' : 'at all';
    notes.add('parameter.changed', 'tool_choice', `The model cannot be forced to use a tool ${why}; it may choose.`);
    return undefined;
  }
  return choice.type === 'tool' ? { type: 'tool', name: choice.name } : { type: 'any' };
}

function toWireChoice(forced: Forced): NonNullable<WireToolConfig['toolChoice']> {
  return forced.type === 'tool' ? { tool: { name: forced.name } } : { any: {} };
}
