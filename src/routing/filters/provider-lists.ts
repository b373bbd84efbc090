import type { Filter } from '../filter.ts';
import { listed, shortened } from '../listed.ts';
import { placeIn, toSlugs } from '../slug.ts';

/** `provider.only`, the account's and the request's: every list must name the endpoint. */
export const only: Filter = {
  id: 'only',
  kind: 'hard',
  asksPreferences: true,
  checkFor({ question: { preferences } }) {
    if (preferences.only.length === 0) return null;
    const lists = preferences.only.map((written) => ({ written, slugs: toSlugs(written) }));
    return (offer) => {
      const against = lists.find(({ slugs }) => placeIn(slugs, offer) < 0);
      return (
        against && {
          excludedBy: 'allowed_providers',
          because: `only ${against.written.length === 0 ? 'no provider' : listed(against.written)} may serve`,
          field: 'provider.only',
        }
      );
    };
  },
};

/** `provider.ignore`, united. */
export const ignore: Filter = {
  id: 'ignore',
  kind: 'hard',
  asksPreferences: true,
  checkFor({ question: { preferences } }) {
    if (preferences.ignore.length === 0) return null;
    const slugs = toSlugs(preferences.ignore);
    return (offer) => {
      const slug = preferences.ignore[placeIn(slugs, offer)];
      return slug === undefined
        ? undefined
        : { excludedBy: 'ignored_providers', because: `${shortened(slug)} is to be ignored`, field: 'provider.ignore' };
    };
  },
};

/** `provider.order` without fallbacks: nobody else. */
export const orderOnly: Filter = {
  id: 'order-only',
  kind: 'hard',
  asksPreferences: true,
  checkFor({ question: { preferences } }) {
    if (preferences.order.length === 0 || preferences.allowFallbacks) return null;
    const slugs = toSlugs(preferences.order);
    return (offer) =>
      placeIn(slugs, offer) >= 0
        ? undefined
        : {
            excludedBy: 'allow_fallbacks',
            because: 'provider.order does not name it and provider.allow_fallbacks is false',
            field: 'provider.allow_fallbacks',
          };
  },
};
