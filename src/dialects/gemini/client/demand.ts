/** What a `generateContent` request asks of an endpoint, read from the wire value without decoding it. */
import type { Demand, InputModality, Opening } from '../../../core/demand.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { CallableTool } from '../../../core/tool-check.ts';
import { modelsOf, pluginsOf, preferencesOf } from '../../shared/gateway/fields.ts';
import { callingMode, modalityWord, tierWord } from './enums.ts';
import { mediaKind } from './media.ts';
import { declarationsOf } from './tools.ts';
import type {
  WireCallingConfig,
  WireGeminiRequest,
  WireGenerationConfig,
  WireRequestContent,
  WireRequestPart,
} from './wire-request.ts';

/** Field of `generationConfig` → the name it has among `supported_parameters`. */
const CONFIG_PARAMETERS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  seed: 'seed',
  stopSequences: 'stop',
  responseLogprobs: 'logprobs',
  logprobs: 'top_logprobs',
  thinkingConfig: 'reasoning',
};
const FORMAT_FIELDS = ['responseMimeType', 'responseSchema', 'responseJsonSchema'];

const CHARACTERS_PER_TOKEN = 4;
/** What an image, file or clip counts for in the estimate; its real size is only known to the provider. */
const TOKENS_PER_MEDIA_PART = 800;

export function demandOf(wire: WireGeminiRequest): Demand {
  const source: JsonObject = wire;
  const content = measure(wire);
  const asked = wire.generationConfig?.responseModalities ?? [];
  return {
    models: modelsOf(source),
    preferences: preferencesOf(source),
    stream: wire.stream === true,
    parameters: parametersOf(wire),
    inputModalities: [...content.modalities],
    outputModalities: asked.length > 0 ? asked.map(modalityWord) : ['text'],
    maxOutputTokens: wire.generationConfig?.maxOutputTokens ?? null,
    promptTokensEstimate: content.tokens,
    sessionId: wire.session_id ?? null,
    promptCacheKey: null,
    marksCache: typeof wire.cachedContent === 'string',
    user: wire.user ?? null,
    hasTools: declarationsOf(wire).length > 0,
    serviceTier: tierWord(wire.serviceTier) ?? null,
    plugins: pluginsOf(source),
  };
}

function parametersOf(wire: WireGeminiRequest): readonly string[] {
  const names = new Set<string>();
  const config: WireGenerationConfig = wire.generationConfig ?? {};
  for (const [field, value] of Object.entries(config)) {
    const name = CONFIG_PARAMETERS[field];
    if (name !== undefined && value !== null && value !== undefined) names.add(name);
  }
  if (declarationsOf(wire).length > 0) names.add('tools');
  if (wire.toolConfig?.functionCallingConfig && isChoice(wire.toolConfig.functionCallingConfig)) {
    names.add('tool_choice');
  }
  if (config.responseSchema || config.responseJsonSchema) names.add('structured_outputs');
  else if (config.responseMimeType?.includes('json')) names.add('response_format');
  return [...names];
}

function isChoice({ mode, allowedFunctionNames }: WireCallingConfig): boolean {
  return callingMode(mode) !== 'AUTO' || (allowedFunctionNames ?? []).length > 0;
}

/** The same request without these parameters, under every field that says them. */
export function withoutParameters(wire: WireGeminiRequest, parameters: readonly string[]): WireGeminiRequest {
  const lacks = (name: string): boolean => parameters.includes(name);
  const kept: WireGeminiRequest = { ...wire };
  if (wire.generationConfig) {
    const config: WireGenerationConfig = { ...wire.generationConfig };
    const dropped: readonly string[] = [
      ...Object.entries(CONFIG_PARAMETERS).flatMap(([field, name]) => (lacks(name) ? [field] : [])),
      ...(lacks('response_format') ? FORMAT_FIELDS : []),
    ];
    for (const field of dropped) Reflect.deleteProperty(config, field);
    kept.generationConfig = config;
  }
  if (lacks('tools') && wire.tools) {
    kept.tools = wire.tools.flatMap(({ functionDeclarations: _, ...rest }) =>
      Object.keys(rest).length > 0 ? [rest] : [],
    );
  }
  if ((lacks('tools') || lacks('tool_choice')) && wire.toolConfig) {
    const { functionCallingConfig: _, ...rest } = wire.toolConfig;
    kept.toolConfig = rest;
  }
  return kept;
}

/** Thoughts are shown where the caller asks to see them. */
export function excludesReasoning(wire: WireGeminiRequest): boolean {
  return wire.generationConfig?.thinkingConfig?.includeThoughts !== true;
}

/** As much thinking as the model finds right (https://ai.google.dev/gemini-api/docs/thinking#set-budget). */
const DYNAMIC_BUDGET = -1;

export function withReasoning(wire: WireGeminiRequest): WireGeminiRequest {
  const { generationConfig } = wire;
  const thinking = generationConfig?.thinkingConfig;
  if (thinking && (thinking.thinkingBudget != null || thinking.thinkingLevel != null)) return wire;
  const thinkingConfig = { ...thinking, thinkingBudget: DYNAMIC_BUDGET };
  return { ...wire, generationConfig: { ...generationConfig, thinkingConfig } };
}

export function toolsOf(wire: WireGeminiRequest): readonly CallableTool[] {
  return declarationsOf(wire).map(({ name, parameters }) => ({ name, ...(parameters && { parameters }) }));
}

export function openingOf(wire: WireGeminiRequest): Opening {
  const { contents } = wire;
  return {
    system: textOf(wire.systemInstruction?.parts),
    first: textOf(contents[0]?.parts),
    last: textOf(contents.findLast((content) => content.role !== 'model' && textOf(content.parts) !== '')?.parts),
    lastModel: '',
  };
}

function textOf(parts: readonly WireRequestPart[] | null | undefined): string {
  return (parts ?? []).flatMap(({ text, thought }) => (text && !thought ? [text] : [])).join('\n');
}

interface Measured {
  readonly modalities: Set<InputModality>;
  tokens: number;
}

function measure(wire: WireGeminiRequest): Measured {
  const modalities = new Set<InputModality>();
  let characters = 0;
  let media = 0;
  const turns: readonly Pick<WireRequestContent, 'parts'>[] = [
    ...(wire.systemInstruction ? [wire.systemInstruction] : []),
    ...wire.contents,
  ];
  for (const { parts } of turns) {
    for (const part of parts ?? []) {
      const kind = mediaKind(part.inlineData ?? part.fileData);
      if (kind) {
        modalities.add(kind);
        media++;
      } else characters += part.text?.length ?? lengthOf(part.functionCall?.args);
      for (const nested of part.functionResponse?.parts ?? []) {
        const nestedKind = mediaKind(nested.inlineData ?? nested.fileData);
        if (nestedKind) modalities.add(nestedKind);
        media++;
      }
      characters += lengthOf(part.functionResponse?.response);
    }
  }
  if (wire.tools) characters += lengthOf(wire['tools']);
  // Four tokens of framing a turn, as the common tokenizers add.
  const tokens = Math.ceil(characters / CHARACTERS_PER_TOKEN) + media * TOKENS_PER_MEDIA_PART + 4 * turns.length;
  return { modalities, tokens };
}

function lengthOf(value: Json | null | undefined): number {
  return value === null || value === undefined ? 0 : JSON.stringify(value).length;
}

/** The turns as they were sent. */
export function messagesOf(wire: WireGeminiRequest): readonly JsonObject[] {
  const source: JsonObject = wire;
  const { contents } = source;
  return Array.isArray(contents) ? contents.filter(isJsonObject) : [];
}
