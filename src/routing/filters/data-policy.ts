import type { Filter, Objection } from '../filter.ts';
import type { Offer } from '../offers.ts';

/** `provider.data_collection: deny` (OpenRouter's API). An unknown policy counts against a host. */
export const training: Filter = {
  id: 'training',
  kind: 'hard',
  asksPreferences: true,
  checkFor: ({ question: { preferences } }) => (preferences.dataCollection === 'deny' ? mayTrain : null),
};

function mayTrain({ candidate: { provider } }: Offer): Objection | undefined {
  if (!provider.training || provider.enforcesPolicy) return undefined;
  return {
    excludedBy: 'data_policy:training',
    because: 'it may train on prompts, or does not say',
    field: 'provider.data_collection',
  };
}

/** `provider.zdr`: zero data retention. */
export const retention: Filter = {
  id: 'retention',
  kind: 'hard',
  asksPreferences: true,
  checkFor: ({ question: { preferences } }) => (preferences.zdr ? keepsPrompts : null),
};

function keepsPrompts({ candidate: { provider } }: Offer): Objection | undefined {
  if (provider.retentionDays === 0 || provider.enforcesPolicy) return undefined;
  return { excludedBy: 'data_policy:zdr', because: 'it keeps prompts, or does not say', field: 'provider.zdr' };
}

/** `provider.enforce_distillable_text`: only models whose author permits training on their output. */
export const distillable: Filter = {
  id: 'distillable',
  kind: 'hard',
  asksPreferences: true,
  checkFor: ({ question: { preferences } }) => (preferences.enforceDistillableText ? forbidsDistilling : null),
};

function forbidsDistilling({ candidate: { model } }: Offer): Objection | undefined {
  if (model.distillable === true) return undefined;
  return {
    excludedBy: 'distillable',
    because: "its author's terms do not permit distillation, or are not known to",
    field: 'provider.enforce_distillable_text',
  };
}
