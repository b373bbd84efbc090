/** A web search as a port: which service answers is the operator's choice. */

export interface SearchBackend {
  /** @throws GatewayError where the service does not answer in time or in its form */
  search(query: string, options: SearchOptions): Promise<readonly SearchResult[]>;
}

export interface SearchOptions {
  /** At most this many are wanted. */
  readonly maxResults: number;
  /** Results of these only, where there are any; a hint for the backend, the plugin holds to it. */
  readonly includeDomains: readonly string[];
  readonly excludeDomains: readonly string[];
  readonly signal?: AbortSignal;
}

export interface SearchResult {
  /** http(s). */
  readonly url: string;
  readonly title: string;
  /** What the page says about the query; '' where the service has none. */
  readonly content: string;
}

/**
 * Results of the wanted domains, each address once, at most `maxResults`. A domain covers its subdomains; it may carry
 * a path (`example.com/blog`) or a star (`*.example.com`).
 */
export function selectResults(
  results: readonly SearchResult[],
  { maxResults, includeDomains, excludeDomains }: SearchOptions,
): readonly SearchResult[] {
  const seen = new Set<string>();
  const selected: SearchResult[] = [];
  for (const result of results) {
    if (selected.length >= maxResults) break;
    const url = URL.parse(result.url);
    if (!url || !/^https?:$/.test(url.protocol) || seen.has(url.href)) continue;
    const isOf = (domain: string): boolean => covers(domain, url);
    if (includeDomains.length > 0 && !includeDomains.some(isOf)) continue;
    if (excludeDomains.some(isOf)) continue;
    seen.add(url.href);
    selected.push(result);
  }
  return selected;
}

function covers(domain: string, url: URL): boolean {
  const [host = '', ...path] = domain
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^\*\./, '')
    .split('/');
  if (url.hostname !== host && !url.hostname.endsWith(`.${host}`)) return false;
  const under = path.filter((segment) => segment !== '');
  const segments = url.pathname.toLowerCase().split('/').slice(1);
  return under.every((segment, at) => segments[at] === segment);
}
