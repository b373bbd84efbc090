/** `usageMetadata` in the core's inclusive reading (docs/sources.md). */
import { arrayAt, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { KnownUsageUnit, Usage } from '../../core/usage.ts';
import { tokenCountAt } from '../shared/upstream/token-count.ts';
import { modalityName } from './wire-types.ts';

/**
 * The grammar itself fixes the sums: cached content is inside the prompt, thoughts and tool prompts are beside it.
 * Undefined where there are no counts yet (early frames of a stream name only the traffic type), or where they do not say
 * what the bill needs: the exchange is then estimated.
 */
export function decodeUsage(metadata: JsonObject | undefined, webSearches = 0): Usage | undefined {
  if (!metadata) return undefined;
  const count = (key: string): number => tokenCountAt(metadata, key) ?? 0;
  const thoughts = count('thoughtsTokenCount');
  const promptTokens = count('promptTokenCount') + count('toolUsePromptTokenCount');
  const candidates = tokenCountAt(metadata, 'candidatesTokenCount');
  // No request is empty, and a count of nothing is left out rather than sent as something else.
  const isUnsaid = promptTokens === 0 || (candidates === undefined && metadata['candidatesTokenCount'] != null);
  if (isUnsaid) return undefined;
  const counts: Partial<Record<KnownUsageUnit, number>> = {
    promptTokens,
    completionTokens: (candidates ?? 0) + thoughts,
  };
  const add = (unit: KnownUsageUnit, value: number): void => {
    if (value > 0) counts[unit] = value;
  };
  add('cachedTokens', count('cachedContentTokenCount'));
  add('reasoningTokens', thoughts);
  add('audioPromptTokens', ofModality(metadata, 'promptTokensDetails', 'AUDIO'));
  add('imagePromptTokens', ofModality(metadata, 'promptTokensDetails', 'IMAGE'));
  add('videoPromptTokens', ofModality(metadata, 'promptTokensDetails', 'VIDEO'));
  add('cachedAudioTokens', ofModality(metadata, 'cacheTokensDetails', 'AUDIO'));
  add('audioCompletionTokens', ofModality(metadata, 'candidatesTokensDetails', 'AUDIO'));
  add('imageCompletionTokens', ofModality(metadata, 'candidatesTokensDetails', 'IMAGE'));
  add('webSearches', webSearches);
  return { counts, estimated: false };
}

function ofModality(metadata: JsonObject, key: string, modality: string): number {
  let sum = 0;
  for (const detail of arrayAt(metadata, key) ?? []) {
    if (isJsonObject(detail) && modalityName(detail['modality']) === modality)
      sum += tokenCountAt(detail, 'tokenCount') ?? 0;
  }
  return sum;
}

/** The tier that served, in the caller's words; Vertex tells it as a traffic type. */
export function serviceTierOf(metadata: JsonObject | undefined): string | undefined {
  const tier = metadata?.['serviceTier'];
  if (typeof tier === 'string') {
    const name = tier.toLowerCase().replace(/^service_tier_/, '');
    return name === 'standard' || name === 'unspecified' ? 'default' : name;
  }
  switch (metadata?.['trafficType']) {
    case 'ON_DEMAND':
      return 'default';
    case 'ON_DEMAND_FLEX':
      return 'flex';
    case 'ON_DEMAND_PRIORITY':
      return 'priority';
    default:
      return undefined;
  }
}
