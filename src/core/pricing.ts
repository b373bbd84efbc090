/** Prices as integers with the conditions that change them (OpenRouter's API). */
import type { PicoUsd } from './money.ts';

/** Picodollars per unit; an absent axis costs nothing of its own (its tokens bill as prompt or completion). */
export interface PriceAxes {
  readonly prompt: PicoUsd;
  readonly completion: PicoUsd;
  readonly request?: PicoUsd;
  readonly image?: PicoUsd;
  readonly imageOutput?: PicoUsd;
  readonly audio?: PicoUsd;
  readonly audioOutput?: PicoUsd;
  readonly inputAudioCache?: PicoUsd;
  readonly webSearch?: PicoUsd;
  readonly internalReasoning?: PicoUsd;
  readonly inputCacheRead?: PicoUsd;
  readonly inputCacheWrite?: PicoUsd;
  readonly inputCacheWrite1h?: PicoUsd;
}

export interface Pricing extends PriceAxes {
  /** Fraction off, 0–1. */
  readonly discount?: number;
  /** Later matching entries win per axis. */
  readonly overrides: readonly PriceOverride[];
}

export interface PriceOverride {
  readonly axes: Partial<PriceAxes>;
  /** Applies where the prompt has strictly more tokens than this. */
  readonly minPromptTokens?: number;
  /** HHMM UTC, start inclusive, end exclusive, may wrap midnight. */
  readonly utcStart?: number;
  readonly utcEnd?: number;
  /** `mon` … `sun`; absent = every day. */
  readonly utcDays?: readonly string[];
}

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
