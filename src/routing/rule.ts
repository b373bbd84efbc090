/** A routing rule: pure, replayable from its log row. Health, time and randomness are arguments. */
import type { Endpoint, Model } from '../catalog/model.ts';
import type { Demand } from '../core/demand.ts';
import type { Random } from '../core/ids.ts';
import type { PriceAxes } from '../core/pricing.ts';

/** An endpoint that could serve one of the requested models. */
export interface Candidate {
  readonly endpoint: Endpoint;
  readonly model: Model;
  readonly provider: RoutingProvider;
  /** Position of the model in the caller's list: candidates of rank 0 come before those of rank 1. */
  readonly modelRank: number;
}

export interface RoutingProvider {
  readonly id: string;
  readonly name: string;
  /** The operator's multiplier on this provider's share of balanced traffic. */
  readonly weight: number;
  readonly training: boolean;
  /** Days prompts are kept; null = unknown. */
  readonly retentionDays: number | null;
}

export interface RoutingContext {
  readonly demand: Demand;
  readonly random: Random;
  readonly nowMs: number;
  /** The price in force for this request's size and time. */
  readonly priceOf: (candidate: Candidate) => PriceAxes;
  /** Endpoints to put last: cooling down after a Retry-After or an outage. */
  readonly unavailableUntilMs: (endpointId: string) => number;
  /** Content this endpoint's grammar cannot carry; such an endpoint is excluded, content is never dropped. */
  readonly unsayable: (candidate: Candidate) => readonly string[];
}

export interface Exclusion {
  readonly endpointId: string;
  readonly providerName: string;
  readonly modelId: string;
  /** OpenRouter's `excluded_by` vocabulary where it has a word. */
  readonly rule: string;
  readonly because: string;
}

export interface RuleResult {
  readonly candidates: readonly Candidate[];
  readonly excluded: readonly Exclusion[];
  /** One sentence where the rule changed something. */
  readonly because?: string;
}

export interface RoutingRule {
  readonly id: string;
  apply(candidates: readonly Candidate[], context: RoutingContext): RuleResult;
}

/** Keeps what `reasonAgainst` says nothing about. */
export function filterCandidates(
  candidates: readonly Candidate[],
  rule: string,
  reasonAgainst: (candidate: Candidate) => string | undefined,
): RuleResult {
  const kept: Candidate[] = [];
  const excluded: Exclusion[] = [];
  for (const candidate of candidates) {
    const because = reasonAgainst(candidate);
    if (because === undefined) kept.push(candidate);
    else excluded.push(exclusion(candidate, rule, because));
  }
  return { candidates: kept, excluded };
}

export function exclusion(candidate: Candidate, rule: string, because: string): Exclusion {
  return {
    endpointId: candidate.endpoint.id,
    providerName: candidate.provider.name,
    modelId: candidate.model.id,
    rule,
    because,
  };
}

/**
 * Whether a slug of `order`, `only` or `ignore` names the endpoint: a base slug covers all regions and variants
 * (`deepinfra` covers `deepinfra/turbo`), by slug or display name, in any case (OpenRouter's API).
 */
export function slugMatches(slug: string, candidate: Candidate): boolean {
  const wanted = slug.trim().toLowerCase();
  const tag = candidate.endpoint.tag.toLowerCase();
  return tag === wanted || tag.startsWith(`${wanted}/`) || candidate.provider.name.toLowerCase() === wanted;
}
