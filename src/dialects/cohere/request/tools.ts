/** Tools in OpenAI's form, the choice among them in three words, and the answer's format. */
import type { ChatRequest, ToolDefinition } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';

export function encodeTools(request: ChatRequest, context: UpstreamContext, notes: Notebook): JsonObject {
  const { tools, toolChoice: choice } = request;
  if (tools.length === 0) {
    if (choice && choice.type !== 'none' && choice.type !== 'auto') {
      notes.add('parameter.dropped', 'tool_choice', 'There are no tools to choose from.');
    }
    return {};
  }
  if (request.parallelToolCalls === false) {
    notes.add('parameter.dropped', 'parallel_tool_calls', 'The model cannot be limited to one call at a time.');
  }
  const offered = offeredTools(request, notes);
  const forced = forcedWord(request, context, notes);
  return {
    tools: offered.map(encodeTool),
    ...(isStrict(offered, context, notes) && { strict_tools: true }),
    ...(forced && { tool_choice: forced }),
  };
}

/** One tool, or some, can be named only by offering no others. */
function offeredTools({ tools, toolChoice: choice }: ChatRequest, notes: Notebook): readonly ToolDefinition[] {
  const names = choice?.type === 'tool' ? [choice.name] : choice?.type === 'allowed' ? choice.names : undefined;
  const wanted = names && new Set(names);
  const offered = wanted ? tools.filter(({ name }) => wanted.has(name)) : tools;
  if (offered.length < tools.length) {
    notes.add('tool.changed', 'tool_choice', 'Only the chosen tools are offered: they cannot be named otherwise.');
  }
  return offered;
}

function forcedWord(
  { toolChoice: choice }: ChatRequest,
  { traits }: UpstreamContext,
  notes: Notebook,
): string | undefined {
  if (!choice || choice.type === 'auto' || (choice.type === 'allowed' && choice.mode === 'auto')) return undefined;
  if (choice.type === 'none') return 'NONE';
  if (traits.forcedToolUse !== false) return 'REQUIRED';
  notes.add('parameter.changed', 'tool_choice', 'This model cannot be forced to call a tool; it is left to choose.');
  return undefined;
}

function encodeTool({ name, description, parameters }: ToolDefinition): JsonObject {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      // Required here; a function without parameters takes an empty object.
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  };
}

/** Strictness is asked for all tools at once (https://docs.cohere.com/docs/structured-outputs#structured-outputs-tools). */
function isStrict(tools: readonly ToolDefinition[], { host }: UpstreamContext, notes: Notebook): boolean {
  const strict = tools.filter(({ strict }) => strict === true).length;
  if (strict === 0) return false;
  if (strict === tools.length && host.quirks.strictTools !== false) return true;
  notes.add(
    'parameter.dropped',
    'tools[].function.strict',
    'Arguments are held to their schema for all tools or for none.',
  );
  return false;
}

export function encodeFormat(request: ChatRequest, { traits }: UpstreamContext, notes: Notebook): JsonObject {
  const { responseFormat: format } = request;
  switch (format?.type) {
    case undefined:
    case 'text':
      return {};
    case 'json_object':
      return { response_format: { type: 'json_object' } };
    case 'json_schema': {
      if (format.schema && traits.jsonSchema === false) {
        notes.add('parameter.changed', 'response_format', 'The model takes no schema; it is asked for a JSON object.');
        return { response_format: { type: 'json_object' } };
      }
      return { response_format: { type: 'json_object', ...(format.schema && { json_schema: format.schema }) } };
    }
    case 'other':
      notes.add('parameter.dropped', 'response_format', 'The endpoint answers in text or JSON only.');
      return {};
  }
}
