/** The 404 where nothing is left, naming what excluded each endpoint (OpenRouter's API, `error.availability`). */
import { servesKind } from '../catalog/kinds.ts';
import { GatewayError } from '../core/errors.ts';
import { type ExchangeKind, WHOLE_KINDS, type WholeKind } from '../core/exchange-kind.ts';
import type { JsonObject } from '../core/json.ts';
import type { ModelGroup } from './candidate.ts';
import { ROUTING_DOCS_URL } from './docs.ts';
import type { Exclusion } from './filter.ts';
import { listed } from './listed.ts';

/** Where each kind of exchange is asked (OpenRouter's API; OpenAI's for moderation). */
const PATHS: Readonly<Record<ExchangeKind, string>> = {
  chat: '/chat/completions',
  embeddings: '/embeddings',
  rerank: '/rerank',
  moderation: '/moderations',
};
/** What is asked for, in any client's grammar. */
const WANTED: Readonly<Record<ExchangeKind, string>> = {
  chat: 'a conversation',
  embeddings: 'embeddings',
  rerank: 'a ranking',
  moderation: 'a judgement',
};
const KINDS: readonly ExchangeKind[] = ['chat', ...WHOLE_KINDS];

/** Undefined where a model that was asked for is of this kind; else the refusal that names the right path. */
export function wrongEndpoint(
  kind: ExchangeKind,
  requested: readonly string[],
  groups: readonly ModelGroup[],
): GatewayError | undefined {
  const endpoints = groups.flatMap(({ candidates }) => candidates.map(({ endpoint }) => endpoint));
  const [first] = endpoints;
  if (!first || endpoints.some((endpoint) => servesKind(endpoint, kind))) return undefined;
  const own = KINDS.find((each) => servesKind(first, each));
  const instead = own ? ` Ask POST ${PATHS[own]}.` : '';
  const what = own === 'chat' || !own ? 'holds conversations' : `is for ${own}`;
  const message = `${listed(requested)} ${what} and cannot be asked for ${WANTED[kind]}.${instead}`;
  return new GatewayError('route.wrong_endpoint', message, {
    field: 'model',
    availability: availability('wrong_endpoint', requested),
  });
}

/** Nobody here is asked this kind at all. */
export function nobodyServes(kind: WholeKind, requested: readonly string[]): GatewayError {
  const message = `No configured provider has models for ${kind}. Add one that has, or list such a model under a provider with output_modalities: [${kind}].`;
  return new GatewayError('route.no_endpoints', message, { availability: availability('no_endpoints', requested) });
}

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
