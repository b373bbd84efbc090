/** The targets of an exchange: requested models → endpoints → plan, on the exchange's pinned snapshot. */
import type { Opening } from '../core/demand.ts';
import { GatewayError } from '../core/errors.ts';
import type { ProviderPreferences } from '../core/preferences.ts';
import type { ActivePlugins } from '../plugins/plugin.ts';
import type { RouteQuestion } from '../routing/candidate.ts';
import { noEndpoints } from '../routing/no-endpoints.ts';
import { type Plan, planRoute } from '../routing/plan.ts';
import { type EffectivePreferences, mergePreferences } from '../routing/preferences.ts';
import { sessionRef } from '../sessions/session-ref.ts';
import type { SessionRef } from '../sessions/sessions.ts';
import type { Exchange, PipelinePorts } from './exchange.ts';
import { type RequestedModels, requestedModels } from './requested-models.ts';
import type { LiveEndpoint, LiveProvider } from './target.ts';

export interface Route {
  readonly requested: RequestedModels;
  readonly preferences: EffectivePreferences;
  readonly plan: Plan<LiveEndpoint>;
  readonly targets: readonly LiveEndpoint[];
  readonly session: SessionRef | null;
}

/** What of an exchange decides its route. A dry run has no more than this. */
export interface RouteInput extends Pick<Exchange, 'kind' | 'demand' | 'asked' | 'snapshot' | 'caller'> {
  /** Read only where a router or a session needs it. */
  readonly opening: () => Opening;
}

export type RoutePorts = Pick<PipelinePorts, 'random' | 'clock' | 'health' | 'sessions' | 'fingerprint'>;

/**
 * The ordered targets of an exchange.
 * @throws GatewayError `client.model_not_found` (with near matches), `route.model_retired`, `route.no_endpoints`
 */
export function routeExchange(exchange: RouteInput, plugins: ActivePlugins | null, ports: RoutePorts): Route {
  const nowMs = ports.clock.now();
  const { demand } = exchange;
  const requested = requestedModels(exchange, ports);
  const session = sessionOf(exchange, requested, ports);
  const preferences = effectivePreferences(exchange);
  const sticky = session && ports.sessions.find(session, nowMs);
  const question: RouteQuestion<LiveEndpoint> = {
    groups: requested.groups,
    demand,
    preferences,
    random: ports.random,
    nowMs,
    healthOf: (endpointId) => ports.health.of(endpointId),
    keyRestsUntilMs: (target) => keyRestsUntilMs(target, ports),
    unsayable: ({ provider }) => unsayable(provider, exchange),
    ...(sticky && { sticky: { ...sticky, isNamed: session.isNamed } }),
    readsFiles: plugins?.readsFiles ?? false,
    fitsPrompt: plugins?.fitsPrompt ?? false,
  };
  if (requested.groups.every(({ candidates }) => candidates.length === 0)) {
    throw requested.unserved ?? noEndpoints(demand.models, []);
  }
  const plan = planRoute(question);
  if (plan.targets.length === 0) throw noEndpoints(demand.models, plan.excluded);
  return { requested, preferences, plan, targets: plan.targets.map(({ candidate }) => candidate), session };
}

/** The conversation this request belongs to; null where there is nothing to stay at: one endpoint, or no cache to gain by. */
function sessionOf(input: RouteInput, { groups }: RequestedModels, { fingerprint }: RoutePorts): SessionRef | null {
  const { demand, caller, opening, kind } = input;
  if (kind !== 'chat' || groups.reduce((sum, { candidates }) => sum + candidates.length, 0) < 2) return null;
  const hasCache = groups.some(({ candidates }) => candidates.some(readsCheaper));
  if (demand.sessionId === null && !hasCache) return null;
  return sessionRef({
    tenant: caller.key.workspaceId,
    model: demand.models[0] ?? '',
    sessionId: demand.sessionId,
    promptCacheKey: demand.promptCacheKey,
    opening,
    fingerprint,
  });
}

function readsCheaper({ endpoint: { pricing } }: LiveEndpoint): boolean {
  return pricing.inputCacheRead !== undefined && pricing.inputCacheRead < pricing.prompt;
}

/** The account's defaults, those of the key, then the request's own. */
export function effectivePreferences({
  snapshot,
  caller,
  demand,
  asked,
}: Omit<RouteInput, 'opening'>): EffectivePreferences {
  const { defaults, byKey } = snapshot.routing;
  const layers: ProviderPreferences[] = [defaults];
  if (byKey.size > 0) {
    for (const name of [caller.key.name, caller.key.label, caller.key.hash]) {
      const ofKey = byKey.get(name);
      if (ofKey) layers.push(ofKey);
    }
  }
  layers.push(demand.preferences);
  if (asked.noPromptTraining) layers.push(NO_TRAINING);
  return mergePreferences(layers);
}

const NO_TRAINING: ProviderPreferences = { dataCollection: 'deny' };

/** When the first of the provider's keys may be used again; 0 where one may be used now. */
function keyRestsUntilMs({ endpoint, provider }: LiveEndpoint, { health }: RoutePorts): number {
  let soonest = Number.POSITIVE_INFINITY;
  for (const { id } of provider.credentials) {
    soonest = Math.min(soonest, health.credentialRestsUntilMs(id, endpoint.id));
    if (soonest === 0) return 0;
  }
  return soonest;
}

function unsayable({ dialect }: LiveProvider, { kind, demand }: RouteInput): readonly string[] {
  if (!dialect.kinds.includes(kind)) return [kind];
  if (demand.inputModalities.length === 0) return NOTHING;
  return demand.inputModalities.filter((modality) => dialect.cannotCarry.includes(modality));
}

const NOTHING: readonly string[] = [];

/** A request that comes back to the gateway it left would go round until somebody's deadline. */
export function refuseLoop({ asked }: Pick<Exchange, 'asked'>, instanceId: string): void {
  if (!asked.via.includes(instanceId)) return;
  throw new GatewayError(
    'route.loop',
    "This request came back to the gateway that sent it: a provider's base_url leads here. Give that provider its real address.",
  );
}
