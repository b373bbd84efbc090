import type { Endpoint } from '../../catalog/model.ts';
import type { Demand } from '../../core/demand.ts';
import { type Candidate, filterCandidates, type RoutingRule } from '../rule.ts';

/** Parameters that choose among endpoints even without require_parameters (OpenRouter's API). */
const SOFT_PREFERENCE = ['tools', 'tool_choice', 'response_format', 'structured_outputs', 'verbosity'];

/** The request's parameters that this endpoint does not take. */
export function missingParameters(endpoint: Endpoint, demand: Demand): string[] {
  const { supportedParameters } = endpoint;
  return demand.parameters.filter((parameter) => !supportedParameters.includes(parameter));
}

/** `provider.require_parameters`: drop endpoints that lack one. */
export const requireParameters: RoutingRule = {
  id: 'require-parameters',
  apply(candidates, context) {
    if (!context.demand.preferences.requireParameters) return { candidates, excluded: [] };
    return filterCandidates(candidates, 'require_parameters', (candidate) => {
      const missing = missingParameters(candidate.endpoint, context.demand);
      return missing.length === 0 ? undefined : `it does not support ${missing.join(', ')}`;
    });
  },
};

/**
 * Tools, structured output and verbosity: if some endpoints of a model support them, only those are used; if none does, the
 * request still goes out and the parameter is dropped with a note. Never removes a model from the fallback list.
 */
export const preferParameters: RoutingRule = {
  id: 'prefer-parameters',
  apply(candidates, context) {
    const wanted = context.demand.parameters.filter((parameter) => SOFT_PREFERENCE.includes(parameter));
    if (wanted.length === 0) return { candidates, excluded: [] };
    const able = (candidate: Candidate) =>
      wanted.every((parameter) => candidate.endpoint.supportedParameters.includes(parameter));
    const ranksWithAble = new Set(candidates.filter(able).map((candidate) => candidate.modelRank));
    return filterCandidates(candidates, 'prefer_parameters', (candidate) =>
      !ranksWithAble.has(candidate.modelRank) || able(candidate)
        ? undefined
        : `others support ${wanted.join(', ')} and it does not`,
    );
  },
};
