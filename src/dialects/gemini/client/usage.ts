/** Usage, core → wire (https://ai.google.dev/api/generate-content#UsageMetadata): thoughts stand beside the candidates. */
import type { JsonObject, MutableJsonObject } from '../../../core/json.ts';
import { nanoUsdToNumber } from '../../../core/money.ts';
import { countOf } from '../../../core/usage.ts';
import type { SettledUsage } from '../../dialect.ts';

/** `cost`, in USD, is OpenRouter's addition; Google's clients pass over what they do not know. */
export function encodeUsage({ usage, costNanoUsd }: SettledUsage, serviceTier?: string): JsonObject {
  const prompt = countOf(usage, 'promptTokens');
  const completion = countOf(usage, 'completionTokens');
  const thoughts = countOf(usage, 'reasoningTokens');
  const cached = countOf(usage, 'cachedTokens');
  const result: MutableJsonObject = {
    promptTokenCount: prompt,
    candidatesTokenCount: Math.max(0, completion - thoughts),
    totalTokenCount: prompt + completion,
  };
  if (thoughts > 0) result['thoughtsTokenCount'] = thoughts;
  if (cached > 0) result['cachedContentTokenCount'] = cached;
  addDetails(result, 'promptTokensDetails', prompt, {
    AUDIO: countOf(usage, 'audioPromptTokens'),
    IMAGE: countOf(usage, 'imagePromptTokens'),
    VIDEO: countOf(usage, 'videoPromptTokens'),
  });
  addDetails(result, 'candidatesTokensDetails', completion - thoughts, {
    AUDIO: countOf(usage, 'audioCompletionTokens'),
    IMAGE: countOf(usage, 'imageCompletionTokens'),
  });
  addDetails(result, 'cacheTokensDetails', cached, { AUDIO: countOf(usage, 'cachedAudioTokens') });
  if (serviceTier !== undefined) result['serviceTier'] = serviceTier === 'default' ? 'standard' : serviceTier;
  result['cost'] = nanoUsdToNumber(costNanoUsd);
  return result;
}

/** Per modality, where the host told them apart; the rest is text. */
function addDetails(
  result: MutableJsonObject,
  field: string,
  total: number,
  media: Readonly<Record<string, number>>,
): void {
  const told = Object.entries(media).filter(([, count]) => count > 0);
  if (told.length === 0) return;
  const text = total - told.reduce((sum, [, count]) => sum + count, 0);
  const counts: readonly (readonly [string, number])[] = [...(text > 0 ? [['TEXT', text] as const] : []), ...told];
  result[field] = counts.map(([modality, tokenCount]) => ({ modality, tokenCount }));
}
