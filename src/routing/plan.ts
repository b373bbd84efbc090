/** Candidates to an ordered plan with reasons: pure. Adding a rule is adding a file and its line in RULES. */
import { GatewayError } from '../core/errors.ts';
import { ROUTING_DOCS_URL } from './docs.ts';
import type { Candidate, Exclusion, RoutingContext, RoutingRule } from './rule.ts';
import { availability } from './rules/availability.ts';
import { capability, outputLength } from './rules/capability.ts';
import { dataPolicy } from './rules/data-policy.ts';
import { maxPrice } from './rules/max-price.ts';
import { order } from './rules/order.ts';
import { preferParameters, requireParameters } from './rules/parameters.ts';
import { priceWeight } from './rules/price-weight.ts';
import { ignore, only } from './rules/provider-lists.ts';

/** Hard filters first, then preferences, then the order; a later rule sees what the earlier ones left. */
const RULES: readonly RoutingRule[] = [
  only,
  ignore,
  dataPolicy,
  maxPrice,
  capability,
  requireParameters,
  outputLength,
  preferParameters,
  priceWeight,
  order,
  availability,
];

export interface Plan {
  /** In the order they will be tried; never the same endpoint twice. */
  readonly targets: readonly Candidate[];
  readonly excluded: readonly Exclusion[];
  /** What ordered them, by rule. */
  readonly reasons: readonly { readonly rule: string; readonly because: string }[];
}

export function planRoute(candidates: readonly Candidate[], context: RoutingContext): Plan {
  let remaining = candidates;
  const excluded: Exclusion[] = [];
  const reasons: { rule: string; because: string }[] = [];
  for (const rule of RULES) {
    // One candidate is past ordering, but hard filters still apply to it.
    const result = rule.apply(remaining, context);
    remaining = result.candidates;
    if (result.excluded.length > 0) excluded.push(...result.excluded);
    if (result.because) reasons.push({ rule: rule.id, because: result.because });
  }
  const [top] = remaining;
  const { allowFallbacks = true, order: listed } = context.demand.preferences;
  // Without fallbacks: the order list, or only the top endpoint; other models of `models[]` remain (§3.4).
  if (!allowFallbacks && !listed && top) {
    const seen = new Set<number>();
    remaining = remaining.filter(({ modelRank }) => !seen.has(modelRank) && seen.add(modelRank));
  }
  return { targets: remaining, excluded, reasons };
}

/** The 404 where nothing is left, naming what excluded each endpoint (OpenRouter's API). */
export function noEndpoints(requested: readonly string[], excluded: readonly Exclusion[]): GatewayError {
  const why = excluded.map(({ providerName, because }) => `${providerName}: ${because}`);
  const filtered = excluded.length > 0;
  const message = filtered
    ? `No endpoints of ${requested.join(', ')} match this request. ${[...new Set(why)].join('; ')}.`
    : `No configured provider serves ${requested.join(', ')}. Add a provider that hosts it, or ask /models for what is served.`;
  return new GatewayError('route.no_endpoints', message, {
    availability: {
      code: filtered ? 'constraint_filtered' : 'no_endpoints',
      retryable: false,
      requested_models: requested,
      docs_url: ROUTING_DOCS_URL,
      ...(filtered && { excluded_by: [...new Set(excluded.map(({ rule }) => rule))] }),
    },
  });
}
