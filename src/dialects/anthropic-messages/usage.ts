/**
 * Usage of a Messages reply → core counts. The grammar counts in exclusive parts (uncached, cache read, cache write); core
 * counts inclusively (docs/sources.md). The host's semantics say where a compatible host differs.
 */
import { arrayAt, isJsonObject, type JsonObject, objectAt } from '../../core/json.ts';
import type { Usage, UsageCounts } from '../../core/usage.ts';
import type { UsageSemantics } from '../host.ts';
import { reportedCost, searchCountAt, tokenCountAt } from '../shared/upstream/token-count.ts';

const INPUT_PARTS = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'] as const;

/**
 * Lays the usage of `message_delta` over that of `message_start`: it is cumulative and final (server tools raise the input).
 * Null members say nothing; input parts that are all zero say nothing either, since no request is empty.
 */
export function mergeUsage(before: JsonObject | undefined, next: JsonObject): JsonObject {
  const inputSaid = INPUT_PARTS.some((part) => (tokenCountAt(next, part) ?? 0) > 0);
  const said = Object.entries(next).filter(
    ([key, value]) => value !== null && (inputSaid || !before || !INPUT_PARTS.some((part) => part === key)),
  );
  return { ...before, ...Object.fromEntries(said) };
}

/**
 * Undefined where the host does not say what the bill needs: the exchange is then estimated.
 * @param partial the output count is only the opening's placeholder, so a bill made from it would be too low
 */
export function toUsage(wire: JsonObject, semantics: UsageSemantics, partial = false): Usage | undefined {
  const input = tokenCountAt(wire, 'input_tokens');
  const output = tokenCountAt(wire, 'output_tokens');
  const cacheRead = tokenCountAt(wire, 'cache_read_input_tokens') ?? 0;
  const cacheCreation = objectAt(wire, 'cache_creation') ?? {};
  const write1h = tokenCountAt(cacheCreation, 'ephemeral_1h_input_tokens') ?? 0;
  const write5m = tokenCountAt(cacheCreation, 'ephemeral_5m_input_tokens') ?? 0;
  const cacheWrite = tokenCountAt(wire, 'cache_creation_input_tokens') ?? write1h + write5m;
  if (input === undefined && cacheRead + cacheWrite === 0) return undefined;
  if (output === undefined && !partial) return undefined;
  const thinking = tokenCountAt(objectAt(wire, 'output_tokens_details') ?? {}, 'thinking_tokens') ?? 0;
  const searches = searchCountAt(objectAt(wire, 'server_tool_use') ?? {}, 'web_search_requests') ?? 0;
  const beside = semantics.cachedInput === 'beside-input' ? cacheRead + cacheWrite : 0;
  const compaction = compactionTokens(wire);
  const counts: UsageCounts = {
    promptTokens: (input ?? 0) + beside + compaction.input,
    completionTokens: (output ?? 0) + (semantics.reasoning === 'beside-output' ? thinking : 0) + compaction.output,
    ...(cacheRead > 0 && { cachedTokens: cacheRead }),
    ...(cacheWrite > 0 && { cacheWriteTokens: cacheWrite }),
    ...(write1h > 0 && { cacheWrite1hTokens: Math.min(write1h, cacheWrite) }),
    ...(thinking > 0 && { reasoningTokens: thinking }),
    ...(searches > 0 && { webSearches: searches }),
  };
  const cost = semantics.reportsCost === false ? undefined : reportedCost(wire['cost']);
  return {
    counts,
    estimated: partial,
    ...(cost !== undefined && { reportedCostNanoUsd: cost }),
  };
}

/** Compaction passes are billed at the model's price but stand outside the top-level counts (recorded: 99,195 beside 162). */
export function compactionTokens(wire: JsonObject): { readonly input: number; readonly output: number } {
  let input = 0;
  let output = 0;
  for (const iteration of arrayAt(wire, 'iterations') ?? []) {
    if (!isJsonObject(iteration) || iteration['type'] !== 'compaction') continue;
    for (const part of INPUT_PARTS) input += tokenCountAt(iteration, part) ?? 0;
    output += tokenCountAt(iteration, 'output_tokens') ?? 0;
  }
  return { input, output };
}
