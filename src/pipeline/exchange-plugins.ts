/** The plugins of a chat exchange: asked before planning, as they may change what an endpoint must be able to do. */
import { isJsonArray, isJsonObject, type Json } from '../core/json.ts';
import { activatePlugins, type FileInput, type PluginPorts, type PluginQuestion } from '../plugins/active-plugins.ts';
import { type Foresight, foreseePlugins } from '../plugins/foresee.ts';
import type { ActivePlugins } from '../plugins/plugin.ts';
import { createJsonSearch, type GetJson } from '../plugins/web/json-search.ts';
import type { ChatExchange, PipelinePorts } from './exchange.ts';
import { endpointsNamed, isOnline } from './requested-models.ts';

export type PluginSources = Omit<PluginPorts, 'search'> & { readonly getJson: GetJson };

/** What plugins read of an exchange. */
export type PluginInput<Wire> = Pick<ChatExchange<Wire>, 'demand' | 'dialect' | 'wire' | 'snapshot'>;

/**
 * Null where no plugin acts; a promise only where one must wait for something.
 * @throws GatewayError for wrong options, unreadable files, a search that is not configured or fails
 */
export function exchangePlugins<Wire>(
  exchange: PluginInput<Wire> & Pick<ChatExchange<Wire>, 'signal'>,
  { pluginSources }: Pick<PipelinePorts, 'pluginSources'>,
): ActivePlugins | null | Promise<ActivePlugins | null> {
  const { getJson, ...ports } = pluginSources;
  const { web } = exchange.snapshot.plugins;
  return activatePlugins(
    { ...questionOf(exchange), signal: exchange.signal },
    { ...ports, search: web && createJsonSearch(web, getJson) },
  );
}

/**
 * What plugins would do, without doing it.
 * @throws GatewayError for wrong options
 */
export function exchangeForesight<Wire>(exchange: PluginInput<Wire>): Foresight {
  return foreseePlugins(questionOf(exchange), { hasSearch: exchange.snapshot.plugins.web !== null });
}

function questionOf<Wire>(exchange: PluginInput<Wire>): PluginQuestion {
  const { demand, dialect, wire, snapshot } = exchange;
  return {
    demand,
    transforms: dialect.client.transformsOf(wire),
    isOnline: isOnline(demand.models),
    defaults: snapshot.plugins.defaults,
    fileInput: () => fileInput(exchange),
    request: () => dialect.client.decodeRequest(wire).value,
    earlierAnnotations: () => annotationsIn(dialect.client.messagesOf(wire)),
  };
}

/** Where a router chooses, some will and some will not. */
function fileInput<Wire>(exchange: PluginInput<Wire>): FileInput {
  const endpoints = endpointsNamed(exchange);
  const taking = endpoints.filter(
    ({ endpoint, provider }) =>
      endpoint.inputModalities.includes('file') && !provider.dialect.cannotCarry.includes('file'),
  );
  if (endpoints.length === 0) return 'some';
  return taking.length === endpoints.length ? 'all' : taking.length === 0 ? 'none' : 'some';
}

/** What assistant messages brought back of files that were read before. */
function annotationsIn(messages: readonly Json[]): readonly Json[] {
  return messages.flatMap((message) => {
    const annotations = isJsonObject(message) ? message['annotations'] : undefined;
    return isJsonArray(annotations) ? annotations : [];
  });
}
