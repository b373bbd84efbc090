import type { Filter } from '../filter.ts';
import { type Offer, promptRoom } from '../offers.ts';

/** Room left for the estimate's error: characters / 4 is off by up to a third for code and other scripts. */
const ESTIMATE_SLACK = 0.6;

/** Content the endpoint can take and output it can make. Content is never dropped to fit. */
export const modality: Filter = {
  id: 'modality',
  kind: 'hard',
  checkFor({ question: { demand, readsFiles }, model }) {
    const { inputModalities, contentField = 'messages' } = demand;
    const inputs = readsFiles ? inputModalities.filter((input) => input !== 'file') : inputModalities;
    if (isEverywhere(inputs, model.inputs) && isEverywhere(demand.outputModalities, model.outputs)) return null;
    return ({ candidate: { endpoint } }) => {
      const input = inputs.find((each) => !endpoint.inputModalities.includes(each));
      if (input !== undefined)
        return { excludedBy: 'capability', because: `it takes no ${input} input`, field: contentField };
      const output = demand.outputModalities.find((each) => !endpoint.outputModalities.some((has) => has === each));
      if (output !== undefined)
        return { excludedBy: 'capability', because: `it gives no ${output} output`, field: 'modalities' };
      return undefined;
    };
  },
};

function isEverywhere(wanted: readonly string[], common: readonly string[]): boolean {
  for (const each of wanted) if (!common.includes(each)) return false;
  return true;
}

/** Content that the endpoint's grammar has words for. */
export const grammar: Filter = {
  id: 'grammar',
  kind: 'hard',
  checkFor:
    ({ question }) =>
    ({ candidate }) => {
      const contents = question.unsayable(candidate);
      // Every request asks every endpoint: the usual answer costs nothing.
      if (contents.length === 0) return undefined;
      const content = contents.find((kind) => kind !== 'file' || !question.readsFiles);
      return content === undefined
        ? undefined
        : {
            excludedBy: 'capability',
            because: `its interface cannot carry ${content}`,
            field: question.demand.contentField ?? 'messages',
          };
    },
};

/** Room for the prompt, unless it will be fitted. */
export const contextLength: Filter = {
  id: 'context-length',
  kind: 'hard',
  checkFor({ question: { fitsContextUpTo, demand }, model }) {
    const { longestPromptEstimate: tokens = demand.promptTokensEstimate, contentField: field = 'messages' } = demand;
    if (fitsContextUpTo === Number.POSITIVE_INFINITY || tokens * ESTIMATE_SLACK <= model.leastRoom) return null;
    return ({ candidate }) => {
      const room = promptRoom(candidate);
      if (tokens * ESTIMATE_SLACK <= room || candidate.endpoint.contextLength <= fitsContextUpTo) return undefined;
      return {
        excludedBy: 'context_length',
        because: `the prompt is about ${tokens} tokens and it takes ${room}`,
        field,
      };
    };
  },
};

/** Where the prompt will be fitted: half of what it needs must have room, or it goes where there is most (OpenRouter's API). */
export const halfContext: Filter = {
  id: 'half-context',
  kind: 'soft',
  checkFor({ question: { fitsContextUpTo, demand }, left }) {
    if (fitsContextUpTo === 0) return null;
    const half = (demand.promptTokensEstimate + (demand.maxOutputTokens ?? 0)) / 2;
    const least = Math.min(half, Math.max(...left.map(contextOf)));
    return (offer) => {
      const context = contextOf(offer);
      if (context >= least || context > fitsContextUpTo) return undefined;
      return {
        excludedBy: 'context_length',
        because: `its context of ${context} has no room for half of what is needed, and others have more`,
        field: 'messages',
      };
    };
  },
};

function contextOf({ candidate: { endpoint } }: Offer): number {
  return endpoint.contextIsAssumed ? Number.POSITIVE_INFINITY : endpoint.contextLength;
}

/**
 * Only endpoints able to produce the asked length, as long as there is one (OpenRouter's API); where none can, the limit is
 * what the endpoint has, so the request still goes out.
 */
export const outputLength: Filter = {
  id: 'output-length',
  kind: 'soft',
  checkFor({ question: { demand } }) {
    const asked = demand.maxOutputTokens;
    if (asked === null) return null;
    return ({ candidate: { endpoint } }) => {
      if (endpoint.maxOutputTokens === null || endpoint.maxOutputTokens >= asked) return undefined;
      return {
        excludedBy: 'max_tokens',
        because: `it gives at most ${endpoint.maxOutputTokens} tokens and others give more`,
        field: 'max_tokens',
      };
    };
  },
};
