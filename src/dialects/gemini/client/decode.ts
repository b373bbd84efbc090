/**
 * wire → core. What only Google's models know rides in `extras` under its path in the body: hosts of this grammar are sent it,
 * everybody else notes it by that name.
 */
import type { ChatRequest, ReasoningRequest, ResponseFormat, Sampling } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { emptyJsonObject, type JsonObject, type MutableJsonObject } from '../../../core/json.ts';
import type { Note, Translated } from '../../../core/note.ts';
import { decodeContents } from './contents.ts';
import { modalityWord, thinkingLevel, tierWord } from './enums.ts';
import { isClosed, toJsonSchema } from './schema.ts';
import { declarationsOf, decodeToolChoice, keepServerTools, keepToolConfig, noteDeclarations } from './tools.ts';
import {
  GATEWAY_FIELDS,
  type WireGeminiRequest,
  type WireGenerationConfig,
  type WireThinking,
} from './wire-request.ts';

/**
 * @throws GatewayError `client.invalid_request` where a turn cannot be understood, or where its beginning is kept at Google
 * (`cachedContent`), which only a host of this grammar can read
 */
export function decodeRequest(wire: WireGeminiRequest): Translated<ChatRequest> {
  if (wire.cachedContent) {
    throw invalidRequest(
      'cachedContent',
      'names a part of the prompt that is kept at Google: only its hosts can read it',
    );
  }
  const notes: Note[] = [];
  const config = wire.generationConfig ?? {};
  const { options, extras } = sortRest(wire, config);
  noteDeclarations(wire, notes);
  const toolChoice = decodeToolChoice(wire);
  const responseFormat = decodeFormat(config, extras);
  const reasoning = config.thinkingConfig ? decodeThinking(config.thinkingConfig) : undefined;
  const serviceTier = tierWord(wire.serviceTier);
  const value: ChatRequest = {
    messages: decodeContents(wire, notes),
    tools: declarationsOf(wire),
    ...(toolChoice && { toolChoice }),
    ...(responseFormat && { responseFormat }),
    sampling: decodeSampling(config),
    ...(typeof config.maxOutputTokens === 'number' && { maxOutputTokens: config.maxOutputTokens }),
    ...(reasoning && { reasoning }),
    ...(config.responseModalities?.length && { modalities: config.responseModalities.map(modalityWord) }),
    ...(wire.user && { user: wire.user }),
    ...(serviceTier && { serviceTier }),
    stream: wire.stream === true,
    options,
    extras,
  };
  return { value, notes };
}

function decodeSampling(config: WireGenerationConfig): Sampling {
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed, stopSequences, candidateCount } = config;
  return {
    ...(isSet(temperature) && { temperature }),
    ...(isSet(topP) && { topP }),
    ...(isSet(topK) && { topK }),
    ...(isSet(frequencyPenalty) && { frequencyPenalty }),
    ...(isSet(presencePenalty) && { presencePenalty }),
    ...(isSet(seed) && { seed }),
    ...(isSet(config.responseLogprobs) && { logprobs: config.responseLogprobs }),
    ...(isSet(config.logprobs) && { topLogprobs: config.logprobs }),
    ...(stopSequences?.length && { stop: stopSequences }),
    // One is what everybody gives unasked.
    ...(isSet(candidateCount) && candidateCount > 1 && { n: candidateCount }),
  };
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** A schema alone asks for JSON too: the API wants the type beside it, not every caller knows. */
function decodeFormat(config: WireGenerationConfig, extras: MutableJsonObject): ResponseFormat | undefined {
  const { responseMimeType: mimeType, responseSchema, responseJsonSchema } = config;
  const schema = responseJsonSchema ?? (responseSchema ? toJsonSchema(responseSchema) : undefined);
  if (mimeType && !mimeType.includes('json') && mimeType !== 'text/plain') {
    // text/x.enum: one of the schema's words, without quotes.
    extras['generationConfig.responseMimeType'] = mimeType;
    if (schema) extras['generationConfig.responseJsonSchema'] = schema;
    return undefined;
  }
  if (schema) return { type: 'json_schema', name: 'response', schema, ...(isClosed(schema) && { strict: true }) };
  return mimeType?.includes('json') ? { type: 'json_object' } : undefined;
}

