/**
 * Where a request would go and why: the plan that it would get at this moment, without sending it. Nothing is written and nothing is
 * counted; health hears of attempts only, so a dry run leaves it as it is.
 */
import { axesToWire } from '../catalog/price-axes.ts';
import { GatewayError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { formatPicoUsd } from '../core/money.ts';
import type { ActivePlugins } from '../plugins/plugin.ts';
import type { Entry } from '../routing/candidate.ts';
import { expectedOutputTokens } from '../routing/expected-cost.ts';
import type { Exclusion } from '../routing/filter.ts';
import { missingParameters } from '../routing/filters/parameters.ts';
import type { PipelinePorts } from './exchange.ts';
import { policiesOf } from './policy-report.ts';
import {
  effectivePreferences,
  type PlannedRoute,
  planExchange,
  preferenceLayers,
  type RouteInput,
  type RoutePorts,
  refuseLoop,
} from './route.ts';
import { rounded, roundedUsd } from './route-record.ts';
import type { Destination, ExcludedReport, PolicyReport, RouteReport, TargetReport } from './route-report.ts';
import type { LiveEndpoint } from './target.ts';
import { preferenceSources, toldPreferences } from './told-preferences.ts';

export interface DryRunPorts extends RoutePorts {
  readonly instanceId: string;
  /** Null: whether the key could pay is not asked. */
  readonly spend: Pick<PipelinePorts['spend'], 'admit'> | null;
}

/** What the caller of a dry run adds to it. */
export interface DryRunContext {
  readonly plugins: ActivePlugins | null;
  /** Where the request would be refused before it is planned. */
  readonly refusal: GatewayError | null;
  /** What acts beside routing: a preset, plugins. */
  readonly policies: readonly PolicyReport[];
  /** The body of an error in the caller's grammar. */
  readonly encodeError: (error: GatewayError) => JsonObject;
}

/** @throws GatewayError `client.invalid_request` where the request is no request: it names no model */
export function dryRun(input: RouteInput, context: DryRunContext, ports: DryRunPorts): RouteReport {
  const { route, error: unrouted } = planned(input, context.plugins, ports);
  const error = context.refusal ?? unrouted;
  const preferences = route?.preferences ?? effectivePreferences(input);
  const told = toldPreferences(preferences);
  const sources = preferenceSources(told, preferenceLayers(input));
  const excluded = route?.plan.excluded ?? [];
  const [first] = route?.plan.targets ?? [];
  return {
    would_go_to: first && !error ? destinationOf(first) : null,
    error: error ? bodyOf(error, context) : null,
    admitted: admission(input, ports),
    strategy: route?.requested.strategy ?? (input.demand.models.length > 1 ? 'fallback' : 'direct'),
    ...(route?.requested.router != null && { router: route.requested.router }),
    because: route ? [...route.requested.reasons, ...route.plan.reasons.map(({ because }) => because)] : [],
    estimate: {
      prompt_tokens: input.demand.promptTokensEstimate + (context.plugins?.addedPromptTokens ?? 0),
      output_tokens: expectedOutputTokens(input.demand),
      expected_cost_usd: first && !error ? roundedUsd(first.costPico) : null,
    },
    targets: route ? targetsOf(route, input) : [],
    excluded: excluded.map(excludedRow),
    preferences: told,
    preferences_from: sources,
    policies: [...policiesOf({ told, sources, excluded, key: input.caller.key }), ...context.policies],
  };
}

interface Planned {
  readonly route: PlannedRoute | null;
  readonly error: GatewayError | null;
}

function planned(input: RouteInput, plugins: ActivePlugins | null, ports: DryRunPorts): Planned {
  try {
    const route = planExchange(input, plugins, ports);
    refuseLoop(input, ports.instanceId);
    return { route, error: route.refusal ?? null };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code === 'client.invalid_request') throw thrown;
    return { route: null, error: thrown };
  }
}

function bodyOf(error: GatewayError, { encodeError }: DryRunContext): JsonObject {
  const { error: member } = encodeError(error);
  return isJsonObject(member) ? member : {};
}

function admission({ caller }: RouteInput, { spend, clock }: DryRunPorts): RouteReport['admitted'] {
  if (!spend) return { ok: null, reason: null };
  const refusal = spend.admit(caller, clock.now());
  return { ok: refusal === undefined, reason: refusal?.message ?? null };
}

function destinationOf({ candidate }: Entry<LiveEndpoint>): Destination {
  const { endpoint, model, provider } = candidate;
  return {
    provider: provider.name,
    model: model.id,
    endpoint_id: endpoint.id,
    upstream_model: endpoint.upstreamModel,
    ...(endpoint.serviceTier && { service_tier: endpoint.serviceTier }),
  };
}

function targetsOf(route: PlannedRoute, input: RouteInput): readonly TargetReport[] {
  const { plan, preferences } = route;
  const poolOf = ({ group }: Entry): number => (preferences.partition === 'none' ? 0 : group);
  // Where nothing was drawn the first one is certain.
  const drawn = new Set(plan.targets.filter(({ share }) => share > 0).map(poolOf));
  const begun = new Set<number>();
  return plan.targets.map((entry, i) => {
    const pool = poolOf(entry);
    const isFirst = !begun.has(pool);
    begun.add(pool);
    const share = drawn.has(pool) ? entry.share : isFirst ? 1 : 0;
    return targetRow(entry, i + 1, share, route, input);
  });
}

function targetRow(
  { candidate, costPico, price, standing, quality, health }: Entry<LiveEndpoint>,
  rank: number,
  share: number,
  { sticky, session }: PlannedRoute,
  { demand }: RouteInput,
): TargetReport {
  const { endpoint, model, provider } = candidate;
  const dropped = missingParameters(endpoint, demand);
  return {
    rank,
    endpoint_id: endpoint.id,
    provider: provider.name,
    model: model.id,
    expected_cost: roundedUsd(costPico),
    pricing: axesToWire(price, formatPicoUsd),
    share: rounded(share),
    standing,
    ...(quality > 0 && { quality: rounded(quality) }),
    ...(health.latency && { latency_p50: health.latency.p50 }),
    ...(health.throughput && { throughput_p50: health.throughput.p50 }),
    ...(sticky?.endpointId === endpoint.id && {
      session: { cached_tokens: sticky.cachedTokens, is_named: session?.isNamed ?? false },
    }),
    ...(dropped.length > 0 && { dropped_parameters: dropped }),
  };
}

function excludedRow({ endpointId, providerName, modelId, excludedBy, because, share }: Exclusion): ExcludedReport {
  return {
    endpoint_id: endpointId,
    provider: providerName,
    model: modelId,
    excluded_by: excludedBy,
    because,
    ...(share !== undefined && { share: rounded(share) }),
  };
}
