import type { Filter } from '../filter.ts';

/** `provider.data_collection: deny` (OpenRouter's API). An unknown policy counts against a host. */
export const training: Filter = {
  id: 'training',
  kind: 'hard',
  applies: ({ preferences }) => preferences.dataCollection === 'deny',
  against: ({ candidate }) =>
    candidate.provider.training && !candidate.provider.enforcesPolicy
      ? {
          excludedBy: 'data_policy:training',
          because: 'it may train on prompts, or does not say',
          field: 'provider.data_collection',
        }
      : undefined,
};

/** `provider.zdr`: zero data retention. */
export const retention: Filter = {
  id: 'retention',
  kind: 'hard',
  applies: ({ preferences }) => preferences.zdr,
  against: ({ candidate }) =>
    candidate.provider.retentionDays === 0 || candidate.provider.enforcesPolicy
      ? undefined
      : { excludedBy: 'data_policy:zdr', because: 'it keeps prompts, or does not say', field: 'provider.zdr' },
};

/** `provider.enforce_distillable_text`: only models whose author permits training on their output. */
export const distillable: Filter = {
  id: 'distillable',
  kind: 'hard',
  applies: ({ preferences }) => preferences.enforceDistillableText,
  against: ({ candidate }) =>
    candidate.model.distillable === true
      ? undefined
      : {
          excludedBy: 'distillable',
          because: "its author's terms do not permit distillation, or are not known to",
          field: 'provider.enforce_distillable_text',
        },
};
