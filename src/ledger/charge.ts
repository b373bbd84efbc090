/**
 * What an exchange costs: usage times price. Usage counts are inclusive (core/usage.ts); here the parts are taken out of
 * their wholes exactly once, in integers, and rounded once.
 */
import { ceilPicoToNano, floorPicoToNano, type NanoUsd, type PicoUsd } from '../core/money.ts';
import type { PriceAxes } from '../core/pricing.ts';
import type { Usage, UsageUnit } from '../core/usage.ts';

export interface Charge {
  /** Rounded up once; the parts below add up to it. */
  readonly costNanoUsd: NanoUsd;
  /** Input tokens of every sort, input images, web searches and the fee per request: rounded down. */
  readonly promptCostNanoUsd: NanoUsd;
  /** Output tokens of every sort, and what rounding left over. */
  readonly completionCostNanoUsd: NanoUsd;
  /** What the cached tokens would have cost uncached minus what they cost: negative where a cache write was dearer. */
  readonly cacheDiscountNanoUsd: NanoUsd;
}

/** Charges a usage at the prices in force; conditions and discounts are applied before (catalog/price.ts). */
export function chargeFor(usage: Usage, axes: PriceAxes): Charge {
  return chargeForAll([{ usage, axes }]);
}

/** Charges several upstream requests of one exchange, each at its own prices; rounded once over all of them. */
export function chargeForAll(parts: readonly { readonly usage: Counted; readonly axes: PriceAxes }[]): Charge {
  let promptPico = 0n;
  let completionPico = 0n;
  let discountPico = 0n;
  for (const { usage, axes } of parts) {
    const pico = picoOf(usage, axes);
    promptPico += pico.prompt;
    completionPico += pico.completion;
    discountPico += pico.cacheDiscount;
  }
  const costNanoUsd = ceilPicoToNano(promptPico + completionPico);
  const promptCostNanoUsd = floorPicoToNano(promptPico);
  return {
    costNanoUsd,
    promptCostNanoUsd,
    completionCostNanoUsd: costNanoUsd - promptCostNanoUsd,
    cacheDiscountNanoUsd: floorPicoToNano(discountPico),
  };
}

type Counted = Pick<Usage, 'counts'>;

function picoOf(usage: Counted, axes: PriceAxes) {
  const input = inputTokens(usage);
  const output = outputTokens(usage);
  const price = priceOf(axes);
  const cachePico = input.cached * price.cached + input.cachedAudio * price.cachedAudio;
  const writePico = input.write * price.write + input.write1h * price.write1h;
  const promptPico =
    input.plain * price.prompt +
    input.audio * price.audio +
    cachePico +
    writePico +
    countOf(usage, 'images') * price.image +
    countOf(usage, 'webSearches') * price.webSearch +
    requestsOf(usage) * price.request;
  const completionPico =
    output.plain * price.completion +
    output.reasoning * price.reasoning +
    output.audio * price.audioOutput +
    output.image * price.imageOutput;
  const uncachedPico = (input.cached + input.write + input.write1h) * price.prompt + input.cachedAudio * price.audio;
  return { prompt: promptPico, completion: completionPico, cacheDiscount: uncachedPico - cachePico - writePico };
}

/**
 * Input tokens as exclusive parts. Each is cut to what its whole has left, so that a provider's odd usage (more cached
 * tokens than tokens, negative counts) never bills a token twice or a negative amount.
 */
function inputTokens(usage: Counted) {
  const total = billedOf(usage, 'promptTokens', 'billedPromptTokens');
  const allCached = least(countOf(usage, 'cachedTokens'), total);
  const allWrite = least(countOf(usage, 'cacheWriteTokens'), total - allCached);
  const write1h = least(countOf(usage, 'cacheWrite1hTokens'), allWrite);
  const allAudio = least(countOf(usage, 'audioPromptTokens'), total);
  const cachedAudio = least(countOf(usage, 'cachedAudioTokens'), least(allCached, allAudio));
  const audio = least(allAudio - cachedAudio, total - allCached - allWrite);
  return {
    plain: total - allCached - allWrite - audio,
    cached: allCached - cachedAudio,
    cachedAudio,
    write: allWrite - write1h,
    write1h,
    audio,
  };
}

function outputTokens(usage: Counted) {
  const total = billedOf(usage, 'completionTokens', 'billedCompletionTokens');
  const reasoning = least(countOf(usage, 'reasoningTokens'), total);
  const audio = least(countOf(usage, 'audioCompletionTokens'), total - reasoning);
  const image = least(countOf(usage, 'imageCompletionTokens'), total - reasoning - audio);
  return { plain: total - reasoning - audio - image, reasoning, audio, image };
}

/** Every axis with its fallback: tokens without a price of their own bill as what they are a part of. */
function priceOf(axes: PriceAxes) {
  const prompt = priceAt(axes.prompt);
  const completion = priceAt(axes.completion);
  const audio = priceAt(axes.audio, prompt);
  const write = priceAt(axes.inputCacheWrite, prompt);
  return {
    prompt,
    completion,
    audio,
    write,
    cached: priceAt(axes.inputCacheRead, prompt),
    cachedAudio: priceAt(axes.inputAudioCache ?? axes.inputCacheRead, audio),
    write1h: priceAt(axes.inputCacheWrite1h, write),
    reasoning: priceAt(axes.internalReasoning, completion),
    audioOutput: priceAt(axes.audioOutput, completion),
    imageOutput: priceAt(axes.imageOutput, completion),
    image: priceAt(axes.image, 0n),
    webSearch: priceAt(axes.webSearch, 0n),
    request: priceAt(axes.request, 0n),
  };
}

/** A router's placeholder of −1 ("varies") is nothing to bill. */
function priceAt(price: PicoUsd | undefined, fallback: PicoUsd = 0n): PicoUsd {
  return price === undefined ? fallback : price < 0n ? 0n : price;
}

/** The fee per request is owed once where nobody counts requests; a host that counts searches charges it for each of them. */
function requestsOf(usage: Counted): bigint {
  const { requests, searchUnits } = usage.counts;
  if (requests !== undefined) return countOf(usage, 'requests');
  return searchUnits === undefined ? 1n : countOf(usage, 'searchUnits');
}

/** Where the host says what it charges for, that; else all that was read or written. */
function billedOf(usage: Counted, all: UsageUnit, billed: UsageUnit): bigint {
  return countOf(usage, usage.counts[billed] === undefined ? all : billed);
}

/** A count as a whole number that is at least zero; what is no number counts nothing. */
function countOf(usage: Counted, unit: UsageUnit): bigint {
  const count = usage.counts[unit];
  if (count === undefined || !(count > 0)) return 0n;
  return BigInt(Math.min(Math.trunc(count), Number.MAX_SAFE_INTEGER));
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
