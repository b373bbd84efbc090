import { filterCandidates, type RoutingRule } from '../rule.ts';

/** `provider.max_price`: a hard filter on every axis the caller caps, at the price in force for this request. */
export const maxPrice: RoutingRule = {
  id: 'max-price',
  apply(candidates, context) {
    const caps = context.demand.preferences.maxPrice ?? {};
    const capped = (['prompt', 'completion', 'request', 'image', 'audio'] as const).filter(
      (axis) => caps[axis] !== undefined,
    );
    if (capped.length === 0) return { candidates, excluded: [] };
    return filterCandidates(candidates, 'max_price', (candidate) => {
      const price = context.priceOf(candidate);
      const over = capped.find((axis) => (price[axis] ?? 0n) > (caps[axis] ?? 0n));
      return over === undefined ? undefined : `its ${over} price is above provider.max_price.${over}`;
    });
  },
};
