/** wire → core for the responses request: every known field finds its place, unknown ones ride in `extras`. */
import type { ChatRequest, ReasoningRequest, ResponseFormat, Sampling } from '../../../core/chat.ts';
import {
  emptyJsonObject,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '../../../core/json.ts';
import type { Translated } from '../../../core/note.ts';
import { SERVER_TOOL_CHOICE, SERVER_TOOLS } from '../../shared/gateway/server-tools.ts';
import { openNotebook } from '../../shared/notebook.ts';
import type { ResponsesFields, WireFormat, WireResponsesRequest } from '../wire-types.ts';
import { decodeConversation } from './decode-items.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';
import { LOGPROBS, REASONING, wantsLogprobs } from './include.ts';
import { listTools, toolNamesOf } from './tool-names.ts';

/** Known fields that only some grammars can say: they keep their wire names in `ChatRequest.options`. */
const OPTION_FIELDS: readonly string[] = ['image_config', 'prompt_cache_options', 'prompt_cache_retention'];

/** Fields that the core says in its own words, that the gateway reads itself, or that this face honours by itself. */
const SAID_FIELDS: readonly string[] = [
  'model',
  'input',
  'instructions',
  'stream',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'top_a',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'seed',
  'top_logprobs',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'include',
  'modalities',
  'cache_control',
  'prompt_cache_key',
  'metadata',
  'safety_identifier',
  'user',
  'service_tier',
  'models',
  'provider',
  'route',
  'preset',
  'plugins',
  'transforms',
  'session_id',
  'trace',
  'debug',
  'max_tool_calls',
  'stop_server_tools_when',
  // Padding against guesses by size, which nobody adds to an answer of another grammar.
  'stream_options',
  // Asked for nothing but what is: parse.ts refuses the rest.
  'store',
  'background',
  'previous_response_id',
  'conversation',
  'prompt',
];

const OPTIONS: ReadonlySet<string> = new Set(OPTION_FIELDS);
const SAID: ReadonlySet<string> = new Set(SAID_FIELDS);

/**
 * wire → core.
 * @throws GatewayError `client.invalid_request` where an item cannot be understood or can be said in this grammar alone
 */
export function decodeResponsesRequest(wire: WireResponsesRequest): Translated<ChatRequest> {
  const notes = openNotebook();
  const fields: ResponsesFields = wire;
  const listed = listTools(wire);
  const names = toolNamesOf(listed);
  const { tools, serverTools } = decodeTools(listed, names, notes);
  const { toolChoice, serverToolChoice } = decodeToolChoice(fields.tool_choice, names, notes);
  const { options, extras } = sortRest(wire);
  if (serverTools.length > 0) options[SERVER_TOOLS] = serverTools;
  if (serverToolChoice) options[SERVER_TOOL_CHOICE] = serverToolChoice;
  const reasoning = decodeReasoning(fields.reasoning);
  const { text, cache_control: cacheControl } = fields;
  const user = fields.user || fields.safety_identifier;
  const value: ChatRequest = {
    messages: decodeConversation(wire, names, notes),
    tools,
    ...(toolChoice && { toolChoice }),
    ...(isSet(fields.parallel_tool_calls) && { parallelToolCalls: fields.parallel_tool_calls }),
    ...(text?.format && { responseFormat: decodeFormat(text.format) }),
    sampling: decodeSampling(fields),
    ...(isSet(fields.max_output_tokens) && { maxOutputTokens: fields.max_output_tokens }),
    ...(reasoning && { reasoning }),
    ...(text?.verbosity && { verbosity: text.verbosity }),
    ...(fields.modalities && { modalities: fields.modalities }),
    ...(cacheControl && { cacheControl: cacheControl.ttl ? { ttl: cacheControl.ttl } : {} }),
    ...(fields.prompt_cache_key && { promptCacheKey: fields.prompt_cache_key }),
    ...(user && { user }),
    ...(fields.metadata && { metadata: fields.metadata }),
    ...(fields.service_tier && { serviceTier: fields.service_tier }),
    stream: fields.stream === true,
    options,
    extras,
  };
  return { value, notes: notes.notes };
}

/** What only this grammar has stays by its name: a note says so wherever it is not spoken. */
function sortRest(wire: JsonObject): { options: MutableJsonObject; extras: JsonObject } {
  const options = emptyJsonObject();
  const extras = emptyJsonObject();
  for (const key of Object.keys(wire)) {
    const value: Json | undefined = wire[key];
    if (value === undefined || value === null || SAID.has(key)) continue;
    // The default says nothing.
    if (key === 'truncation' && value === 'disabled') continue;
    if (OPTIONS.has(key)) options[key] = value;
    else extras[key] = value;
  }
  const { include, reasoning } = wire;
  const more = Array.isArray(include) ? include.filter((name) => name !== REASONING && name !== LOGPROBS) : [];
  if (more.length > 0) extras['include'] = more;
  for (const member of ['context', 'mode']) {
    const value = isJsonObject(reasoning) ? reasoning[member] : undefined;
    if (value !== undefined && value !== null) extras[`reasoning.${member}`] = value;
  }
  return { options, extras };
}

function decodeSampling(fields: ResponsesFields): Sampling {
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
    ...(wantsLogprobs(fields) && { logprobs: true }),
    ...(isSet(fields.top_logprobs) && fields.top_logprobs > 0 && { topLogprobs: fields.top_logprobs }),
  };
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** Undefined where nothing was asked: `reasoning: {}` leaves the model's own default. */
export function decodeReasoning(reasoning: ResponsesFields['reasoning']): ReasoningRequest | undefined {
  if (!reasoning) return undefined;
  const { enabled } = reasoning;
  const effort = reasoning.effort ?? undefined;
  const maxTokens = reasoning.max_tokens ?? undefined;
  const summary = reasoning.summary ?? reasoning.generate_summary ?? undefined;
  const exclude = reasoning.exclude === true;
  const shared = { exclude, ...(summary && { summary }) };
  if (effort === 'none' || enabled === false) {
    return { enabled: false, ...(effort === 'none' && { effort }), ...shared };
  }
  const isAsked = effort !== undefined || maxTokens !== undefined || enabled === true;
  if (!isAsked && !exclude && !summary) return undefined;
  return {
    enabled: true,
    ...(!isAsked && { byDefault: true }),
    ...(effort && { effort }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...shared,
  };
}

function decodeFormat(format: WireFormat): ResponseFormat {
  switch (format.type) {
    case 'text':
    case 'json_object':
      return { type: format.type };
    case 'json_schema': {
      const { name, description, schema, strict } = format;
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
