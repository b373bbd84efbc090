/** The price axes with the names they have on the wire (OpenRouter's API), in the wire's order. */
import {
  AXIS_BY_WIRE_NAME,
  type PriceAxes,
  type PriceAxis,
  WIRE_PRICE_NAMES,
  type WirePriceName,
} from '../core/pricing.ts';

/** Prices in the wire's names, as anything: decimal strings in rows, integers here. */
export type WirePrices<T> = { readonly [name in WirePriceName]?: T };

/** The axes of a record in the wire's names; absent names stay absent. */
export function axesFromWire(prices: WirePrices<string>, parse: (text: string) => bigint): Partial<PriceAxes> {
  const axes: { -readonly [axis in PriceAxis]?: bigint } = {};
  for (const name of WIRE_PRICE_NAMES) {
    const text = prices[name];
    if (text !== undefined) axes[AXIS_BY_WIRE_NAME[name]] = parse(text);
  }
  return axes;
}

/** The reverse: axes as strings in the wire's names and order. */
export function axesToWire(axes: Partial<PriceAxes>, format: (price: bigint) => string): WirePrices<string> {
  const prices: { -readonly [name in WirePriceName]?: string } = {};
  for (const name of WIRE_PRICE_NAMES) {
    const price = axes[AXIS_BY_WIRE_NAME[name]];
    if (price !== undefined) prices[name] = format(price);
  }
  return prices;
}
