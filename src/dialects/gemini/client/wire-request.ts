/**
 * The `generateContent` request on the wire (https://ai.google.dev/api/generate-content), in one spelling (proto-json.ts), with
 * what the address says of it (`model`, `stream`, `alt`) and the fields of OpenRouter's API that ask something of the gateway.
 * The schemas only check: their output is thrown away, so unknown fields and key order survive at every level.
 */
import { z } from 'zod';
import type { JsonObject } from '../../../core/json.ts';
import { flag, jsonObject, pairs } from '../../shared/client/wire-schema.ts';
import { gatewayFields } from '../../shared/gateway/fields.ts';

const text = z.string();
const optionalText = z.string().nullish();
const between = (low: number, high: number) => z.number().min(low).max(high).nullish();
/** A name, or its number in Google's definition: their older clients send those. */
const enumValue = z.union([z.string(), z.int()]);

// ---- contents ----

const blob = z.object({ mimeType: optionalText, data: text, displayName: optionalText });
const file = z.object({ mimeType: optionalText, fileUri: text, displayName: optionalText });
export type WireBlob = z.infer<typeof blob>;
export type WireFile = z.infer<typeof file>;

const functionCall = z.object({ id: optionalText, name: text, args: jsonObject.nullish() });
const functionResponse = z.object({
  id: optionalText,
  name: text,
  response: jsonObject.nullish(),
  parts: z.array(z.object({ inlineData: blob.nullish(), fileData: file.nullish() })).nullish(),
});
export type WireFunctionCall = z.infer<typeof functionCall>;
export type WireFunctionResponse = z.infer<typeof functionResponse>;

const part = z.object({
  text: optionalText,
  thought: flag,
  thoughtSignature: optionalText,
  inlineData: blob.nullish(),
  fileData: file.nullish(),
  functionCall: functionCall.nullish(),
  functionResponse: functionResponse.nullish(),
  executableCode: z.object({ language: enumValue.nullish(), code: optionalText }).nullish(),
  codeExecutionResult: z.object({ outcome: enumValue.nullish(), output: optionalText }).nullish(),
});
export type WireRequestPart = z.infer<typeof part>;

/** `function` and `tool` are what turns of function responses were called before they were the user's. */
const content = z.object({
  role: z.enum(['user', 'model', 'function', 'tool', '']).nullish(),
  parts: z.array(part).nullish(),
});
export type WireRequestContent = z.infer<typeof content>;

// ---- tools and configuration ----

const declaration = z.object({
  name: z.string().min(1),
  description: optionalText,
  parameters: jsonObject.nullish(),
  parametersJsonSchema: jsonObject.nullish(),
});
const tool = z.object({ functionDeclarations: z.array(declaration).nullish() });
export type WireDeclaration = z.infer<typeof declaration>;

const functionCallingConfig = z.object({
  mode: enumValue.nullish(),
  allowedFunctionNames: z.array(text).nullish(),
});
export type WireCallingConfig = z.infer<typeof functionCallingConfig>;

const thinkingConfig = z.object({
  includeThoughts: flag,
  thinkingBudget: z.int().min(-1).nullish(),
  thinkingLevel: optionalText,
});
export type WireThinking = z.infer<typeof thinkingConfig>;

const speechConfig = z.object({
  voiceConfig: z.object({ prebuiltVoiceConfig: z.object({ voiceName: optionalText }).nullish() }).nullish(),
});

const generationConfig = z.object({
  temperature: between(0, 2),
  topP: between(0, 1),
  topK: z.number().min(0).nullish(),
  candidateCount: z.int().min(1).max(128).nullish(),
  maxOutputTokens: z.int().min(1).nullish(),
  stopSequences: z.array(text).nullish(),
  presencePenalty: between(-2, 2),
  frequencyPenalty: between(-2, 2),
  seed: z.int().nullish(),
  responseLogprobs: flag,
  logprobs: z.int().min(0).max(20).nullish(),
  responseMimeType: optionalText,
  responseSchema: jsonObject.nullish(),
  responseJsonSchema: jsonObject.nullish(),
  responseModalities: z.array(enumValue).nullish(),
  speechConfig: speechConfig.nullish(),
  imageConfig: jsonObject.nullish(),
  thinkingConfig: thinkingConfig.nullish(),
});
export type WireGenerationConfig = z.infer<typeof generationConfig>;

// ---- the request ----

export const geminiFields = z.object({
  ...gatewayFields,
  /** From the address. */
  model: optionalText,
  stream: flag,
  /** How a stream is written: as server-sent events, or as one JSON array. */
  alt: z.enum(['sse', 'json']).nullish(),
  contents: z.array(content).min(1),
  systemInstruction: z.object({ parts: z.array(part).nullish() }).nullish(),
  tools: z.array(tool).nullish(),
  toolConfig: z.object({ functionCallingConfig: functionCallingConfig.nullish() }).nullish(),
  safetySettings: z.array(jsonObject).nullish(),
  generationConfig: generationConfig.nullish(),
  cachedContent: optionalText,
  labels: pairs(z.string(), z.string()).nullish(),
  serviceTier: optionalText,
  store: flag,
  user: optionalText,
});
type GeminiFields = z.infer<typeof geminiFields>;

/** The caller's own value in one spelling, whose known fields have been checked. */
export type WireGeminiRequest = JsonObject & GeminiFields;

/** What the address says and what is asked of the gateway: no host is sent it. */
export const GATEWAY_FIELDS: readonly string[] = [
  ...Object.keys(gatewayFields),
  'model',
  'stream',
  'alt',
  'user',
  'usage',
];
