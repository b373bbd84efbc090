import type { Filter } from '../filter.ts';
import { listed, shortened } from '../listed.ts';
import type { ModelOffers, Offer } from '../offers.ts';
import { placeIn, toSlugs } from '../slug.ts';

/** A list of the request that names nobody who hosts the model here is for a gateway behind this one, which is sent it. */
function namesNobody(slugs: readonly string[], { offers }: ModelOffers): boolean {
  return slugs.length > 0 && offers.every((offer) => placeIn(slugs, offer) < 0);
}

function readsList({ candidate }: Offer): boolean {
  return candidate.provider.enforcesPolicy;
}

/** `provider.only`, the account's and the request's: every list must name the endpoint. */
export const only: Filter = {
  id: 'only',
  kind: 'hard',
  asksPreferences: true,
  checkFor({ question: { preferences, demand }, model }) {
    if (preferences.only.length === 0) return null;
    const lists = preferences.only.map((written) => {
      const slugs = toSlugs(written);
      return { written, slugs, isForGateway: written === demand.preferences.only && namesNobody(slugs, model) };
    });
    return (offer) => {
      const against = lists.find(
        ({ slugs, isForGateway }) => placeIn(slugs, offer) < 0 && !(isForGateway && readsList(offer)),
      );
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
  checkFor({ question: { preferences, demand }, model }) {
    if (preferences.order.length === 0 || preferences.allowFallbacks) return null;
    const slugs = toSlugs(preferences.order);
    const isForGateway = preferences.order === demand.preferences.order && namesNobody(slugs, model);
    return (offer) =>
      placeIn(slugs, offer) >= 0 || (isForGateway && readsList(offer))
        ? undefined
        : {
            excludedBy: 'allow_fallbacks',
            because: 'provider.order does not name it and provider.allow_fallbacks is false',
            field: 'provider.allow_fallbacks',
          };
  },
};
