import { tierAsked } from '../../core/service-tier.ts';
import { type Entry, type RouteQuestion, slugMatches } from '../candidate.ts';
import type { Filter } from '../filter.ts';

/**
 * Endpoints of a service tier serve nobody who did not ask: by `service_tier`, by a variant that lets them in (`:nitro`,
 * `:floor`), or by their full slug in `order` or `only` (OpenRouter's API).
 */
export const tierAdmission: Filter = {
  id: 'tier-admission',
  kind: 'hard',
  applies: () => true,
  against(entry, question) {
    const tier = entry.candidate.endpoint.serviceTier;
    if (tier === undefined || isAdmitted(entry, question)) return undefined;
    return {
      excludedBy: 'service_tier',
      because: `it serves the ${tier} tier, which was not asked for`,
      field: 'service_tier',
    };
  },
};

function isAdmitted({ candidate, group }: Entry, { demand, groups, preferences }: RouteQuestion): boolean {
  const tier = candidate.endpoint.serviceTier;
  if (tierAsked(demand.serviceTier) === tier || groups[group]?.admits === tier) return true;
  const names = (slug: string): boolean => slugMatches(slug, candidate);
  return preferences.order.some(names) || preferences.only.some((list) => list.some(names));
}

/** `service_tier: flex`: only flex endpoints, where the model has one; there is no way back to the standard price. */
export const flexOnly: Filter = {
  id: 'flex-only',
  kind: 'soft',
  applies: ({ demand }) => tierAsked(demand.serviceTier) === 'flex',
  against: ({ candidate }) =>
    candidate.endpoint.serviceTier === 'flex'
      ? undefined
      : {
          excludedBy: 'service_tier',
          because: 'service_tier is flex and it is no flex endpoint',
          field: 'service_tier',
        },
};
