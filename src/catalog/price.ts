/** Which price applies to a request: conditions resolved to plain axes (OpenRouter's API). */
import type { PriceAxes, PriceOverride, Pricing } from '../core/pricing.ts';
import { AXIS_BY_WIRE_NAME, type PriceAxis, WIRE_PRICE_NAMES } from '../core/pricing.ts';

export interface PriceSituation {
  /** Prompt tokens of the request, cached ones included. */
  readonly promptTokens: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Discounts are fractions with at most six decimals: integers from here on. */
const DISCOUNT_SCALE = 1_000_000;

/** The axes in force: base, then every matching condition in order (later ones win per axis), then the discount. */
export function priceAt(pricing: Pricing, situation: PriceSituation): PriceAxes {
  // Nearly every price is flat; routing asks for one per candidate.
  if (pricing.overrides.length === 0 && !pricing.discount) return pricing;
  const { discount, overrides, ...base } = pricing;
  let axes: PriceAxes = base;
  for (const override of overrides) {
    if (isInForce(override, situation)) axes = { ...axes, ...override.axes };
  }
  return discount ? discounted(axes, discount) : axes;
}

/** Whether an override's conditions hold. */
export function isInForce(override: PriceOverride, situation: PriceSituation): boolean {
  // "Strictly greater": at exactly the threshold the base price holds.
  if (override.minPromptTokens !== undefined && situation.promptTokens <= override.minPromptTokens) return false;
  return isInWindow(override, situation.nowMs);
}

/**
 * A window that wraps midnight belongs to the day on which it starts: `fri 2200–0200` covers Saturday's first two hours.
 * The contract leaves this open; billing a night's job at one tariff is the reading that surprises least.
 */
function isInWindow(override: PriceOverride, nowMs: number): boolean {
  const { utcStart, utcEnd, utcDays } = override;
  const now = new Date(nowMs);
  if (utcStart === undefined && utcEnd === undefined) return isOnDay(utcDays, now);
  const start = minutesOf(utcStart ?? 0);
  const end = minutesOf(utcEnd ?? 2400);
  const minute = Math.floor((nowMs % DAY_MS) / MINUTE_MS);
  if (start < end) return minute >= start && minute < end && isOnDay(utcDays, now);
  if (minute >= start) return isOnDay(utcDays, now);
  return minute < end && isOnDay(utcDays, new Date(nowMs - DAY_MS));
}

function isOnDay(utcDays: readonly string[] | undefined, at: Date): boolean {
  return utcDays === undefined || utcDays.includes(DAYS[at.getUTCDay()] ?? '');
}

/** `930` (HHMM) → 570. */
function minutesOf(hhmm: number): number {
  return Math.floor(hhmm / 100) * 60 + (hhmm % 100);
}

/** Every axis times (1 − discount), rounded half up to a whole picodollar. */
function discounted(axes: PriceAxes, discount: number): PriceAxes {
  const kept = BigInt(DISCOUNT_SCALE - Math.round(discount * DISCOUNT_SCALE));
  const scale = BigInt(DISCOUNT_SCALE);
  const reduce = (price: bigint): bigint => (price * kept + scale / 2n) / scale;
  const reduced: { -readonly [axis in PriceAxis]?: bigint } = {};
  for (const name of WIRE_PRICE_NAMES) {
    const price = axes[AXIS_BY_WIRE_NAME[name]];
    if (price !== undefined) reduced[AXIS_BY_WIRE_NAME[name]] = reduce(price);
  }
  return { ...reduced, prompt: reduce(axes.prompt), completion: reduce(axes.completion) };
}
