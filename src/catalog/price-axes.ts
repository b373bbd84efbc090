/** The price axes with the names they have on the wire (OpenRouter's API), in the wire's order. */
import type { PriceAxes } from '../core/pricing.ts';

export type PriceAxis = keyof PriceAxes;

/** Wire name → our axis. Rows of the catalogue and of `pricing` objects both use the wire's names. */
export const AXIS_BY_WIRE_NAME = {
  prompt: 'prompt',
  completion: 'completion',
  request: 'request',
  image: 'image',
  image_output: 'imageOutput',
  audio: 'audio',
  audio_output: 'audioOutput',
  input_audio_cache: 'inputAudioCache',
  web_search: 'webSearch',
  internal_reasoning: 'internalReasoning',
  input_cache_read: 'inputCacheRead',
  input_cache_write: 'inputCacheWrite',
  input_cache_write_1h: 'inputCacheWrite1h',
} as const satisfies Record<string, PriceAxis>;

export type WirePriceName = keyof typeof AXIS_BY_WIRE_NAME;

export const WIRE_PRICE_NAMES: readonly WirePriceName[] = [
  'prompt',
  'completion',
  'request',
  'image',
  'image_output',
  'audio',
  'audio_output',
  'input_audio_cache',
  'web_search',
  'internal_reasoning',
  'input_cache_read',
  'input_cache_write',
  'input_cache_write_1h',
];

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
