/**
 * Chat fields in a responses request, said in its own words: presets are kept as chat fields. What the request says itself in
 * its own words stands. The other way round: from-responses.ts.
 */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  objectAt,
} from '../core/json.ts';

const CHAT_FIELDS = [
  'max_tokens',
  'max_completion_tokens',
  'response_format',
  'verbosity',
  'reasoning_effort',
  'include_reasoning',
] as const;

/** The very body that came where it has no chat fields. */
export function intoResponses(body: JsonObject): JsonObject {
  const { tools, tool_choice: choice } = body;
  const isChat = CHAT_FIELDS.some((field) => Object.hasOwn(body, field));
  const isNested = (value: Json | undefined): boolean => isJsonObject(value) && flatten(value) !== value;
  const nests = isNested(choice) || (isJsonArray(tools) && tools.some(isNested));
  if (!isChat && !nests) return body;
  const own: MutableJsonObject = { ...body };
  for (const field of CHAT_FIELDS) delete own[field];
  const limit = body['max_output_tokens'] ?? body['max_completion_tokens'] ?? body['max_tokens'];
  const text = textOf(body);
  const reasoning = reasoningOf(body);
  return {
    ...own,
    ...(limit !== undefined && { max_output_tokens: limit }),
    ...(text && { text }),
    ...(reasoning && { reasoning }),
    ...(isJsonArray(tools) && { tools: tools.map(flattenAny) }),
    ...(isJsonObject(choice) && { tool_choice: toolChoiceOf(choice) }),
  };
}

/** The prompt as instructions, unless the request gives its own. */
export function asInstructions(body: JsonObject, systemPrompt: string): JsonObject {
  const { instructions, input } = body;
  const hasOwn = Boolean(instructions) || (isJsonArray(input) && input.some(isSystemItem));
  return hasOwn ? body : { ...body, instructions: systemPrompt };
}

function isSystemItem(item: Json): boolean {
  return isJsonObject(item) && (item['role'] === 'system' || item['role'] === 'developer');
}

function textOf(body: JsonObject): Json | undefined {
  const { text, response_format: format, verbosity } = body;
  if (text !== undefined && text !== null && !isJsonObject(text)) return text;
  const said: MutableJsonObject = {};
  if (format !== undefined && format !== null) said['format'] = formatOf(format);
  if (verbosity !== undefined && verbosity !== null) said['verbosity'] = verbosity;
  const joined: MutableJsonObject = { ...said, ...text };
  return Object.keys(joined).length > 0 ? joined : undefined;
}

function formatOf(format: Json): Json {
  const schema = isJsonObject(format) ? objectAt(format, 'json_schema') : undefined;
  return schema ? { type: 'json_schema', ...schema } : format;
}

function reasoningOf(body: JsonObject): Json | undefined {
  const { reasoning, reasoning_effort: effort, include_reasoning: include } = body;
  if (reasoning !== undefined && reasoning !== null && !isJsonObject(reasoning)) return reasoning;
  const said: MutableJsonObject = {};
  if (effort !== undefined && effort !== null) said['effort'] = effort;
  if (include === false) said['exclude'] = true;
  const joined: MutableJsonObject = { ...said, ...reasoning };
  return Object.keys(joined).length > 0 ? joined : undefined;
}

function flattenAny(value: Json): Json {
  return isJsonObject(value) ? flatten(value) : value;
}

/** `{type: "function", function: {name, …}}` → `{type: "function", name, …}`, and a custom tool's grammar as flat. */
function flatten(value: JsonObject): JsonObject {
  const { type } = value;
  const inner = type === 'function' || type === 'custom' ? objectAt(value, type) : undefined;
  if (typeof type !== 'string' || !inner) return value;
  const { [type]: _, ...beside } = value;
  const format = objectAt(inner, 'format');
  const grammar = format && objectAt(format, 'grammar');
  return { ...beside, ...inner, ...(format && grammar && { format: { type: format['type'], ...grammar } }) };
}

function toolChoiceOf(choice: JsonObject): JsonObject {
  const allowed = choice['type'] === 'allowed_tools' ? objectAt(choice, 'allowed_tools') : undefined;
  if (!allowed) return flatten(choice);
  const { mode, tools } = allowed;
  return { type: 'allowed_tools', mode, tools: isJsonArray(tools) ? tools.map(flattenAny) : tools };
}
