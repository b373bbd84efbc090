/** wire → core for the chat request: every known field finds its place, unknown ones ride in `extras`. */
import type { ChatRequest, ResponseFormat, Sampling } from '../../core/chat.ts';
import { emptyJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Note, Translated } from '../../core/note.ts';
import { decodeReasoning } from '../shared/gateway/asked-reasoning.ts';
import { decodeMessages } from './client-decode-messages.ts';
import { decodeCacheControl } from './client-decode-parts.ts';
import { decodeToolChoice, decodeTools } from './client-decode-tools.ts';
import type { ChatFields, WireChatRequest, WireResponseFormat } from './wire-types.ts';

/** What the gateway itself reads: routing, plugins, observability. Neither options nor extras; hosts do not know them. */
export const GATEWAY_FIELDS = [
  'models',
  'provider',
  'route',
  'preset',
  'plugins',
  'transforms',
  'usage',
  'stream_options',
  'session_id',
  'trace',
  'debug',
  'max_tool_calls',
  'stop_server_tools_when',
] as const;

/** Known fields that only some grammars can say: they keep their wire names in `ChatRequest.options`. */
export const OPTION_FIELDS = [
  'audio',
  'prediction',
  'image_config',
  'web_search_options',
  'prompt_cache_options',
  'prompt_cache_retention',
  'x_search_filter',
  'safety_identifier',
  'store',
  'moderation',
] as const;

/** Fields that the core says in its own words. */
const CORE_FIELDS = [
  'messages',
  'model',
  'stream',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'top_a',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'seed',
  'stop',
  'n',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'response_format',
  'reasoning',
  'reasoning_effort',
  'include_reasoning',
  'verbosity',
  'modalities',
  'cache_control',
  'prompt_cache_key',
  'metadata',
  'user',
  'service_tier',
] as const;

/** Every top-level field that somebody here knows; the rest are extras. */
export const KNOWN_FIELDS: readonly string[] = [...CORE_FIELDS, ...OPTION_FIELDS, ...GATEWAY_FIELDS];

const OPTIONS: ReadonlySet<string> = new Set(OPTION_FIELDS);
const KNOWN: ReadonlySet<string> = new Set(KNOWN_FIELDS);

/**
 * wire → core.
 * @throws GatewayError `client.invalid_request` where a message cannot be understood (a tool result for no call, media
 * that is neither a URL nor base64)
 */
export function decodeChatRequest(wire: WireChatRequest): Translated<ChatRequest> {
  const notes: Note[] = [];
  const fields: ChatFields = wire;
  const { tools, serverTools } = decodeTools(fields);
  const { toolChoice, serverToolChoice } = decodeToolChoice(fields);
  const { options, extras } = sortRest(wire);
  if (serverTools.length > 0) options['server_tools'] = serverTools;
  if (serverToolChoice) options['server_tool_choice'] = serverToolChoice;
  const reasoning = decodeReasoning(fields);
  const maxOutputTokens = fields.max_completion_tokens ?? fields.max_tokens;
  const cacheControl = decodeCacheControl(fields.cache_control);
  const value: ChatRequest = {
    messages: decodeMessages(fields.messages, notes),
    tools,
    ...(toolChoice && { toolChoice }),
    ...(typeof fields.parallel_tool_calls === 'boolean' && { parallelToolCalls: fields.parallel_tool_calls }),
    ...(fields.response_format && { responseFormat: decodeResponseFormat(fields.response_format) }),
    sampling: decodeSampling(fields),
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
    ...(reasoning && { reasoning }),
    ...(fields.verbosity && { verbosity: fields.verbosity }),
    ...(fields.modalities && { modalities: fields.modalities }),
    ...(cacheControl && { cacheControl }),
    ...(fields.prompt_cache_key && { promptCacheKey: fields.prompt_cache_key }),
    ...(fields.user && { user: fields.user }),
    ...(fields.metadata && { metadata: fields.metadata }),
    ...(fields.service_tier && { serviceTier: fields.service_tier }),
    stream: fields.stream === true,
    options,
    extras,
  };
  return { value, notes };
}

function sortRest(wire: JsonObject): { options: MutableJsonObject; extras: JsonObject } {
  const options = emptyJsonObject();
  const extras = emptyJsonObject();
  for (const key of Object.keys(wire)) {
    const value: Json | undefined = wire[key];
    if (value === undefined || value === null) continue;
    if (!KNOWN.has(key)) extras[key] = value;
    else if (OPTIONS.has(key)) options[key] = value;
  }
  return { options, extras };
}

function decodeSampling(fields: ChatFields): Sampling {
  const stop = typeof fields.stop === 'string' ? [fields.stop] : fields.stop;
  return {
    ...(isSet(fields.temperature) && { temperature: fields.temperature }),
    ...(isSet(fields.top_p) && { topP: fields.top_p }),
    ...(isSet(fields.top_k) && { topK: fields.top_k }),
    ...(isSet(fields.min_p) && { minP: fields.min_p }),
    ...(isSet(fields.top_a) && { topA: fields.top_a }),
    ...(isSet(fields.frequency_penalty) && { frequencyPenalty: fields.frequency_penalty }),
    ...(isSet(fields.presence_penalty) && { presencePenalty: fields.presence_penalty }),
    ...(isSet(fields.repetition_penalty) && { repetitionPenalty: fields.repetition_penalty }),
    ...(isSet(fields.seed) && { seed: fields.seed }),
    ...(isSet(fields.logit_bias) && { logitBias: fields.logit_bias }),
    ...(isSet(fields.logprobs) && { logprobs: fields.logprobs }),
    ...(isSet(fields.top_logprobs) && { topLogprobs: fields.top_logprobs }),
    ...(isSet(fields.n) && { n: fields.n }),
    ...(isSet(stop) && stop.length > 0 && { stop }),
  };
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function decodeResponseFormat(format: WireResponseFormat): ResponseFormat {
  switch (format.type) {
    case 'text':
    case 'json_object':
      return { type: format.type };
    case 'json_schema': {
      const { name, description, schema, strict } = format.json_schema;
      return {
        type: 'json_schema',
        name: name ?? 'response',
        ...(description && { description }),
        ...(schema && { schema }),
        ...(isSet(strict) && { strict }),
      };
    }
    case 'grammar':
    case 'python':
      return { type: 'other', value: format };
  }
}
