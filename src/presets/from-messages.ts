/** The fields of a messages request as chat fields (https://docs.claude.com/en/api/messages). */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { type FieldReaders, sameFields } from './field-readers.ts';

export const MESSAGES_READERS: FieldReaders = {
  ...sameFields('model', 'models', 'provider', 'plugins', 'route', 'max_tokens', 'temperature', 'top_p', 'top_k'),
  ...sameFields('service_tier', 'cache_control', 'stop_server_tools_when', 'cache_enabled', 'cache_ttl_seconds'),
  stop_sequences: (value) => ({ stop: value }),
  fallbacks: (value) => ({ models: isJsonArray(value) ? value.map(modelOf) : value }),
  // OpenRouter's API: this speed is the priority tier.
  speed: (value) => (value === 'fast' ? { service_tier: 'priority' } : {}),
  thinking: (value) => ({ reasoning: thinkingOf(value) }),
  output_config: outputConfigOf,
  tools: (value) => ({ tools: isJsonArray(value) ? value.map(toolOf) : value }),
  tool_choice: toolChoiceOf,
};

function modelOf(fallback: Json): Json {
  return isJsonObject(fallback) ? (fallback['model'] ?? null) : fallback;
}

function thinkingOf(thinking: Json): Json {
  if (!isJsonObject(thinking)) return thinking;
  switch (thinking['type']) {
    case 'enabled':
      return { max_tokens: thinking['budget_tokens'] };
    case 'disabled':
      return { enabled: false };
    default:
      return { enabled: true };
  }
}

function outputConfigOf(output: Json): JsonObject {
  if (!isJsonObject(output)) return { response_format: output };
  const { effort, format } = output;
  return {
    ...(effort != null && { reasoning: { effort } }),
    ...(format != null && { response_format: formatOf(format) }),
  };
}

function formatOf(format: Json): Json {
  if (!isJsonObject(format) || format['type'] !== 'json_schema') return format;
  return { type: 'json_schema', json_schema: { schema: format['schema'] } };
}

/** A tool of the caller's is a function; one with a type of its own keeps it. */
function toolOf(tool: Json): Json {
  if (!isJsonObject(tool)) return tool;
  const { type, name, description, input_schema, cache_control, ...more } = tool;
  if (type != null && type !== 'custom') return tool;
  return {
    type: 'function',
    function: { name, ...(description != null && { description }), parameters: input_schema, ...more },
    ...(cache_control != null && { cache_control }),
  };
}

function toolChoiceOf(choice: Json): JsonObject {
  if (!isJsonObject(choice)) return { tool_choice: choice };
  const { type, name, disable_parallel_tool_use } = choice;
  return {
    tool_choice:
      type === 'tool' ? { type: 'function', function: { name } } : type === 'any' ? 'required' : (type ?? choice),
    ...(disable_parallel_tool_use === true && { parallel_tool_calls: false }),
  };
}
