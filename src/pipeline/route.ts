/** The targets of an exchange: requested models → endpoints → plan, on the exchange's pinned snapshot. */
import type { Opening } from '../core/demand.ts';
import { GatewayError } from '../core/errors.ts';
import type { ActivePlugins } from '../plugins/plugin.ts';
import type { RouteQuestion } from '../routing/candidate.ts';
import type { Exclusion } from '../routing/filter.ts';
import { noEndpoints, wrongEndpoint } from '../routing/no-endpoints.ts';
import { type Plan, planRoute } from '../routing/plan.ts';
import { type EffectivePreferences, mergePreferences } from '../routing/preferences.ts';
import { sessionRef } from '../sessions/session-ref.ts';
import type { SessionRef, StickyEndpoint } from '../sessions/sessions.ts';
import type { Exchange, PipelinePorts } from './exchange.ts';
import { type RequestedModels, requestedModels } from './requested-models.ts';
import type { LiveEndpoint, LiveProvider } from './target.ts';
import type { PreferenceLayer } from './told-preferences.ts';

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

export interface RoutePorts extends Pick<PipelinePorts, 'random' | 'clock' | 'fingerprint'> {
  readonly health: Pick<PipelinePorts['health'], 'of' | 'credentialRestsUntilMs'>;
  readonly sessions: Pick<PipelinePorts['sessions'], 'find'>;
}

/**
 * The ordered targets of an exchange.
 * @throws GatewayError `client.model_not_found` (with near matches), `route.model_retired`, `route.no_endpoints`
 */
export function routeExchange(exchange: RouteInput, plugins: ActivePlugins | null, ports: RoutePorts): Route {
  const planned = planExchange(exchange, plugins, ports);
  if (planned.refusal) throw planned.refusal;
  return planned;
}

/** With the refusal as a value: what was excluded and why is worth knowing then, too. */
export interface PlannedRoute extends Route {
  readonly refusal: GatewayError | undefined;
  /** The endpoint that holds this conversation's prompt cache. */
  readonly sticky: StickyEndpoint | null;
}

/** @throws GatewayError `client.model_not_found` (with near matches), and what a router refuses */
export function planExchange(exchange: RouteInput, plugins: ActivePlugins | null, ports: RoutePorts): PlannedRoute {
  const question = openQuestion(exchange, plugins, ports);
  const requested = requestedModels(exchange, question, () => modelOfSession(exchange, ports, question.nowMs));
  const session = sessionOf(exchange, requested, ports);
  const sticky = (session && ports.sessions.find(session, question.nowMs)) ?? null;
  question.groups = requested.groups;
  if (session && sticky) question.sticky = { ...sticky, isNamed: session.isNamed };
  const plan = planRoute(question);
  return {
    requested,
    preferences: question.preferences,
    plan,
    targets: plan.targets.map(({ candidate }) => candidate),
    session,
    sticky,
    refusal: plan.targets.length > 0 ? undefined : refusalOf(exchange, requested, plan.excluded),
  };
}

function refusalOf(
  { kind, demand: { models } }: Pick<RouteInput, 'kind' | 'demand'>,
  { groups, unserved }: RequestedModels,
  excluded: readonly Exclusion[],
) {
  const isServed = groups.some(({ candidates }) => candidates.length > 0);
  return (isServed ? undefined : unserved) ?? wrongEndpoint(kind, models, groups) ?? noEndpoints(models, excluded);
}

/** Completed once it is known which models it is about. */
type DraftQuestion = { -readonly [key in keyof RouteQuestion<LiveEndpoint>]: RouteQuestion<LiveEndpoint>[key] };

function openQuestion(exchange: RouteInput, plugins: ActivePlugins | null, ports: RoutePorts): DraftQuestion {
  const { demand } = exchange;
  const grown = plugins?.addedPromptTokens ?? 0;
  return {
    groups: [],
    kind: exchange.kind,
    demand: grown === 0 ? demand : { ...demand, promptTokensEstimate: demand.promptTokensEstimate + grown },
    preferences: effectivePreferences(exchange),
    random: ports.random,
    nowMs: ports.clock.now(),
    healthOf: ports.health.of,
    keyRestsUntilMs: ({ endpoint, provider }) => keyRestsUntilMs(endpoint.id, provider, ports.health),
    unsayable: ({ provider }) => unsayable(provider, exchange),
    readsFiles: plugins?.readsFiles ?? false,
    fitsContextUpTo: plugins?.fitsContextUpTo ?? 0,
  };
}

/** The model that has answered this conversation: a router stays with it. */
function modelOfSession(input: RouteInput, ports: RoutePorts, nowMs: number): string | null {
  const sticky = ports.sessions.find(sessionRefOf(input, ports), nowMs);
  return sticky ? sticky.endpointId.slice(sticky.endpointId.indexOf('|') + 1) : null;
}

/** The conversation this request belongs to; null where there is nothing to stay at: one endpoint, or no cache to gain by. */
function sessionOf(input: RouteInput, { groups, router }: RequestedModels, ports: RoutePorts): SessionRef | null {
  const choices = groups.reduce((sum, { candidates }) => sum + candidates.length, 0);
  // A router may choose another model the next time.
  if (input.kind !== 'chat' || (choices < 2 && router === null)) return null;
  const hasCache = groups.some(({ candidates }) => candidates.some(readsCheaper));
  return input.demand.sessionId === null && !hasCache ? null : sessionRefOf(input, ports);
}

function sessionRefOf({ demand, caller, opening }: RouteInput, { fingerprint }: RoutePorts): SessionRef {
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
export function effectivePreferences(input: Omit<RouteInput, 'opening'>): EffectivePreferences {
  return mergePreferences(preferenceLayers(input).map(({ said }) => said));
}

/** Who says what, least specific first. */
export function preferenceLayers({
  snapshot,
  caller,
  demand,
  asked,
}: Omit<RouteInput, 'opening'>): readonly PreferenceLayer[] {
  const { defaults, byKey } = snapshot.routing;
  const layers: PreferenceLayer[] = [{ from: 'account', said: defaults }];
  if (byKey.size > 0) {
    for (const name of [caller.key.name, caller.key.label, caller.key.hash]) {
      const ofKey = byKey.get(name);
      if (ofKey) layers.push({ from: 'key', said: ofKey });
    }
  }
  layers.push({ from: 'request', said: demand.preferences });
  if (asked.noPromptTraining) layers.push(NO_TRAINING);
  return layers;
}

const NO_TRAINING: PreferenceLayer = { from: 'header', said: { dataCollection: 'deny' } };

/** When the first of the provider's keys may be used again; 0 where one may be used now. */
function keyRestsUntilMs(endpointId: string, { credentials }: LiveProvider, health: RoutePorts['health']): number {
  let soonest = Number.POSITIVE_INFINITY;
  for (const { id } of credentials) {
    soonest = Math.min(soonest, health.credentialRestsUntilMs(id, endpointId));
    if (soonest === 0) return 0;
  }
  return soonest;
}

function unsayable({ dialect, chats, whole }: LiveProvider, { kind, demand }: RouteInput): readonly string[] {
  // What is asked and answered at once has a grammar of its own, which sees the question itself.
  if (kind !== 'chat') return whole[kind] ? NOTHING : [kind];
  if (!chats) return [kind];
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
