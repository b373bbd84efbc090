/** Service tiers: the grammar's own words, and fast mode, which is a tier elsewhere. */
import type { ServiceTier } from '../../../core/service-tier.ts';
import type { NoteSink } from '../../shared/notebook.ts';
import type { MessagesBody } from '../wire-types.ts';

export type EncodedTier = Pick<MessagesBody, 'service_tier' | 'speed'>;

/** A tier priced apart is asked for only where it is the endpoint's own: its price was planned with. */
export function encodeTier(asked: string | undefined, tier: ServiceTier | undefined, notes: NoteSink): EncodedTier {
  if (tier === 'priority') return { speed: 'fast' };
  if (tier !== undefined) {
    notes.add(
      'parameter.dropped',
      'service_tier',
      `The API has no tier ${tier}; the endpoint serves its standard one.`,
    );
  }
  switch (asked) {
    case undefined:
    case tier:
      return {};
    case 'auto':
      return { service_tier: 'auto' };
    case 'default':
    case 'standard':
      return { service_tier: 'standard_only' };
    default:
      notes.add('parameter.dropped', 'service_tier', `This endpoint has no tier ${asked}; it serves its standard one.`);
      return {};
  }
}
