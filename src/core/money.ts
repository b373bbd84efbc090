/**
 * Money as integers: prices are picodollars per unit, the ledger counts nanodollars, both bigint.
 * 1 USD = 10^9 nanodollars = 10^12 picodollars.
 */
export type PicoUsd = bigint;
export type NanoUsd = bigint;

const PICO_PER_NANO = 1000n;
const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Parses a decimal USD amount (`"0.00000012"`, `"1.2e-7"`) into an integer at `10^-scale` USD.
 * Digits below the scale are refused rather than rounded, so that a price is never silently another price.
 * @throws RangeError where the text is no decimal or is finer than the scale
 */
export function parseUsd(text: string, scale: number): bigint {
  const { amount, isExact } = scaledUsd(text, scale);
  if (!isExact) throw new RangeError(`"${text}" USD is finer than 10^-${scale}`);
  return amount;
}

function scaledUsd(text: string, scale: number): { readonly amount: bigint; readonly isExact: boolean } {
  const match = DECIMAL.exec(text.trim());
  if (!match) throw new RangeError(`"${text}" is not a decimal amount in USD`);
  const [, sign = '', whole = '0', fraction = '', exponentText = '0'] = match;
  const shift = scale + Number(exponentText) - fraction.length;
  const written = BigInt(whole + fraction);
  const power = 10n ** BigInt(Math.abs(shift));
  const digits = shift >= 0 ? written * power : written / power;
  return { amount: sign === '-' ? -digits : digits, isExact: shift >= 0 || written % power === 0n };
}

export const parsePicoUsd = (text: string): PicoUsd => parseUsd(text, 12);
/** For a cap, which may have any digits (`0.1 + 0.2`): the part below a picodollar is dropped, towards zero. */
export const parsePicoUsdCap = (text: string): PicoUsd => scaledUsd(text, 12).amount;
export const parseNanoUsd = (text: string): NanoUsd => parseUsd(text, 9);

/** Formats an integer at `10^-scale` USD as a plain decimal string without trailing zeros. */
export function formatUsd(amount: bigint, scale: number): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

export const formatPicoUsd = (amount: PicoUsd): string => formatUsd(amount, 12);
export const formatNanoUsd = (amount: NanoUsd): string => formatUsd(amount, 9);

/**
 * The one function that turns money into a JSON number, so that every place shows the same digits.
 * Goes through the decimal string: dividing would show 0.30000000000000004 for 0.3.
 */
export function nanoUsdToNumber(amount: NanoUsd): number {
  // Both operands are exact below 2^53, and IEEE 754 rounds their quotient correctly: the same double as the decimal string.
  if (amount <= MAX_EXACT && amount >= -MAX_EXACT) return Number(amount) / 1e9;
  return Number(formatNanoUsd(amount));
}

/** A JSON number or decimal string in USD to nanodollars; finer digits are rounded half up. Where a user types a limit. */
export function nanoUsdFromNumber(usd: number): NanoUsd {
  if (!Number.isFinite(usd)) throw new RangeError(`${usd} is not an amount in USD`);
  return parseUsd(usd.toFixed(9), 9);
}

/** Picodollars to nanodollars, rounded up: done once per exchange, on the total. */
export function ceilPicoToNano(pico: PicoUsd): NanoUsd {
  return pico <= 0n ? pico / PICO_PER_NANO : (pico + PICO_PER_NANO - 1n) / PICO_PER_NANO;
}

/** Picodollars to nanodollars, rounded down: for the parts shown beside a total. */
export function floorPicoToNano(pico: PicoUsd): NanoUsd {
  return pico >= 0n ? pico / PICO_PER_NANO : -((-pico + PICO_PER_NANO - 1n) / PICO_PER_NANO);
}
