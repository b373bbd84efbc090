/** What a request asks of the response cache (https://openrouter.ai/docs/guides/features/response-caching). */

import type { PresetCache } from '../../presets/apply-preset.ts';

export interface CacheWish {
  /** For an answer that is stored now. */
  readonly ttlSeconds: number;
  /** Forget what is stored, and store what comes. */
  readonly clear: boolean;
}

const DEFAULT_TTL_SECONDS = 300;
const LONGEST_TTL_SECONDS = 86_400;

/**
 * Null where the cache is not wanted: a preset's `false` beats any header, a header's `false` beats a preset's `true`. A
 * request that does not ask costs one look-up.
 */
export function cacheWish(headers: { get(name: string): string | null }, preset: PresetCache | null): CacheWish | null {
  const said = headers.get('x-openrouter-cache');
  if (said === null && preset?.enabled !== true) return null;
  const word = said?.trim().toLowerCase();
  if (preset?.enabled === false || word === 'false' || (word !== 'true' && preset?.enabled !== true)) return null;
  return {
    ttlSeconds: clamp(secondsOf(headers.get('x-openrouter-cache-ttl')) ?? preset?.ttlSeconds ?? DEFAULT_TTL_SECONDS),
    clear: headers.get('x-openrouter-cache-clear')?.trim().toLowerCase() === 'true',
  };
}

/** Leading digits count, whatever follows them; a value without any is not said. */
function secondsOf(written: string | null): number | null {
  return written !== null && /^\s*\d/.test(written) ? Number.parseInt(written, 10) : null;
}

function clamp(seconds: number): number {
  return Math.min(LONGEST_TTL_SECONDS, Math.max(1, Math.trunc(seconds)));
}
