/** A filter says which endpoints a request may not use, and why. Adding one is adding a file and its line in filters.ts. */
import type { Candidate, ModelGroup, RouteQuestion } from './candidate.ts';
import type { ModelOffers, Offer } from './offers.ts';

export interface Filter {
  readonly id: string;
  /**
   * `hard`: excluded, come what may. `soft`: only where another endpoint of the same model passes, so that a preference never
   * leaves a model without endpoints.
   */
  readonly kind: 'hard' | 'soft';
  /** True where only the `provider` object asks for it: most requests have none. */
  readonly asksPreferences?: true;
  /** What is asked of each endpoint of a model; null where the request gives nothing to ask: that costs nothing. */
  checkFor(scope: FilterScope): Check | null;
}

/** Undefined where the endpoint may serve. */
export type Check = (offer: Offer) => Objection | undefined;

export interface FilterScope {
  readonly question: RouteQuestion;
  readonly group: ModelGroup;
  readonly model: ModelOffers;
  /** What the filters before have left. */
  readonly left: readonly Offer[];
}

export interface Objection {
  /** OpenRouter's `excluded_by` vocabulary where it has a word. */
  readonly excludedBy: string;
  /** One clause: "it takes no image input". */
  readonly because: string;
  /** The request's field that asked for it, e.g. `provider.max_price.prompt`. */
  readonly field?: string;
}

export interface Exclusion extends Objection {
  readonly endpointId: string;
  readonly providerName: string;
  readonly modelId: string;
  /** Where only the first is tried: the chance that the draw had made this one the first. */
  readonly share?: number;
}

export function exclusionOf({ endpoint, model, provider }: Candidate, objection: Objection): Exclusion {
  return { endpointId: endpoint.id, providerName: provider.name, modelId: model.id, ...objection };
}
