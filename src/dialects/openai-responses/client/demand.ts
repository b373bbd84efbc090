/** What a responses request asks of an endpoint, read from the wire value without decoding it. */
import type { Demand, InputModality, Opening } from '../../../core/demand.ts';
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
} from '../../../core/json.ts';
import type { CallableTool } from '../../../core/tool-check.ts';
import { modelsOf, pluginsOf, preferencesOf } from '../../shared/gateway/fields.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import { LOGPROBS, wantsLogprobs } from './include.ts';
import { definitionOf, listTools, nameOf, toolNamesOf } from './tool-names.ts';

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
  seed: 'seed',
  top_logprobs: 'top_logprobs',
  tools: 'tools',
  tool_choice: 'tool_choice',
  parallel_tool_calls: 'parallel_tool_calls',
  reasoning: 'reasoning',
};

const PART_MODALITY: Readonly<Record<string, InputModality>> = {
  input_image: 'image',
  input_file: 'file',
  input_audio: 'audio',
  input_video: 'video',
};

const CHARACTERS_PER_TOKEN = 4;
/** What an image, file or clip counts for in the estimate; its real size is only known to the provider. */
const TOKENS_PER_MEDIA_PART = 800;
/** Framing of a message, as the common tokenizers add. */
const TOKENS_PER_ITEM = 4;

export function demandOf(wire: WireResponsesRequest): Demand {
  const content = measure(wire);
  const tools = wire.tools ?? [];
  return {
    models: modelsOf(wire),
    preferences: preferencesOf(wire),
    stream: wire.stream === true,
    parameters: parametersOf(wire),
    inputModalities: [...content.modalities],
    outputModalities: wire.modalities && wire.modalities.length > 0 ? wire.modalities : ['text'],
    maxOutputTokens: wire.max_output_tokens ?? null,
    promptTokensEstimate: content.tokens + Math.ceil(lengthOf(tools) / CHARACTERS_PER_TOKEN),
    sessionId: wire.session_id ?? null,
    promptCacheKey: wire.prompt_cache_key ?? null,
    marksCache: content.marksCache || isJsonObject(wire.cache_control),
    user: (wire.user || wire.safety_identifier) ?? null,
    hasTools: tools.length > 0,
    serviceTier: wire.service_tier ?? null,
    plugins: pluginsOf(wire),
  };
}

function parametersOf(wire: WireResponsesRequest): readonly string[] {
  const names = new Set<string>();
  for (const [field, name] of Object.entries(PARAMETER_NAMES)) {
    const value: unknown = wire[field];
    if (value === undefined || value === null) continue;
    if (field === 'tools' && isJsonArray(value) && value.length === 0) continue;
    names.add(name);
  }
  if (wantsLogprobs(wire)) names.add('logprobs');
  const { format, verbosity } = wire.text ?? {};
  if (verbosity) names.add('verbosity');
  if (format && format.type !== 'text') {
    names.add(format.type === 'json_schema' ? 'structured_outputs' : 'response_format');
  }
  return [...names];
}

/** The same request without these parameters, under every field that says them. */
export function withoutParameters(wire: WireResponsesRequest, parameters: readonly string[]): WireResponsesRequest {
  const kept = { ...wire };
  const isLacking = (name: string): boolean => parameters.includes(name);
  for (const [field, parameter] of Object.entries(PARAMETER_NAMES)) {
    if (isLacking(parameter) && field in kept) delete kept[field];
  }
  if (isLacking('logprobs')) {
    delete kept['top_logprobs'];
    if (kept.include) kept.include = kept.include.filter((name) => name !== LOGPROBS);
  }
  if (kept.text) kept.text = textWithout(kept.text, isLacking);
  return kept;
}

/** Without a schema a format is still asked for: the upstream face says what is left of it. */
function textWithout(
  text: NonNullable<WireResponsesRequest['text']>,
  isLacking: (name: string) => boolean,
): NonNullable<WireResponsesRequest['text']> {
  const { format, verbosity, ...kept } = text;
  return {
    ...kept,
    ...(format && !isLacking('response_format') && { format }),
    ...(verbosity && !isLacking('verbosity') && { verbosity }),
  };
}

