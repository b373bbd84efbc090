/**
 * The chat request on the wire: OpenRouter's contract (OpenRouter's API), which is OpenAI's grammar with additions
 * (https://platform.openai.com/docs/api-reference/chat/create). The schemas only check: their output is thrown away and
 * the caller's own value goes on, so unknown fields and key order survive at every level.
 *
 * `nullish` nearly everywhere: clients generated from typed models send `null` for what they do not set.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import { cacheControl, flag, jsonObject, pairs } from '../shared/client/wire-schema.ts';
import { reasoningFields } from '../shared/gateway/asked-reasoning.ts';
import { gatewayFields } from '../shared/gateway/fields.ts';

const anyJson = z.custom<Json>(() => true);

const text = z.string();
const between = (low: number, high: number) => z.number().min(low).max(high).nullish();

// ---- content parts ----

const textPart = z.object({ type: z.literal('text'), text, cache_control: cacheControl });
const imagePart = z.object({
  type: z.literal('image_url'),
  // A bare string is Mistral's form (docs/sources.md).
  image_url: z.union([z.string(), z.object({ url: z.string(), detail: z.string().nullish() })]),
  cache_control: cacheControl,
});
const audioPart = z.object({
  type: z.literal('input_audio'),
  // A bare base64 string is Mistral's form.
  input_audio: z.union([z.string(), z.object({ data: z.string(), format: z.string().nullish() })]),
  cache_control: cacheControl,
});
const videoUrl = z.union([z.string(), z.object({ url: z.string() })]);
const videoPart = z.object({ type: z.literal('video_url'), video_url: videoUrl, cache_control: cacheControl });
const inputVideoPart = z.object({
  type: z.literal('input_video'),
  video_url: videoUrl.optional(),
  input_video: videoUrl.optional(),
  cache_control: cacheControl,
});
const filePart = z.object({
  type: z.literal('file'),
  file: z.object({
    filename: z.string().nullish(),
    file_data: z.string().nullish(),
    file_id: z.string().nullish(),
    file_url: z.string().nullish(),
  }),
  cache_control: cacheControl,
});
/** Mistral's own form of a document. */
const documentPart = z.object({
  type: z.literal('document_url'),
  document_url: z.string(),
  document_name: z.string().nullish(),
  cache_control: cacheControl,
});
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
/** Reasoning that Mistral's grammar puts inside the content. */
const thinkingPart = z.object({
  type: z.literal('thinking'),
  thinking: z.union([z.string(), z.array(jsonObject)]),
  signature: z.string().nullish(),
});
const referencePart = z.object({ type: z.literal('reference'), reference_ids: z.array(anyJson).optional() });

const userPart = z.discriminatedUnion('type', [
  textPart,
  imagePart,
  audioPart,
  videoPart,
  inputVideoPart,
  filePart,
  documentPart,
]);
const assistantPart = z.discriminatedUnion('type', [
  textPart,
  refusalPart,
  thinkingPart,
  referencePart,
  imagePart,
  filePart,
]);
export type WireUserPart = z.infer<typeof userPart>;
export type WireAssistantPart = z.infer<typeof assistantPart>;
export type WirePart = WireUserPart | WireAssistantPart;

// ---- messages ----

const name = z.string().nullish();
const userContent = z.union([z.string(), z.array(userPart)]);

const toolCall = z.object({
  id: z.string().nullish(),
  type: z.string().nullish(),
  // Arguments are JSON text; frameworks that keep them parsed send an object.
  function: z.object({ name: z.string(), arguments: z.union([z.string(), jsonObject]).nullish() }).optional(),
  custom: z.object({ name: z.string(), input: z.string() }).optional(),
});
export type WireToolCall = z.infer<typeof toolCall>;

const systemMessage = z.object({ role: z.enum(['system', 'developer']), content: userContent, name });
const userMessage = z.object({ role: z.literal('user'), content: userContent, name });
const assistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(assistantPart)]).nullish(),
  name,
  tool_calls: z.array(toolCall).nullish(),
  function_call: z.object({ name: z.string(), arguments: z.union([z.string(), jsonObject]).nullish() }).nullish(),
  refusal: z.string().nullish(),
  reasoning: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning_details: z.array(jsonObject).nullish(),
  images: z.array(z.object({ image_url: z.object({ url: z.string() }) })).nullish(),
  audio: jsonObject.nullish(),
  annotations: z.array(anyJson).nullish(),
  model: z.string().nullish(),
});
const toolMessage = z.object({
  role: z.literal('tool'),
  content: userContent.nullish(),
  /** Absent in what some old clients send: then the call that is still unanswered is meant. */
  tool_call_id: z.string().nullish(),
  name,
  cache_control: cacheControl,
});
/** The form before tools; its answer names the function. */
const functionMessage = z.object({ role: z.literal('function'), content: z.string().nullish(), name: z.string() });

