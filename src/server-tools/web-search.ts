/** `openrouter:web_search`: a search by the operator's search service, when and for what the model decides (OpenRouter's API). */
import { GatewayError, invalidRequest } from '../core/errors.ts';
import { arrayAt, isJsonObject, type JsonObject, numberAt, stringAt } from '../core/json.ts';
import { type SearchBackend, type SearchResult, selectResults } from '../plugins/web/search.ts';
import type { ConfiguredTool, ServerTool } from './tool.ts';

const DEFAULT_RESULTS = 5;
const MOST_RESULTS = 25;
const DEFAULT_RESULT_CHARACTERS = 2000;
const MOST_RESULT_CHARACTERS = 100_000;

/** @param search null = no search service is configured */
export function webSearchTool(search: SearchBackend | null): ServerTool {
  return {
    type: 'openrouter:web_search',
    configure(parameters, field) {
      const maxResults = wholeNumber(parameters, 'max_results', MOST_RESULTS, field) ?? DEFAULT_RESULTS;
      const maxCharacters =
        wholeNumber(parameters, 'max_characters', MOST_RESULT_CHARACTERS, field) ?? DEFAULT_RESULT_CHARACTERS;
      const maxUses = wholeNumber(parameters, 'max_uses', Number.MAX_SAFE_INTEGER, field);
      if (!search) {
        throw new GatewayError(
          'gateway.unsupported',
          `${field}: web search is not configured here. Set plugins.web.base_url in the configuration to a search service that answers /search?q=…&format=json, or leave the tool out.`,
          { field },
        );
      }
      const options = {
        maxResults,
        includeDomains: texts(parameters, 'allowed_domains'),
        excludeDomains: texts(parameters, 'excluded_domains'),
      };
      return configured(search, options, maxCharacters, maxUses ?? Number.POSITIVE_INFINITY);
    },
  };
}

function configured(
  search: SearchBackend,
  options: Omit<Parameters<typeof selectResults>[1], 'signal'>,
  maxCharacters: number,
  maxUses: number,
): ConfiguredTool {
  let uses = 0;
  return {
    definition: {
      name: 'web_search',
      description: 'Searches the web and gives titles, addresses and excerpts of the pages found.',
      parameters: {
        type: 'object',
        properties: { query: { type: 'string', description: 'What to search for.' } },
        required: ['query'],
        additionalProperties: false,
      },
    },
    async run(input, { signal }) {
      const query = isJsonObject(input) ? (stringAt(input, 'query') ?? '') : '';
      if (query.trim() === '') return { text: 'The query is empty.', isError: true };
      if (++uses > maxUses) return { text: `No more searches: at most ${maxUses} are allowed.`, isError: true };
      const found = selectResults(await search.search(query, { ...options, signal }), options);
      return { text: JSON.stringify({ results: found.map((result) => shown(result, maxCharacters)) }) };
    },
  };
}

function shown({ title, url, content }: SearchResult, maxCharacters: number): JsonObject {
  return { title, url, content: content.slice(0, maxCharacters) };
}

function wholeNumber(parameters: JsonObject, name: string, most: number, field: string): number | undefined {
  if (parameters[name] === undefined || parameters[name] === null) return undefined;
  const value = numberAt(parameters, name);
  if (value !== undefined && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw invalidRequest(`${field}.parameters.${name}`, `must be a whole number from 1 to ${most}`);
}

function texts(parameters: JsonObject, name: string): readonly string[] {
  return (arrayAt(parameters, name) ?? []).filter((each) => typeof each === 'string');
}
