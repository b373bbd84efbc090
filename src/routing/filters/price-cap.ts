import type { PriceAxes, PriceAxis } from '../../core/pricing.ts';
import type { Entry, RouteQuestion } from '../candidate.ts';
import type { Filter, Objection } from '../filter.ts';
import { PRICE_CAP_AXES } from '../preferences.ts';

type CapAxis = (typeof PRICE_CAP_AXES)[number];

/**
 * A prompt may turn out longer than its estimate (characters / 4) and fall into a dearer tier of its length: the price is
 * looked up for this much more, too.
 */
const LONGEST_FACTOR = 5 / 3;
/** An attempt may begin this much later, behind others that failed, when another tariff of the day may hold. */
const LATEST_MS = 30 * 60_000;

/**
 * `provider.max_price`: a hard filter on every axis the caller caps, at every price this request may be charged here: the
 * tier of a longer prompt, a tariff that begins while others are tried, cache writes and media with a price of their own.
 */
export const priceCap: Filter = {
  id: 'price-cap',
  kind: 'hard',
  applies: ({ preferences }) => PRICE_CAP_AXES.some((axis) => preferences.maxPrice[axis] !== undefined),
  against(entry, question) {
    for (const price of possiblePrices(entry, question)) {
      const objection = overCap(price, entry, question);
      if (objection) return objection;
    }
    return undefined;
  },
};

function possiblePrices({ candidate, price }: Entry, { priceAt, demand, nowMs }: RouteQuestion): readonly PriceAxes[] {
  const { overrides } = candidate.endpoint.pricing;
  if (overrides.length === 0) return [price];
  const longest = Math.ceil(demand.promptTokensEstimate * LONGEST_FACTOR);
  return [nowMs, nowMs + LATEST_MS].flatMap((atMs) => [
    priceAt(candidate, demand.promptTokensEstimate, atMs),
    priceAt(candidate, longest, atMs),
  ]);
}

function overCap(price: PriceAxes, entry: Entry, question: RouteQuestion): Objection | undefined {
  const caps = question.preferences.maxPrice;
  for (const cap of PRICE_CAP_AXES) {
    const most = caps[cap];
    if (most === undefined) continue;
    const over = chargedAxes(cap, entry, question).find((axis) => (price[axis] ?? 0n) > most);
    if (over === undefined) continue;
    const what = over === cap ? cap : `${cap} (${over})`;
    return {
      excludedBy: 'max_price',
      because: `its ${what} price is above provider.max_price.${cap}`,
      field: `provider.max_price.${cap}`,
    };
  }
  return undefined;
}

/** The axes that tokens capped as one may be charged by. */
function chargedAxes(cap: CapAxis, { candidate }: Entry, { demand }: RouteQuestion): readonly PriceAxis[] {
  switch (cap) {
    case 'prompt':
      return demand.marksCache || candidate.provider.writesCache
        ? [
            'prompt',
            'inputCacheRead',
            'inputCacheWrite',
            ...(demand.marksCache ? (['inputCacheWrite1h'] as const) : []),
          ]
        : ['prompt', 'inputCacheRead'];
    case 'completion':
      return demand.outputModalities.includes('image')
        ? ['completion', 'internalReasoning', 'imageOutput']
        : ['completion', 'internalReasoning'];
    case 'audio':
      return ['audio', 'inputAudioCache', 'audioOutput'];
    case 'request':
    case 'image':
      return [cap];
  }
}
