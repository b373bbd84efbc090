/** Tools, the choice among them, and the answer's format (docs/sources.md). */
import type { ChatRequest, ResponseFormat, ToolDefinition } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { refusesJsonWithTools } from '../model-family.ts';
import type { WireFunctionCallingConfig, WireFunctionDeclaration } from '../wire-types.ts';

export function encodeDeclaration(tool: ToolDefinition): WireFunctionDeclaration {
  const schema = tool.parameters && withoutDialect(tool.parameters);
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    // An empty schema says "no parameters", which the API wants said by absence.
    ...(schema && Object.keys(schema).length > 0 && { parametersJsonSchema: schema }),
  };
}

/** `$schema` names the draft and means nothing to a model; the API knows no such keyword. The rest is kept by value. */
function withoutDialect(schema: JsonObject): JsonObject {
  if (!('$schema' in schema)) return schema;
  const { $schema: _, ...rest } = schema;
  return rest;
}

export function encodeToolChoice(
  request: ChatRequest,
  context: UpstreamContext,
  notes: Notebook,
): WireFunctionCallingConfig | undefined {
  const { toolChoice, tools } = request;
  if (request.parallelToolCalls === false) {
    notes.add('parameter.dropped', 'parallel_tool_calls', 'Gemini cannot be limited to one call at a time.');
  }
  if (tools.length === 0) {
    if (toolChoice && toolChoice.type !== 'none' && toolChoice.type !== 'auto') {
      notes.add('parameter.dropped', 'tool_choice', 'There are no tools to choose from.');
    }
    return undefined;
  }
  // VALIDATED is AUTO with arguments held to their schema: what `strict` asks for (docs/sources.md).
  const strict = tools.some((tool) => tool.strict) && context.host.quirks.strictTools !== false;
  const free = strict ? 'VALIDATED' : 'AUTO';
  if (!toolChoice || toolChoice.type === 'auto') return strict ? { mode: 'VALIDATED' } : undefined;
  if (toolChoice.type === 'none') return { mode: 'NONE' };
  // The API takes a list of allowed names with ANY and VALIDATED only.
  if (toolChoice.type === 'allowed' && toolChoice.mode === 'auto') {
    return { mode: 'VALIDATED', allowedFunctionNames: toolChoice.names };
  }
  if (context.traits.forcedToolUse === false) {
    notes.add('parameter.changed', 'tool_choice', 'This model refuses forced tool use; it was left to choose.');
    return { mode: free };
  }
  switch (toolChoice.type) {
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [toolChoice.name] };
    case 'allowed':
      return { mode: 'ANY', allowedFunctionNames: toolChoice.names };
  }
}

export interface EncodedFormat {
  readonly config: JsonObject;
  /** Said in words where the API cannot be told. */
  readonly instruction?: string;
}

export function encodeResponseFormat(request: ChatRequest, context: UpstreamContext, notes: Notebook): EncodedFormat {
  const format = request.responseFormat;
  if (!format || format.type === 'text') return { config: {} };
  if (format.type === 'other') {
    notes.add('parameter.dropped', 'response_format', 'Gemini answers in text or JSON only.');
    return { config: {} };
  }
  const schema = schemaOf(format);
  if (request.tools.length > 0 && refusesJsonWithTools(context)) {
    notes.add(
      'parameter.changed',
      'response_format',
      'Before Gemini 3, JSON output with tools is refused; the format was asked for in the system instruction.',
    );
    return { config: {}, instruction: instructionOf(schema) };
  }
  if (schema && context.traits.jsonSchema === false) {
    notes.add(
      'parameter.changed',
      'response_format.json_schema',
      'This model has no schema output; JSON was asked for, and the schema in the system instruction.',
    );
    return { config: { responseMimeType: 'application/json' }, instruction: instructionOf(schema) };
  }
  return { config: { responseMimeType: 'application/json', ...(schema && { responseJsonSchema: schema }) } };
}

/** The description has no place of its own beside the schema, so it goes inside, where there is none. */
function schemaOf(format: ResponseFormat): JsonObject | undefined {
  if (format.type !== 'json_schema' || !format.schema) return undefined;
  const schema = withoutDialect(format.schema);
  return format.description === undefined || 'description' in schema
    ? schema
    : { description: format.description, ...schema };
}

function instructionOf(schema: JsonObject | undefined): string {
  if (!schema) return 'Answer with one JSON value only: no prose, no code fence.';
  return `Answer with one JSON value only, no prose, no code fence, valid under this JSON Schema:\n${JSON.stringify(schema)}`;
}
