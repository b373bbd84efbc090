/** What every plan would work out again of a model's endpoints, worked out once per snapshot: a plan then reads little memory. */
import type { Modality } from '../catalog/model.ts';
import { isInForce, priceAt } from '../catalog/price.ts';
import type { PriceAxes, PriceOverride } from '../core/pricing.ts';
import type { Candidate } from './candidate.ts';

/** A price with its floats: they only compare and weigh, nothing is charged by them. */
export interface OfferPrice {
  readonly axes: PriceAxes;
  readonly prompt: number;
  readonly completion: number;
  readonly request: number;
  /** The price of a prompt's token where no other is named. */
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export interface Offer {
  readonly candidate: Candidate;
  /** Its place among the model's candidates. */
  readonly at: number;
  readonly endpointId: string;
  /** In lower case, as slugs are compared: tag, display name, and display name with the tier. */
  readonly tag: string;
  readonly name: string;
  readonly fullName: string;
  /** Where no condition is in force. */
  readonly price: OfferPrice;
  /** Prompts of at most so many tokens meet no condition of the price, whatever the time. */
  readonly unconditionalTokens: number;
  /** Prices under conditions, by which of them are in force: made when first asked for. */
  readonly conditional: Map<number, OfferPrice>;
}

export interface ModelOffers {
  readonly offers: readonly Offer[];
  readonly hasTiers: boolean;
  /** Content that every endpoint takes, and gives. */
  readonly inputs: readonly Modality[];
  readonly outputs: readonly Modality[];
  /** Parameters that every endpoint takes. */
  readonly parameters: readonly string[];
  /** A prompt of so many tokens has room everywhere. */
  readonly leastRoom: number;
}

/** By the list itself: a snapshot builds it once, and it never changes. */
const known = new WeakMap<readonly Candidate[], ModelOffers>();

export function offersOf(candidates: readonly Candidate[]): ModelOffers {
  const found = known.get(candidates);
  if (found) return found;
  const made: ModelOffers = {
    offers: candidates.map(toOffer),
    hasTiers: candidates.some(({ endpoint }) => endpoint.serviceTier !== undefined),
    inputs: inAll(candidates.map(({ endpoint }) => endpoint.inputModalities)),
    outputs: inAll(candidates.map(({ endpoint }) => endpoint.outputModalities)),
    parameters: inAll(candidates.map(({ endpoint }) => endpoint.supportedParameters)),
    leastRoom: Math.min(...candidates.map(promptRoom)),
  };
  known.set(candidates, made);
  return made;
}

function inAll<T>([first = [], ...others]: readonly (readonly T[])[]): readonly T[] {
  return first.filter((each) => others.every((list) => list.includes(each)));
}

/** Tokens of a prompt that the endpoint takes; without end where nobody said. */
export function promptRoom({ endpoint }: Candidate): number {
  if (endpoint.contextIsAssumed) return Number.POSITIVE_INFINITY;
  return endpoint.maxPromptTokens ?? endpoint.contextLength;
}

/** The price in force for a prompt of so many tokens. */
export function priceInForce(offer: Offer, promptTokens: number, nowMs: number): OfferPrice {
  if (promptTokens <= offer.unconditionalTokens) return offer.price;
  const { pricing } = offer.candidate.endpoint;
  const situation = { promptTokens, nowMs };
  let inForce = 0;
  for (const override of pricing.overrides) inForce = inForce * 2 + Number(isInForce(override, situation));
  const found = offer.conditional.get(inForce);
  if (found) return found;
  const made = toOfferPrice(priceAt(pricing, situation));
  offer.conditional.set(inForce, made);
  return made;
}

function toOffer(candidate: Candidate, at: number): Offer {
  const { endpoint, provider } = candidate;
  const { pricing, serviceTier } = endpoint;
  const name = provider.name.toLowerCase();
  return {
    candidate,
    at,
    endpointId: endpoint.id,
    tag: endpoint.tag.toLowerCase(),
    name,
    fullName: serviceTier === undefined ? name : `${name}/${serviceTier}`,
    price: toOfferPrice(priceAt({ ...pricing, overrides: [] }, { promptTokens: 0, nowMs: 0 })),
    unconditionalTokens: Math.min(...pricing.overrides.map(unconditionalTokens)),
    conditional: new Map(),
  };
}

function unconditionalTokens({ minPromptTokens }: PriceOverride): number {
  // Of the time alone: in force for prompts of any length.
  return minPromptTokens ?? -1;
}

function toOfferPrice(axes: PriceAxes): OfferPrice {
  const prompt = Number(axes.prompt);
  return {
    axes,
    prompt,
    completion: Number(axes.completion),
    request: Number(axes.request ?? 0n),
    cacheRead: axes.inputCacheRead === undefined ? prompt : Number(axes.inputCacheRead),
    cacheWrite: axes.inputCacheWrite === undefined ? prompt : Number(axes.inputCacheWrite),
  };
}
