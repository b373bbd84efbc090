import type { RoutingRule } from '../rule.ts';

/** Endpoints that are cooling down (Retry-After, repeated failures) go last, within their model. Never excluded. */
export const availability: RoutingRule = {
  id: 'availability',
  apply(candidates, { unavailableUntilMs, nowMs }) {
    const resting = candidates.filter((candidate) => unavailableUntilMs(candidate.endpoint.id) > nowMs);
    if (resting.length === 0) return { candidates, excluded: [] };
    const isResting = new Set(resting);
    return {
      candidates: [...candidates].sort(
        (a, b) => a.modelRank - b.modelRank || Number(isResting.has(a)) - Number(isResting.has(b)),
      ),
      excluded: [],
      because: `resting after a failure: ${resting.map((candidate) => candidate.provider.name).join(', ')}`,
    };
  },
};
