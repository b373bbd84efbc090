/**
 * The life of a chat exchange after parsing: admit → plan → attempts → commit → stream → settle → final frames.
 * docs/life-of-a-request.md walks through it.
 */
import { toGatewayError } from '../core/errors.ts';
import type { Note } from '../core/note.ts';
import type { UsageCounts } from '../core/usage.ts';
import type { ReplyHead } from '../dialects/dialect.ts';
import type { ActivePlugins } from '../plugins/plugin.ts';
import { createJsonSearch } from '../plugins/web/json-search.ts';
import { missingParameters } from '../routing/filters/parameters.ts';
import { datetime } from '../server-tools/datetime.ts';
import type { ServerTool } from '../server-tools/tool.ts';
import { webSearchTool } from '../server-tools/web-search.ts';
import { admitExchange } from './admit.ts';
import type { LaneFor } from './attempts.ts';
import type { ChatExchange, Exchange, PipelinePorts, Reply } from './exchange.ts';
import { exchangePlugins } from './exchange-plugins.ts';
import { toldToGateway } from './gateway-upstream.ts';
import { type LaneRequest, openLane } from './lane.ts';
import type { ToolPorts } from './offer-tools.ts';
import type { Route, RouteInput } from './route.ts';
import { unroutedMetadata } from './route-record.ts';
import { ExchangeRun } from './run-exchange.ts';
import { chargeAt } from './settle.ts';
import { streamReply } from './stream-reply.ts';
import type { LiveEndpoint } from './target.ts';

/** Runs the exchange. Never rejects: every trouble is a reply. The ledger has exactly one record of what was admitted. */
export async function runChat<Wire>(exchange: ChatExchange<Wire>, ports: PipelinePorts): Promise<Reply> {
  const { client } = exchange.dialect;
  let route: Route;
  let plugins: ActivePlugins | null;
  let admitted: Exchange & RouteInput = {
    ...exchange,
    opening: () => client.openingOf(exchange.wire),
    tools: () => client.toolsOf(exchange.wire),
    pluginUsage: NO_USAGE,
  };
  try {
    const asked = exchangePlugins(exchange, ports);
    plugins = asked instanceof Promise ? await asked : asked;
    if (plugins && hasSaid(plugins)) {
      admitted = { ...admitted, notes: [...exchange.notes, ...plugins.notes], pluginUsage: plugins.usage };
    }
    refuseWrongTools(exchange, ports);
    route = admitExchange(admitted, plugins, ports);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (!exchange.asked.metadata) return { kind: 'error', error };
    return { kind: 'error', error, routerMetadata: unroutedMetadata(exchange, error) };
  }
  const run = new ExchangeRun(admitted, ports, route, chatLanes(exchange, route, plugins, ports));
  if (!exchange.demand.stream) return run.wholeReply();
  return streamReply(run, () =>
    client.openEncoder(headOf(exchange, exchange.demand.models[0] ?? '', ''), exchange.wire),
  );
}

const NO_USAGE: UsageCounts = {};

function hasSaid({ notes, usage }: ActivePlugins): boolean {
  return notes.length > 0 || Object.keys(usage).length > 0;
}