export function excludesReasoning({ reasoning }: WireResponsesRequest): boolean {
  return reasoning?.exclude === true;
}

/** The same request with another end-user id, under every name that the caller gave one. */
export function withUser(wire: WireResponsesRequest, user: string): WireResponsesRequest {
  return {
    ...wire,
    ...(wire.user && { user }),
    ...(wire.safety_identifier && { safety_identifier: user }),
  };
}

export function withReasoning(wire: WireResponsesRequest): WireResponsesRequest {
  return wire.reasoning ? wire : { ...wire, reasoning: { enabled: true } };
}

/** Functions and custom tools by the names that they have elsewhere; tools that run at the vendor have none. */
export function toolsOf(wire: WireResponsesRequest): readonly CallableTool[] {
  const listed = listTools(wire);
  const names = toolNamesOf(listed);
  return listed.flatMap(({ tool, namespace }) => {
    const name = nameOf(tool);
    if (name === undefined) return [];
    const parameters = objectAt(definitionOf(tool), 'parameters');
    return [{ name: names.flat(name, namespace?.name), ...(parameters && { parameters }) }];
  });
}

/** The conversation as messages with roles; annotations of earlier answers stand on them, not on their parts. */
export function messagesOf({ input }: WireResponsesRequest): readonly JsonObject[] {
  const items = itemsOf(input);
  return items.map((item) => {
    const { content } = item;
    if (!isJsonArray(content)) return item;
    const annotations = content.flatMap((part) => (isJsonObject(part) ? (arrayAt(part, 'annotations') ?? []) : []));
    return annotations.length > 0 ? { ...item, annotations } : item;
  });
}

/** The texts that open and close the conversation. Items name no model. */
export function openingOf(wire: WireResponsesRequest): Opening {
  const messages = messagesOf(wire).filter(({ role }) => role !== undefined);
  const isSystem = ({ role }: JsonObject) => role === 'system' || role === 'developer';
  return {
    system: wire.instructions || textOf(messages.find(isSystem)?.['content']),
    first: textOf(messages.find((message) => !isSystem(message))?.['content']),
    last: textOf(messages.findLast(({ role }) => role === 'user')?.['content']),
    lastModel: '',
  };
}

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return '';
  return content.map((part) => (isJsonObject(part) ? (stringAt(part, 'text') ?? '') : '')).join('\n');
}

function itemsOf(input: WireResponsesRequest['input']): readonly JsonObject[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : input;
}

interface Measured {
  readonly modalities: Set<InputModality>;
  readonly tokens: number;
  readonly marksCache: boolean;
}

function measure({ input, instructions }: WireResponsesRequest): Measured {
  const modalities = new Set<InputModality>();
  let characters = instructions?.length ?? 0;
  let media = 0;
  let marksCache = false;
  const addContent = (content: Json | undefined): void => {
    if (typeof content === 'string') characters += content.length;
    if (!isJsonArray(content)) return;
    for (const part of content) {
      if (!isJsonObject(part)) continue;
      marksCache ||= isJsonObject(part['cache_control']) || isJsonObject(part['prompt_cache_breakpoint']);
      const modality = PART_MODALITY[stringAt(part, 'type') ?? ''];
      if (modality) {
        modalities.add(modality);
        media++;
      } else characters += (stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? '').length;
    }
  };
  const items = itemsOf(input);
  for (const item of items) {
    for (const member of TEXT_MEMBERS) addContent(item[member]);
    if (isJsonArray(item['tools'])) characters += lengthOf(item['tools']);
  }
  return {
    modalities,
    marksCache,
    tokens:
      Math.ceil(characters / CHARACTERS_PER_TOKEN) + media * TOKENS_PER_MEDIA_PART + TOKENS_PER_ITEM * items.length,
  };
}

/** Members of items in which text stands: a string, or parts. */
const TEXT_MEMBERS = ['content', 'arguments', 'input', 'output', 'summary'] as const;

function lengthOf(value: readonly Json[]): number {
  return value.length === 0 ? 0 : JSON.stringify(value).length;
}
