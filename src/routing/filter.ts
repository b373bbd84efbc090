/** A filter says which endpoints a request may not use, and why. Adding one is adding a file and its line in plan.ts. */
import type { Candidate, Entry, RouteQuestion } from './candidate.ts';

export interface Filter {
  readonly id: string;
  /** Filters that a request does not touch cost nothing. */
  applies(question: RouteQuestion): boolean;
  /** Undefined where the endpoint may serve. */
  against(entry: Entry, question: RouteQuestion): Objection | undefined;
  /**
   * `hard`: excluded, come what may. `soft`: only where another endpoint of the same model passes, so that a preference never
   * leaves a model without endpoints.
   */
  readonly kind: 'hard' | 'soft';
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
}

export function exclusionOf({ endpoint, model, provider }: Candidate, objection: Objection): Exclusion {
  return { endpointId: endpoint.id, providerName: provider.name, modelId: model.id, ...objection };
}
