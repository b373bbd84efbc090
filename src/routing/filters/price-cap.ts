import type { Demand } from '../../core/demand.ts';
import { formatPicoUsd } from '../../core/money.ts';
import { PRICE_CAP_AXES } from '../../core/preferences.ts';
import { AXIS_BY_WIRE_NAME, type PriceAxes, type PriceAxis, type PriceOverride } from '../../core/pricing.ts';
import { type RouteQuestion, writesByItself } from '../candidate.ts';
import type { Filter, Objection } from '../filter.ts';
import { type Offer, priceInForce } from '../offers.ts';

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
  asksPreferences: true,
  checkFor({ question }) {
    const { maxPrice } = question.preferences;
    const caps: Cap[] = [];
    for (const axis of PRICE_CAP_AXES) {
      const most = maxPrice[axis];
      if (most !== undefined) caps.push({ axis, most });
    }
    if (caps.length === 0) return null;
    return (offer) => {
      for (const price of possiblePrices(offer, question)) {
        const objection = overCap(price, caps, offer, question.demand);
        if (objection) return objection;
      }
      return undefined;
    };
  },
};

interface Cap {
  readonly axis: CapAxis;
  readonly most: bigint;
}

function overCap(price: PriceAxes, caps: readonly Cap[], { candidate }: Offer, demand: Demand): Objection | undefined {
  for (const cap of caps) {
    for (const axis of chargedAxes(cap.axis, price, writesByItself(candidate), demand)) {
      const charged = price[axis];
      if (charged === undefined || charged <= cap.most) continue;
      const because = `its ${NAMES[axis] ?? axis} price of ${shown(charged, cap.axis)} is above the cap of ${shown(cap.most, cap.axis)}`;
      return { excludedBy: 'max_price', because, field: `provider.max_price.${cap.axis}` };
    }
  }
  return undefined;
}

/** Our axis → the wire's name of it. */
const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(AXIS_BY_WIRE_NAME).map(([name, axis]) => [axis, name]),
);

/** In the unit of the cap: tokens by the million. */
function shown(pico: bigint, axis: CapAxis): string {
  const isEach = axis === 'request' || axis === 'image';
  return isEach ? `$${formatPicoUsd(pico)}` : `$${formatPicoUsd(pico * 1_000_000n)} a million`;
}

/** A price changes at the lengths and moments of its conditions only, so these are all there are. */
function possiblePrices(offer: Offer, { demand, fitsContextUpTo, nowMs }: RouteQuestion): readonly PriceAxes[] {
  const longest = Math.ceil(demand.promptTokensEstimate * LONGEST_FACTOR);
  if (longest <= offer.unconditionalTokens) return [offer.price.axes];
  const { contextLength, pricing } = offer.candidate.endpoint;
  const shortest = contextLength <= fitsContextUpTo ? 0 : Math.floor(demand.promptTokensEstimate * SHORTEST_FACTOR);
  const times = momentsOf(pricing.overrides, nowMs);
  return lengthsOf(pricing.overrides, shortest, longest).flatMap((promptTokens) =>
    times.map((atMs) => priceInForce(offer, promptTokens, atMs).axes),
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
  // What names no hour is a tariff of some days: it changes at midnight.
  const minutes = overrides.flatMap(({ utcStart = 0, utcEnd = 0 }) => [minutesOf(utcStart), minutesOf(utcEnd)]);
  const changesMs = minutes.flatMap((minute) => [
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
const TOLD = ['completion', 'internalReasoning'] as const;
const TOLD_AND_SHOWN = [...TOLD, 'imageOutput'] as const;
const REQUEST = ['request'] as const;
const IMAGE = ['image'] as const;

/** The axes that units capped as one may be charged by: those without a price of their own bill as what they are a part of. */
function chargedAxes(
  cap: CapAxis,
  price: PriceAxes,
  writesCache: boolean,
  { marksCache, inputModalities, outputModalities }: Demand,
): readonly PriceAxis[] {
  switch (cap) {
    case 'prompt':
      if (marksCache) return MARKED;
      return writesCache ? WRITTEN : READ;
    case 'completion':
      return outputModalities.includes('image') ? TOLD_AND_SHOWN : TOLD;
    case 'audio':
      return [
        price.audio === undefined && inputModalities.includes('audio') ? 'prompt' : 'audio',
        'inputAudioCache',
        price.audioOutput === undefined && outputModalities.includes('audio') ? 'completion' : 'audioOutput',
      ];
    case 'request':
      return REQUEST;
    case 'image':
      return IMAGE;
  }
}
