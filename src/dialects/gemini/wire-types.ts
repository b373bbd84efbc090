/**
 * The shapes of Gemini's `generateContent` grammar that we write, and the names that we read.
 * https://ai.google.dev/api/generate-content · Vertex: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 */
import type { Json, JsonObject } from '../../core/json.ts';

// `type`, not `interface`: only aliases are assignable to a JSON object.
export type WirePart = {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: WireBlob;
  readonly fileData?: { readonly fileUri: string; readonly mimeType: string };
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args: JsonObject };
  readonly functionResponse?: {
    readonly id?: string;
    readonly name: string;
    readonly response: JsonObject;
    readonly parts?: readonly WirePart[];
  };
};

export type WireBlob = { readonly mimeType: string; readonly data: string };

export type WireRole = 'user' | 'model';

export type WireContent = { readonly role: WireRole; readonly parts: readonly WirePart[] };

export type WireFunctionDeclaration = {
  readonly name: string;
  readonly description?: string;
  readonly parametersJsonSchema?: JsonObject;
};

export type WireFunctionCallingConfig = {
  readonly mode: 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED';
  readonly allowedFunctionNames?: readonly string[];
};

export type WireThinkingConfig = {
  readonly includeThoughts?: boolean;
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: string;
};

/** `reasoning_details[].format` of thoughts and thought signatures (OpenRouter's API). */
export const REASONING_FORMAT = 'google-gemini-v1';

/**
 * Google's documented way to replay a function call that the model did not make itself: Gemini 3 refuses a step whose
 * first call carries no signature (https://ai.google.dev/gemini-api/docs/thought-signatures; docs/sources.md).
 */
export const SKIP_SIGNATURE = 'skip_thought_signature_validator';

/**
 * A reply may carry enums as numbers (`$alt=json;enum-encoding=int`, which some hosts force). Only these numbers mean the
 * same in the AI Studio and the Vertex API; both use 1–5 for the same reasons.
 */
const FINISH_REASON_NUMBERS = ['FINISH_REASON_UNSPECIFIED', 'STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION', 'OTHER'];

const MODALITY_NUMBERS = ['MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT'];

export function finishReasonName(value: Json | undefined): string | null {
  if (typeof value === 'number') return FINISH_REASON_NUMBERS[value] ?? String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

export function modalityName(value: Json | undefined): string | null {
  if (typeof value === 'number') return MODALITY_NUMBERS[value] ?? null;
  return typeof value === 'string' ? value : null;
}
