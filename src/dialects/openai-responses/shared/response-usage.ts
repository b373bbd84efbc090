/** What was settled, in the grammar's words with OpenRouter's additions (OpenRouter's API). */
import type { JsonObject } from '../../../core/json.ts';
import { nanoUsdToNumber } from '../../../core/money.ts';
import { countOf } from '../../../core/usage.ts';
import type { SettledUsage } from '../../dialect.ts';
import { serverToolUse } from '../../shared/gateway/usage.ts';

/** Every member is there: clients take the counts of details for granted. */
export function encodeUsage(settled: SettledUsage): JsonObject {
  const { usage, isByok, promptCostNanoUsd, completionCostNanoUsd } = settled;
  const input = countOf(usage, 'promptTokens');
  const output = countOf(usage, 'completionTokens');
  const serverTools = serverToolUse(usage);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: countOf(usage, 'cachedTokens'),
      cache_write_tokens: countOf(usage, 'cacheWriteTokens'),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: countOf(usage, 'reasoningTokens') },
    total_tokens: input + output,
    cost: nanoUsdToNumber(settled.costNanoUsd),
    is_byok: isByok,
    cost_details: {
      // Only a caller's own provider account is charged apart from us.
      upstream_inference_cost: isByok ? nanoUsdToNumber(promptCostNanoUsd + completionCostNanoUsd) : null,
      upstream_inference_input_cost: nanoUsdToNumber(promptCostNanoUsd),
      upstream_inference_output_cost: nanoUsdToNumber(completionCostNanoUsd),
    },
    ...(serverTools && { server_tool_use_details: serverTools }),
  };
}
