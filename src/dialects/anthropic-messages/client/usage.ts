/** What was settled, in this grammar's words: input in exclusive parts, every member of the newest version present. */
import type { JsonObject } from '../../../core/json.ts';
import { nanoUsdToNumber } from '../../../core/money.ts';
import { countOf } from '../../../core/usage.ts';
import type { SettledUsage } from '../../dialect.ts';

/** @param serviceTier that of the answer, in OpenRouter's words */
export function encodeMessageUsage(settled: SettledUsage, serviceTier: string | undefined): JsonObject {
  const { usage } = settled;
  const cached = countOf(usage, 'cachedTokens');
  const written = countOf(usage, 'cacheWriteTokens');
  const writtenLong = countOf(usage, 'cacheWrite1hTokens');
  const searches = countOf(usage, 'webSearches');
  return {
    input_tokens: Math.max(0, countOf(usage, 'promptTokens') - cached - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    cache_creation: {
      ephemeral_5m_input_tokens: Math.max(0, written - writtenLong),
      ephemeral_1h_input_tokens: writtenLong,
    },
    output_tokens: countOf(usage, 'completionTokens'),
    output_tokens_details: { thinking_tokens: countOf(usage, 'reasoningTokens') },
    server_tool_use: searches > 0 ? { web_search_requests: searches, web_fetch_requests: 0 } : null,
    ...tierMembers(serviceTier),
    inference_geo: null,
    ...costMembers(settled),
  };
}

/** Usage before anything was counted, for the opening of a stream. */
export function openingUsage(serviceTier: string | undefined): JsonObject {
  return {
    input_tokens: 0,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    cache_creation: null,
    output_tokens: 0,
    output_tokens_details: null,
    server_tool_use: null,
    ...tierMembers(serviceTier),
    inference_geo: null,
  };
}

/** Fast mode is a speed of the standard tier in this grammar, and OpenRouter's priority tier. */
function tierMembers(serviceTier: string | undefined): JsonObject {
  if (serviceTier === undefined) return { service_tier: null, speed: null };
  const isFast = serviceTier === 'priority';
  return {
    service_tier: serviceTier === 'default' ? 'standard' : serviceTier,
    speed: isFast ? 'fast' : 'standard',
  };
}

/** OpenRouter's members. */
export function costMembers(settled: SettledUsage): JsonObject {
  return {
    cost: nanoUsdToNumber(settled.costNanoUsd),
    is_byok: settled.isByok,
    cost_details: {
      // Only a caller's own provider account is charged apart from us.
      upstream_inference_cost: settled.isByok
        ? nanoUsdToNumber(settled.promptCostNanoUsd + settled.completionCostNanoUsd)
        : null,
      upstream_inference_prompt_cost: nanoUsdToNumber(settled.promptCostNanoUsd),
      upstream_inference_completions_cost: nanoUsdToNumber(settled.completionCostNanoUsd),
    },
  };
}
