import { filterCandidates, type RoutingRule } from '../rule.ts';

/** `provider.data_collection: deny` and `provider.zdr` (OpenRouter's API). An unknown policy counts against a host. */
export const dataPolicy: RoutingRule = {
  id: 'data-policy',
  apply(candidates, { demand }) {
    const { dataCollection, zdr } = demand.preferences;
    if (dataCollection !== 'deny' && !zdr) return { candidates, excluded: [] };
    const afterTraining =
      dataCollection === 'deny'
        ? filterCandidates(candidates, 'data_policy:training', ({ provider }) =>
            provider.training ? 'the provider may train on prompts and provider.data_collection is deny' : undefined,
          )
        : { candidates, excluded: [] };
    if (!zdr) return afterTraining;
    const afterRetention = filterCandidates(afterTraining.candidates, 'data_policy:zdr', ({ provider }) =>
      provider.retentionDays === 0
        ? undefined
        : 'the provider keeps prompts (or does not say) and provider.zdr is true',
    );
    return {
      candidates: afterRetention.candidates,
      excluded: [...afterTraining.excluded, ...afterRetention.excluded],
    };
  },
};
