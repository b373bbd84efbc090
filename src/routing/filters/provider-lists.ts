import { slugMatches } from '../candidate.ts';
import type { Filter } from '../filter.ts';

/** `provider.only`, the account's and the request's: every list must name the endpoint. */
export const only: Filter = {
  id: 'only',
  kind: 'hard',
  applies: ({ preferences }) => preferences.only.length > 0,
  against({ candidate }, { preferences }) {
    const against = preferences.only.find((list) => !list.some((slug) => slugMatches(slug, candidate)));
    return (
      against && {
        excludedBy: 'allowed_providers',
        because: `only ${against.length === 0 ? 'no provider' : against.join(', ')} may serve`,
        field: 'provider.only',
      }
    );
  },
};

/** `provider.ignore`, united. */
export const ignore: Filter = {
  id: 'ignore',
  kind: 'hard',
  applies: ({ preferences }) => preferences.ignore.length > 0,
  against({ candidate }, { preferences }) {
    const slug = preferences.ignore.find((ignored) => slugMatches(ignored, candidate));
    return slug === undefined
      ? undefined
      : { excludedBy: 'ignored_providers', because: `${slug} is to be ignored`, field: 'provider.ignore' };
  },
};

/** `provider.order` without fallbacks: nobody else. */
export const orderOnly: Filter = {
  id: 'order-only',
  kind: 'hard',
  applies: ({ preferences }) => preferences.order.length > 0 && !preferences.allowFallbacks,
  against: ({ candidate }, { preferences }) =>
    preferences.order.some((slug) => slugMatches(slug, candidate))
      ? undefined
      : {
          excludedBy: 'allow_fallbacks',
          because: 'provider.order does not name it and provider.allow_fallbacks is false',
          field: 'provider.allow_fallbacks',
        },
};
