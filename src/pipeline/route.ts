/** Requested ids → models → candidates → plan, on the exchange's pinned snapshot. */
import { priceAt } from '../catalog/price.ts';
import { GatewayError } from '../core/errors.ts';
import { MODELS_DOCS_URL } from '../routing/docs.ts';
import { noEndpoints, type Plan, planRoute } from '../routing/plan.ts';
import type { Candidate, RoutingContext } from '../routing/rule.ts';
import type { Exchange, PipelinePorts } from './exchange.ts';
import type { Snapshot } from './snapshot.ts';
import type { LiveEndpoint, TargetCandidate } from './target.ts';

export interface Route {
  readonly plan: Plan;
  readonly targets: readonly LiveEndpoint[];
}

/**
 * The ordered targets of an exchange.
 * @throws GatewayError `client.model_not_found` (with near matches), `route.model_retired`, `route.no_endpoints`
 */
export function routeExchange(exchange: Exchange, ports: Pick<PipelinePorts, 'random' | 'clock' | 'cooldowns'>): Route {
  const { demand, snapshot } = exchange;
  if (demand.models.length === 0) {
    throw new GatewayError(
      'client.invalid_request',
      'model: required; name a model as author/slug. GET /models lists those that are served.',
      { field: 'model' },
    );
  }
  const liveById = new Map<string, LiveEndpoint>();
  const candidates: TargetCandidate[] = [];
  let retired: GatewayError | undefined;
  for (const [rank, requested] of demand.models.entries()) {
    const found = candidatesOf(requested, rank, snapshot, liveById);
    // A retired model is one that fails: the others of `models[]` are there for that (openrouter-api.md §3.4).
    if (found instanceof GatewayError) retired ??= found;
    else candidates.push(...found);
  }
  if (candidates.length === 0 && retired) throw retired;
  if (candidates.length === 0) throw noEndpoints(demand.models, []);
  const plan = planRoute(candidates, routingContext(exchange, ports));
  if (plan.targets.length === 0) throw noEndpoints(demand.models, plan.excluded);
  return { plan, targets: plan.targets.flatMap(({ endpoint }) => liveById.get(endpoint.id) ?? []) };
}

/** What could serve one of the requested models, or the error that it was retired. */
function candidatesOf(
  requested: string,
  modelRank: number,
  snapshot: Snapshot,
  liveById: Map<string, LiveEndpoint>,
): readonly TargetCandidate[] | GatewayError {
  const resolved = snapshot.resolve(requested);
  switch (resolved.kind) {
    case 'found': {
      const live = snapshot.endpointsOf(resolved.id);
      for (const endpoint of live) liveById.set(endpoint.endpoint.id, endpoint);
      return live.map((endpoint) => ({
        endpoint: endpoint.endpoint,
        model: endpoint.model,
        provider: endpoint.provider.routing,
        modelRank,
        live: endpoint,
      }));
    }
    case 'retired':
      return new GatewayError(
        'route.model_retired',
        `${requested} has been retired by its provider. Use ${resolved.successor} instead.`,
        {
          field: 'model',
          availability: {
            code: 'model_deprecated',
            retryable: false,
            requested_models: [requested],
            docs_url: MODELS_DOCS_URL,
            fallback_models: [resolved.successor],
          },
        },
      );
    case 'unknown': {
      const near = resolved.near.length > 0 ? ` Did you mean ${resolved.near.join(' or ')}?` : '';
      throw new GatewayError('client.model_not_found', `${requested} is not a valid model ID.${near}`, {
        field: 'model',
        availability: {
          code: 'model_not_found',
          retryable: false,
          requested_models: [requested],
          docs_url: MODELS_DOCS_URL,
          ...(resolved.near.length > 0 && { fallback_models: resolved.near }),
        },
      });
    }
  }
}

function routingContext(
  exchange: Exchange,
  { random, clock, cooldowns }: Pick<PipelinePorts, 'random' | 'clock' | 'cooldowns'>,
): RoutingContext {
  const nowMs = clock.now();
  const { demand, snapshot } = exchange;
  return {
    demand,
    random,
    nowMs,
    priceOf: ({ endpoint }) => priceAt(endpoint.pricing, { promptTokens: demand.promptTokensEstimate, nowMs }),
    unavailableUntilMs: (endpointId) => cooldowns.untilMs(endpointId),
    unsayable: (candidate) => unsayable(candidate, exchange, snapshot),
  };
}

function unsayable(candidate: Candidate, { kind, demand }: Exchange, snapshot: Snapshot): readonly string[] {
  const dialect = snapshot.provider(candidate.provider.id)?.dialect;
  if (!dialect?.kinds.includes(kind)) return [kind];
  return demand.inputModalities.filter((modality) => dialect.cannotCarry.includes(modality));
}
