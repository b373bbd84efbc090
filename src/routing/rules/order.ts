import type { Candidate, RoutingRule } from '../rule.ts';
import { slugMatches } from '../rule.ts';

/**
 * `provider.order`: these first, in this order; then the rest in the order they had, unless fallbacks are off
 * (OpenRouter's API). Within one model only: a fallback model never comes before the model asked for.
 */
export const order: RoutingRule = {
  id: 'order',
  apply(candidates, { demand }) {
    const slugs = demand.preferences.order;
    if (!slugs || slugs.length === 0) return { candidates, excluded: [] };
    const rank = (candidate: Candidate): number => {
      const at = slugs.findIndex((slug) => slugMatches(slug, candidate));
      return at < 0 ? slugs.length : at;
    };
    const listed = (candidate: Candidate) => rank(candidate) < slugs.length;
    const kept =
      demand.preferences.allowFallbacks !== false || !candidates.some(listed) ? candidates : candidates.filter(listed);
    return {
      candidates: [...kept].sort((a, b) => a.modelRank - b.modelRank || rank(a) - rank(b)),
      excluded: [],
      because: `provider.order: ${slugs.join(', ')}`,
    };
  },
};
