import type { Demand } from '../core/demand.ts';
import { type RouteQuestion, writesByItself } from './candidate.ts';
import type { Offer, OfferPrice } from './offers.ts';

/** Output counted for the price of a request that names no or a large limit. */
const EXPECTED_OUTPUT_TOKENS = 1000;

/**
 * Expected cost of this request at this endpoint in picodollars: estimated input plus min(max_tokens, 1000) output. What the
 * endpoint's cache is expected to hold counts at its read price; what it will write counts at its write price.
 */
export function expectedCostPico(offer: Offer, price: OfferPrice, { demand, sticky }: RouteQuestion): number {
  const { promptTokensEstimate } = demand;
  const rest = price.completion * expectedOutputTokens(demand) + price.request;
  if (sticky === undefined) return price.prompt * promptTokensEstimate + rest;
  // A conversation: its other endpoints begin with a cold cache.
  const isWarm = sticky.endpointId === offer.endpointId && price.axes.inputCacheRead !== undefined;
  const cached = isWarm ? Math.min(sticky.cachedTokens, promptTokensEstimate) : 0;
  const writes = writesByItself(offer.candidate) || demand.marksCache;
  const fresh = writes ? price.cacheWrite : price.prompt;
  return cached * price.cacheRead + (promptTokensEstimate - cached) * fresh + rest;
}

/** min(max_tokens, 1000). */
export function expectedOutputTokens({ maxOutputTokens }: Pick<Demand, 'maxOutputTokens'>): number {
  return Math.min(maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS, EXPECTED_OUTPUT_TOKENS);
}
