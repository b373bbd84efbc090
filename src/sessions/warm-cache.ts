/**
 * What an endpoint's prompt cache may be expected to hold of a conversation, learnt from the usage it reports. Hosts differ
 * in what they tell: one that bills writes reports them, and holds what it read and wrote; one that reports reads and never a
 * write caches by itself, and holds the prompt it saw last; of one that has reported neither nothing is expected.
 */
export interface WarmCache {
  /** `silent`: reads were reported, writes never. */
  readonly writes: 'unknown' | 'reported' | 'silent';
  /** What the host says, or must be thought, to hold. */
  readonly heldTokens: number;
  /** What it read of it the last time. */
  readonly readTokens: number;
  readonly missesInARow: number;
  readonly warmUntilMs: number;
}

/** What an answer tells of a cache. */
export interface CacheUse {
  readonly atMs: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
}

export const COLD: WarmCache = {
  writes: 'unknown',
  heldTokens: 0,
  readTokens: 0,
  missesInARow: 0,
  warmUntilMs: Number.NEGATIVE_INFINITY,
};

/** Less than this part of what was held and warm is a miss. */
const HIT_SHARE = 0.5;
/** One may be an eviction, or a side question between two turns. */
const MISSES_BELIEVED = 2;

/** The cache after an answer of the same endpoint; `warmUntilMs` is when its life ends if it was used now. */
export function afterAnswer(before: WarmCache, use: CacheUse, warmUntilMs: number): WarmCache {
  const read = count(use.cachedTokens);
  const written = count(use.cacheWriteTokens);
  const writes = writesAfter(before.writes, read, written);
  if (writes === 'unknown') return COLD;
  // A request without marks at a host that caches what is marked: its cache was neither used nor renewed.
  if (writes === 'reported' && read + written === 0) return before;
  return {
    writes,
    heldTokens: writes === 'reported' ? read + written : Math.max(read, count(use.promptTokens)),
    readTokens: read,
    missesInARow: missesAfter(before, use.atMs, read),
    warmUntilMs,
  };
}

/**
 * Prompt tokens that the next request is expected to find cached. A cache that is written every time and hardly ever read (a
 * prompt whose beginning changes) counts for what was read the last time, or it would hold a conversation at a dear endpoint.
 */
export function expectedTokens(cache: WarmCache, nowMs: number): number {
  if (nowMs >= cache.warmUntilMs) return 0;
  return cache.missesInARow >= MISSES_BELIEVED ? cache.readTokens : cache.heldTokens;
}

function writesAfter(before: WarmCache['writes'], read: number, written: number): WarmCache['writes'] {
  if (written > 0) return 'reported';
  return before === 'unknown' && read > 0 ? 'silent' : before;
}

function missesAfter(before: WarmCache, atMs: number, read: number): number {
  // Nothing was to be found: no evidence either way.
  if (before.heldTokens === 0 || atMs >= before.warmUntilMs) return before.missesInARow;
  return read < before.heldTokens * HIT_SHARE ? before.missesInARow + 1 : 0;
}

/** A provider's odd count (negative, NaN) counts nothing. */
function count(tokens: number): number {
  return tokens > 0 ? tokens : 0;
}
