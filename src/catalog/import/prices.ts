/** models.dev's prices (USD per million tokens, JSON numbers) as rows (USD per token, decimal strings). */
import { formatPicoUsd, parseUsd } from '../../core/money.ts';
import type { WirePriceName } from '../../core/pricing.ts';
import type { EndpointRow, OverrideRow } from '../rows.ts';
import type { FactsCost } from './facts.ts';

type PriceRow = EndpointRow['price'];
export type CostAxes = Omit<FactsCost, 'tiers' | 'context_over_200k'>;

const PICO_DIGITS = 12;
/** Digits kept below the grain while rounding. */
const SPARE_DIGITS = 18;

/**
 * USD per million tokens → USD per token. Twelve significant digits first, because sources carry float noise
 * (0.0024499999999999995); then half up to a whole picodollar per token, the ledger's grain. Today one figure of ten
 * thousand is finer than that.
 */
export function perTokenPrice(usdPerMillion: number): string {
  return toPico(parseUsd(Number(usdPerMillion.toPrecision(12)).toString(), PICO_DIGITS + SPARE_DIGITS - 6));
}

/** USD per token as a decimal string of any length → at the ledger's grain, half up. */
export function perTokenText(usdPerToken: string): string {
  const [plain = usdPerToken, exponent] = usdPerToken.split(/e/i);
  const [whole = '0', fraction = ''] = plain.split('.');
  // Digits beyond the spare ones cannot change a half-up rounding of a price that anybody would name.
  const cut = `${whole}.${`${fraction}0`.slice(0, PICO_DIGITS + SPARE_DIGITS + Math.min(0, Number(exponent ?? 0)))}`;
  return toPico(parseUsd(exponent ? `${cut}e${exponent}` : cut, PICO_DIGITS + SPARE_DIGITS));
}

function toPico(scaled: bigint): string {
  const step = 10n ** BigInt(SPARE_DIGITS);
  return formatPicoUsd((scaled + step / 2n) / step);
}

export interface PriceRules {
  /** Claude's one-hour cache writes cost twice the input (OpenRouter's API). */
  readonly hourWriteDoubles: boolean;
  /** Times at which every price is doubled, where the source names the off-peak figure. */
  readonly peakWindows: readonly PeakWindow[];
}

type Days = NonNullable<OverrideRow['utcDays']>;

interface PeakWindow {
  readonly utcStart: number;
  readonly utcEnd: number;
  readonly utcDays: Days;
}

const WORKDAYS: Days = ['mon', 'tue', 'wed', 'thu', 'fri'];

/**
 * DeepSeek's own platform: models.dev lists the off-peak price, so that is the base, and the peak (Mon–Fri 01–04 and
 * 06–10 UTC, twice the price) is the condition (docs/sources.md).
 */
export const DEEPSEEK_PEAK: PriceRules['peakWindows'] = [
  { utcStart: 100, utcEnd: 400, utcDays: WORKDAYS },
  { utcStart: 600, utcEnd: 1000, utcDays: WORKDAYS },
];

export function priceRows(cost: FactsCost, rules: PriceRules): Pick<EndpointRow, 'price' | 'overrides'> {
  const base = axesOf(cost, rules);
  const overrides: OverrideRow[] = [];
  for (const { above, axes } of contextSteps(cost)) {
    overrides.push({ minPromptTokens: above, price: axesOf(axes, rules) });
  }
  for (const window of rules.peakWindows) {
    overrides.push({ ...window, price: axesOf(doubled(cost), rules) });
  }
  return { price: base, ...(overrides.length ? { overrides } : {}) };
}

/** Prices of longer prompts, shortest first. */
export function contextSteps(cost: FactsCost): readonly { readonly above: number; readonly axes: CostAxes }[] {
  // `context_over_200k` repeats the first tier under a fixed name, even where the tier starts at 272,000: tiers win.
  const steps =
    cost.tiers?.filter((each) => each.tier.type === 'context').map((each) => ({ above: each.tier.size, axes: each })) ??
    (cost.context_over_200k ? [{ above: 200_000, axes: cost.context_over_200k }] : []);
  return [...steps].sort((a, b) => a.above - b.above);
}

function axesOf(cost: CostAxes, rules: PriceRules): PriceRow {
  const price: { [name in WirePriceName]?: string } = {};
  if (cost.input_audio !== undefined && cost.input_audio !== cost.input) price.audio = perTokenPrice(cost.input_audio);
  if (cost.output_audio !== undefined && cost.output_audio !== cost.output) {
    price.audio_output = perTokenPrice(cost.output_audio);
  }
  // Reasoning tokens bill as output wherever they have no price of their own.
  if (cost.reasoning !== undefined && cost.reasoning !== cost.output)
    price.internal_reasoning = perTokenPrice(cost.reasoning);
  if (cost.cache_read !== undefined) price.input_cache_read = perTokenPrice(cost.cache_read);
  if (cost.cache_write) {
    price.input_cache_write = perTokenPrice(cost.cache_write);
    if (rules.hourWriteDoubles) price.input_cache_write_1h = perTokenPrice(cost.input * 2);
  }
  return { prompt: perTokenPrice(cost.input), completion: perTokenPrice(cost.output), ...price };
}

function doubled(cost: CostAxes): CostAxes {
  return {
    input: cost.input * 2,
    output: cost.output * 2,
    ...(cost.reasoning === undefined ? {} : { reasoning: cost.reasoning * 2 }),
    ...(cost.cache_read === undefined ? {} : { cache_read: cost.cache_read * 2 }),
    ...(cost.cache_write === undefined ? {} : { cache_write: cost.cache_write * 2 }),
  };
}
