/** The fields of a responses request as chat fields (https://platform.openai.com/docs/api-reference/responses/create). */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { type FieldReaders, sameFields } from './field-readers.ts';

export const RESPONSES_READERS: FieldReaders = {
  ...sameFields('model', 'models', 'provider', 'plugins', 'route', 'temperature', 'top_p', 'top_k'),
  ...sameFields('frequency_penalty', 'presence_penalty', 'reasoning', 'service_tier', 'metadata', 'modalities'),
  ...sameFields('parallel_tool_calls', 'max_tool_calls', 'stop_server_tools_when', 'image_config', 'debug'),
  ...sameFields('prompt_cache_key', 'prompt_cache_options', 'cache_control', 'cache_enabled', 'cache_ttl_seconds'),
  max_output_tokens: (value) => ({ max_tokens: value }),
  text: textOf,
  tools: (value) => ({ tools: isJsonArray(value) ? value.map(toolOf) : value }),
  tool_choice: (value) => ({ tool_choice: toolChoiceOf(value) }),
};

function textOf(text: Json): JsonObject {
  if (!isJsonObject(text)) return { response_format: text };
  const { format, verbosity } = text;
  return {
    ...(format != null && { response_format: formatOf(format) }),
    ...(verbosity != null && { verbosity }),
  };
}

function formatOf(format: Json): Json {
  if (!isJsonObject(format) || format['type'] !== 'json_schema') return format;
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}

/** Functions and custom tools are written flat here; every other tool is asked for by its type alone in both grammars. */
function toolOf(tool: Json): Json {
  if (!isJsonObject(tool)) return tool;
  const { type, ...definition } = tool;
  if (type === 'function') return { type, function: definition };
  if (type !== 'custom') return tool;
  const { format } = definition;
  return { type, custom: isJsonObject(format) ? { ...definition, format: grammarOf(format) } : definition };
}

function grammarOf(format: JsonObject): JsonObject {
  const { type, ...grammar } = format;
  return type === 'grammar' ? { type, grammar } : format;
}

function toolChoiceOf(choice: Json): Json {
  if (!isJsonObject(choice)) return choice;
  const { type, name, mode, tools } = choice;
  if (type === 'function' || type === 'custom') return { type, [type]: { name } };
  if (type !== 'allowed_tools') return choice;
  return { type, allowed_tools: { mode, tools: isJsonArray(tools) ? tools.map(allowedToolOf) : tools } };
}

function allowedToolOf(tool: Json): Json {
  if (!isJsonObject(tool)) return tool;
  const { type, name } = tool;
  return type === 'function' || type === 'custom' ? { type, [type]: { name } } : tool;
}
