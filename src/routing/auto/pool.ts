/** The models that the auto-router may choose among, with their places in the order of prices: built once per snapshot. */
import { familyOf } from '../../catalog/latest-alias.ts';
import type { Endpoint, Model } from '../../catalog/model.ts';
import { type ModelPurpose, purposeOf } from '../../catalog/purpose.ts';
import { COST_TIERS, type CostTier } from './options.ts';

export interface AutoModel {
  readonly id: string;
  readonly author: string;
  /** `author/family`, where it has one. */
  readonly family: string | null;
  readonly createdSeconds: number;
  readonly purpose: ModelPurpose;
  /** The model's own. An endpoint may list more where nobody said what it takes; a choice is not built on that. */
  readonly inputModalities: readonly string[];
  readonly outputModalities: readonly string[];
  /** True where the model also makes images or sound: it is kept for requests that ask for those. */
  readonly makesMedia: boolean;
  /** Endpoints at the standard tier: one of them must be able to serve the request. */
  readonly endpoints: readonly Endpoint[];
  /** USD per million tokens at the cheapest of them, three of input to one of output. */
  readonly blendedUsd: number;
  readonly isFree: boolean;
  /** A `:free` variant: limited in rate, so it comes last where models are chosen for their worth. */
  readonly isTrial: boolean;
  /** Percentage of the paid models that are cheaper, 0–100; 0 for one without a price. */
  readonly percentile: number;
  readonly traits: Traits;
}

/** What speaks for a model, each from 0 to 1. */
export interface Traits {
  readonly reasoning: number;
  readonly tools: number;
  readonly structured: number;
  /** 0 at 8,000 tokens, 1 from a million on, by doublings. */
  readonly context: number;
  /** 0 at 4,000 tokens, 1 from 128,000 on, by doublings; a half where nobody said. */
  readonly output: number;
  /** Endpoints to fall back on, and a sign of how much it is asked for: 1 from 15 on, by doublings. */
  readonly reach: number;
}

export interface AutoPool {
  readonly models: readonly AutoModel[];
  readonly byId: ReadonlyMap<string, AutoModel>;
  /** When the newest of them came out: newness is measured from it. */
  readonly newestSeconds: number;
}

export interface ServedModel {
  readonly model: Model;
  readonly endpoints: readonly Endpoint[];
}

const INPUT_SHARE = 3;
const SHARES = INPUT_SHARE + 1;
const PICO_USD_PER_TOKEN_TO_USD_PER_MILLION = 1e-6;
const PERCENT_PER_TIER = 100 / COST_TIERS.length;

/** @param served models that make text, routers and models without a standard endpoint aside, become the pool */
export function autoPoolOf(served: Iterable<ServedModel>): AutoPool {
  const drafts: Omit<AutoModel, 'percentile'>[] = [];
  for (const each of served) {
    const draft = draftOf(each);
    if (draft) drafts.push(draft);
  }
  const prices = drafts.filter(({ isFree }) => !isFree).map(({ blendedUsd }) => blendedUsd);
  const percentiles = percentilesOf(prices);
  const models = drafts
    .map((draft) => ({ ...draft, percentile: draft.isFree ? 0 : (percentiles.get(draft.blendedUsd) ?? 0) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    models,
    byId: new Map(models.map((model) => [model.id, model])),
    newestSeconds: models.reduce((newest, { createdSeconds }) => Math.max(newest, createdSeconds), 0),
  };
}

/** The tier of a place in the order of prices. */
export function tierOf(percentile: number): CostTier {
  return COST_TIERS[Math.floor(percentile / PERCENT_PER_TIER)] ?? 'max';
}

function draftOf({ model, endpoints }: ServedModel): Omit<AutoModel, 'percentile'> | undefined {
  const standard = endpoints.filter((endpoint) => !endpoint.serviceTier && endpoint.outputModalities.includes('text'));
  if (model.router || !model.outputModalities.includes('text') || standard.length === 0) return undefined;
  const { id, createdSeconds } = model;
  return {
    id,
    author: id.includes('/') ? id.slice(0, id.indexOf('/')) : '',
    family: familyOf({ ...model, id: id.replace(/:.*$/, '') }),
    createdSeconds,
    purpose: purposeOf(id),
    inputModalities: model.inputModalities,
    outputModalities: model.outputModalities,
    makesMedia: model.outputModalities.some((modality) => modality === 'image' || modality === 'audio'),
    endpoints: standard,
    blendedUsd: standard.reduce((least, endpoint) => Math.min(least, blendedUsd(endpoint)), Number.POSITIVE_INFINITY),
    isFree: standard.every(isFree),
    isTrial: id.endsWith(':free'),
    traits: traitsOf(model, standard),
  };
}

function traitsOf(model: Model, endpoints: readonly Endpoint[]): Traits {
  const supports = (parameter: string): number =>
    endpoints.some(({ supportedParameters }) => supportedParameters.includes(parameter)) ? 1 : 0;
  const most = (read: (endpoint: Endpoint) => number): number =>
    endpoints.reduce((highest, endpoint) => Math.max(highest, read(endpoint)), 0);
  const knowsOutput = endpoints.some(({ maxOutputTokens }) => maxOutputTokens !== null);
  return {
    reasoning: model.reasoning ? supports('reasoning') : 0,
    tools: supports('tools'),
    structured: supports('structured_outputs'),
    context: doublings(
      most(({ contextLength }) => contextLength),
      8_000,
      1_000_000,
    ),
    output: knowsOutput
      ? doublings(
          most(({ maxOutputTokens }) => maxOutputTokens ?? 0),
          4_000,
          128_000,
        )
      : 0.5,
    reach: doublings(1 + endpoints.length, 1, 16),
  };
}

/** 0 at `from` or below, 1 at `to` or above, evenly by doublings between them. */
function doublings(value: number, from: number, to: number): number {
  if (value <= from) return 0;
  return Math.min(1, Math.log2(value / from) / Math.log2(to / from));
}

function blendedUsd({ pricing: { prompt, completion, discount = 0 } }: Endpoint): number {
  const pico = (INPUT_SHARE * Number(prompt) + Number(completion)) / SHARES;
  return pico * (1 - discount) * PICO_USD_PER_TOKEN_TO_USD_PER_MILLION;
}

function isFree({ pricing: { prompt, completion, request = 0n } }: Endpoint): boolean {
  return prompt === 0n && completion === 0n && request === 0n;
}

/** Price → percentage of the prices that are lower. Equal prices have equal places, so no tier cuts between them. */
function percentilesOf(prices: readonly number[]): ReadonlyMap<number, number> {
  const sorted = [...prices].sort((a, b) => a - b);
  const percentiles = new Map<number, number>();
  for (const [rank, price] of sorted.entries()) {
    if (!percentiles.has(price)) percentiles.set(price, (100 * rank) / sorted.length);
  }
  return percentiles;
}
