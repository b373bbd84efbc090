/** Sampling, limits, format, modalities and thinking as `generationConfig` (docs/sources.md). */
import type { ChatRequest } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject, stringAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { encodeReasoning } from './reasoning.ts';

const MAX_STOPS = 5;
const MAX_INT32 = 2 ** 31 - 1;
const MAX_TEMPERATURE = 2;

/** `formatConfig` is what the response format asks for. */
export function encodeGenerationConfig(
  request: ChatRequest,
  formatConfig: JsonObject,
  context: UpstreamContext,
  notes: Notebook,
): JsonObject {
  const thinkingConfig = encodeReasoning(request, context, notes);
  return {
    ...encodeSampling(request, context, notes),
    ...encodeLimits(request, context, notes),
    ...formatConfig,
    ...encodeOutput(request, notes),
    ...(thinkingConfig && { thinkingConfig }),
  };
}

function encodeSampling(request: ChatRequest, context: UpstreamContext, notes: Notebook): JsonObject {
  const { sampling } = request;
  const config: MutableJsonObject = {};
  if (context.traits.sampling === false) {
    for (const [key, field] of [
      ['temperature', 'temperature'],
      ['topP', 'top_p'],
      ['topK', 'top_k'],
    ] as const) {
      if (sampling[key] !== undefined) notes.add('parameter.dropped', field, 'This model refuses sampling parameters.');
    }
  } else {
    const { temperature, topP, topK } = sampling;
    const most = context.host.quirks.maxTemperature ?? MAX_TEMPERATURE;
    if (temperature !== undefined) {
      config['temperature'] = Math.min(temperature, most);
      if (temperature > most)
        notes.add('parameter.changed', 'temperature', `Lowered to ${most}, the most that is taken.`);
    }
    if (topP !== undefined) config['topP'] = topP;
    // Zero means "not limited" in the caller's contract; the API takes positive numbers only.
    if (topK !== undefined && topK > 0) config['topK'] = topK;
  }
  for (const [key, field] of [
    ['minP', 'min_p'],
    ['topA', 'top_a'],
    ['repetitionPenalty', 'repetition_penalty'],
    ['logitBias', 'logit_bias'],
  ] as const) {
    if (sampling[key] !== undefined) notes.add('parameter.dropped', field, 'Gemini has no such parameter.');
  }
  if (sampling.frequencyPenalty !== undefined) config['frequencyPenalty'] = sampling.frequencyPenalty;
  if (sampling.presencePenalty !== undefined) config['presencePenalty'] = sampling.presencePenalty;
  if (sampling.seed !== undefined) config['seed'] = seedOf(sampling.seed, notes);
  if (sampling.logprobs) config['responseLogprobs'] = true;
  if (sampling.topLogprobs !== undefined && sampling.topLogprobs > 0) {
    if (sampling.logprobs) config['logprobs'] = sampling.topLogprobs;
    else notes.add('parameter.dropped', 'top_logprobs', 'It means nothing without logprobs.');
  }
  return config;
}

/** The API's seed is a 32-bit integer: a larger one is folded, so that equal seeds stay equal. */
function seedOf(seed: number, notes: Notebook): number {
  if (Number.isInteger(seed) && Math.abs(seed) <= MAX_INT32) return seed;
  const folded = Math.abs(Math.trunc(seed)) % MAX_INT32;
  notes.add('parameter.changed', 'seed', `Gemini takes 32-bit seeds: ${seed} was folded to ${folded}.`);
  return folded;
}

function encodeLimits(request: ChatRequest, context: UpstreamContext, notes: Notebook): JsonObject {
  const config: MutableJsonObject = {};
  const { maxOutputTokens } = request;
  if (maxOutputTokens !== undefined) {
    const most = context.traits.maxOutputTokens ?? maxOutputTokens;
    config['maxOutputTokens'] = Math.min(maxOutputTokens, most);
    if (maxOutputTokens > most) {
      notes.add('parameter.changed', 'max_tokens', `Lowered to ${most}, the most that this model gives.`);
    }
  }
  const { stop, n } = request.sampling;
  if (stop && stop.length > 0) {
    config['stopSequences'] = stop.slice(0, MAX_STOPS);
    if (stop.length > MAX_STOPS) {
      notes.add(
        'parameter.changed',
        'stop',
        `Gemini takes ${MAX_STOPS} stop sequences; the first ${MAX_STOPS} were sent.`,
      );
    }
  }
  if (n !== undefined && n > 1) config['candidateCount'] = n;
  return config;
}

function encodeOutput(request: ChatRequest, notes: Notebook): JsonObject {
  const config: MutableJsonObject = {};
  const modalities = request.modalities ?? [];
  if (modalities.includes('audio')) {
    config['responseModalities'] = ['AUDIO'];
    if (modalities.length > 1) {
      notes.add('parameter.changed', 'modalities', 'Gemini speaks or writes, not both: audio was asked for.');
    }
  } else if (modalities.some((modality) => modality !== 'text')) {
    // Text alone is every model's default, and models that cannot be asked for it refuse the field.
    config['responseModalities'] = modalities.map((modality) => modality.toUpperCase());
  }
  const speechConfig = encodeSpeech(request, notes);
  if (speechConfig) config['speechConfig'] = speechConfig;
  const imageConfig = encodeImageConfig(request, notes);
  if (imageConfig) config['imageConfig'] = imageConfig;
  return config;
}

/** Voices of the grammar the caller speaks; Gemini refuses names it does not know. */
const FOREIGN_VOICES = new Set([
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
]);

function encodeSpeech(request: ChatRequest, notes: Notebook): JsonObject | undefined {
  const audio = request.options['audio'];
  if (!isJsonObject(audio)) return undefined;
  if (stringAt(audio, 'format') !== undefined) {
    notes.add('parameter.dropped', 'audio.format', 'Gemini speaks in 24 kHz PCM only.');
  }
  const voiceName = stringAt(audio, 'voice');
  if (voiceName === undefined) return undefined;
  if (FOREIGN_VOICES.has(voiceName.toLowerCase())) {
    notes.add('parameter.dropped', 'audio.voice', `Gemini has no voice "${voiceName}"; its default speaks.`);
    return undefined;
  }
  return { voiceConfig: { prebuiltVoiceConfig: { voiceName } } };
}

const IMAGE_FIELDS: ReadonlyMap<string, string> = new Map([
  ['aspect_ratio', 'aspectRatio'],
  ['image_size', 'imageSize'],
]);

function encodeImageConfig(request: ChatRequest, notes: Notebook): JsonObject | undefined {
  const asked = request.options['image_config'];
  if (!isJsonObject(asked)) return undefined;
  const config: MutableJsonObject = {};
  for (const [key, value] of Object.entries(asked)) {
    const name = IMAGE_FIELDS.get(key);
    if (name !== undefined) config[name] = value;
    else notes.add('parameter.dropped', `image_config.${key}`, 'Gemini has no such image setting.');
  }
  return Object.keys(config).length > 0 ? config : undefined;
}
