import type { PriceAxes } from '../core/pricing.ts';
import type { Candidate, RouteQuestion } from './candidate.ts';

/** Output counted for the price of a request that names no or a large limit. */
const EXPECTED_OUTPUT_TOKENS = 1000;

/**
 * Expected cost of this request at this endpoint in picodollars: estimated input plus min(max_tokens, 1000) output. What the
 * endpoint's cache is expected to hold counts at its read price; what it will write counts at its write price.
 */
export function expectedCostPico(candidate: Candidate, price: PriceAxes, { demand, sticky }: RouteQuestion): number {
  const { maxOutputTokens, promptTokensEstimate } = demand;
  const output = Math.min(maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS, EXPECTED_OUTPUT_TOKENS);
  const prompt = Number(price.prompt);
  const rest = Number(price.completion) * output + (price.request === undefined ? 0 : Number(price.request));
  if (sticky === undefined) return prompt * promptTokensEstimate + rest;
  // A conversation: its other endpoints begin with a cold cache.
  const isWarm = sticky.endpointId === candidate.endpoint.id && price.inputCacheRead !== undefined;
  const cached = isWarm ? Math.min(sticky.cachedTokens, promptTokensEstimate) : 0;
  const writes = candidate.provider.writesCache || demand.marksCache;
  const fresh = writes && price.inputCacheWrite !== undefined ? Number(price.inputCacheWrite) : prompt;
  const read = price.inputCacheRead === undefined ? prompt : Number(price.inputCacheRead);
  return cached * read + (promptTokensEstimate - cached) * fresh + rest;
}
