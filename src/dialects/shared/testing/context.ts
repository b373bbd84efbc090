/** A host of no oddities for the dialects' tests, and changes to it. */
import type { ServiceTier } from '../../../core/service-tier.ts';
import type { ReplyHead, UpstreamContext } from '../../dialect.ts';
import type { HostQuirks, ModelTraits, UsageSemantics } from '../../host.ts';

interface Changes {
  readonly quirks?: HostQuirks;
  readonly traits?: ModelTraits;
  readonly usage?: Partial<UsageSemantics>;
  readonly serviceTier?: ServiceTier;
}

export function contextWith({ quirks = {}, traits = {}, usage = {}, serviceTier }: Changes = {}): UpstreamContext {
  return {
    upstreamModel: 'model-1',
    traits,
    host: {
      providerId: 'host',
      providerName: 'Host',
      usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false, ...usage },
      quirks,
    },
    ...(serviceTier && { serviceTier }),
  };
}

export const testHead: ReplyHead = {
  id: 'gen-1700000000-abc',
  createdSeconds: 1_700_000_000,
  model: 'author/model-1',
  providerName: 'Host',
  excludeReasoning: false,
};
