/** Sampling parameters that Claude takes, in its ranges; what it lacks is noted, unless it asks for the default anyway. */
import type { ChatRequest, Sampling } from '../../../core/chat.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { NoteSink } from '../notebook.ts';
import type { WireThinkingConfig } from './thinking.ts';

export interface EncodedSampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: readonly string[];
}

export function encodeSampling(
  request: ChatRequest,
  context: UpstreamContext,
  thinking: WireThinkingConfig | undefined,
  notes: NoteSink,
): EncodedSampling {
  const { sampling } = request;
  noteMissing(sampling, notes);
  const stop = encodeStop(sampling.stop, notes);
  return { ...encodeRandomness(sampling, context, thinking, notes), ...(stop.length > 0 && { stop_sequences: stop }) };
}

function encodeRandomness(
  sampling: Sampling,
  context: UpstreamContext,
  thinking: WireThinkingConfig | undefined,
  notes: NoteSink,
): EncodedSampling {
  const { temperature, topP, topK } = sampling;
  const drop = (name: string, why: string): void => notes.add('parameter.dropped', name, why);
  if (context.traits.sampling === false) {
    const why = 'The model takes no sampling parameters.';
    if (temperature !== undefined) drop('temperature', why);
    if (topP !== undefined) drop('top_p', why);
    if (topK !== undefined) drop('top_k', why);
    return {};
  }
  if (thinking && thinking.type !== 'disabled') {
    const why = 'Must not be set while the model reasons.';
    if (temperature !== undefined && temperature !== 1) drop('temperature', why);
    if (topK !== undefined) drop('top_k', why);
    if (topP === undefined || topP === 1) return {};
    if (topP >= 0.95) return { top_p: topP };
    drop('top_p', why);
    return {};
  }
  // Since Claude 4.5 one of the two at most; the temperature is what people mean.
  const both = temperature !== undefined && topP !== undefined && context.traits.oneSamplingParameter !== false;
  if (both && topP !== 1) drop('top_p', 'May not be sent together with temperature.');
  return {
    ...(temperature !== undefined && { temperature: clampTemperature(temperature, context, notes) }),
    ...(topP !== undefined && !both && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
  };
}

export function clampTemperature(temperature: number, context: UpstreamContext, notes: NoteSink): number {
  const highest = context.host.quirks.maxTemperature ?? 1;
  if (temperature <= highest) return temperature;
  notes.add('parameter.changed', 'temperature', `The highest is ${highest}; ${temperature} was lowered to it.`);
  return highest;
}

export function encodeStop(stop: readonly string[] | undefined, notes: NoteSink): readonly string[] {
  const kept = (stop ?? []).filter((sequence) => sequence.trim() !== '');
  if (stop && kept.length < stop.length) {
    notes.add('parameter.changed', 'stop', 'Stop sequences of white space only are refused; they were left out.');
  }
  return kept;
}

/** Notes what this family of grammars has no field for. */
export function noteMissing(sampling: Sampling, notes: NoteSink): void {
  // Field, value, and the value that changes nothing.
  const missing: readonly (readonly [string, unknown, unknown])[] = [
    ['frequency_penalty', sampling.frequencyPenalty, 0],
    ['presence_penalty', sampling.presencePenalty, 0],
    ['repetition_penalty', sampling.repetitionPenalty, 1],
    ['min_p', sampling.minP, 0],
    ['top_a', sampling.topA, 0],
    ['seed', sampling.seed, undefined],
    ['logprobs', sampling.logprobs, false],
    ['top_logprobs', sampling.topLogprobs, 0],
    ['n', sampling.n, 1],
  ];
  for (const [field, value, neutral] of missing) {
    if (value !== undefined && value !== neutral)
      notes.add('parameter.dropped', field, 'The endpoint has no such parameter.');
  }
  if (sampling.logitBias && Object.keys(sampling.logitBias).length > 0) {
    notes.add('parameter.dropped', 'logit_bias', 'The endpoint has no such parameter.');
  }
}
