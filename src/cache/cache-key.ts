/** What makes two requests the same one (OpenRouter's API, response caching). */
import type { Json } from '../core/json.ts';

export interface CacheQuestion {
  /** Whose cache it is: answers are never shared between keys. */
  readonly keyHash: string;
  /** The route: equal bodies at two routes are two questions. */
  readonly endpoint: string;
  /** As the caller wrote it. */
  readonly model: string;
  readonly stream: boolean;
  /** Values of request headers that change the answer. */
  readonly variesBy: readonly string[];
  /** After preset expansion. */
  readonly body: Json;
}

/**
 * The key's owner stands in it as it is, so that no collision of digests reaches another tenant. The body counts as its
 * value: white space does not matter, the order of members does.
 */
export function cacheKeyOf(question: CacheQuestion, digest: (text: string) => string): string {
  const { keyHash, endpoint, model, stream, variesBy, body } = question;
  // A JSON text has no raw newline: the two parts cannot run into each other.
  return `${keyHash}.${digest(`${JSON.stringify([endpoint, model, stream, variesBy])}\n${JSON.stringify(body)}`)}`;
}
