/** What a chat request asks of an endpoint, read from the wire value without decoding it. */
import type { Demand, InputModality, Opening } from '../../core/demand.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../core/json.ts';
import type { CallableTool } from '../../core/tool-check.ts';
import { modelsOf, pluginsOf, preferencesOf } from '../shared/gateway/fields.ts';
import type { WireChatRequest } from './wire-types.ts';

/** Wire field → the name it has among `supported_parameters`. */
const PARAMETER_NAMES: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  min_p: 'min_p',
  top_a: 'top_a',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  repetition_penalty: 'repetition_penalty',
  logit_bias: 'logit_bias',
  logprobs: 'logprobs',
  top_logprobs: 'top_logprobs',
  seed: 'seed',
  stop: 'stop',
  tools: 'tools',
  functions: 'tools',
  tool_choice: 'tool_choice',
  parallel_tool_calls: 'parallel_tool_calls',
  response_format: 'response_format',
  reasoning: 'reasoning',
  reasoning_effort: 'reasoning',
  include_reasoning: 'include_reasoning',
  verbosity: 'verbosity',
  prediction: 'prediction',
  web_search_options: 'web_search_options',
};

const PART_MODALITY: Readonly<Record<string, InputModality>> = {
  image_url: 'image',
  input_image: 'image',
  file: 'file',
  input_file: 'file',
  input_audio: 'audio',
  video_url: 'video',
  input_video: 'video',
};

const CHARACTERS_PER_TOKEN = 4;
/** What an image, file or clip counts for in the estimate; its real size is only known to the provider. */
const TOKENS_PER_MEDIA_PART = 800;

export function demandOf(wire: WireChatRequest): Demand {
  const source: JsonObject = wire;
  const content = measure(wire.messages);
  return {
    models: modelsOf(source),
    preferences: preferencesOf(source),
    stream: wire.stream === true,
    parameters: parametersOf(source),
    inputModalities: [...content.modalities],
    outputModalities: outputModalitiesOf(source),
    maxOutputTokens: wire.max_completion_tokens ?? wire.max_tokens ?? null,
    promptTokensEstimate: content.tokens + Math.ceil(lengthOf(source['tools']) / CHARACTERS_PER_TOKEN),
    sessionId: stringAt(source, 'session_id') ?? null,
    promptCacheKey: stringAt(source, 'prompt_cache_key') ?? null,
    marksCache: content.marksCache || isJsonObject(source['cache_control']),
    user: stringAt(source, 'user') ?? null,
    hasTools: (arrayAt(source, 'tools')?.length ?? 0) > 0,
    serviceTier: stringAt(source, 'service_tier') ?? null,
    plugins: pluginsOf(source),
  };
}

/** The same request without these parameters, under every field that says them. */
export function withoutParameters(wire: WireChatRequest, parameters: readonly string[]): WireChatRequest {
  const kept = { ...wire };
  for (const [field, parameter] of Object.entries(PARAMETER_NAMES)) {
    if (parameters.includes(parameter) && field in kept) delete kept[field];
  }
  return kept;
}

/** Text, unless the caller asks for something else. */
function outputModalitiesOf(source: JsonObject): readonly string[] {
  const asked = arrayAt(source, 'modalities')?.filter((modality) => typeof modality === 'string');
  return asked && asked.length > 0 ? asked : ['text'];
}

function parametersOf(source: JsonObject): readonly string[] {
  const names = new Set<string>();
  for (const field of Object.keys(source)) {
    const name = PARAMETER_NAMES[field];
    const value = source[field];
    if (!name || value === undefined || value === null) continue;
    if (name === 'tools' && isJsonArray(value) && value.length === 0) continue;
    if (name === 'response_format') {
      const type = isJsonObject(value) ? value['type'] : undefined;
      if (type !== 'text') names.add(type === 'json_schema' ? 'structured_outputs' : 'response_format');
      continue;
    }
    names.add(name);
  }
  return [...names];
}

/** Functions and custom tools by name; tools that run elsewhere have none. */
export function toolsOf({ tools, functions }: WireChatRequest): readonly CallableTool[] {
  const named = (tools ?? []).flatMap((tool) => tool.function ?? tool.custom ?? []);
  return [...named, ...(functions ?? [])].map((tool) => ({
    name: tool.name,
    ...('parameters' in tool && tool.parameters && { parameters: tool.parameters }),
  }));
}

/** The texts that open and close the conversation. */
export function openingOf({ messages }: WireChatRequest): Opening {
  const isSystem = ({ role }: JsonObject) => role === 'system' || role === 'developer';
  return {
    system: textOf(messages.find(isSystem)),
    first: textOf(messages.find((message) => !isSystem(message))),
    last: textOf(messages.findLast(({ role }) => role === 'user')),
    lastModel: modelOf(messages.findLast(({ role }) => role === 'assistant')),
  };
}

function modelOf(message: JsonObject | undefined): string {
  return message === undefined ? '' : (stringAt(message, 'model') ?? '');
}

function textOf(message: JsonObject | undefined): string {
  const content = message?.['content'];
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return '';
  return content.map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('\n');
}

interface Measured {
  readonly modalities: Set<InputModality>;
  readonly tokens: number;
  readonly marksCache: boolean;
}

function measure(messages: readonly JsonObject[]): Measured {
  const modalities = new Set<InputModality>();
  let characters = 0;
  let media = 0;
  let marksCache = false;
  for (const message of messages) {
    const { content } = message;
    if (typeof content === 'string') characters += content.length;
    else if (isJsonArray(content)) {
      for (const part of content) {
        if (!isJsonObject(part)) continue;
        if (part['cache_control'] !== undefined) marksCache = true;
        const modality = typeof part['type'] === 'string' ? PART_MODALITY[part['type']] : undefined;
        if (modality) {
          modalities.add(modality);
          media++;
        } else characters += typeof part['text'] === 'string' ? part['text'].length : 0;
      }
    }
    if (message['tool_calls'] !== undefined) characters += lengthOf(message['tool_calls']);
  }
  // Four tokens of framing a message, as the common tokenizers add.
  return {
    modalities,
    marksCache,
    tokens: Math.ceil(characters / CHARACTERS_PER_TOKEN) + media * TOKENS_PER_MEDIA_PART + 4 * messages.length,
  };
}

function lengthOf(value: Json | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}
