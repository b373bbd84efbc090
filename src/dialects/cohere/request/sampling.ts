/** Sampling and limits, within the ranges that the reference names (https://docs.cohere.com/reference/chat). */
import type { ChatRequest } from '../../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';

/** "temperature must be between 0 and 1.0 inclusive" (https://docs.cohere.com/reference/errors). */
const MAX_TEMPERATURE = 1;
const MIN_P = 0.01;
const MAX_P = 0.99;
const MAX_K = 500;
const MAX_PENALTY = 1;
const MAX_STOPS = 5;

export function encodeSampling(request: ChatRequest, context: UpstreamContext, notes: Notebook): JsonObject {
  const { sampling } = request;
  const body: MutableJsonObject = {};
  Object.assign(body, encodeRandomness(request, context, notes), encodePenalties(request, notes));
  if (sampling.seed !== undefined) body['seed'] = within('seed', sampling.seed, 0, Number.MAX_SAFE_INTEGER, notes);
  if (sampling.logprobs) body['logprobs'] = true;
  const { stop } = sampling;
  if (stop) body['stop_sequences'] = stop.slice(0, MAX_STOPS);
  if (stop && stop.length > MAX_STOPS) {
    notes.add('parameter.changed', 'stop', `At most ${MAX_STOPS} stop sequences are taken; the first were sent.`);
  }
  const { maxOutputTokens: wanted } = request;
  if (wanted !== undefined)
    body['max_tokens'] = within('max_tokens', wanted, 1, context.traits.maxOutputTokens ?? wanted, notes);
  noteMissing(request, notes);
  return body;
}

function encodeRandomness({ sampling }: ChatRequest, { host, traits }: UpstreamContext, notes: Notebook): JsonObject {
  const { temperature, topP, topK } = sampling;
  if (traits.sampling === false) {
    const asked = { temperature, top_p: topP, top_k: topK };
    for (const [field, value] of Object.entries(asked)) {
      if (value !== undefined) notes.add('parameter.dropped', field, 'This model takes no sampling parameters.');
    }
    return {};
  }
  const most = host.quirks.maxTemperature ?? MAX_TEMPERATURE;
  return {
    ...(temperature !== undefined && { temperature: within('temperature', temperature, 0, most, notes) }),
    ...(topP !== undefined && { p: within('top_p', topP, MIN_P, MAX_P, notes) }),
    ...(topK !== undefined && { k: within('top_k', topK, 0, MAX_K, notes) }),
  };
}

/** Penalties only lower here, and several models take one of the two: "only one … can be specified for this model". */
function encodePenalties({ sampling }: ChatRequest, notes: Notebook): JsonObject {
  const frequency = penalty('frequency_penalty', sampling.frequencyPenalty, notes);
  const presence = penalty('presence_penalty', sampling.presencePenalty, notes);
  if (frequency === undefined) return presence === undefined ? {} : { presence_penalty: presence };
  if (presence !== undefined) {
    notes.add(
      'parameter.dropped',
      'presence_penalty',
      'Only one of the two penalties is taken; frequency_penalty was sent.',
    );
  }
  return { frequency_penalty: frequency };
}

/** Zero is what is sent by nobody. */
function penalty(field: string, wanted: number | undefined, notes: Notebook): number | undefined {
  return wanted === undefined || wanted === 0 ? undefined : within(field, wanted, 0, MAX_PENALTY, notes) || undefined;
}

function within(field: string, wanted: number, least: number, most: number, notes: Notebook): number {
  const sent = Math.min(Math.max(wanted, least), most);
  if (sent !== wanted)
    notes.add('parameter.changed', field, `${wanted} lies outside ${least} to ${most}; sent as ${sent}.`);
  return sent;
}

function noteMissing({ sampling }: ChatRequest, notes: Notebook): void {
  const { minP, topA, repetitionPenalty, logitBias, topLogprobs, n } = sampling;
  const missing = {
    min_p: minP,
    top_a: topA,
    repetition_penalty: repetitionPenalty,
    logit_bias: logitBias,
    top_logprobs: topLogprobs,
    n: n === 1 ? undefined : n,
  };
  for (const [field, value] of Object.entries(missing)) {
    if (value !== undefined) notes.add('parameter.dropped', field, 'The endpoint has no such parameter.');
  }
}
