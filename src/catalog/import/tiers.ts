/**
 * The same model at the same host in a service tier: an endpoint of its own, at its own price. Two sources: the modes that
 * models.dev lists, and `data/tiers.json`, read by hand from the hosts' price pages, for what it does not list.
 */
import { z } from 'zod';
import tiersJson from '../data/tiers.json';
import type { EndpointRow } from '../rows.ts';
import type { Facts, FactsCost, FactsMode } from './facts.ts';
import type { Host } from './hosts.ts';
import { type CostAxes, contextSteps } from './prices.ts';

type Tier = NonNullable<EndpointRow['tier']>;
type Axis = (typeof AXES)[number];

const TIERS: readonly Tier[] = ['flex', 'priority'];
const AXES = ['input', 'output', 'reasoning', 'cache_read', 'cache_write', 'input_audio', 'output_audio'] as const;
const axis = z.enum(AXES);

const tierFact = z.strictObject({
  host: z.string(),
  tier: z.enum(['priority', 'flex']),
  source: z.strictObject({ name: z.string(), date: z.string() }),
  /** Of the standard price, on every axis but those of `atStandard`. */
  share: z.number().positive().optional(),
  atStandard: z.array(axis).default([]),
  /** By the host's name for the model. */
  offers: z.record(
    z.string(),
    z.strictObject({
      /** USD per million tokens; an axis that is not named costs what it costs in the standard tier. */
      cost: z.partialRecord(axis, z.number().nonnegative()).optional(),
      /** Tokens of the longest prompt that this tier serves. */
      prompt: z.number().int().positive().optional(),
    }),
  ),
});

type TierFact = z.infer<typeof tierFact>;

const BY_HAND: readonly TierFact[] = z.array(tierFact).parse(tiersJson);

export interface TierOffer {
  readonly tier: Tier;
  readonly cost: FactsCost;
  readonly longestPrompt?: number;
  /** Where it does not come with the other facts. */
  readonly source?: TierFact['source'];
}

/** What a host offers of one model besides the standard tier. @param refused told of what contradicts the standard price */
export function tierOffers(
  host: Host,
  upstream: string,
  facts: Facts,
  refused: (reason: string) => void,
): readonly TierOffer[] {
  const { cost: standard } = facts;
  if (!standard || standard.input + standard.output === 0) return [];
  return TIERS.flatMap((tier) => {
    const fact = BY_HAND.find((each) => each.host === host.slug && each.tier === tier && upstream in each.offers);
    const own = host.ownModes ? Object.values(facts.experimental?.modes ?? {}).find(asksFor(tier)) : undefined;
    const axes = own?.cost ?? (fact && axesByHand(fact, upstream, standard));
    if (!axes) return [];
    const cost = costIn(standard, axes);
    if (tier === 'priority' && (cost.input < standard.input || cost.output < standard.output)) {
      refused(`its ${tier} price of ${fact?.source.date ?? 'this source'} is below the standard one`);
      return [];
    }
    const longestPrompt = fact?.offers[upstream]?.prompt;
    return {
      tier,
      cost: longestPrompt === undefined ? cost : withoutLonger(cost, longestPrompt),
      ...(longestPrompt === undefined ? {} : { longestPrompt }),
      ...(own?.cost || !fact ? {} : { source: fact.source }),
    };
  });
}

/** Which of our tiers a mode is, by what it sends; others (`ultrafast`, `reasoning.mode`) are none. */
function asksFor(tier: Tier): (mode: FactsMode) => boolean {
  return ({ provider, cost }) => {
    if (!cost) return false;
    const { service_tier: name, speed } = provider?.body ?? {};
    return name === tier || (tier === 'priority' && (name === 'fast' || speed === 'fast'));
  };
}

type NamedAxes = { readonly [name in Axis]?: number | undefined };

function axesByHand(fact: TierFact, upstream: string, standard: CostAxes): NamedAxes | undefined {
  const { cost } = fact.offers[upstream] ?? {};
  if (cost) return cost;
  const { share, atStandard } = fact;
  return share === undefined ? undefined : scaledAxes(standard, (name) => (atStandard.includes(name) ? 1 : share));
}

/**
 * Axes that the tier does not name cost what they cost in the standard one. Longer prompts cost more by the same factor as
 * there, as OpenAI lists it (https://developers.openai.com/api/docs/pricing), unless the tier has steps of its own.
 */
function costIn(standard: FactsCost, tier: NamedAxes & Pick<FactsCost, 'tiers'>): FactsCost {
  const base = axesOf((name) => tier[name] ?? standard[name]);
  const steps =
    tier.tiers ??
    contextSteps(standard).map(({ above, axes }) => ({
      ...scaledAxes(axes, (name) => factor(base[name], standard[name])),
      tier: { type: 'context', size: above },
    }));
  return steps.length ? { ...base, tiers: steps } : base;
}

function factor(tier: number | undefined, standard: number | undefined): number {
  return standard && tier !== undefined ? tier / standard : 1;
}

function withoutLonger(cost: FactsCost, longestPrompt: number): FactsCost {
  const { tiers, ...base } = cost;
  const kept = tiers?.filter((each) => each.tier.size < longestPrompt) ?? [];
  return kept.length ? { ...base, tiers: kept } : base;
}

function scaledAxes(axes: CostAxes, factorOf: (name: Axis) => number): CostAxes {
  return axesOf((name) => {
    const usd = axes[name];
    return usd === undefined ? undefined : usd * factorOf(name);
  });
}

function axesOf(priceOf: (name: Axis) => number | undefined): CostAxes {
  const axes: { -readonly [name in keyof CostAxes]: CostAxes[name] } = { input: 0, output: 0 };
  for (const name of AXES) {
    const usd = priceOf(name);
    if (usd !== undefined) axes[name] = usd;
  }
  return axes;
}
