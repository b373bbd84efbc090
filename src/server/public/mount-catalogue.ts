/** The catalogue's routes: who may ask, and what of the snapshot they show. */
import type { Endpoint, Model } from '../../catalog/model.ts';
import type { EndpointStats } from '../../core/health.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import type { ProviderDefinition } from '../../providers/provider.ts';
import type { AuthPorts } from '../authenticate.ts';
import { jsonResponse } from '../json-response.ts';
import type { Route } from '../route.ts';
import { type CatalogueAnswer, type CatalogueDeps, type CatalogueRequest, catalogueRoutes } from './catalogue.ts';
import { readerOf } from './catalogue-reader.ts';
import type { ListedProvider } from './catalogue-shapes.ts';

export interface CataloguePorts {
  readonly auth: AuthPorts;
  readonly snapshot: () => Snapshot;
  readonly clock: { now(): number };
  /** Rolling figures of an endpoint; without it, or without traffic, rows show none and the status of a serving one. */
  readonly statsOf?: (endpointId: string) => EndpointStats | undefined;
  /** The whole catalogue, for `?all=true`. */
  readonly wholeCatalogue: {
    readonly models: ReadonlyMap<string, Model>;
    readonly endpointsByModel: ReadonlyMap<string, readonly Endpoint[]>;
    readonly definitions: ReadonlyMap<string, ProviderDefinition>;
  };
}

type Answer = (request: CatalogueRequest, parameters: Readonly<Record<string, string>>) => CatalogueAnswer;

export function mountCatalogue(ports: CataloguePorts): readonly Route[] {
  const catalogue = catalogueRoutes(createDeps(ports));
  const model = ({ author = '', slug = '' }: Readonly<Record<string, string>>) => ({ author, slug });
  const open = (path: string, answer: Answer) => get(path, answer, ports, () => ports.snapshot().publicCatalogue);
  return [
    open('/models', catalogue.models),
    open('/models/count', catalogue.count),
    get('/models/user', catalogue.models, ports, () => false),
    open('/model/:author/:slug', (request, parameters) => catalogue.model({ ...request, ...model(parameters) })),
    // OpenAI's clients retrieve a model by its id, some with its slash escaped; OpenRouter's have the route above.
    open('/models/:id', (request, { id = '' }) => catalogue.retrieved({ ...request, ...splitId(id) })),
    open('/models/:author/:slug', (request, parameters) => catalogue.retrieved({ ...request, ...model(parameters) })),
    open('/models/:author/:slug/endpoints', (request, parameters) =>
      catalogue.endpoints({ ...request, ...model(parameters) }),
    ),
    open('/providers', catalogue.providers),
    open('/embeddings/models', catalogue.embeddingModels),
  ];
}

function splitId(id: string): { readonly author: string; readonly slug: string } {
  const slash = id.indexOf('/');
  return slash < 0 ? { author: '', slug: id } : { author: id.slice(0, slash), slug: id.slice(slash + 1) };
}

function get(path: string, answer: Answer, ports: CataloguePorts, isPublic: () => boolean): Route {
  return {
    method: 'GET',
    path,
    handle(request, parameters) {
      const caller = readerOf(request.headers, ports.auth, isPublic());
      const { status, body } = answer({ caller, query: new URL(request.url).searchParams }, parameters);
      return jsonResponse(status, body);
    },
  };
}

function createDeps({ snapshot, clock, wholeCatalogue, statsOf }: CataloguePorts): CatalogueDeps {
  return {
    nowMs: () => clock.now(),
    ...(statsOf && { statsOf }),
    resolve: (requested) => snapshot().resolve(requested),
    listModels(_caller, all) {
      const served = snapshot().models;
      return all ? new Map([...wholeCatalogue.models, ...served]).values() : served.values();
    },
    endpointsOf(modelId, _caller, all) {
      const served = snapshot()
        .endpointsOf(modelId)
        .map(({ endpoint }) => endpoint);
      if (!all) return served;
      const ids = new Set(served.map(({ id }) => id));
      const others = wholeCatalogue.endpointsByModel.get(modelId) ?? [];
      return [...served, ...others.filter(({ id }) => !ids.has(id))];
    },
    providers(all) {
      const live = snapshot().providers.map((provider) =>
        listed(provider.id, provider.name, provider, wholeCatalogue.definitions.get(provider.id)),
      );
      if (!all) return live;
      const ids = new Set(live.map(({ id }) => id));
      const rest = [...wholeCatalogue.definitions.values()].filter(({ id }) => !ids.has(id));
      return [...live, ...rest.map((each) => listed(each.id, each.name, each.policy, each))];
    },
  };
}

function listed(
  id: string,
  name: string,
  policy: { readonly training: boolean; readonly retentionDays: number | null },
  definition: ProviderDefinition | undefined,
): ListedProvider {
  return {
    id,
    name,
    policy: {
      training: policy.training,
      retentionDays: policy.retentionDays,
      headquarters: definition?.policy.headquarters ?? null,
    },
    ...(definition?.links && { links: definition.links }),
  };
}
