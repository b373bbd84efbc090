/** wire → core for the messages request: every known field finds its place, unknown ones ride in `extras`. */
import type { ChatRequest, ReasoningRequest, ResponseFormat, Sampling } from '../../../core/chat.ts';
import { emptyJsonObject, type JsonObject } from '../../../core/json.ts';
import type { Translated } from '../../../core/note.ts';
import { SERVER_TOOL_CHOICE, SERVER_TOOLS } from '../../shared/gateway/server-tools.ts';
import { type Notebook, openNotebook } from '../../shared/notebook.ts';
import { OWN_FIELDS } from '../request/own-extras.ts';
import { decodeCacheMark } from './decode-blocks.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';
import type { MessagesFields, WireMessagesRequest, WireOutputFormat } from './schema.ts';

/** What the gateway itself reads: routing, plugins, observability. Hosts do not know them. */
export const GATEWAY_FIELDS = [
  'models',
  'fallbacks',
  'provider',
  'route',
  'preset',
  'plugins',
  'transforms',
  'session_id',
  'trace',
  'debug',
  'user',
  'max_tool_calls',
  'stop_server_tools_when',
] as const;

const CORE_FIELDS = [
  'model',
  'messages',
  'max_tokens',
  'system',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
  'speed',
  'cache_control',
] as const;

/** Every top-level field that somebody here knows; the rest are extras. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([...CORE_FIELDS, ...OWN_FIELDS, ...GATEWAY_FIELDS]);
const SAID: ReadonlySet<string> = new Set([...CORE_FIELDS, ...GATEWAY_FIELDS]);

/** wire → core. What only this grammar can say is noted, never dropped in silence. */
export function decodeMessagesRequest(wire: WireMessagesRequest): Translated<ChatRequest> {
  const notes = openNotebook();
  const fields: MessagesFields = wire;
  const { tools, serverTools, own } = decodeTools(fields, notes);
  const { toolChoice, serverToolChoice, own: ownChoice } = decodeToolChoice(fields, tools);
  const extras = { ...unsaid(wire), ...own, ...(ownChoice && { tool_choice: ownChoice }) };
  const reasoning = decodeReasoning(fields);
  const responseFormat = decodeFormat(fields.output_config?.format ?? fields.output_format);
  const maxOutputTokens = decodeMaxTokens(fields, notes);
  const cacheControl = decodeCacheMark(fields.cache_control);
  const user = fields.user || fields.metadata?.user_id;
  const serviceTier = decodeTier(fields);
  const isSerial = fields.tool_choice?.disable_parallel_tool_use;
  const value: ChatRequest = {
    messages: decodeMessages(fields, notes),
    tools,
    ...(toolChoice && { toolChoice }),
    ...(typeof isSerial === 'boolean' && { parallelToolCalls: !isSerial }),
    ...(responseFormat && { responseFormat }),
    sampling: decodeSampling(fields),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(reasoning && { reasoning }),
    ...(cacheControl && { cacheControl }),
    ...(user && { user }),
    ...(serviceTier && { serviceTier }),
    stream: fields.stream === true,
    options: {
      ...(serverTools.length > 0 && { [SERVER_TOOLS]: serverTools }),
      ...(serverToolChoice && { [SERVER_TOOL_CHOICE]: serverToolChoice }),
    },
    extras,
  };
  return { value, notes: notes.notes };
}

function unsaid(wire: JsonObject): JsonObject {
  const extras = emptyJsonObject();
  for (const key of Object.keys(wire)) {
    const value = wire[key];
    if (value !== undefined && value !== null && !SAID.has(key)) extras[key] = value;
  }
  return extras;
}

function decodeSampling(fields: MessagesFields): Sampling {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop } = fields;
  return {
    ...(isSet(temperature) && { temperature }),
    ...(isSet(topP) && topP >= 0 && { topP }),
    ...(isSet(topK) && topK >= 0 && { topK }),
    ...(isSet(stop) && stop.length > 0 && { stop }),
  };
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** 0 asks to fill the prompt cache and to answer nothing, which no other grammar can say. */
function decodeMaxTokens({ max_tokens: most }: MessagesFields, notes: Notebook): number | undefined {
  if (most === 0) {
    notes.add('parameter.changed', 'max_tokens', 'An answer of no tokens cannot be asked for here; one was asked for.');
    return 1;
  }
  return most ?? undefined;
}

/**
 * `thinking` and `output_config.effort` as one request. An effort alone is how this grammar asks models that always think;
 * adaptive thinking without one is at the grammar's own default, high
 * (https://platform.claude.com/docs/en/build-with-claude/effort).
 */
export function decodeReasoning(fields: MessagesFields): ReasoningRequest | undefined {
  const { thinking } = fields;
  const effort = fields.output_config?.effort ?? undefined;
  switch (thinking?.type) {
    case undefined:
      return effort && { enabled: true, effort, exclude: false };
    case 'disabled':
      return { enabled: false, exclude: false };
    case 'between_tools':
      return { enabled: true, effort: effort ?? 'high', exclude: false };
    case 'adaptive':
      return { enabled: true, effort: effort ?? 'high', exclude: thinking.display === 'omitted' };
    case 'enabled':
      return {
        enabled: true,
        maxTokens: thinking.budget_tokens,
        ...(effort && { effort }),
        exclude: thinking.display === 'omitted',
      };
  }
}

function decodeFormat(format: WireOutputFormat | null | undefined): ResponseFormat | undefined {
  if (!format) return undefined;
  const { schema, name } = format;
  return { type: 'json_schema', name: name || 'response', schema, ...(isClosed(schema) && { strict: true }) };
}

/**
 * This grammar holds the answer to the schema. Others do so only where every object is closed and requires all its members;
 * where one does not, asking for it would be refused.
 */
function isClosed(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isClosed);
  if (typeof schema !== 'object' || schema === null) return true;
  if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
    const required: readonly unknown[] = 'required' in schema && Array.isArray(schema.required) ? schema.required : [];
    if (!('additionalProperties' in schema) || schema.additionalProperties !== false) return false;
    if (!Object.keys(schema.properties).every((name) => required.includes(name))) return false;
  }
  return Object.values(schema).every(isClosed);
}

/** `standard_only` is the grammar's word for what OpenRouter calls default; fast mode is a tier there. */
export function decodeTier({ speed, service_tier: tier }: MessagesFields): string | undefined {
  if (speed === 'fast') return 'fast';
  return tier === 'standard_only' ? 'default' : (tier ?? undefined);
}
