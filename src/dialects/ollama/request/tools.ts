/** Tools in OpenAI's form, and the answer's format. The grammar has no choice among tools: what can be is said by offering fewer. */
import type { ChatRequest, ToolDefinition } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Notebook } from '../../shared/notebook.ts';

export function encodeTools(request: ChatRequest, notes: Notebook): JsonObject {
  if (request.parallelToolCalls === false && request.tools.length > 0) {
    notes.add('parameter.dropped', 'parallel_tool_calls', 'The model cannot be limited to one call at a time.');
  }
  if (request.tools.some(({ strict }) => strict)) {
    notes.add('parameter.dropped', 'tools[].function.strict', 'Arguments are not held to their schema here.');
  }
  const offered = offeredTools(request, notes);
  return offered.length === 0 ? {} : { tools: offered.map(encodeTool) };
}

function offeredTools({ tools, toolChoice: choice }: ChatRequest, notes: Notebook): readonly ToolDefinition[] {
  switch (choice?.type) {
    case undefined:
    case 'auto':
      return tools;
    case 'none':
      if (tools.length > 0) notes.add('tool.changed', 'tool_choice', 'No tool is offered, as none may be called.');
      return [];
    case 'required':
    case 'tool':
    case 'allowed': {
      if (choice.type !== 'allowed' || choice.mode === 'required') {
        notes.add(
          'parameter.dropped',
          'tool_choice',
          'The model cannot be forced to call a tool; it is left to choose.',
        );
      }
      const names = choice.type === 'tool' ? [choice.name] : choice.type === 'allowed' ? choice.names : undefined;
      const wanted = names && new Set(names);
      const offered = wanted ? tools.filter(({ name }) => wanted.has(name)) : tools;
      if (offered.length < tools.length) {
        notes.add('tool.changed', 'tool_choice', 'Only the chosen tools are offered: they cannot be named otherwise.');
      }
      return offered;
    }
  }
}

function encodeTool({ name, description, parameters }: ToolDefinition): JsonObject {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  };
}

/** `json`, or the schema itself (https://docs.ollama.com/capabilities/structured-outputs). */
export function encodeFormat({ responseFormat: format }: ChatRequest, notes: Notebook): JsonObject {
  switch (format?.type) {
    case undefined:
    case 'text':
      return {};
    case 'json_object':
      return { format: 'json' };
    case 'json_schema':
      return { format: format.schema ?? 'json' };
    case 'other':
      notes.add('parameter.dropped', 'response_format', 'The endpoint answers in text or JSON only.');
      return {};
  }
}
