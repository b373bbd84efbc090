/**
 * The responses request on the wire: OpenAI's grammar (https://platform.openai.com/docs/api-reference/responses/create) with
 * the additions of OpenRouter's API. The schemas only check: their output is thrown away and the caller's own value goes on,
 * so unknown fields, unknown kinds of items and key order survive at every level.
 *
 * `nullish` nearly everywhere: clients generated from typed models send `null` for what they do not set.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import { oneOf, type WireUnknown } from '../shared/client/one-of.ts';
import { cacheControl, flag, jsonObject, pairs } from '../shared/client/wire-schema.ts';
import { gatewayFields } from '../shared/gateway/fields.ts';

const anyJson = z.custom<Json>(() => true);
const text = z.string();
const optionalText = z.string().nullish();
const between = (low: number, high: number) => z.number().min(low).max(high).nullish();

// ---- content parts ----

const marks = { cache_control: cacheControl, prompt_cache_breakpoint: jsonObject.nullish() };

const parts = {
  input_text: z.object({ type: z.literal('input_text'), text, ...marks }),
  output_text: z.object({ type: z.literal('output_text'), text, annotations: z.array(anyJson).nullish() }),
  // `text` is what the grammar's first version called them, and some clients still do.
  text: z.object({ type: z.literal('text'), text, ...marks }),
  summary_text: z.object({ type: z.literal('summary_text'), text }),
  reasoning_text: z.object({ type: z.literal('reasoning_text'), text }),
  refusal: z.object({ type: z.literal('refusal'), refusal: text }),
  input_image: z.object({
    type: z.literal('input_image'),
    image_url: optionalText,
    file_id: optionalText,
    detail: optionalText,
    ...marks,
  }),
  input_file: z.object({
    type: z.literal('input_file'),
    file_data: optionalText,
    file_url: optionalText,
    file_id: optionalText,
    filename: optionalText,
    detail: optionalText,
    ...marks,
  }),
  input_audio: z.object({
    type: z.literal('input_audio'),
    input_audio: z.object({ data: text, format: optionalText }),
    ...marks,
  }),
  /** OpenRouter's addition. */
  input_video: z.object({ type: z.literal('input_video'), video_url: text, ...marks }),
};

type KnownPart = { [Type in keyof typeof parts]: z.infer<(typeof parts)[Type]> }[keyof typeof parts];
export type WirePart = KnownPart;

export type { WireUnknown } from '../shared/client/one-of.ts';

const part = oneOf(parts, undefined);
const contents = z.union([z.string(), z.array(part)]);

// ---- items ----

const common = { id: optionalText, status: optionalText };
const tools = z.array(jsonObject);
const texts = z.array(z.object({ text, type: optionalText })).nullish();

const items = {
  message: z.object({
    type: z.literal('message').nullish(),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: contents.nullish(),
    phase: optionalText,
    ...common,
  }),
  function_call: z.object({
    type: z.literal('function_call'),
    call_id: text,
    name: text,
    namespace: optionalText,
    // JSON text; frameworks that keep the arguments parsed send an object.
    arguments: z.union([z.string(), jsonObject]).nullish(),
    ...common,
  }),
  function_call_output: z.object({
    type: z.literal('function_call_output'),
    call_id: optionalText,
    name: optionalText,
    output: contents.nullish(),
    ...common,
  }),
  custom_tool_call: z.object({
    type: z.literal('custom_tool_call'),
    call_id: text,
    name: text,
    namespace: optionalText,
    input: text,
    ...common,
  }),
  custom_tool_call_output: z.object({
    type: z.literal('custom_tool_call_output'),
    call_id: text,
    output: contents.nullish(),
    ...common,
  }),
  reasoning: z.object({
    type: z.literal('reasoning'),
    summary: texts,
    content: texts,
    encrypted_content: optionalText,
    /** OpenRouter's additions: the endpoint's kind that made it, and its signature over the text. */
    format: optionalText,
    signature: optionalText,
    ...common,
  }),
  image_generation_call: z.object({
    type: z.literal('image_generation_call'),
    result: optionalText,
    output_format: optionalText,
    ...common,
  }),
  /** Tools that are told in the course of the conversation. */
  additional_tools: z.object({ type: z.literal('additional_tools'), tools, ...common }),
  tool_search_call: z.object({
    type: z.literal('tool_search_call'),
    call_id: optionalText,
    execution: optionalText,
    arguments: anyJson.optional(),
    ...common,
  }),
  tool_search_output: z.object({
    type: z.literal('tool_search_output'),
    call_id: optionalText,
    tools: tools.nullish(),
    ...common,
  }),
};