/** The lane to a target, with what its endpoint lacks left out of the request. */
function chatLanes<Wire>(
  exchange: ChatExchange<Wire>,
  route: Route,
  plugins: ActivePlugins | null,
  ports: PipelinePorts,
): LaneFor {
  const { endUserToken } = ports;
  const { dialect, demand, caller, betas } = exchange;
  // The end user's own id never leaves: providers get a stable token that only tells users apart (OpenRouter's API).
  const named =
    demand.user === null
      ? exchange.wire
      : dialect.client.withUser(exchange.wire, endUserToken(caller.key.hash, demand.user));
  // Answers that repeat the request name the user as the caller did.
  const saidBy = (wire: Wire): Wire => (demand.user === null ? wire : dialect.client.withUser(wire, demand.user));
  const toolsFor = dialect.client.serverToolsOf?.(exchange.wire) ? serverToolsFor(exchange, ports) : undefined;
  const wire = route.requested.thinking ? dialect.client.withReasoning(named) : named;
  return (target) => {
    const head = headOf(exchange, target.model.id, target.provider.name);
    const unhonoured = dialect.client.unhonoured(wire, target.provider.host);
    const gateway = toldToGateway(
      target.provider.host,
      dialect.client.providerObjectOf(wire),
      route.preferences,
      exchange.asked,
    );
    const request = {
      dialect,
      head,
      betas,
      plugins,
      stream: demand.stream,
      ...(gateway && { gateway }),
      ...(toolsFor && { serverTools: toolsFor(target) }),
    };
    const missing = missingParameters(target.endpoint, demand);
    if (missing.length === 0) return { ...laneTo({ ...request, wire, said: saidBy(wire) }, target), notes: unhonoured };
    const dropped: Note[] = missing.map((parameter) => ({
      code: 'parameter.dropped',
      field: parameter,
      message: `${target.model.id} at ${target.provider.name} does not support ${parameter}`,
    }));
    const kept = dialect.client.withoutParameters(wire, missing);
    return { ...laneTo({ ...request, wire: kept, said: saidBy(kept) }, target), notes: [...unhonoured, ...dropped] };
  };
}

/** The server tools of this gateway, by type. */
function serverTools<Wire>(
  { snapshot }: ChatExchange<Wire>,
  { pluginSources }: PipelinePorts,
): ReadonlyMap<string, ServerTool> {
  const { web } = snapshot.plugins;
  const tools = [datetime, webSearchTool(web && createJsonSearch(web, pluginSources.getJson))];
  return new Map(tools.map((tool) => [tool.type, tool]));
}

/** What no endpoint could make good is refused before any is asked. @throws GatewayError `client.invalid_request` */
function refuseWrongTools<Wire>(exchange: ChatExchange<Wire>, ports: PipelinePorts): void {
  const wishes = exchange.dialect.client.serverToolsOf?.(exchange.wire);
  if (!wishes) return;
  const byType = serverTools(exchange, ports);
  for (const { type, parameters, field } of wishes.tools) {
    try {
      byType.get(type)?.configure(parameters, field);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      // A service that is missing here may be had where the host runs the tool itself.
      if (error.code === 'client.invalid_request') throw error;
    }
  }
}

function serverToolsFor<Wire>(exchange: ChatExchange<Wire>, ports: PipelinePorts): (target: LiveEndpoint) => ToolPorts {
  const { signal, caller } = exchange;
  const { clock, spend } = ports;
  const byType = serverTools(exchange, ports);
  return ({ endpoint }) => ({
    find: (type) => byType.get(type),
    clock,
    signal,
    costOf: (usage) => chargeAt(endpoint.pricing, usage, clock.now()).costNanoUsd,
    left: () => spend.left(caller),
  });
}

/** Through the provider's door of the caller's own grammar where the request can be relayed there, else as usual. */
function laneTo<Wire>(request: LaneRequest<Wire>, target: LiveEndpoint): Omit<ReturnType<LaneFor>, 'notes'> {
  const door = target.provider.doors.get(request.dialect.id);
  if (door) {
    const through = { ...target, provider: door, context: { ...target.context, host: door.host } };
    const lane = openLane(request, through);
    if (lane.kind === 'relay') return { lane, through };
  }
  return { lane: openLane(request, target) };
}

function headOf<Wire>(exchange: ChatExchange<Wire>, model: string, providerName: string): ReplyHead {
  return {
    id: exchange.id,
    createdSeconds: Math.floor(exchange.receivedAtMs / 1000),
    model,
    providerName,
    excludeReasoning: exchange.dialect.client.excludesReasoning(exchange.wire),
  };
}
