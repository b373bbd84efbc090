import type { Endpoint } from '../../catalog/model.ts';
import type { Demand } from '../../core/demand.ts';
import type { Filter } from '../filter.ts';

/** Parameters that choose among endpoints even without require_parameters (OpenRouter's API): the weightiest first. */
const SOFT_PREFERENCES = ['tools', 'tool_choice', 'response_format', 'structured_outputs', 'verbosity'] as const;

const NOTHING: readonly string[] = [];

/** The request's parameters that this endpoint does not take. */
export function missingParameters(endpoint: Endpoint, demand: Demand): readonly string[] {
  const { parameters } = demand;
  if (parameters.length === 0) return NOTHING;
  const { supportedParameters } = endpoint;
  return parameters.filter((parameter) => !supportedParameters.includes(parameter));
}

/** `provider.require_parameters`: drop endpoints that lack one. */
export const requireParameters: Filter = {
  id: 'require-parameters',
  kind: 'hard',
  asksPreferences: true,
  checkFor({ question: { preferences, demand } }) {
    if (!preferences.requireParameters || demand.parameters.length === 0) return null;
    return ({ candidate }) => {
      const missing = missingParameters(candidate.endpoint, demand);
      if (missing.length === 0) return undefined;
      return {
        excludedBy: 'require_parameters',
        because: `it does not support ${missing.join(', ')}`,
        field: 'provider.require_parameters',
      };
    };
  },
};

/**
 * Tools, structured output and verbosity: where some endpoints of a model support one, only those are used; where none does, the
 * request still goes out and the parameter is dropped with a note. Never removes a model from the fallback list.
 */
export const preferParameters: Filter = {
  id: 'prefer-parameters',
  kind: 'soft',
  checkFor({ question: { demand }, model, left }) {
    const needed: string[] = [];
    let able = left;
    for (const parameter of SOFT_PREFERENCES) {
      if (!demand.parameters.includes(parameter) || model.parameters.includes(parameter)) continue;
      const supporting = able.filter(({ candidate }) => candidate.endpoint.supportedParameters.includes(parameter));
      if (supporting.length === 0) continue;
      able = supporting;
      needed.push(parameter);
    }
    if (able.length === left.length) return null;
    const passing = new Set(able);
    return (offer) => {
      if (passing.has(offer)) return undefined;
      const { supportedParameters } = offer.candidate.endpoint;
      const lacking = needed.find((parameter) => !supportedParameters.includes(parameter)) ?? '';
      return { excludedBy: 'prefer_parameters', because: `others support ${lacking} and it does not`, field: lacking };
    };
  },
};
