/**
 * Counts as hosts tell them. Money hangs on them: one that cannot be right (negative, text, absurd) is treated as not said,
 * so that the exchange is estimated and marked rather than billed wrong (docs/sources.md).
 */
import type { JsonObject } from '../../core/json.ts';

/** No model takes or writes this much in one exchange: a larger count is an accident. */
export const MOST_TOKENS = 1_000_000_000;

/** The member as a whole count; digits as text and fractions have been seen from compatible hosts. */
export function tokenCountAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  const count = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !(count >= 0) || count > MOST_TOKENS) return undefined;
  return Math.floor(count);
}
