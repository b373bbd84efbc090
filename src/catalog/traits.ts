/** What a dialect must know of a model at an endpoint: the same shape as dialects/host.ts `ModelTraits`. */
import type { Endpoint, Model } from './model.ts';

export interface CatalogTraits {
  readonly maxOutputTokens?: number;
  readonly contextLength?: number;
  readonly sampling?: boolean;
  readonly reasoning?: {
    readonly mandatory: boolean;
    readonly efforts?: readonly string[];
    readonly budget: boolean;
    readonly adaptive?: boolean;
    readonly assumed?: boolean;
  };
  readonly prefill?: boolean;
  readonly forcedToolUse?: boolean;
  readonly jsonSchema?: boolean;
}

/** A reasoning model served without reasoning (a host that never turns it on) has no reasoning here. */
export function traitsOf(model: Model, endpoint: Endpoint): CatalogTraits {
  const { limits, reasoning } = model;
  const parameters = new Set(endpoint.supportedParameters);
  const samples = limits.sampling !== false && (parameters.size === 0 || parameters.has('temperature'));
  return {
    // A length nobody said must not shape a request.
    ...(endpoint.contextIsAssumed ? {} : { contextLength: endpoint.contextLength }),
    ...(endpoint.maxOutputTokens === null ? {} : { maxOutputTokens: endpoint.maxOutputTokens }),
    ...(samples ? {} : { sampling: false }),
    ...(reasoning && (parameters.size === 0 || parameters.has('reasoning'))
      ? {
          reasoning: {
            mandatory: reasoning.mandatory,
            budget: reasoning.budget,
            ...(reasoning.efforts ? { efforts: reasoning.efforts } : {}),
            ...(reasoning.adaptive ? { adaptive: true } : {}),
            ...(reasoning.assumed ? { assumed: true } : {}),
          },
        }
      : {}),
    ...(limits.prefill === false ? { prefill: false } : {}),
    ...(limits.forcedToolUse === false ? { forcedToolUse: false } : {}),
    ...(limits.jsonSchema === false ? { jsonSchema: false } : {}),
  };
}