/** https://ai.google.dev/gemini-api/docs/thinking: a budget of 0 is none, of -1 as much as the model finds right. */
export function decodeThinking(thinking: WireThinking): ReasoningRequest | undefined {
  const { thinkingBudget: budget, includeThoughts } = thinking;
  const exclude = includeThoughts !== true;
  const effort = thinkingLevel(thinking.thinkingLevel);
  if (effort) return { enabled: true, effort, exclude };
  if (budget === 0) return { enabled: false, exclude };
  if (isSet(budget)) return { enabled: true, ...(budget > 0 && { maxTokens: budget }), exclude };
  return exclude ? undefined : { enabled: true, byDefault: true, exclude };
}

/** Members of `generationConfig` that the core says in its own words. */
const SAID_CONFIG: ReadonlySet<string> = new Set([
  'temperature',
  'topP',
  'topK',
  'frequencyPenalty',
  'presencePenalty',
  'seed',
  'stopSequences',
  'candidateCount',
  'maxOutputTokens',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'thinkingConfig',
  'speechConfig',
  'imageConfig',
]);

/** Members of the body that the core says in its own words, or the gateway reads. */
const SAID: ReadonlySet<string> = new Set([
  ...GATEWAY_FIELDS,
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'cachedContent',
  'serviceTier',
]);

function sortRest(
  wire: WireGeminiRequest,
  config: WireGenerationConfig,
): { readonly options: JsonObject; readonly extras: MutableJsonObject } {
  const options = emptyJsonObject();
  const extras = emptyJsonObject();
  const keep = (source: JsonObject, said: ReadonlySet<string>, prefix: string): void => {
    for (const [key, value] of Object.entries(source)) {
      if (!said.has(key) && value !== undefined && value !== null) extras[prefix + key] = value;
    }
  };
  keep(wire, SAID, '');
  keep(config, SAID_CONFIG, 'generationConfig.');
  keepServerTools(wire, options, extras);
  keepToolConfig(wire, extras);
  if (config.thinkingConfig?.thinkingBudget === -1) extras['generationConfig.thinkingConfig.thinkingBudget'] = -1;
  if (config.speechConfig) keepSpeech(config.speechConfig, options, extras);
  if (config.imageConfig) keepImageConfig(config.imageConfig, options, extras);
  return { options, extras };
}

function keepSpeech(
  speech: NonNullable<WireGenerationConfig['speechConfig']>,
  options: MutableJsonObject,
  extras: MutableJsonObject,
): void {
  const voice = speech.voiceConfig?.prebuiltVoiceConfig?.voiceName;
  // Raw samples are how the grammar answers; other hosts would choose a container.
  if (voice) options['audio'] = { voice, format: 'pcm16' };
  const source: JsonObject = speech;
  for (const [key, value] of Object.entries(source)) {
    const isSaid = key === 'voiceConfig' && voice !== undefined;
    if (!isSaid && value !== undefined) extras[`generationConfig.speechConfig.${key}`] = value;
  }
}

const IMAGE_FIELDS: ReadonlyMap<string, string> = new Map([
  ['aspectRatio', 'aspect_ratio'],
  ['imageSize', 'image_size'],
]);

function keepImageConfig(config: JsonObject, options: MutableJsonObject, extras: MutableJsonObject): void {
  const asked = emptyJsonObject();
  for (const [key, value] of Object.entries(config)) {
    const name = IMAGE_FIELDS.get(key);
    if (name !== undefined) asked[name] = value;
    else extras[`generationConfig.imageConfig.${key}`] = value;
  }
  if (Object.keys(asked).length > 0) options['image_config'] = asked;
}
