import { tierAsked } from '../../core/service-tier.ts';
import type { Filter } from '../filter.ts';
import { isNamedInFull, toSlugs } from '../slug.ts';

/**
 * Endpoints of a service tier serve nobody who did not ask: by `service_tier`, by a variant that lets them in (`:nitro`,
 * `:floor`), or by their full slug in `order` or `only` (OpenRouter's API).
 */
export const tierAdmission: Filter = {
  id: 'tier-admission',
  kind: 'hard',
  checkFor({ question: { demand, preferences }, group, model }) {
    if (!model.hasTiers) return null;
    const asked = tierAsked(demand.serviceTier);
    const slugs = toSlugs([...preferences.order, ...preferences.only.flat()]);
    return (offer) => {
      const tier = offer.candidate.endpoint.serviceTier;
      if (tier === undefined || tier === asked || tier === group.admits) return undefined;
      if (slugs.some((slug) => isNamedInFull(slug, offer))) return undefined;
      return {
        excludedBy: 'service_tier',
        because: `it serves the ${tier} tier, which was not asked for`,
        field: 'service_tier',
      };
    };
  },
};

/** `service_tier: flex`: only flex endpoints, where the model has one; there is no way back to the standard price. */
export const flexOnly: Filter = {
  id: 'flex-only',
  kind: 'soft',
  checkFor({ question: { demand } }) {
    if (tierAsked(demand.serviceTier) !== 'flex') return null;
    return ({ candidate }) =>
      candidate.endpoint.serviceTier === 'flex'
        ? undefined
        : {
            excludedBy: 'service_tier',
            because: 'service_tier is flex and it is no flex endpoint',
            field: 'service_tier',
          };
  },
};
