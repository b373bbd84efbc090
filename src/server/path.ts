/**
 * One canonical path per route, without redirects: repeated and trailing slashes fold, and the bases `/api`, `/api/v1`, `/v1`
 * (each with or without a trailing slash) are the same API.
 */

/** Prefix under which every API route is mounted. */
export const API = '/api/v1';

/** First segments that belong to the API when they follow `/api` directly. */
const API_WORDS = new Set([
  'activity',
  'chat',
  'completions',
  'credits',
  'embeddings',
  'endpoints',
  'generation',
  'key',
  'keys',
  'messages',
  'model',
  'models',
  'moderations',
  'presets',
  'providers',
  'rerank',
  'responses',
  'signalbox',
]);

/** Clients that bring a version of their own to the base address they are given. */
const OTHER_VERSIONS: Readonly<Record<string, string>> = {
  '/v2/rerank': `${API}/rerank`,
  '/api/v2/rerank': `${API}/rerank`,
};

/** The path of a URL, folded. A path that is no API path is only cleaned of repeated and trailing slashes. */
export function canonicalPath(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  if (start < 0) return '/';
  const query = url.indexOf('?', start);
  const hash = url.indexOf('#', start);
  const end = query >= 0 ? query : hash >= 0 ? hash : url.length;
  let path = url.slice(start, end);
  if (path.includes('//') || (path.length > 1 && path.endsWith('/'))) {
    path = path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  }
  if (path.startsWith(`${API}/`)) return path;
  if (path.startsWith('/v1/')) return `/api${path}`;
  if (path.startsWith('/api/') && API_WORDS.has(path.slice(5).split('/', 1)[0] ?? '')) return `${API}${path.slice(4)}`;
  return OTHER_VERSIONS[path] ?? path;
}
