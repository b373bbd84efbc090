import type { Candidate, RoutingContext } from './rule.ts';

/** Output counted for the price of a request that names no or a large limit. */
const EXPECTED_OUTPUT_TOKENS = 1000;

/**
 * Expected cost of this request at this endpoint in picodollars: estimated input plus min(max_tokens, 1000) output.
 * A number, not a bigint: it only compares and weighs.
 */
export function expectedCostPico(candidate: Candidate, context: RoutingContext): number {
  const price = context.priceOf(candidate);
  const { maxOutputTokens, promptTokensEstimate } = context.demand;
  const output = Math.min(maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS, EXPECTED_OUTPUT_TOKENS);
  return Number(price.prompt) * promptTokensEstimate + Number(price.completion) * output + Number(price.request ?? 0n);
}
