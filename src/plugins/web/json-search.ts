/**
 * A search service that answers `GET <base_url>/search?q=…&format=json` with `{results: [{url, title, content}]}`, as SearXNG
 * does (docs.searxng.org/dev/search_api): free, self-hosted, in front of many search engines.
 */
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, isJsonObject, type Json, stringAt } from '../../core/json.ts';
import type { SearchBackend, SearchOptions, SearchResult } from './search.ts';

/** A page of results is some ten kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The one call that a backend makes; egress has it. */
export type GetJson = (request: GetJsonRequest) => Promise<Json>;

export interface GetJsonRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface JsonSearchSettings {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export function createJsonSearch(settings: JsonSearchSettings, getJson: GetJson): SearchBackend {
  const { baseUrl, headers, timeoutMs } = settings;
  const address = `${baseUrl.replace(/\/+$/, '')}/search`;
  return {
    async search(query, options) {
      const { signal } = options;
      const parameters = new URLSearchParams({ q: withDomain(query, options), format: 'json' });
      const body = await getJson({
        url: `${address}?${parameters}`,
        headers: { accept: 'application/json', ...headers },
        timeoutMs,
        maxBytes: MAX_BYTES,
        ...(signal && { signal }),
      }).catch((error: unknown) => {
        if (!(error instanceof GatewayError) || signal?.aborted) throw error;
        throw failed(error.message, error);
      });
      const results = isJsonObject(body) ? arrayAt(body, 'results') : undefined;
      if (!results) throw failed('its answer has no "results".');
      return results.flatMap(toResult);
    },
  };
}

/** A service that does not offer JSON answers 403, as its page says. */
function failed(why: string, cause?: GatewayError): GatewayError {
  return new GatewayError(
    'gateway.unavailable',
    `The web search failed: ${why} Its address is plugins.web.base_url in the configuration; it must offer the format json.`,
    { cause },
  );
}

/** One domain is said to the engines; several have no form that all of them know. */
function withDomain(query: string, { includeDomains }: SearchOptions): string {
  const [only, ...more] = includeDomains;
  return only === undefined || more.length > 0 ? query : `${query} site:${only.replace(/^\*\./, '')}`;
}

function toResult(row: Json): readonly SearchResult[] {
  if (!isJsonObject(row)) return [];
  const url = stringAt(row, 'url');
  if (!url) return [];
  return [{ url, title: stringAt(row, 'title') || url, content: stringAt(row, 'content') ?? '' }];
}
