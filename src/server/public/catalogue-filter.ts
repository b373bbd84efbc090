/** Which models a query selects, in which order. Pure. */
import type { Endpoint, Model } from '../../catalog/model.ts';
import type { EndpointStats } from '../../core/health.ts';
import type { Bounds, ModelSort, ModelsQuery } from './catalogue-query.ts';
import { contextLength, type ListedProvider, leadingEndpoint, supportedParameters } from './catalogue-shapes.ts';

/** A model with the endpoints that the caller may use. */
export interface ListedModel {
  readonly model: Model;
  readonly endpoints: readonly Endpoint[];
}

export interface FilterFacts {
  readonly nowMs: number;
  readonly provider: (id: string) => ListedProvider | undefined;
  readonly statsOf?: ((endpointId: string) => EndpointStats | undefined) | undefined;
  /** Tokens of the last week, for `most-popular` and `top-weekly`. */
  readonly popularityOf?: ((modelId: string) => number | undefined) | undefined;
}

const DAY_MS = 86_400_000;
const PICO_PER_MILLIONTH_USD = 1_000_000;

/** Filtered and sorted; paging is the caller's. */
export function filterModels(listed: readonly ListedModel[], query: ModelsQuery, facts: FilterFacts): ListedModel[] {
  const selected = listed
    .map((each) => ({ model: each.model, endpoints: endpointsFor(each.endpoints, query, facts) }))
    .filter((each) => each.endpoints.length > 0 && matches(each, query, facts));
  return selected.sort(byDefault).sort(orderOf(query.sort, facts));
}

/** `providers`, `zdr` and `region` select endpoints; a model without any left is out, and its row shows only these. */
function endpointsFor(endpoints: readonly Endpoint[], query: ModelsQuery, facts: FilterFacts): readonly Endpoint[] {
  return endpoints.filter((endpoint) => {
    const provider = facts.provider(endpoint.providerId);
    if (query.providers.length) {
      const names = [endpoint.providerId, endpoint.tag, provider?.name ?? ''].map((each) => each.toLowerCase());
      if (!query.providers.some((each) => names.includes(each))) return false;
    }
    // Unknown retention is not zero retention.
    if (query.zeroRetention && !(provider?.policy.retentionDays === 0 && !provider.policy.training)) return false;
    // Only an endpoint that names its region promises one; where a company has its seat says nothing about its servers.
    return query.region === null || endpoint.tag.split('/').slice(1).includes(query.region);
  });
}

function matches({ model, endpoints }: ListedModel, query: ModelsQuery, facts: FilterFacts): boolean {
  const text = `${model.id} ${model.name}`.toLowerCase();
  const parameters = query.parameters.length ? supportedParameters(endpoints) : [];
  return (
    (query.outputModalities === null ||
      model.outputModalities.some((each) => query.outputModalities?.includes(each))) &&
    query.inputModalities.every((each) => model.inputModalities.some((own) => own === each)) &&
    query.search.every((word) => text.includes(word)) &&
    query.parameters.every((each) => parameters.includes(each)) &&
    (query.authors.length === 0 || query.authors.includes(authorOf(model.id))) &&
    (query.architecture === null || model.tokenizer.toLowerCase().startsWith(query.architecture.toLowerCase())) &&
    (contextLength(endpoints) ?? 0) >= (query.minContext ?? 0) &&
    matchesPrice({ model, endpoints }, query) &&
    isWithin((facts.nowMs - model.createdSeconds * 1000) / DAY_MS, query.ageDays)
  );
}

function matchesPrice({ model, endpoints }: ListedModel, query: ModelsQuery): boolean {
  const { promptPrice, completionPrice } = query;
  if (isOpen(promptPrice) && isOpen(completionPrice)) return true;
  const leading = leadingEndpoint(endpoints);
  // A router has no price to compare.
  if (!leading || model.router) return false;
  const { prompt, completion } = leading.pricing;
  return (
    isWithin(Number(prompt) / PICO_PER_MILLIONTH_USD, promptPrice) &&
    isWithin(Number(completion) / PICO_PER_MILLIONTH_USD, completionPrice)
  );
}

function isOpen({ min, max }: Bounds): boolean {
  return min === null && max === null;
}

function isWithin(value: number, { min, max }: Bounds): boolean {
  return (min === null || value >= min) && (max === null || value <= max);
}

function authorOf(id: string): string {
  return id.includes('/') ? id.slice(0, id.indexOf('/')) : '';
}

type Order = (a: ListedModel, b: ListedModel) => number;

const keepOrder: Order = () => 0;

/** Newest first; ids decide among equals, so that pages do not overlap. */
const byDefault: Order = (a, b) =>
  b.model.createdSeconds - a.model.createdSeconds || (a.model.id < b.model.id ? -1 : 1);

/** Array sort is stable: models without a figure stay in the default order, last. */
function orderOf(sort: ModelSort | null, facts: FilterFacts): Order {
  switch (sort) {
    case 'pricing-low-to-high':
      return byFigure(averagePrice, 'ascending');
    case 'pricing-high-to-low':
      return byFigure(averagePrice, 'descending');
    case 'context-high-to-low':
      return byFigure(({ endpoints }) => contextLength(endpoints) ?? undefined, 'descending');
    case 'throughput-high-to-low':
      return byFigure(
        best(facts, (stats) => stats.throughputLast30m?.p50, Math.max),
        'descending',
      );
    case 'latency-low-to-high':
      return byFigure(
        best(facts, (stats) => stats.latencyLast30m?.p50, Math.min),
        'ascending',
      );
    case 'most-popular':
    case 'top-weekly':
      return byFigure(({ model }) => facts.popularityOf?.(model.id), 'descending');
    case 'intelligence-high-to-low':
    case 'coding-high-to-low':
    case 'agentic-high-to-low':
    case 'design-arena-elo-high-to-low':
    case 'newest':
    case null:
      return keepOrder;
  }
}

function byFigure(figureOf: (listed: ListedModel) => number | undefined, order: 'ascending' | 'descending'): Order {
  const worst = order === 'ascending' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return (a, b) => {
    const left = figureOf(a) ?? worst;
    const right = figureOf(b) ?? worst;
    if (left === right) return 0;
    return order === 'ascending' ? left - right : right - left;
  };
}

function averagePrice({ model, endpoints }: ListedModel): number | undefined {
  const leading = leadingEndpoint(endpoints);
  if (!leading || model.router) return undefined;
  return Number(leading.pricing.prompt + leading.pricing.completion) / 2;
}

function best(
  facts: FilterFacts,
  figureOf: (stats: EndpointStats) => number | undefined,
  choose: (...figures: number[]) => number,
): (listed: ListedModel) => number | undefined {
  return ({ endpoints }) => {
    const figures = endpoints.flatMap((each) => {
      const stats = facts.statsOf?.(each.id);
      const figure = stats && figureOf(stats);
      return figure === undefined ? [] : [figure];
    });
    return figures.length ? choose(...figures) : undefined;
  };
}
