import { servesKind } from '../../catalog/kinds.ts';
import { WHOLE_KINDS } from '../../core/exchange-kind.ts';
import type { Filter } from '../filter.ts';

/** A model of the kind that is asked for: embeddings come from no chat model, and a conversation from no other. */
export const kind: Filter = {
  id: 'kind',
  kind: 'hard',
  checkFor({ question, model }) {
    const { kind: asked = 'chat' } = question;
    // The usual case, in one look: a model that writes text everywhere.
    if (asked === 'chat' && model.outputs.includes('text')) return null;
    return ({ candidate: { endpoint } }) => {
      if (servesKind(endpoint, asked)) return undefined;
      const own = WHOLE_KINDS.find((each) => servesKind(endpoint, each));
      const because = own ? `it is for ${own}` : `it is not for ${asked}`;
      return { excludedBy: 'capability', because, field: 'model' };
    };
  },
};
