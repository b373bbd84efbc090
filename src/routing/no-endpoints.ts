/** The 404 where nothing is left, naming what excluded each endpoint (OpenRouter's API, `error.availability`). */
import { GatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { ROUTING_DOCS_URL } from './docs.ts';
import type { Exclusion } from './filter.ts';
import { listed } from './listed.ts';

/** A caller reads the first; a list of thousands is nobody's. */
const LISTED = 50;

export function noEndpoints(requested: readonly string[], excluded: readonly Exclusion[]): GatewayError {
  const names = listed(requested);
  if (excluded.length === 0) {
    const message = `No configured provider serves ${names}. Add a provider that hosts it, or ask /models for what is served.`;
    return new GatewayError('route.no_endpoints', message, { availability: availability('no_endpoints', requested) });
  }
  const why = excluded.slice(0, LISTED).map(({ providerName, because }) => `${providerName}: ${because}`);
  const rules = [...new Set(excluded.map(({ excludedBy }) => excludedBy))];
  const fields = [...new Set(excluded.flatMap(({ field }) => field ?? []))];
  const [field] = fields;
  const isPrivacy = rules.every((rule) => rule.startsWith('data_policy:'));
  return new GatewayError(
    'route.no_endpoints',
    `No endpoints of ${names} match this request. ${[...new Set(why)].join('; ')}.`,
    {
      ...(fields.length === 1 && field !== undefined && { field }),
      availability: {
        ...availability(isPrivacy ? 'privacy_restricted' : 'constraint_filtered', requested),
        excluded_by: rules,
        affected_providers: [...new Set(excluded.map(({ providerName }) => providerName))],
        ...(fields.length === 1 && field !== undefined && { constraint: { field, detail: why[0] ?? '' } }),
      },
      metadata: { excluded: excluded.slice(0, LISTED).map(exclusionRow) },
    },
  );
}

export function exclusionRow({ endpointId, providerName, modelId, excludedBy, because }: Exclusion): JsonObject {
  return { endpoint_id: endpointId, provider: providerName, model: modelId, excluded_by: excludedBy, because };
}

function availability(code: string, requested: readonly string[]): JsonObject {
  return { code, retryable: false, requested_models: requested, docs_url: ROUTING_DOCS_URL };
}
