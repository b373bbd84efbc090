import { priceAt } from '../../catalog/price.ts';
import type { Demand } from '../../core/demand.ts';
import type { PriceAxes, PriceAxis, PriceOverride } from '../../core/pricing.ts';
import type { RouteQuestion } from '../candidate.ts';
import type { Filter, Objection } from '../filter.ts';
import type { Offer } from '../offers.ts';
import { PRICE_CAP_AXES } from '../preferences.ts';

type CapAxis = (typeof PRICE_CAP_AXES)[number];

/** A prompt may turn out this much shorter or longer than its estimate (characters / 4), and fall into another tier. */
const SHORTEST_FACTOR = 3 / 5;
const LONGEST_FACTOR = 5 / 3;
/** An attempt may begin this much later, behind others that failed, when another tariff of the day may hold. */
const LATEST_MS = 30 * 60_000;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * `provider.max_price`: a hard filter on every axis the caller caps, at every price this request may be charged here: the
 * tier of another length, a tariff that begins while others are tried, cache writes and media with a price of their own.
 */
export const priceCap: Filter = {
  id: 'price-cap',
  kind: 'hard',
  checkFor({ question }) {
    const { maxPrice } = question.preferences;
    const capped = PRICE_CAP_AXES.filter((axis) => maxPrice[axis] !== undefined);
    if (capped.length === 0) return null;
    return (offer) => {
      const writesCache = question.demand.marksCache || offer.candidate.provider.writesCache;
      for (const price of possiblePrices(offer, question)) {
        for (const axis of capped) {
          const charged = chargedAxes(axis, price, writesCache, question.demand);
          const objection = overCap(axis, maxPrice[axis], price, charged);
          if (objection) return objection;
        }
      }
      return undefined;
    };
  },
};

function overCap(
  cap: CapAxis,
  most: bigint | undefined,
  price: PriceAxes,
  charged: readonly PriceAxis[],
): Objection | undefined {
  const over = charged.find((axis) => most !== undefined && (price[axis] ?? 0n) > most);
  if (over === undefined) return undefined;
  const what = over === cap ? cap : `${cap} (${over})`;
  return {
    excludedBy: 'max_price',
    because: `its ${what} price is above provider.max_price.${cap}`,
    field: `provider.max_price.${cap}`,
  };
}

/** A price changes at the lengths and moments of its conditions only, so these are all there are. */
function possiblePrices(
  { candidate, price }: Offer,
  { demand, fitsContextUpTo, nowMs }: RouteQuestion,
): readonly PriceAxes[] {
  const { pricing, contextLength } = candidate.endpoint;
  if (pricing.overrides.length === 0) return [price.axes];
  const shortest = contextLength <= fitsContextUpTo ? 0 : Math.floor(demand.promptTokensEstimate * SHORTEST_FACTOR);
  const longest = Math.ceil(demand.promptTokensEstimate * LONGEST_FACTOR);
  const times = momentsOf(pricing.overrides, nowMs);
  return lengthsOf(pricing.overrides, shortest, longest).flatMap((promptTokens) =>
    times.map((atMs) => priceAt(pricing, { promptTokens, nowMs: atMs })),
  );
}

/** The shortest length of each tier that lies between. */
function lengthsOf(overrides: readonly PriceOverride[], shortest: number, longest: number): readonly number[] {
  const starts = overrides.flatMap(({ minPromptTokens }) => (minPromptTokens === undefined ? [] : minPromptTokens + 1));
  return [shortest, ...starts.filter((tokens) => tokens > shortest && tokens <= longest)];
}

/** Now, and whenever a tariff begins or ends until an attempt has begun. */
function momentsOf(overrides: readonly PriceOverride[], nowMs: number): readonly number[] {
  const midnightMs = nowMs - (nowMs % DAY_MS);
  const minutes = overrides.flatMap(({ utcStart = 0, utcEnd = 0 }) => [minutesOf(utcStart), minutesOf(utcEnd)]);
  // A tariff of some days changes at midnight.
  const changesMs = [0, ...minutes].flatMap((minute) => [
    midnightMs + minute * MINUTE_MS,
    midnightMs + minute * MINUTE_MS + DAY_MS,
  ]);
  return [nowMs, ...new Set(changesMs.filter((atMs) => atMs > nowMs && atMs <= nowMs + LATEST_MS))];
}

/** `930` (HHMM) → 570. */
function minutesOf(hhmm: number): number {
  return Math.floor(hhmm / 100) * 60 + (hhmm % 100);
}

const READ = ['prompt', 'inputCacheRead'] as const;
const WRITTEN = [...READ, 'inputCacheWrite'] as const;
const MARKED = [...WRITTEN, 'inputCacheWrite1h'] as const;

/** The axes that units capped as one may be charged by: those without a price of their own bill as what they are a part of. */
function chargedAxes(cap: CapAxis, price: PriceAxes, writesCache: boolean, demand: Demand): readonly PriceAxis[] {
  switch (cap) {
    case 'prompt':
      if (demand.marksCache) return MARKED;
      return writesCache ? WRITTEN : READ;
    case 'completion':
      return demand.outputModalities.includes('image')
        ? ['completion', 'internalReasoning', 'imageOutput']
        : ['completion', 'internalReasoning'];
    case 'audio':
      return [
        price.audio === undefined && demand.inputModalities.includes('audio') ? 'prompt' : 'audio',
        'inputAudioCache',
        price.audioOutput === undefined && demand.outputModalities.includes('audio') ? 'completion' : 'audioOutput',
      ];
    case 'request':
    case 'image':
      return [cap];
  }
}
