/** What a response says it consumed. */
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import type { Usage } from '../../../core/usage.ts';
import type { HostProfile } from '../../host.ts';
import { decodeUsage } from '../../shared/openai/usage.ts';
import { MOST_SEARCHES, searchCountAt } from '../../shared/upstream/token-count.ts';

/** @param searches how many searches the output shows, for hosts that do not count them */
export function usageOf(response: JsonObject, searches: number, host: Pick<HostProfile, 'usage'>): Usage | undefined {
  const told = objectAt(response, 'usage');
  const usage = told && decodeUsage(told, host);
  if (!told || !usage || usage.counts.webSearches !== undefined) return usage;
  const webSearches = countedSearches(response, told) ?? Math.min(searches, MOST_SEARCHES);
  return webSearches > 0 ? { ...usage, counts: { ...usage.counts, webSearches } } : usage;
}

/** OpenAI counts them beside the usage, xAI inside it. */
function countedSearches(response: JsonObject, usage: JsonObject): number | undefined {
  const openAi = objectAt(objectAt(response, 'tool_usage') ?? {}, 'web_search');
  const xai = objectAt(usage, 'server_side_tool_usage_details');
  return (openAi && searchCountAt(openAi, 'num_requests')) ?? (xai && searchCountAt(xai, 'web_search_calls'));
}

/** Opening a page or looking inside it is no search (https://platform.openai.com/docs/guides/tools-web-search). */
export function isSearch(item: JsonObject): boolean {
  if (item['type'] !== 'web_search_call') return false;
  const action = stringAt(objectAt(item, 'action') ?? {}, 'type');
  return action === undefined || action === 'search';
}

export function outputOf(response: JsonObject): readonly JsonObject[] {
  return (arrayAt(response, 'output') ?? []).filter(isJsonObject);
}
