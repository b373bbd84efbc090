import type { Endpoint } from '../../catalog/model.ts';
import type { Demand } from '../../core/demand.ts';
import type { Filter } from '../filter.ts';

/** Parameters that choose among endpoints even without require_parameters (OpenRouter's API). */
const SOFT_PREFERENCE: ReadonlySet<string> = new Set([
  'tools',
  'tool_choice',
  'response_format',
  'structured_outputs',
  'verbosity',
]);

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
  applies: ({ preferences, demand }) => preferences.requireParameters && demand.parameters.length > 0,
  against({ candidate }, { demand }) {
    const missing = missingParameters(candidate.endpoint, demand);
    if (missing.length === 0) return undefined;
    return {
      excludedBy: 'require_parameters',
      because: `it does not support ${missing.join(', ')}`,
      field: 'provider.require_parameters',
    };
  },
};

/**
 * Tools, structured output and verbosity: if some endpoints of a model support them, only those are used; if none does, the
 * request still goes out and the parameter is dropped with a note. Never removes a model from the fallback list.
 */
export const preferParameters: Filter = {
  id: 'prefer-parameters',
  kind: 'soft',
  applies: ({ demand }) => demand.parameters.some((parameter) => SOFT_PREFERENCE.has(parameter)),
  against({ candidate: { endpoint } }, { demand }) {
    for (const parameter of demand.parameters) {
      if (!SOFT_PREFERENCE.has(parameter) || endpoint.supportedParameters.includes(parameter)) continue;
      return {
        excludedBy: 'prefer_parameters',
        because: `others support ${parameter} and it does not`,
        field: parameter,
      };
    }
    return undefined;
  },
};
