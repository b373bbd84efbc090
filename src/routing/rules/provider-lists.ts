import { filterCandidates, type RoutingRule, slugMatches } from '../rule.ts';

/** `provider.only`: an allow-list. */
export const only: RoutingRule = {
  id: 'only',
  apply(candidates, { demand }) {
    const slugs = demand.preferences.only;
    if (!slugs) return { candidates, excluded: [] };
    return filterCandidates(candidates, 'allowed_providers', (candidate) =>
      slugs.some((slug) => slugMatches(slug, candidate)) ? undefined : `provider.only names ${slugs.join(', ')}`,
    );
  },
};

/** `provider.ignore`: a deny-list. */
export const ignore: RoutingRule = {
  id: 'ignore',
  apply(candidates, { demand }) {
    const slugs = demand.preferences.ignore;
    if (!slugs) return { candidates, excluded: [] };
    return filterCandidates(candidates, 'ignored_providers', (candidate) =>
      slugs.some((slug) => slugMatches(slug, candidate)) ? 'provider.ignore names it' : undefined,
    );
  },
};
