/**
 * The catalogue routes, framework-free: each takes what the router parsed and answers status and body, or throws a
 * GatewayError. Who may ask, and whether without a key, is decided before.
 */
import type { Endpoint, Model } from '../../catalog/model.ts';
import type { Resolved } from '../../catalog/resolve-model.ts';
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { EndpointStats } from '../../core/health.ts';
import type { JsonObject } from '../../core/json.ts';
import { type FilterFacts, filterModels, type ListedModel } from './catalogue-filter.ts';
import { type ModelsQuery, parseModelsQuery } from './catalogue-query.ts';
import { type ListedProvider, modelEndpointsRow, modelRow, openAiMembers, providerRow } from './catalogue-shapes.ts';

export interface CatalogueDeps {
  /** Models that the caller may use and a configured provider serves; with `all`, the whole catalogue. */
  listModels(caller: KeyRecord | null, all: boolean): Iterable<Model>;
  /** The model's endpoints under the same rule. */
  endpointsOf(modelId: string, caller: KeyRecord | null, all: boolean): readonly Endpoint[];
  resolve(requested: string): Resolved;
  /** Providers to list: the configured ones; with `all`, every known one. */
  providers(all: boolean): readonly ListedProvider[];
  nowMs(): number;
  statsOf?(endpointId: string): EndpointStats | undefined;
  popularityOf?(modelId: string): number | undefined;
}

export interface CatalogueAnswer {
  readonly status: 200;
  readonly body: JsonObject;
}

export interface CatalogueRequest {
  readonly caller: KeyRecord | null;
  readonly query: URLSearchParams;
}

export interface ModelRequest extends CatalogueRequest {
  readonly author: string;
  readonly slug: string;
}

export interface CatalogueRoutes {
  /** `GET /models` and, with the key's rights, `GET /models/user`. */
  models(request: CatalogueRequest): CatalogueAnswer;
  /** `GET /models/count` */
  count(request: CatalogueRequest): CatalogueAnswer;
  /** `GET /embeddings/models` */
  embeddingModels(request: CatalogueRequest): CatalogueAnswer;
  /** `GET /model/{author}/{slug}`; the slug may carry a variant. */
  model(request: ModelRequest): CatalogueAnswer;
  /** `GET /models/{id}`: the same with the members that OpenAI's clients read. */
  retrieved(request: ModelRequest): CatalogueAnswer;
  /** `GET /models/{author}/{slug}/endpoints` */
  endpoints(request: ModelRequest): CatalogueAnswer;
  /** `GET /providers` */
  providers(request: CatalogueRequest): CatalogueAnswer;
}

export function catalogueRoutes(deps: CatalogueDeps): CatalogueRoutes {
  const list = (request: CatalogueRequest, query: ModelsQuery): ListedModel[] => {
    const listed: ListedModel[] = [];
    for (const model of deps.listModels(request.caller, query.all)) {
      listed.push({ model, endpoints: deps.endpointsOf(model.id, request.caller, query.all) });
    }
    return filterModels(listed, query, filterFacts(deps));
  };
  const page = (request: CatalogueRequest, query: ModelsQuery, path: string): CatalogueAnswer => {
    const found = list(request, query);
    const end = query.limit === null ? found.length : query.offset + query.limit;
    return ok({
      data: found.slice(query.offset, end).map((each) => modelRow(each.model, each.endpoints)),
      total_count: found.length,
      links: { next: end < found.length ? nextPage(path, request.query, end) : null },
    });
  };
  return {
    models: (request) => page(request, parseModelsQuery(request.query), '/api/v1/models'),
    embeddingModels(request) {
      const query = { ...parseModelsQuery(request.query), outputModalities: ['embeddings'] };
      return page(request, query, '/api/v1/embeddings/models');
    },
    count: (request) => ok({ data: { count: list(request, parseModelsQuery(request.query)).length } }),
    model(request) {
      const { model, endpoints } = findModel(deps, request);
      return ok({ data: modelRow(model, endpoints) });
    },
    retrieved(request) {
      const { model, endpoints } = findModel(deps, request);
      const row = modelRow(model, endpoints);
      return ok({ ...row, ...openAiMembers(model), data: row });
    },
    endpoints(request) {
      const { model, endpoints } = findModel(deps, request);
      const names = new Map(deps.providers(true).map((each) => [each.id, each.name]));
      const nameOf = (id: string): string => names.get(id) ?? id;
      return ok({ data: modelEndpointsRow(model, endpoints, nameOf, (id) => deps.statsOf?.(id)) });
    },
    providers: (request) => ok({ data: deps.providers(wantsAll(request.query)).map(providerRow) }),
  };
}

function ok(body: JsonObject): CatalogueAnswer {
  return { status: 200, body };
}

function wantsAll(query: URLSearchParams): boolean {
  return parseModelsQuery(query).all;
}

function filterFacts(deps: CatalogueDeps): FilterFacts {
  const byId = new Map(deps.providers(true).map((each) => [each.id, each]));
  return {
    nowMs: deps.nowMs(),
    provider: (id) => byId.get(id),
    statsOf: deps.statsOf && ((id) => deps.statsOf?.(id)),
    popularityOf: deps.popularityOf && ((id) => deps.popularityOf?.(id)),
  };
}

function nextPage(path: string, query: URLSearchParams, offset: number): string {
  const next = new URLSearchParams(query);
  next.set('offset', String(offset));
  return `${path}?${next}`;
}

/**
 * One model by name, aliases and variants resolved. A model that exists but that nobody configured serves is shown with
 * `?all=true`; without it the answer says so.
 */
function findModel(deps: CatalogueDeps, request: ModelRequest): ListedModel {
  const requested = request.author === '' ? request.slug : `${request.author}/${request.slug}`;
  const resolved = deps.resolve(requested);
  if (resolved.kind === 'retired') {
    throw new GatewayError('route.model_retired', `${resolved.id} is retired. Use ${resolved.successor}.`, {
      metadata: { successor: resolved.successor },
    });
  }
  if (resolved.kind === 'unknown') throw notFound(requested, resolved.near);
  const all = wantsAll(request.query);
  // A routing variant (`:nitro`) is the same catalogue entry.
  const id = [resolved.id, resolved.id.replace(/:.*$/, '')].find((each) => isListed(deps, request, each, all));
  for (const model of deps.listModels(request.caller, all)) {
    if (model.id === id) return { model, endpoints: deps.endpointsOf(model.id, request.caller, all) };
  }
  throw new GatewayError(
    'client.not_found',
    `${resolved.id} is known, but no configured provider serves it to this key. Add ?all=true to see it anyway.`,
  );
}

function isListed(deps: CatalogueDeps, request: ModelRequest, id: string, all: boolean): boolean {
  return deps.endpointsOf(id, request.caller, all).length > 0;
}

function notFound(requested: string, near: readonly string[]): GatewayError {
  const hint = near.length ? ` Near: ${near.join(', ')}.` : '';
  return new GatewayError('client.not_found', `There is no model ${requested.slice(0, 200)}.${hint}`, {
    ...(near.length ? { metadata: { near_matches: [...near] } } : {}),
  });
}