const message = z.discriminatedUnion('role', [
  systemMessage,
  userMessage,
  assistantMessage,
  toolMessage,
  functionMessage,
]);
export type WireMessage = z.infer<typeof message>;
export type WireAssistantMessage = z.infer<typeof assistantMessage>;
export type WireToolMessage = z.infer<typeof toolMessage>;
export type WireFunctionMessage = z.infer<typeof functionMessage>;

// ---- tools ----

// The dollar begins the names of Moonshot's own tools (https://platform.moonshot.ai/docs/guide/use-web-search).
const toolName = z.string().regex(/^\$?[a-zA-Z0-9_-]{1,64}$/, '1 to 64 of the characters a-z A-Z 0-9 _ -');
const functionDefinition = z.object({
  name: toolName,
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  strict: z.boolean().nullish(),
});
/** `type` decides what else must be there; client-request.ts checks that, so that the message can name the field. */
const tool = z.object({
  type: z.string().nullish(),
  function: functionDefinition.nullish(),
  custom: z.object({ name: toolName, description: z.string().nullish(), format: jsonObject.nullish() }).nullish(),
  cache_control: cacheControl,
});
export type WireTool = z.infer<typeof tool>;

const named = z.object({ name: z.string().min(1) });
const toolChoice = z.union([
  // `any` is Mistral's word for required.
  z.enum(['none', 'auto', 'required', 'any']),
  z.object({
    type: z.string().nullish(),
    function: named.optional(),
    custom: named.optional(),
    name: z.string().optional(),
    allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: z.array(jsonObject) }).optional(),
  }),
]);
export type WireToolChoice = z.infer<typeof toolChoice>;

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      // Required by the contract, but hosts that need no name (Perplexity) have taught clients to leave it out.
      name: z.string().min(1).max(64).nullish(),
      description: z.string().nullish(),
      schema: jsonObject.nullish(),
      strict: z.boolean().nullish(),
    }),
  }),
  z.object({ type: z.literal('grammar'), grammar: z.string() }),
  z.object({ type: z.literal('python') }),
]);
export type WireResponseFormat = z.infer<typeof responseFormat>;

// ---- the request ----

export const chatFields = z.object({
  ...gatewayFields,
  messages: z.array(message).min(1),
  model: z.string().nullish(),
  stream: flag,
  stream_options: z.object({ include_usage: flag }).nullish(),
  usage: z.object({ include: flag }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: between(0, 2),
  top_p: between(0, 1),
  top_k: z.int().min(0).nullish(),
  min_p: between(0, 1),
  top_a: between(0, 1),
  frequency_penalty: between(-2, 2),
  presence_penalty: between(-2, 2),
  repetition_penalty: between(0, 2),
  logit_bias: pairs(z.string(), z.number()).nullish(),
  logprobs: flag,
  top_logprobs: z.int().min(0).max(20).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  n: z.int().min(1).max(128).nullish(),
  tools: z.array(tool).nullish(),
  functions: z.array(functionDefinition).nullish(),
  tool_choice: toolChoice.nullish(),
  function_call: z.union([z.enum(['none', 'auto']), named]).nullish(),
  parallel_tool_calls: flag,
  max_tool_calls: z.int().min(1).max(30).nullish(),
  response_format: responseFormat.nullish(),
  ...reasoningFields,
  verbosity: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  modalities: z.array(z.enum(['text', 'image', 'audio'])).nullish(),
  image_config: jsonObject.nullish(),
  audio: jsonObject.nullish(),
  prediction: z.object({ type: z.literal('content'), content: z.union([z.string(), z.array(textPart)]) }).nullish(),
  cache_control: cacheControl,
  prompt_cache_key: z.string().nullish(),
  prompt_cache_options: jsonObject.nullish(),
  metadata: pairs(z.string().max(64), z.string().max(512)).nullish(),
  user: z.string().nullish(),
  service_tier: z.string().nullish(),
  web_search_options: jsonObject.nullish(),
  x_search_filter: jsonObject.nullish(),
});
export type ChatFields = z.infer<typeof chatFields>;

/** The caller's own value, whose known fields have been checked. */
export type WireChatRequest = JsonObject & ChatFields;
