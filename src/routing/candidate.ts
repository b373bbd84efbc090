/** What routing chooses among, and the question it answers: plain data, so that a plan can be replayed from its record. */
import type { Endpoint, Model } from '../catalog/model.ts';
import type { Demand } from '../core/demand.ts';
import type { ExchangeKind } from '../core/exchange-kind.ts';
import type { EndpointHealth } from '../core/health.ts';
import type { Random } from '../core/ids.ts';
import type { SortBy } from '../core/preferences.ts';
import type { PriceAxes } from '../core/pricing.ts';
import type { ServiceTier } from '../core/service-tier.ts';
import type { Offer } from './offers.ts';
import type { EffectivePreferences } from './preferences.ts';

/** An endpoint that could serve a requested model. Built once per snapshot, shared by requests. */
export interface Candidate {
  readonly endpoint: Endpoint;
  readonly model: Model;
  readonly provider: RoutingProvider;
}

export interface RoutingProvider {
  readonly id: string;
  readonly name: string;
  /** The operator's multiplier on this provider's share of balanced traffic. */
  readonly weight: number;
  readonly training: boolean;
  /** Days prompts are kept; null = unknown. */
  readonly retentionDays: number | null;
  /** True for a gateway that enforces the caller's data policy itself: it is told of it. */
  readonly enforcesPolicy: boolean;
  /** True where the host's cache is written without being asked: a first prompt may cost its write price. */
  readonly writesCache: boolean;
}

/** One model of the caller's list, in his order: the endpoints of an earlier group come before those of a later one. */
export interface ModelGroup<C extends Candidate = Candidate> {
  /** The public id that serves, e.g. what an alias or a router resolved to. */
  readonly modelId: string;
  readonly candidates: readonly C[];
  /** Of the variant on this id (`:nitro`, `:floor`, `:exacto`): where the request itself asks for no order. */
  readonly sort?: SortBy;
  /** Tier endpoints that the variant lets in. */
  readonly admits?: ServiceTier;
}

/** Everything a plan depends on: health, time and randomness are arguments. */
export interface RouteQuestion<C extends Candidate = Candidate> {
  readonly groups: readonly ModelGroup<C>[];
  /** Absent = a conversation. */
  readonly kind?: ExchangeKind;
  readonly demand: Demand;
  /** The caller's wishes with the account's and the key's defaults. */
  readonly preferences: EffectivePreferences;
  readonly random: Random;
  readonly nowMs: number;
  healthOf(endpointId: string): EndpointHealth;
  /** Until when the provider's keys are better left alone at this endpoint, in ms since the epoch. */
  keyRestsUntilMs(candidate: C): number;
  /** Content this endpoint's grammar cannot carry; such an endpoint is excluded, content is never dropped. */
  unsayable(candidate: C): readonly string[];
  /** The endpoint that holds this conversation's prompt cache. */
  readonly sticky?: { readonly endpointId: string; readonly cachedTokens: number; readonly isNamed: boolean };
  /** Files are turned into text for endpoints that take none. */
  readonly readsFiles: boolean;
  /** Endpoints with at most this context have the prompt fitted: its length does not exclude them. 0 = none, infinite = all. */
  readonly fitsContextUpTo: number;
}

/** A candidate that may serve, with what this question says of it. */
export interface Entry<C extends Candidate = Candidate> {
  readonly candidate: C;
  readonly offer: Offer;
  /** Index of its group. */
  readonly group: number;
  /** In force for the estimated prompt. */
  readonly price: PriceAxes;
  /** Expected cost of this request here, in picodollars; a number: it only compares and weighs. */
  readonly costPico: number;
  readonly health: EndpointHealth;
  standing: Standing;
  /** What it is ordered by, before its cost: the smaller, the earlier (ordering/sort-entries.ts). */
  place: number;
  figure: number;
  /**
   * Chance of the draw to make it the first of its model (of all, where models are ordered together); 0 where nothing was drawn or
   * it could not be first.
   */
  share: number;
  /** Measured quality, 0–1, where the order depends on it. */
  quality: number;
}

/** Whether a prompt may be written to the host's cache, at its price, although nothing in it is marked. */
export function writesByItself({ endpoint, provider }: Candidate): boolean {
  return provider.writesCache && endpoint.supportsImplicitCaching;
}

/** Worse ones come later within their model. */
export type Standing = 'ready' | 'slow' | 'outage' | 'resting';
