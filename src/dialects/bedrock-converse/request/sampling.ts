/** Sampling parameters: the four that the grammar has, and top_k in the words of the model's maker. */
import type { ChatRequest } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import {
  clampTemperature,
  encodeSampling as encodeClaude,
  encodeStop,
  noteMissing,
} from '../../shared/claude/sampling.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { claudeVersion, type Family } from '../model-facts.ts';
import type { WireInference } from '../wire-types.ts';
import type { EncodedReasoning } from './reasoning.ts';

export interface EncodedSampling {
  readonly inference: WireInference;
  /** Go into `additionalModelRequestFields`. */
  readonly fields: JsonObject;
}

export function encodeSampling(
  request: ChatRequest,
  context: UpstreamContext,
  family: Family,
  { thinking, unbounded }: EncodedReasoning,
  notes: Notebook,
): EncodedSampling {
  if (family === 'claude') {
    const { temperature, top_p, top_k, stop_sequences } = encodeClaude(request, withPair(context), thinking, notes);
    return {
      inference: {
        ...(temperature !== undefined && { temperature }),
        ...(top_p !== undefined && { topP: top_p }),
        ...(stop_sequences && { stopSequences: stop_sequences }),
      },
      fields: top_k === undefined ? {} : { top_k },
    };
  }
  const { sampling } = request;
  noteMissing(sampling, notes);
  const { temperature, topP, topK } = sampling;
  const stop = encodeStop(sampling.stop, notes);
  const takesSampling = context.traits.sampling !== false && family !== 'openai' && !unbounded;
  const takesStop = family !== 'openai' && family !== 'gpt-oss';
  const drop = (field: string): void =>
    notes.add('parameter.dropped', field, 'The model takes no such parameter here.');
  if (!takesSampling && temperature !== undefined) drop('temperature');
  if (!takesSampling && topP !== undefined) drop('top_p');
  if (!takesStop && stop.length > 0) drop('stop');
  const fields = takesSampling && topK !== undefined ? topKFields(family, topK) : undefined;
  if (topK !== undefined && !fields) drop('top_k');
  return {
    inference: {
      ...(takesSampling && temperature !== undefined && { temperature: clampTemperature(temperature, context, notes) }),
      ...(takesSampling && topP !== undefined && { topP }),
      ...(takesStop && stop.length > 0 && { stopSequences: stop }),
    },
    fields: fields ?? {},
  };
}

/** Claude before 4.5 takes temperature and top_p together, whatever the catalogue does not say of it. */
function withPair(context: UpstreamContext): UpstreamContext {
  const version = claudeVersion(context.upstreamModel);
  if (version === null || version >= 4.5) return context;
  return { ...context, traits: { ...context.traits, oneSamplingParameter: false } };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html; Nova's recorded. */
function topKFields(family: Family, topK: number): JsonObject | undefined {
  switch (family) {
    case 'nova':
      return { inferenceConfig: { topK } };
    case 'mistral':
      return { top_k: topK };
    case 'cohere':
      return { k: topK };
    case 'claude':
    case 'gpt-oss':
    case 'openai':
    case 'open-weight':
    case 'other':
      return undefined;
  }
}