type Items = { [Type in keyof typeof items]: z.infer<(typeof items)[Type]> };
export type WireMessageItem = Items['message'];
export type WireFunctionCall = Items['function_call'];
export type WireImageCall = Items['image_generation_call'];
export type WireFunctionCallOutput = Items['function_call_output'];
export type WireCustomToolCall = Items['custom_tool_call'];
export type WireCustomToolCallOutput = Items['custom_tool_call_output'];
export type WireReasoningItem = Items['reasoning'];
/** Every kind of item that the core can say; an item without a type is a message. */
export type WireKnownItem = Items[keyof Items];
export type WireItem = WireKnownItem | WireUnknown;

const item = oneOf(items, 'message');

/** Whether the core has words for the item. */
export function isKnownItem(value: WireItem): value is WireKnownItem {
  return Object.hasOwn(items, value.type ?? 'message');
}

/** Whether the core has words for the part. */
export function isKnownPart(value: WirePart | WireUnknown): value is WirePart {
  return Object.hasOwn(parts, value.type);
}

// ---- the rest of the request ----

const EFFORTS = ['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none'] as const;

const reasoning = z.object({
  effort: z.enum(EFFORTS).nullish(),
  summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
  // The older name of `summary`.
  generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
  max_tokens: z.int().min(0).nullish(),
  enabled: flag,
  exclude: flag,
  context: optionalText,
  mode: optionalText,
});

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string().min(1).max(64).nullish(),
    description: optionalText,
    schema: jsonObject.nullish(),
    strict: flag,
  }),
  z.object({ type: z.literal('grammar'), grammar: z.string() }),
  z.object({ type: z.literal('python') }),
]);
export type WireFormat = z.infer<typeof format>;

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({
    type: z.string(),
    name: optionalText,
    namespace: optionalText,
    mode: z.enum(['auto', 'required']).nullish(),
    tools: tools.nullish(),
  }),
]);
export type WireToolChoice = z.infer<typeof toolChoice>;

export const responsesFields = z.object({
  ...gatewayFields,
  model: optionalText,
  input: z.union([z.string(), z.array(item)]),
  instructions: optionalText,
  stream: flag,
  stream_options: jsonObject.nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: between(0, 2),
  top_p: between(0, 1),
  top_k: z.int().min(0).nullish(),
  min_p: between(0, 1),
  top_a: between(0, 1),
  presence_penalty: between(-2, 2),
  frequency_penalty: between(-2, 2),
  repetition_penalty: between(0, 2),
  seed: z.int().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: tools.nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: flag,
  max_tool_calls: z.int().min(1).nullish(),
  text: z.object({ format: format.nullish(), verbosity: optionalText }).nullish(),
  reasoning: reasoning.nullish(),
  include: z.array(z.string()).nullish(),
  modalities: z.array(z.enum(['text', 'image', 'audio'])).nullish(),
  image_config: jsonObject.nullish(),
  cache_control: cacheControl,
  prompt_cache_key: optionalText,
  prompt_cache_options: jsonObject.nullish(),
  prompt_cache_retention: optionalText,
  metadata: pairs(z.string().max(64), z.string().max(512)).nullish(),
  safety_identifier: optionalText,
  user: optionalText,
  service_tier: optionalText,
  truncation: z.enum(['auto', 'disabled']).nullish(),
  store: flag,
  background: flag,
  previous_response_id: optionalText,
});
export type ResponsesFields = z.infer<typeof responsesFields>;

/** The caller's own value, whose known fields have been checked. */
export type WireResponsesRequest = JsonObject & ResponsesFields;
