/** What was settled, in OpenRouter's words. */
import type { JsonObject, MutableJsonObject } from '../../../core/json.ts';
import { nanoUsdToNumber } from '../../../core/money.ts';
import { countOf, type Usage } from '../../../core/usage.ts';
import type { SettledUsage } from '../../dialect.ts';

/** What was settled → OpenRouter's `usage` (OpenRouter's API). Every member is a number where the SDK wants one. */
export function encodeUsage(settled: SettledUsage): JsonObject {
  const { usage } = settled;
  const prompt = countOf(usage, 'promptTokens');
  const completion = countOf(usage, 'completionTokens');
  const wire: MutableJsonObject = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    cost: nanoUsdToNumber(settled.costNanoUsd),
    is_byok: settled.isByok,
    prompt_tokens_details: {
      cached_tokens: countOf(usage, 'cachedTokens'),
      cache_write_tokens: countOf(usage, 'cacheWriteTokens'),
      audio_tokens: countOf(usage, 'audioPromptTokens'),
      video_tokens: countOf(usage, 'videoPromptTokens'),
    },
    completion_tokens_details: completionDetailsOf(usage),
    cost_details: {
      // Only a caller's own provider account is charged apart from us.
      upstream_inference_cost: settled.isByok
        ? nanoUsdToNumber(settled.promptCostNanoUsd + settled.completionCostNanoUsd)
        : null,
      upstream_inference_prompt_cost: nanoUsdToNumber(settled.promptCostNanoUsd),
      upstream_inference_completions_cost: nanoUsdToNumber(settled.completionCostNanoUsd),
    },
  };
  const serverTools = serverToolUse(usage);
  if (serverTools) wire['server_tool_use_details'] = serverTools;
  return wire;
}

/** Calls of server tools; undefined where there were none. */
export function serverToolUse(usage: Usage): JsonObject | undefined {
  const webSearches = countOf(usage, 'webSearches');
  const requested = countOf(usage, 'toolCallsRequested');
  if (webSearches === 0 && requested === 0) return undefined;
  return {
    ...(webSearches > 0 && { web_search_requests: webSearches }),
    ...(requested > 0 && {
      tool_calls_requested: requested,
      tool_calls_executed: countOf(usage, 'toolCallsExecuted'),
    }),
  };
}

function completionDetailsOf(usage: Usage): JsonObject {
  const accepted = countOf(usage, 'acceptedPredictionTokens');
  const rejected = countOf(usage, 'rejectedPredictionTokens');
  return {
    reasoning_tokens: countOf(usage, 'reasoningTokens'),
    audio_tokens: countOf(usage, 'audioCompletionTokens'),
    image_tokens: countOf(usage, 'imageCompletionTokens'),
    ...((accepted > 0 || rejected > 0) && {
      accepted_prediction_tokens: accepted,
      rejected_prediction_tokens: rejected,
    }),
  };
}
