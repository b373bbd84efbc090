import { expectedCostPico } from '../expected-cost.ts';
import type { Candidate, RoutingContext, RoutingRule } from '../rule.ts';

/**
 * Default balancing (OpenRouter's API): the first endpoint of each model is drawn with weight 1/price², the rest
 * follow by price. Zero-price endpoints come first, with equal weights. The operator's `weight` multiplies.
 */
export const priceWeight: RoutingRule = {
  id: 'price-weight',
  apply(candidates, context) {
    const { order, sort } = context.demand.preferences;
    if (order && order.length > 0) return byPrice(candidates, context); // order disables load balancing
    if (sort === 'price') return byPrice(candidates, context);
    const ordered: Candidate[] = [];
    for (const group of groupByModel(candidates)) ordered.push(...drawFirst(group, context));
    return { candidates: ordered, excluded: [], because: 'price-weighted choice, then by price' };
  },
};

function byPrice(candidates: readonly Candidate[], context: RoutingContext) {
  const costs = costsOf(candidates, context);
  return {
    candidates: [...candidates].sort((a, b) => a.modelRank - b.modelRank || compare(costs.get(a), costs.get(b))),
    excluded: [],
    because: 'by price',
  };
}

function drawFirst(group: readonly Candidate[], context: RoutingContext): readonly Candidate[] {
  if (group.length < 2) return group;
  const costs = costsOf(group, context);
  const sorted = [...group].sort((a, b) => compare(costs.get(a), costs.get(b)));
  const free = sorted.filter((candidate) => costs.get(candidate) === 0);
  const pool = free.length > 0 ? free : sorted;
  const first = draw(pool, context, (candidate) => {
    const cost = costs.get(candidate) ?? 0;
    return candidate.provider.weight * (cost === 0 ? 1 : 1 / (cost * cost));
  });
  return [first, ...sorted.filter((candidate) => candidate !== first)];
}

function draw(pool: readonly Candidate[], context: RoutingContext, weightOf: (c: Candidate) => number): Candidate {
  const weights = pool.map(weightOf);
  let point = context.random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < pool.length; i++) {
    point -= weights[i] ?? 0;
    const candidate = pool[i];
    if (point < 0 && candidate) return candidate;
  }
  const [fallback] = pool;
  if (!fallback) throw new RangeError('drawing from no candidates');
  return fallback;
}

function costsOf(candidates: readonly Candidate[], context: RoutingContext): ReadonlyMap<Candidate, number> {
  return new Map(candidates.map((candidate) => [candidate, expectedCostPico(candidate, context)]));
}

function groupByModel(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const groups = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const group = groups.get(candidate.modelRank);
    if (group) group.push(candidate);
    else groups.set(candidate.modelRank, [candidate]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

function compare(a = 0, b = 0): number {
  return a - b;
}
