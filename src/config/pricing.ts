/** Prices as people write them (USD per unit) to exact integers. */
import { type PicoUsd, parsePicoUsd } from '../core/money.ts';
import { AXIS_BY_WIRE_NAME, type PriceAxes, type PriceOverride, type WirePriceName } from '../core/pricing.ts';
import type { Path, Report } from './problems.ts';
import type { PricingEntry } from './schema.ts';
import type { PricingSettings } from './settings.ts';

type WrittenPrices = { readonly [key in WirePriceName]?: string | number | undefined };

/** A price per token above this (USD 1,000 a million) is most likely a price per million. */
const IMPLAUSIBLE_PICO_USD = 1_000_000_000n;

export function toPricingSettings(entry: PricingEntry, path: Path, report: Report): PricingSettings {
  return {
    axes: toAxes(entry, path, report),
    discount: entry.discount ?? null,
    overrides: entry.overrides?.map((override, i) => toOverride(override, [...path, 'overrides', i], report)) ?? null,
  };
}

function toOverride(entry: NonNullable<PricingEntry['overrides']>[number], path: Path, report: Report): PriceOverride {
  if ((entry.utc_start === undefined) !== (entry.utc_end === undefined)) {
    report.problem(path, 'utc_start and utc_end go together.');
  }
  return {
    axes: toAxes(entry, path, report),
    ...(entry.min_prompt_tokens === undefined ? {} : { minPromptTokens: entry.min_prompt_tokens }),
    ...(entry.utc_start === undefined ? {} : { utcStart: entry.utc_start }),
    ...(entry.utc_end === undefined ? {} : { utcEnd: entry.utc_end }),
    ...(entry.utc_days === undefined ? {} : { utcDays: entry.utc_days }),
  };
}

function toAxes(prices: WrittenPrices, path: Path, report: Report): Partial<PriceAxes> {
  const axes: { -readonly [axis in keyof PriceAxes]?: PicoUsd } = {};
  for (const [key, axis] of Object.entries(AXIS_BY_WIRE_NAME)) {
    const written = Object.entries(prices).find(([name]) => name === key)?.[1];
    if (typeof written !== 'string' && typeof written !== 'number') continue;
    const amount = parsePrice(written, [...path, key], report);
    if (amount === null) continue;
    axes[axis] = amount;
    if ((axis === 'prompt' || axis === 'completion') && amount >= IMPLAUSIBLE_PICO_USD) {
      report.notice([...path, key], 'is a price per token; a price per million tokens must be divided by 1,000,000.');
    }
  }
  return axes;
}

function parsePrice(written: string | number, path: Path, report: Report): PicoUsd | null {
  let amount: PicoUsd;
  try {
    amount = parsePicoUsd(String(written));
  } catch {
    report.problem(path, 'must be a decimal amount in USD per unit with at most 12 decimals, as "0.00000012".');
    return null;
  }
  if (amount >= 0n) return amount;
  report.problem(path, 'must not be negative.');
  return null;
}
