/** What a host that is a gateway itself is told, and what it is not asked to do a second time. */
import { isJsonArray, isJsonObject, type Json, type MutableJsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** Plugins that act here before the request leaves; the host is asked for the others. */
const ACT_HERE: ReadonlySet<string> = new Set([
  'context-compression',
  'response-healing',
  'file-parser',
  'web',
  'auto-router',
  'auto-beta-router',
  'pareto-router',
]);

/** Writes what is required of the host (OpenRouter's API); gives the headers that say the rest. */
export function tellGateway(body: MutableJsonObject, { gateway }: UpstreamContext): Readonly<Record<string, string>> {
  leaveOutOurPlugins(body);
  if (!gateway) return NO_HEADERS;
  const { provider, noPromptTraining } = gateway;
  if (Object.keys(provider).length > 0) body['provider'] = provider;
  else delete body['provider'];
  return noPromptTraining ? { 'x-openrouter-no-prompt-training': 'true' } : NO_HEADERS;
}

function leaveOutOurPlugins(body: MutableJsonObject): void {
  const { plugins } = body;
  if (!isJsonArray(plugins)) return;
  const theirs = plugins.filter((plugin) => !actsHere(plugin));
  if (theirs.length > 0) body['plugins'] = theirs;
  else delete body['plugins'];
}

function actsHere(plugin: Json): boolean {
  const id = isJsonObject(plugin) ? plugin['id'] : undefined;
  return typeof id === 'string' && ACT_HERE.has(id);
}
