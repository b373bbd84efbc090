/**
 * Counts as hosts tell them. Money hangs on them: one that cannot be right (negative, text, absurd) is treated as not said,
 * so that the exchange is estimated and marked rather than billed wrong (docs/sources.md).
 */
import type { JsonObject } from '../../../core/json.ts';
import { type NanoUsd, nanoUsdFromNumber } from '../../../core/money.ts';

/** No model takes or writes this much in one exchange: a larger count is an accident. */
export const MOST_TOKENS = 1_000_000_000;

/** No answer is worth this many searches: each of them is billed. */
export const MOST_SEARCHES = 10_000;
/** No exchange costs this much. */
const MOST_USD = 1_000_000;

/** The member as a whole count; digits as text and fractions have been seen from compatible hosts. */
export function tokenCountAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  const count = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !(count >= 0) || count > MOST_TOKENS) return undefined;
  return Math.floor(count);
}

/** As `tokenCountAt`, for what is billed one by one. */
export function searchCountAt(object: JsonObject, key: string): number | undefined {
  const count = tokenCountAt(object, key);
  return count !== undefined && count <= MOST_SEARCHES ? count : undefined;
}

/** What a host says that it charged; undefined where no exchange can cost that. */
export function reportedCost(usd: unknown): NanoUsd | undefined {
  return typeof usd === 'number' && usd >= 0 && usd <= MOST_USD ? nanoUsdFromNumber(usd) : undefined;
}
