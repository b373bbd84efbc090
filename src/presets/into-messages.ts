/**
 * Chat fields in a messages request, said in its own words: presets are kept as chat fields. What the request says itself in its
 * own words stands. The other way round: from-messages.ts.
 */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  numberAt,
  objectAt,
} from '../core/json.ts';

const CHAT_FIELDS = [
  'max_completion_tokens',
  'stop',
  'response_format',
  'reasoning',
  'reasoning_effort',
  'parallel_tool_calls',
] as const;

/** The very body that came where it has no chat fields. */
export function intoMessages(body: JsonObject): JsonObject {
  const { tools, tool_choice: choice } = body;
  const isChat = CHAT_FIELDS.some((field) => Object.hasOwn(body, field));
  const nests = isJsonArray(tools) && tools.some((tool) => toolOf(tool) !== tool);
  if (!isChat && !nests && toolChoiceOf(choice, body) === choice) return body;
  const own: MutableJsonObject = { ...body };
  for (const field of CHAT_FIELDS) delete own[field];
  const { stop } = body;
  return {
    ...own,
    ...given('max_tokens', body['max_tokens'] ?? body['max_completion_tokens']),
    ...given('stop_sequences', body['stop_sequences'] ?? (typeof stop === 'string' ? [stop] : stop)),
    ...given('thinking', body['thinking'] ?? thinkingOf(body)),
    ...given('output_config', outputOf(body)),
    ...given('tools', isJsonArray(tools) ? tools.map(toolOf) : tools),
    ...given('tool_choice', toolChoiceOf(choice, body)),
  };
}

/** The prompt as the system prompt, unless the request gives its own. */
export function asSystem(body: JsonObject, systemPrompt: string): JsonObject {
  const { system } = body;
  const hasOwn = isJsonArray(system) ? system.length > 0 : Boolean(system);
  return hasOwn ? body : { ...body, system: systemPrompt };
}

function given(field: string, value: Json | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [field]: value };
}

function effortOf(body: JsonObject): Json | undefined {
  return objectAt(body, 'reasoning')?.['effort'] ?? body['reasoning_effort'];
}

function thinkingOf(body: JsonObject): Json | undefined {
  const reasoning = objectAt(body, 'reasoning') ?? {};
  const budget = numberAt(reasoning, 'max_tokens');
  if (effortOf(body) === 'none' || reasoning['enabled'] === false) return { type: 'disabled' };
  if (budget !== undefined) return { type: 'enabled', budget_tokens: budget };
  if (reasoning['enabled'] !== true && effortOf(body) === undefined) return undefined;
  return { type: 'adaptive', ...(reasoning['exclude'] === true && { display: 'omitted' }) };
}

function outputOf(body: JsonObject): Json | undefined {
  const { output_config: own } = body;
  if (own !== undefined && own !== null && !isJsonObject(own)) return own;
  const format = formatOf(body['response_format']);
  const effort = effortWord(effortOf(body));
  const joined = { ...given('effort', effort), ...given('format', format), ...own };
  return Object.keys(joined).length > 0 ? joined : undefined;
}

/** The grammar begins at low, and says none by disabled thinking. */
function effortWord(effort: Json | undefined): Json | undefined {
  if (effort === 'none') return undefined;
  return effort === 'minimal' ? 'low' : effort;
}

function formatOf(format: Json | undefined): Json | undefined {
  const inner = isJsonObject(format) ? objectAt(format, 'json_schema') : undefined;
  return inner && given('schema', inner['schema'])['schema'] !== undefined
    ? { type: 'json_schema', ...given('name', inner['name']), schema: inner['schema'] }
    : undefined;
}

function toolOf(tool: Json): Json {
  const definition = isJsonObject(tool) && tool['type'] === 'function' ? objectAt(tool, 'function') : undefined;
  if (!isJsonObject(tool) || !definition) return tool;
  const { parameters, ...more } = definition;
  return { ...more, input_schema: parameters ?? { type: 'object' }, ...given('cache_control', tool['cache_control']) };
}

const CHOICES: Readonly<Record<string, string>> = { required: 'any', any: 'any', auto: 'auto', none: 'none' };

function toolChoiceOf(choice: Json | undefined, body: JsonObject): Json | undefined {
  const isSerial = body['parallel_tool_calls'] === false && { disable_parallel_tool_use: true };
  if (typeof choice === 'string') return { type: CHOICES[choice] ?? choice, ...isSerial };
  if (isJsonObject(choice)) {
    const named = choice['type'] === 'function' ? objectAt(choice, 'function') : undefined;
    return named ? { type: 'tool', ...given('name', named['name']), ...isSerial } : choice;
  }
  return isSerial ? { type: 'auto', ...isSerial } : choice;
}
